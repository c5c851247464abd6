// What a link's key does (`docs/decisions/0021`): a share's capability, its PIN's proof, its ciphertext.
// A plaintext is `{ shown: [SD-JWT…], to: "the recipient's name" }`, filled up so that its length tells nothing.
import { concat, fromBase64url, sha256, toBase64url, utf8 } from "../verify/bytes.js";

const ID = 16; // bytes
const KEY = 32;
const NONCE = 12;
const STEP = 16_384; // bytes that plaintexts are filled up to
const NOTE = 1_024; // likewise for what the holder keeps
const ROUNDS = 600_000; // of PBKDF2-HMAC-SHA-256 (OWASP, Password Storage)
const SPACE = 0x20;

const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** A new link, and a name for one opening. */
export const newLink = () => ({ id: random(ID), key: random(KEY) });
export const newOpening = () => random(ID);

/** What stands after `/s#`. */
export const fragmentOf = ({ id, key }) => `${toBase64url(id)}.${toBase64url(key)}`;

/** Its inverse; null for anything else. */
export function linkOf(fragment) {
  try {
    const [id, key, more] = fragment.split(".").map(fromBase64url);
    return more === undefined && id.length === ID && key?.length === KEY ? { id, key } : null;
  } catch {
    return null;
  }
}

/** What opens a share at the server; `secret` is the key, or what `secretOf` makes of it and a PIN. */
export const capabilityOf = ({ id, key }) => derived(key, id, "capability");
export const proofOf = ({ id }, secret) => derived(secret, id, "proof");
export const digestOf = (bytes) => sha256(bytes);

/** The key, and behind it what a PIN comes to after a slow hash. */
export async function secretOf({ id, key }, pin) {
  if (!pin) return key;
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const slow = { name: "PBKDF2", hash: "SHA-256", salt: id, iterations: ROUNDS };
  return concat(key, new Uint8Array(await crypto.subtle.deriveBits(slow, base, 8 * KEY)));
}

/** The ciphertext of what is shared. */
export async function seal({ id }, secret, shared) {
  return encrypt(await contentKey(secret, id), id, shared, STEP);
}

/** What a ciphertext holds. Throws if it is not that of this link and secret. */
export async function unseal({ id }, secret, content) {
  return decrypt(await contentKey(secret, id), id, content);
}

/** A note that only who has `key` (a CryptoKey) can read, and what it says. */
export const sealNote = ({ id }, key, note) => encrypt(key, id, note, NOTE);
export const unsealNote = ({ id }, key, content) => decrypt(key, id, content);

async function contentKey(secret, id) {
  return crypto.subtle.importKey("raw", await derived(secret, id, "content"), "AES-GCM", false,
    ["encrypt", "decrypt"]);
}

async function derived(secret, id, what) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: id, info: utf8(`sogoc share ${what}`) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, 8 * KEY));
}

async function encrypt(key, id, value, step) {
  const text = utf8(JSON.stringify(value));
  const filled = new Uint8Array(Math.ceil(text.length / step) * step).fill(SPACE);
  filled.set(text);
  const iv = random(NONCE);
  const how = { name: "AES-GCM", iv, additionalData: id };
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt(how, key, filled)));
}

async function decrypt(key, id, content) {
  const how = { name: "AES-GCM", iv: content.subarray(0, NONCE), additionalData: id };
  const text = await crypto.subtle.decrypt(how, key, content.subarray(NONCE));
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
}
