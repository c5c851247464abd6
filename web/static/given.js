// What the user of the independent page gave: files, and what they know from elsewhere.
import { node } from "./nodes.js";
import { codeIn } from "./pictures.js";
import { site, text } from "./texts.js";
import { find } from "./views.js";
import { MAX_BYTES, decode, looksLikeBundle } from "./verify/bundle.js";
import { FormatError, fromHex } from "./verify/bytes.js";

const FILE_LIMIT = 32 * 2 ** 20; // bytes
const LEAF_PAIR = 64; // bytes of a credential in a leaf file
const nothing = () => ({ texts: [], bundles: [], leafFiles: [], witnesses: [], needed: 0 });

export let given = nothing();

export function forget() {
  given = nothing();
  find("files").replaceChildren();
  find("thing").value = find("file").value = "";
}

/** What this site proposes, until the user puts in something else. */
export function propose() {
  const { contract, code_hash: codeHash, chain_id: chainId, max_age: age } = site.ledger;
  const fields = { contract, "code-hash": codeHash, "chain-id": chainId, "max-age": age || "" };
  for (const [id, value] of Object.entries(fields)) find(id).value = value;
}

/** Takes files for what they are. Throws FormatError with a code of its own for the first that is none. */
export async function take(files) {
  for (const file of files) {
    if (file.size > FILE_LIMIT) throw new FormatError("page.file_too_large");
    let code;
    try {
      code = await taken(file, new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      throw error instanceof FormatError && error.code.includes(".") ? error
        : new FormatError("independent.file_unknown", { name: file.name });
    }
    find("files").append(node("li", {}, `${file.name}: `, node("span", { "data-text": code }, text(code))));
  }
}

async function taken(file, data) {
  if (looksLikeBundle(data)) return keep("bundles", decode(data));
  if (/\.json$/i.test(file.name)) return trustFile(JSON.parse(new TextDecoder().decode(data)));
  if (/\.(sdjwt|txt)$/i.test(file.name)) return keep("texts", new TextDecoder().decode(data).trim());
  if (/\.pdf$/i.test(file.name)) throw new FormatError("independent.file_pdf");
  if (file.type.startsWith("image/")) return keep("texts", (await codeIn(file)) ?? noCode());
  if (data.length && data.length % LEAF_PAIR === 0) return keep("leafFiles", data);
  throw new FormatError("independent.file_unknown", { name: file.name });
}

function noCode() {
  throw new FormatError("independent.no_code");
}

function keep(list, value) {
  given[list].push(value);
  return `independent.took_${list.toLowerCase()}`;
}

/** A trust file (`sogoc evidence trust`): fills in what the user knows. */
function trustFile({ contract, code_hash: codeHash, chain_id: chainId, witnesses, needed }) {
  given.witnesses = witnesses.map((key) => fromHex(key));
  given.needed = Number(needed);
  for (const [id, value] of Object.entries({ contract, "code-hash": codeHash, "chain-id": chainId })) {
    find(id).value = String(value);
  }
  find("known").open = true;
  return "independent.took_trust";
}

function bytes(id, length) {
  const digits = find(id).value.trim().replace(/^0x/i, "");
  return digits ? fromHex(digits, length) : null;
}

function number(id) {
  const typed = find(id).value.trim();
  if (!/^[0-9]{0,15}$/.test(typed)) throw new FormatError(id);
  return Number(typed || 0);
}

function endpoints() {
  const typed = ["endpoint", "second"].map((id) => find(id).value.trim()).filter(Boolean);
  for (const url of typed) {
    const { protocol, hostname } = new URL(url);
    const near = protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname);
    if (protocol !== "https:" && !near) throw new TypeError(url);
  }
  return [...new Set(typed)];
}

function known() {
  const contract = bytes("contract", 20);
  if (!contract) throw new FormatError("contract");
  return {
    deployment: { chainId: BigInt(number("chain-id")), contract },
    codeHash: bytes("code-hash", 32), blockHash: bytes("block", 32), maxAge: number("max-age") * 60,
    witnesses: given.witnesses, needed: given.needed, firstBlock: site.ledger.first_block,
  };
}

/** Everything for one check (see `proving.js`). Throws FormatError that says what is missing. */
export function asked() {
  const typed = find("thing").value.slice(0, MAX_BYTES + 1).trim();
  const texts = typed ? [typed] : [...given.texts, ...given.bundles.flatMap((bundle) => bundle.texts)];
  if (!texts.length) throw new FormatError("independent.nothing");
  const urls = attempt(endpoints, "independent.endpoint_wrong");
  const what = attempt(known, "independent.known_wrong");
  if (!urls.length && !given.bundles.length) throw new FormatError("independent.no_endpoint");
  if (!urls.length && !what.codeHash) throw new FormatError("independent.known_wrong");
  return { texts, urls, known: what, bundles: given.bundles, leafFiles: given.leafFiles, site: find("site").checked };
}

function attempt(make, code) {
  try {
    return make();
  } catch {
    throw new FormatError(code);
  }
}
