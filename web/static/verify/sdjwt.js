// The SD-JWT (RFC 9901, `credential/sdjwt.py`): strict, in its one spelling, committed or not.
import { FormatError, equal, fromBase64url, sha256, toBase64url, utf8 } from "./bytes.js";
import { SIGNATURE, algorithmOf, signed, thumbprint } from "./keys.js";
import { checkText, wholeDate } from "./text.js";

const MAX_LENGTH = 65536;
const ALWAYS = ["name", "birth_date", "school_name", "signer"];
const ON_TRANSCRIPTS = ["grade", "class", "school_year", "study", "conduct", "absences"];
const FIELDS = [...ALWAYS, ...ON_TRANSCRIPTS, "birth_place", "sex", "ethnicity", "classification", "decision"];
const ROW = ["name", "subject", "term", "mark", "rating"];
const TYPES = { "urn:sogoc:vct:thpt-diploma:1": 1, "urn:sogoc:vct:transcript:1": 2,
                "urn:sogoc:vct:transfer-record:1": 3 };
const BODY = { _sd: isList, index: Number.isInteger, issued: isText, register_no: isText,
               school: Number.isInteger, seq: Number.isInteger, year: Number.isInteger };
const BODY_OPTIONAL = { results: isList, serial: isText };
const RANGES = { school: [0, 2 ** 31 - 1], seq: [0, 2 ** 32 - 1], index: [0, 2 ** 24 - 1],
                 year: [1900, 2199], grade: [1, 12], absences: [0, 999], mark: [0, 100] };

function isText(value) {
  return typeof value === "string";
}
function isList(value) {
  return Array.isArray(value);
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function hasExactly(object, names) {
  return isObject(object) && Object.keys(object).sort().join() === [...names].sort().join();
}
function need(condition) {
  if (!condition) throw new FormatError("sdjwt.malformed");
}

/** Parses strictly an SD-JWT without key binding. Throws FormatError `sdjwt.*`. */
export async function parse(text) {
  if (text.length > MAX_LENGTH) throw new FormatError("sdjwt.too_long", { limit: MAX_LENGTH });
  try {
    return await parsed(text);
  } catch {
    throw new FormatError("sdjwt.malformed");
  }
}

async function parsed(text) {
  const [jwt, ...disclosures] = text.split("~");
  need(disclosures.pop() === "");
  const [head, body, signature, more] = jwt.split(".");
  need(signature !== undefined && more === undefined);
  const [members, payload, raw] = [load(head), load(body), fromBase64url(signature)];
  need(raw.length === SIGNATURE && wellFormed(members, payload));
  const items = disclosures.map(load);
  need(items.every(isDisclosure));
  checkValues(payload.credential);
  for (const item of items) checkValues(item.at(-1), item.length === 3 ? item[1] : "");
  const kid = fromBase64url(members.kid);
  need(kid.length === 32);
  const disclosed = Object.fromEntries(items.filter((item) => item.length === 3).map((item) => item.slice(1)));
  const results = items.filter((item) => item.length === 2).map((item) => item[1]);
  const toSign = utf8(`${head}.${body}`);
  return {
    jwt, alg: members.alg, kid, payload, disclosed, results, type: TYPES[payload.vct],
    digest: await sha256(toSign),
    committed: await committed(payload.credential, disclosures, items, disclosed, results),
    partial: partial(payload, disclosed, results),
    signedBy: async (key) => algorithmOf(key) === members.alg && equal(await thumbprint(key), kid)
      ? signed(key, raw, toSign) : false,
  };
}

/** Base64url JSON as RFC 8785 writes what we use of it: sorted names, no white space, integers. */
function load(text) {
  const data = fromBase64url(text);
  const json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  const value = JSON.parse(json);
  need(spelled(value) === json);
  return value;
}

function spelled(value) {
  if (isList(value)) return `[${value.map(spelled).join()}]`;
  if (isObject(value)) {
    const names = Object.keys(value).sort(byCodePoint);
    return `{${names.map((name) => `${spelled(name)}:${spelled(value[name])}`).join()}}`;
  }
  need(typeof value !== "number" || Number.isSafeInteger(value));
  need(!isText(value) || value === new TextDecoder().decode(utf8(value))); // no half of a pair
  return JSON.stringify(value);
}

function byCodePoint(one, other) {
  const [left, right] = [[...one], [...other]].map((chars) => chars.map((char) => char.codePointAt(0)));
  const at = left.findIndex((code, place) => code !== right[place]);
  return at === -1 ? left.length - right.length : left[at] - (right[at] ?? -1);
}

function wellFormed(members, payload) {
  const known = { ...BODY, ...BODY_OPTIONAL };
  need(hasExactly(members, ["alg", "kid", "typ"]) && isText(members.kid));
  need(hasExactly(payload, ["_sd_alg", "credential", "iat", "iss", "vct"]));
  const { credential } = payload;
  need(isObject(credential) && Object.keys(BODY).every((name) => Object.hasOwn(credential, name)));
  need(Object.entries(credential).every(([name, value]) => Object.hasOwn(known, name) && known[name](value)));
  wholeDate(credential.issued);
  return members.typ === "dc+sd-jwt" && ["ES256", "EdDSA"].includes(members.alg)
    && payload._sd_alg === "sha-256" && Number.isInteger(payload.iat)
    && isText(payload.vct) && Object.hasOwn(TYPES, payload.vct)
    && credential._sd.every(isText)
    && (credential.results ?? []).every((row) => hasExactly(row, ["..."]) && isText(row["..."]));
}

function isDisclosure(item) {
  if (!isList(item) || !isText(item[0])) return false;
  if (item.length === 2) return isObject(item[1]) && Object.keys(item[1]).every((name) => ROW.includes(name));
  return item.length === 3 && FIELDS.includes(item[1])
    && (isText(item[2]) || Number.isInteger(item[2]) || isObject(item[2]));
}

function checkValues(value, name = "") {
  if (isText(value)) return checkText(value);
  if (isList(value)) return value.forEach((inner) => checkValues(inner));
  if (isObject(value)) return Object.entries(value).forEach(([member, inner]) => checkValues(inner, member));
  const [first, last] = Object.hasOwn(RANGES, name) ? RANGES[name] : [value, value];
  return need(Number.isInteger(value) && value >= first && value <= last);
}

/** Whether the signed payload commits to every disclosure shown, each once. */
async function committed(body, disclosures, items, disclosed, results) {
  const homes = { 3: new Set(body._sd), 2: new Set((body.results ?? []).map((row) => row["..."])) };
  for (const [at, disclosure] of disclosures.entries()) {
    const digest = toBase64url(await sha256(utf8(disclosure)));
    if (!homes[items[at].length].delete(digest)) return false;
  }
  return Object.keys(disclosed).length + results.length === disclosures.length;
}

/** Whether something may have been left out: a field that belongs, or any row of results. */
function partial({ vct, credential }, disclosed, results) {
  const wanted = TYPES[vct] !== 1 ? [...ALWAYS, ...ON_TRANSCRIPTS] : ALWAYS;
  return (credential.results ?? []).length > results.length
    || !wanted.every((name) => Object.hasOwn(disclosed, name));
}
