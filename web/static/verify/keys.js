// Signing keys and their signatures (`credential/keys.py`), with what the browser itself can do.
import { FormatError, concat, fromBase64url, sha256, toBase64url, utf8 } from "./bytes.js";

export const SIGNATURE = 64; // bytes
const [P256_POINT, UNCOMPRESSED, ED25519] = [65, 4, 32];

/** The JOSE name of the only algorithm that a raw public key may be used with; null for no key. */
export function algorithmOf(raw) {
  if (raw.length === P256_POINT && raw[0] === UNCOMPRESSED) return "ES256";
  return raw.length === ED25519 ? "EdDSA" : null;
}

/** A key's id: its RFC 7638 thumbprint, 32 bytes; null for no key. */
export async function thumbprint(raw) {
  const part = (from, to) => toBase64url(raw.subarray(from, to));
  const members = {
    ES256: () => `{"crv":"P-256","kty":"EC","x":"${part(1, 33)}","y":"${part(33, 65)}"}`,
    EdDSA: () => `{"crv":"Ed25519","kty":"OKP","x":"${part(0, 32)}"}`,
  }[algorithmOf(raw)];
  return members ? sha256(utf8(members())) : null;
}

/** The raw key that a JSON Web Key with nothing but its thumbprint's members is. Throws for any other. */
export async function keyOfJwk(jwk) {
  const { crv, kty, x, y, ...more } = jwk;
  const point = y !== undefined;
  const [length, curve, family] = point ? [32, "P-256", "EC"] : [32, "Ed25519", "OKP"];
  const parts = (point ? [x, y] : [x]).map(fromBase64url);
  const sound = Object.keys(more).length === 0 && crv === curve && kty === family;
  if (!sound || parts.some((part) => part.length !== length)) throw new FormatError("key.malformed");
  const raw = concat(new Uint8Array(point ? [UNCOMPRESSED] : []), ...parts);
  if (point) await crypto.subtle.importKey("raw", raw, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return raw;
}

/**
 * Whether these 64 bytes are that key's signature of `data`; null where this browser cannot tell,
 * because it does not know the algorithm.
 */
export async function signed(raw, signature, data) {
  const es256 = algorithmOf(raw) === "ES256";
  const [kind, use] = es256
    ? [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }]
    : [{ name: "Ed25519" }, { name: "Ed25519" }];
  if (!algorithmOf(raw) || signature.length !== SIGNATURE) return false;
  try {
    const key = await crypto.subtle.importKey("raw", raw, kind, false, ["verify"]);
    return await crypto.subtle.verify(use, key, signature, data);
  } catch (error) {
    return error.name === "NotSupportedError" ? null : false;
  }
}
