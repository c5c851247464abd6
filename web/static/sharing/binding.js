// A proof by the holder's key that a selection was made for one share (RFC 9901 §4.3): shown behind
// another link, it proves nothing, and step 8 fails.
import { hex, sha256, toBase64url, utf8 } from "../verify/bytes.js";
import { kept } from "../holderkey.js";
import { parse } from "../verify/sdjwt.js";
import { thumbprint } from "../verify/keys.js";
import { capabilityOf } from "./sealing.js";

const LONGEST = 367 * 86_400; // seconds that a share and so its proof may last

/** Whom a proof for this share names, and in answer to what; only who has the link knows both. */
async function expectedOf(link) {
  return { audience: `urn:sogoc:share:${toBase64url(link.id)}`,
           nonce: toBase64url(await sha256(await capabilityOf(link))) };
}

/** A selection with the proof, where this device has the key that it is bound to; else as it is. */
export async function bound(text, pupil, link) {
  const { holderKey } = await parse(text);
  const held = holderKey && await kept(pupil);
  if (!held || held.thumbprint !== hex(await thumbprint(holderKey))) return text;
  const { audience, nonce } = await expectedOf(link);
  const claims = { aud: audience, iat: Math.floor(Date.now() / 1000), nonce,
                   sd_hash: toBase64url(await sha256(utf8(text))) };
  const parts = [{ alg: "ES256", typ: "kb+jwt" }, claims].map((part) => toBase64url(utf8(JSON.stringify(part))));
  const toSign = parts.join(".");
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, held.keys.privateKey, utf8(toSign));
  return `${text}${toSign}.${toBase64url(new Uint8Array(signature))}`;
}

/** The body of a request to verify what was shared: with a proof, it must be one for this share. */
export async function demandOf(text, link) {
  if (text.endsWith("~")) return JSON.stringify({ text });
  return JSON.stringify({ text, ...(await expectedOf(link)), max_age: LONGEST });
}
