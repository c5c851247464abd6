// The SD-JWT (RFC 9901, `credential/sdjwt.py`): strict, in its one spelling, committed or not.
import { FormatError, equal, fromBase64url, sha256, toBase64url, utf8 } from "./bytes.js";
import { SIGNATURE, algorithmOf, keyOfJwk, signed, thumbprint } from "./keys.js";
import { bindingOf } from "./keybinding.js";
import { COUNTS, GROUPS, OUTCOME, TYPES, checkDigests, checkField, checkHeader, checkPayload, checkRow, checkValue, has, hasResults, load, need } from "./shape.js";

const MAX_LENGTH = 65536;
const WANTED = ["name", "birth_date", "signer"];
const WANTED_OF_RESULTS = [...WANTED, "class"];

/** Parses strictly an SD-JWT, with or without key binding. Throws FormatError `sdjwt.*`. */
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
  const end = disclosures.pop();
  const [head, body, signature, more] = jwt.split(".");
  need(end !== undefined && signature !== undefined && more === undefined);
  const [members, payload, raw] = [load(head), load(body), fromBase64url(signature)];
  checkHeader(members);
  checkPayload(payload);
  const kid = fromBase64url(members.kid);
  need(kid.length === 32 && raw.length === SIGNATURE);
  const holderKey = payload.cnf === undefined ? null : await holderKeyOf(payload.cnf);
  need(end === "" || holderKey !== null);
  const shown = await resolved(payload, disclosures);
  const toSign = utf8(`${head}.${body}`);
  return {
    jwt, alg: members.alg, kid, payload, shown, type: TYPES[payload.vct], holderKey,
    binding: end ? await bindingOf(end, text.slice(0, text.length - end.length)) : null,
    disclosed: Object.fromEntries(of(shown, "").filter((each) => !isGroup(each)).map(pair)),
    results: GROUPS.filter((group) => group !== OUTCOME).flatMap((term) => of(shown, term)
      .map(({ name, value }) => ({ ...value, subject: name, term }))),
    outcomes: Object.fromEntries(of(shown, OUTCOME).filter(({ name }) => name !== COUNTS).map(pair)),
    digest: await sha256(toSign),
    committed: shown.every(({ group }) => group !== null),
    partial: partial(payload, shown),
    signedBy: async (key) => algorithmOf(key) === members.alg && equal(await thumbprint(key), kid)
      ? signed(key, raw, toSign) : false,
  };
}

const of = (shown, group) => shown.filter((each) => each.group === group);
const pair = ({ name, value }) => [name, value];

/** Whether a disclosure holds the digests of a group and nothing to read. */
export const isGroup = ({ group, name }) => group === "" && GROUPS.includes(name);

/** How selections name a disclosure: `birth_date`, `CN`, `CN/mathematics`. */
export const pathOf = ({ group, name }) => (group ? `${group}/${name}` : name);

async function holderKeyOf(cnf) {
  need(has(cnf, { jwk: (value) => typeof value === "object" }));
  return keyOfJwk(cnf.jwk);
}

/** Each disclosure in the group whose list commits to it; null for one that nothing commits to. */
async function resolved(payload, texts) {
  const loaded = texts.map(loadedFrom);
  const digests = await Promise.all(texts.map(async (text) => toBase64url(await sha256(utf8(text)))));
  const homes = new Map(payload.credential._sd.map((digest) => [digest, ""]));
  for (const [digest, { name, value }] of new Map(digests.map((digest, at) => [digest, loaded[at]]))) {
    if (!GROUPS.includes(name) || homes.get(digest) !== "") continue;
    need(hasResults(payload) && has(value, { _sd: Array.isArray }));
    checkDigests(value._sd);
    need(value._sd.every((inner) => !homes.has(inner)));
    for (const inner of value._sd) homes.set(inner, name);
  }
  const found = loaded.map((each, at) => {
    const group = homes.get(digests[at]) ?? null;
    homes.delete(digests[at]);
    const disclosure = { text: texts[at], group, ...each };
    if (group) checkRow(group, each.name, each.value);
    else if (group === "" && !isGroup(disclosure)) checkField(each.name, each.value);
    return disclosure;
  });
  const paths = found.filter(({ group }) => group !== null).map(pathOf);
  need(new Set(paths).size === paths.length);
  return found;
}

function loadedFrom(text) {
  const item = load(text);
  need(Array.isArray(item) && item.length === 3);
  const [salt, name, value] = item;
  need(typeof salt === "string" && typeof name === "string" && name !== "_sd" && name !== "...");
  checkValue(value);
  return { name, value };
}

/** Whether something may have been left out: a field that belongs, or any row. */
function partial(payload, shown) {
  const wanted = hasResults(payload) ? WANTED_OF_RESULTS : WANTED;
  if (!wanted.every((name) => of(shown, "").some((each) => each.name === name))) return true;
  if (!hasResults(payload)) return false;
  const counts = of(shown, OUTCOME).find(({ name }) => name === COUNTS)?.value;
  const rows = GROUPS.map((group) => [group, of(shown, group).filter(({ name }) => name !== COUNTS).length]);
  return counts === undefined || rows.some(([group, count]) => (counts[group] ?? 0) !== count);
}
