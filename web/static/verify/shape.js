// What may stand where in an SD-JWT of ours (`credential/sdjwt_shape.py`), and its one spelling.
import { FormatError, fromBase64url, utf8 } from "./bytes.js";
import { checkText, dateOfIso, wholeDate } from "./text.js";

const PAD = 8;
const TERMS = ["HK1", "HK2", "CN"];
export const OUTCOME = "outcome";
export const GROUPS = [...TERMS, OUTCOME];
export const COUNTS = "counts"; // the outcome that says how many rows each group has
export const TYPES = { "urn:sogoc:vct:thpt-diploma:1": 1, "urn:sogoc:vct:transcript:1": 2,
                       "urn:sogoc:vct:transfer-record:1": 3, "urn:sogoc:vct:digitised-diploma:1": 4,
                       "urn:sogoc:vct:certified-copy:1": 5 };
const WITH_RESULTS = [2, 3];
const [DIGITISED, COPY] = [4, 5];

const whole = (value) => Number.isSafeInteger(value);
const isText = (value) => typeof value === "string";
const isList = (value) => Array.isArray(value);
const isObject = (value) => typeof value === "object" && value !== null && !isList(value);
const RANGES = { school: [0, 2 ** 31 - 1], seq: [0, 2 ** 32 - 1], index: [0, 2 ** 24 - 1], year: [1900, 2199],
                 grade: [1, 12], absences: [0, 999], mark: [0, 100], points: [0, 400] };
const PLAIN = { _sd: isList, index: whole, issued: isText, register_no: isText, school: whole,
                school_name: isText, seq: whole, year: whole };
const OF_RESULTS = { grade: whole, school_year: isText };
const OPTIONAL = {
  serial: isText,
  decision: (value) => has(value, { number: isText, on: isText }),
  supersedes: (value) => has(value, { index: whole, seq: whole }),
};
const named = (names, kind) => Object.fromEntries(names.map((name) => [name, kind]));
// What a digitised line or a copy was made of, by type (`credential/origin.py`).
const ORIGINS = {
  [DIGITISED]: { ...named(["document", "issuer", "issued", "book", "number", "page"], isText),
                 scan: (value) => isText(value) && /^[0-9a-f]{64}$/.test(value) },
  [COPY]: { ...named(["document", "issuer", "issued", "register_no"], isText), school: whole,
            type: (value) => value !== "certified-copy" && Object.hasOwn(TYPES, `urn:sogoc:vct:${value}:1`) },
};
const FIELDS = {
  ...named(["name", "birth_date", "birth_place", "sex", "ethnicity", "class", "classification"], isText),
  signer: (value) => has(value, { name: isText, title: isText }),
  origin_signer: (value) => has(value, { name: isText, title: isText }),
};
const SCALES = { mark: whole, rating: isText, letter: isText, points: whole };
const OUTCOMES = {
  ...Object.fromEntries(TERMS.flatMap((term) =>
    [[`${term}.study`, isText], [`${term}.conduct`, isText], [`${term}.absences`, whole]])),
  ...named(["promotion", "title", "completion"], isText),
};

export function need(condition) {
  if (!condition) throw new FormatError("sdjwt.malformed");
}

/** Whether it is an object with these members of these kinds, and no others but the optional ones. */
export function has(value, members, optional = {}) {
  const known = { ...members, ...optional };
  return isObject(value) && Object.keys(members).every((name) => Object.hasOwn(value, name))
    && Object.entries(value).every(([name, inner]) => Object.hasOwn(known, name) && known[name](inner));
}

/** Whether the type carries the results of a school year. */
export const hasResults = (payload) => WITH_RESULTS.includes(TYPES[payload.vct]);

export function checkHeader(members) {
  need(has(members, { alg: isText, kid: isText, typ: isText }));
  need(members.typ === "dc+sd-jwt" && ["ES256", "EdDSA"].includes(members.alg));
}

export function checkPayload(payload) {
  need(has(payload, { credential: isObject, iat: whole, iss: isText, vct: isText }, { cnf: isObject }));
  need(Object.hasOwn(TYPES, payload.vct));
  const { credential } = payload;
  const origin = ORIGINS[TYPES[payload.vct]];
  const beside = { ...(hasResults(payload) ? OF_RESULTS : {}), ...(origin ? { origin: isObject } : {}) };
  need(has(credential, { ...PLAIN, ...beside }, OPTIONAL));
  wholeDate(credential.issued);
  if (origin) {
    need(has(credential.origin, origin));
    dateOfIso(credential.origin.issued);
  }
  if (credential.decision) wholeDate(credential.decision.on);
  checkDigests(credential._sd);
  const { _sd, ...rest } = credential;
  checkValue(rest);
}

/** One spelling, in order and therefore each once, filled up. */
export function checkDigests(digests) {
  need(isList(digests) && digests.length > 0 && digests.length % PAD === 0);
  need(digests.every((each) => isText(each) && /^[A-Za-z0-9_-]{43}$/.test(each)));
  need(digests.every((each, at) => at === 0 || digests[at - 1] < each));
}

/** A personal field, as it stands at the top. */
export function checkField(name, value) {
  need(Object.hasOwn(FIELDS, name) && FIELDS[name](value));
  checkValue(value, name);
}

/** A course result or an outcome, as it stands in its group. */
export function checkRow(group, name, value) {
  if (group === OUTCOME && name === COUNTS) {
    need(has(value, {}, named(GROUPS, (count) => whole(count) && count >= 0)));
  } else if (group === OUTCOME) {
    need(Object.hasOwn(OUTCOMES, name) && OUTCOMES[name](value));
    checkValue(value, name.split(".").at(-1));
  } else {
    need(has(value, { name: isText }, SCALES) && Object.keys(value).length > 1);
    need(!("rating" in value && ("letter" in value || "points" in value)));
    checkText(name);
    checkValue(value);
  }
}

export function checkValue(value, name = "", depth = 2) {
  if (isText(value)) return checkText(value);
  if (isList(value) && depth) return value.forEach((inner) => checkValue(inner, "", depth - 1));
  if (isObject(value) && depth) {
    return Object.entries(value).forEach(([member, inner]) => checkValue(inner, member, depth - 1));
  }
  const [first, last] = Object.hasOwn(RANGES, name) ? RANGES[name] : [-Infinity, Infinity];
  return need(whole(value) && value >= first && value <= last);
}

/** Base64url JSON as RFC 8785 writes what we use of it: sorted names, no white space, integers. */
export function load(text) {
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
