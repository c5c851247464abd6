// The camera: frames until one holds a code. Codes are read here by zxing's WebAssembly when the
// site has it, otherwise frames go to this site's server, a few a second.
const PAUSE = { local: 60, server: 330 }; // milliseconds between two frames
const FAILURES = 4; // frames in a row that the server may leave unanswered
const VENDOR = "/static/vendor/";
const OTHER = "?"; // stands for a code that the server saw and that is none of ours

export const available = () => Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Show the camera in `video` and call `found` with every text read, until it returns true or
 * `signal` is aborted. Rejects with the browser's error when there is no camera, and with
 * TypeError when the server cannot be reached.
 */
export async function scan(video, scanner, found, signal) {
  const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  try {
    if (signal.aborted) return;
    video.srcObject = stream;
    await video.play();
    const { read, pause } = await reader(scanner);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    while (!signal.aborted) {
      if (video.videoWidth) {
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        context.drawImage(video, 0, 0);
        const text = await read(canvas, context);
        if (text && !signal.aborted && found(text)) return;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function reader(scanner) {
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
  return code?.text || null;
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
      const { text, other } = await response.json();
      return text ?? (other ? OTHER : null);
    } catch (error) {
      failures += 1;
      if (failures >= FAILURES) throw error;
      return null;
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
