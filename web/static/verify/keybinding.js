// The key binding JWT (RFC 9901 §4.3, `credential/keybinding.py`): whose key shows a selection.
import { fromBase64url, sha256, toBase64url, utf8 } from "./bytes.js";
import { SIGNATURE, algorithmOf, signed } from "./keys.js";
import { has, load, need } from "./shape.js";
import { checkText } from "./text.js";

const END_OF_TIME = 253402300799;
const isText = (value) => typeof value === "string";
const isTime = (value) => Number.isSafeInteger(value) && value >= 0 && value <= END_OF_TIME;

/** A well-formed proof that followed `sdJwt`, not yet verified. Throws for anything else. */
export async function bindingOf(text, sdJwt) {
  const [head, body, signature, more] = text.split(".");
  need(signature !== undefined && more === undefined);
  const [header, claims, raw] = [load(head), load(body), fromBase64url(signature)];
  need(has(header, { alg: isText, typ: isText }) && header.typ === "kb+jwt");
  need(["ES256", "EdDSA"].includes(header.alg) && raw.length === SIGNATURE);
  need(has(claims, { aud: isText, iat: isTime, nonce: isText, sd_hash: isText }));
  [claims.aud, claims.nonce, claims.sd_hash].forEach((each) => checkText(each));
  const selection = toBase64url(await sha256(utf8(sdJwt)));
  return { audience: claims.aud, nonce: claims.nonce, made: claims.iat, sameSelection: claims.sd_hash === selection,
           alg: header.alg, raw, toSign: utf8(`${head}.${body}`) };
}

/**
 * Why a proof that nobody asked for is none: "forged" or "selection", "" if it is right in itself; null
 * where this browser cannot tell.
 */
export async function faultOf(binding, key) {
  const good = algorithmOf(key) === binding.alg && await signed(key, binding.raw, binding.toSign);
  if (good === null) return null;
  if (!good) return "forged";
  return binding.sameSelection ? "" : "selection";
}
