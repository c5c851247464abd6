// The QR token (`credential/qrlink.py`, `qrtoken.py`): decimal digits of a COSE_Sign1 over CWT claims.
import { FormatError, concat, fromNumber, sha256, startsWith } from "./bytes.js";
import { decode, encode } from "./cbor.js";
import { SIGNATURE, algorithmOf, signed, thumbprint } from "./keys.js";
import { checkText, dateOfNumber, wholeDate } from "./text.js";

const LINK = /^(?:https?:\/\/[^/#?\t\n\v\f\r ]{1,255}\/v\/?#)?([0-9]+)$/i;
const [MAX_TOKEN, MAX_DIGITS, MARK, TAG, KID_PREFIX, MAX_NAME] = [600, 1450, 1, 0xd2, 8, 100];
const CLAIMS = -65537n;
const ALGORITHMS = new Map([[-7n, "ES256"], [-8n, "EdDSA"]]);
// Claims by label: name, kind, what else must hold. Those up to `year` but the serial are required.
const FIELDS = [
  ["deployment", Uint8Array, (value) => value.length === 4],
  ["school", BigInt, between(0n, 2n ** 31n - 1n)],
  ["type", BigInt, between(1n, 5n)],
  ["seq", BigInt, between(0n, 2n ** 32n - 1n)],
  ["index", BigInt, between(0n, 2n ** 24n - 1n)],
  ["issued", BigInt, between(0n, 2n ** 64n - 1n)],
  ["name", String],
  ["birth", BigInt, between(0n, 2n ** 64n - 1n)],
  ["serial", String],
  ["registerNo", String],
  ["year", BigInt, between(1900n, 2199n)],
  ["classification", String],
  ["grade", BigInt, between(1n, 12n)],
  ["study", String],
  ["conduct", String],
  ["sdJwt", Uint8Array, (value) => value.length === 32],
  ["originIssued", BigInt, between(0n, 2n ** 64n - 1n)],
  ["originType", BigInt, between(1n, 4n)],
  ["originSchool", BigInt, between(0n, 2n ** 31n - 1n)],
  ["originNo", String],
];
const OPTIONAL = [8, 11, 12, 13, 14, 15];
const [FIRST_OF_ORIGIN, TYPE] = [16, 2n];
const OF_TYPE = new Map([[4n, [16]], [5n, [16, 17, 18, 19]]]); // no other type has any of these

function between(first, last) {
  return (value) => value >= first && value <= last;
}

export const looksLikeLink = (text) => LINK.test(text);

/** A token's bytes from a link or its digits. Throws FormatError `qr.*`. */
export function tokenOf(text) {
  const found = LINK.exec(text);
  if (!found) throw new FormatError("qr.not_ours");
  if (found[1].length > MAX_DIGITS) throw new FormatError("qr.too_long", { limit: MAX_TOKEN });
  const marked = fromNumber(BigInt(found[1]));
  if (found[1][0] === "0" || marked[0] !== MARK || marked.length < 2 || marked.length > MAX_TOKEN + 1) {
    throw new FormatError("qr.malformed");
  }
  return marked.subarray(1);
}

/** The digits of a token. */
export const digitsOf = (token) => BigInt(`0x01${Array.from(token, (byte) =>
  byte.toString(16).padStart(2, "0")).join("")}`).toString();

/** Parses strictly: `alg`, `kid` (8 bytes), `claims` and `signedBy`. Throws FormatError `qr.malformed`. */
export function parse(token) {
  try {
    return parsed(token);
  } catch {
    throw new FormatError("qr.malformed");
  }
}

function parsed(token) {
  need(token[0] === TAG);
  const outer = decode(token.subarray(1));
  need(Array.isArray(outer) && outer.length === 4);
  const [headerBytes, unprotected, payload, signature] = outer;
  const [header, claims] = [decode(headerBytes), decode(payload)];
  need(unprotected instanceof Map && unprotected.size === 0);
  need(header instanceof Map && header.size === 2 && claims instanceof Map && claims.size === 1);
  const [alg, kid] = [ALGORITHMS.get(header.get(1n)), header.get(4n)];
  need(alg && kid instanceof Uint8Array && kid.length === KID_PREFIX && [...header.keys()][0] === 1n);
  need(signature instanceof Uint8Array && signature.length === SIGNATURE);
  const parts = { headerBytes, payload, signature };
  return { alg, kid, claims: fields(claims.get(CLAIMS)), signedBy: signedBy(alg, kid, parts) };
}

function need(condition) {
  if (!condition) throw new FormatError("qr.malformed");
}

function fields(found) {
  need(found instanceof Map);
  const labels = [...found.keys()];
  need(labels.every((label, at) => typeof label === "bigint" && (at === 0 || labels[at - 1] < label)));
  need(labels.every((label) => label >= 0n && label < BigInt(FIELDS.length)));
  const own = OF_TYPE.get(found.get(TYPE)) ?? [];
  const claims = {};
  FIELDS.forEach(([name, kind, holds = () => true], label) => {
    const value = found.get(BigInt(label));
    if (value === undefined) return need(OPTIONAL.includes(label) || (label >= FIRST_OF_ORIGIN && !own.includes(label)));
    need(label < FIRST_OF_ORIGIN || own.includes(label));
    need(value.constructor === kind && holds(value));
    if (kind === String) checkText(value, MAX_NAME);
    claims[name] = value;
    return undefined;
  });
  const numbers = ["school", "type", "seq", "index", "year", "grade"];
  for (const name of numbers) if (name in claims) claims[name] = Number(claims[name]);
  const issued = wholeDate(String(claims.issued).replace(/^(....)(..)(..)$/, "$1-$2-$3"));
  const dated = own.length ? { originIssued: dateOfNumber(claims.originIssued) } : {};
  return { ...claims, issued, birth: dateOfNumber(claims.birth), ...dated };
}

/** 28 bytes that every token's signature covers without carrying them (`Deployment.aad`). */
export const deploymentBytes = ({ chainId, contract }) => concat(fromNumber(BigInt(chainId), 8), contract);

/** 4 bytes with which a token says whose it is; a hint, no proof. */
export const deploymentTag = async (deployment) => (await sha256(deploymentBytes(deployment))).subarray(0, 4);

function signedBy(alg, kid, { headerBytes, payload, signature }) {
  return async (raw, deployment) => {
    const id = await thumbprint(raw);
    if (algorithmOf(raw) !== alg || !startsWith(id, kid)) return false;
    const toSign = encode(["Signature1", headerBytes, deploymentBytes(deployment), payload]);
    return signed(raw, signature, toSign);
  };
}
