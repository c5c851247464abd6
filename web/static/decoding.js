// Finding a code in a picture: by zxing's WebAssembly when the site has it, otherwise frames go to
// this site's server, a few a second.
const PAUSE = { local: 60, server: 330 }; // milliseconds between two frames
const FAILURES = 4; // frames in a row that the server may leave unanswered
const VENDOR = "/static/vendor/";

/**
 * What reads frames: `pause` between them, and `read(canvas, context)` giving `{ text, other }`:
 * the text of a code, or whether there is one that is not ours.
 * `read` rejects with TypeError when the server cannot be reached.
 */
export async function decoder(scanner) {
  if (scanner === "local") {
    try {
      await loadScript(`${VENDOR}zxing_reader.js`);
      const zxing = globalThis.ZXingWASM;
      await zxing.prepareZXingModule({
        overrides: { locateFile: (path) => VENDOR + path }, fireImmediately: true,
      });
      return { pause: PAUSE.local, read: readHere };
    } catch {
      // An old browser or a damaged file: the server can read frames too.
    }
  }
  return { pause: PAUSE.server, read: readerOnServer() };
}

async function readHere(canvas, context) {
  const frame = context.getImageData(0, 0, canvas.width, canvas.height);
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
  const [code] = await globalThis.ZXingWASM.readBarcodes(frame, options);
  return { text: code?.text || null };
}

function readerOnServer() {
  let failures = 0;
  return async (canvas) => {
    const frame = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    try {
      const response = await fetch("/api/decode", {
        method: "POST", body: frame, headers: { "Content-Type": "image/jpeg" },
      });
      if (!response.ok) throw new TypeError(`decode: ${response.status}`);
      failures = 0;
      return await response.json();
    } catch (error) {
      failures += 1;
      if (failures >= FAILURES) throw error;
      return { text: null };
    }
  };
}

function loadScript(address) {
  if (document.querySelector(`script[src="${address}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}
