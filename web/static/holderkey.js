// A holder's key in this browser: a P-256 key that no script can read out, kept in IndexedDB under the
// pupil's code. What it signs is a presentation (RFC 9901, key binding).
const STORE = "keys";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("holder", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const turn = database.transaction(STORE, mode);
      const asked = act(turn.objectStore(STORE));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  } finally {
    database.close();
  }
}

/** The key pair of a pupil here: `{ keys: CryptoKeyPair, thumbprint }`; null if there is none. */
export async function kept(pupil) {
  try {
    return (await within("readonly", (store) => store.get(pupil))) ?? null;
  } catch {
    return null; // a private window, or storage that is switched off
  }
}

/** Make a key for a pupil and keep it; its public half as JWK. Rejects where none can be kept. */
export async function made(pupil) {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  const jwk = { kty, crv, x, y };
  const held = { keys, thumbprint: await thumbprint(jwk) };
  await within("readwrite", (store) => store.put(held, pupil));
  return jwk;
}

export const forget = (pupil) => within("readwrite", (store) => store.delete(pupil)).catch(() => {});

/** RFC 7638, as hexadecimal. */
async function thumbprint({ crv, kty, x, y }) {
  const members = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", members));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What somebody pasted, as the four members of a public key; null if it is none. */
export function pasted(text) {
  try {
    const { kty, crv, x, y, d } = JSON.parse(text);
    const sound = kty === "EC" && crv === "P-256" && [x, y].every((one) => /^[\w-]{43}$/.test(one));
    return sound && d === undefined ? { kty, crv, x, y } : null;
  } catch {
    return null;
  }
}
