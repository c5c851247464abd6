// Bytes and their spellings. Everything of ours has exactly one spelling; anything else is refused.

/** Bytes or text that are not what they claim to be; `code` has a sentence. */
export class FormatError extends Error {
  constructor(code, params = {}) {
    super(code);
    Object.assign(this, { name: "FormatError", code, params });
  }
}

export const utf8 = (text) => new TextEncoder().encode(text);

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of hexadecimal digits without 0x; `length` in bytes if only that is taken. Throws FormatError. */
export function fromHex(digits, length = null) {
  const good = typeof digits === "string" && digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits);
  if (!good || (length !== null && digits.length !== 2 * length)) throw new FormatError("bytes");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export const startsWith = (bytes, prefix) => equal(bytes.subarray(0, prefix.length), prefix);

/** The number that big-endian bytes are. */
export const toNumber = (bytes) => (bytes.length ? BigInt(`0x${hex(bytes)}`) : 0n);

/** A number in `length` big-endian bytes; as few as hold it (none for 0) if no length is given. */
export function fromNumber(number, length = null) {
  let digits = number === 0n ? "" : number.toString(16);
  if (digits.length % 2) digits = `0${digits}`;
  const bytes = fromHex(digits);
  if (length === null) return bytes;
  if (bytes.length > length) throw new FormatError("bytes");
  return concat(new Uint8Array(length - bytes.length), bytes);
}

export const word = (number) => fromNumber(BigInt(number), 32);

/** Base64url without padding (RFC 7515 §2). */
export function toBase64url(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Its inverse, in its one spelling. Throws FormatError. */
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new FormatError("bytes");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  if (toBase64url(bytes) !== text) throw new FormatError("bytes");
  return bytes;
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}
