// The evidence bundle (`credential/bundle.py`): one file with a credential and all that proves it.
import { FormatError, concat, equal, hex, startsWith, utf8 } from "./bytes.js";
import { decode as decodeCbor, encode as encodeCbor } from "./cbor.js";
import { SIGNATURE } from "./keys.js";
import { HASH } from "./merkle.js";

const MAGIC = Uint8Array.of(0xd9, 0xd9, 0xf7);
const VERSION = "sogoc-evidence-1";
export const MAX_BYTES = 64 * 1024;
const ADDRESS = 20;

export const looksLikeBundle = (data) => startsWith(data, MAGIC);

/** What a witness signs: that a block of that number and hash is final on that chain. */
export const checkpoint = ({ chainId, contract }, { number, hash }) =>
  utf8(`sogoc-checkpoint-1\n${chainId} ${hex(contract)}\n${number} ${hex(hash)}\n`);

/** A file as `{deployment, texts, paths, keys, header, nodes, cosignatures}`. Throws FormatError `bundle.*`. */
export function decode(data) {
  if (data.length > MAX_BYTES) throw new FormatError("bundle.too_large", { limit: MAX_BYTES });
  try {
    if (!looksLikeBundle(data)) throw new FormatError("bundle.malformed");
    return read(decodeCbor(data.subarray(MAGIC.length)));
  } catch {
    throw new FormatError("bundle.malformed");
  }
}

/** Its inverse. Throws FormatError `bundle.too_large`. */
export function encode({ deployment, texts, paths, keys, header, nodes, cosignatures = [] }) {
  const data = concat(MAGIC, encodeCbor([
    VERSION, deployment.chainId, deployment.contract, texts,
    paths.map((each) => [each.school, each.seq, each.leafIndex, each.leaf, each.size, each.path]),
    keys.map((each) => [each.school, each.raw]), header, nodes,
    cosignatures.map((each) => [each.key, each.signature]),
  ]));
  if (data.length > MAX_BYTES) throw new FormatError("bundle.too_large", { limit: MAX_BYTES });
  return data;
}

function read(fields) {
  const [version, chainId, contract, texts, paths, keys, header, nodes, cosignatures] = list(fields, 9);
  if (version !== VERSION || list(texts).length === 0) throw new FormatError("bundle.malformed");
  return {
    deployment: { chainId: number(chainId), contract: bytes(contract, ADDRESS) },
    texts: texts.map(text),
    paths: list(paths).map(placed),
    keys: list(keys).map((each) => {
      const [school, raw] = list(each, 2);
      return { school: small(school), raw: bytes(raw) };
    }),
    header: bytes(header),
    nodes: list(nodes).map((node) => bytes(node)),
    cosignatures: list(cosignatures).map((each) => {
      const [key, signature] = list(each, 2);
      return { key: bytes(key), signature: bytes(signature, SIGNATURE) };
    }),
  };
}

function placed(each) {
  const [school, seq, leafIndex, leaf, size, path] = list(each, 6);
  return { school: small(school), seq: small(seq), leafIndex: small(leafIndex), leaf: bytes(leaf, HASH),
           size: small(size), path: list(path).map((sibling) => bytes(sibling, HASH)) };
}

/** Evidence for an artefact out of a bundle; null if there is none. The last of the same place counts. */
export function evidenceFor({ school, place, leafIndex }, paths) {
  return paths.findLast((each) => each.school === school && each.seq === place.seq
    && each.leafIndex === leafIndex) ?? null;
}

/** Whether two deployments are the same. */
export const same = (one, other) => one.chainId === other.chainId && equal(one.contract, other.contract);

function list(value, length = null) {
  if (!Array.isArray(value) || (length !== null && value.length !== length)) throw new FormatError("bundle.malformed");
  return value;
}

function number(value) {
  if (typeof value !== "bigint" || value < 0n) throw new FormatError("bundle.malformed");
  return value;
}

/** A number that nothing real exceeds; a larger one stays no number and fits nothing. */
const small = (value) => (number(value) < 1n << 53n ? Number(value) : NaN);

function bytes(value, length = null) {
  const good = value instanceof Uint8Array && (length === null || value.length === length);
  if (!good) throw new FormatError("bundle.malformed");
  return value;
}

function text(value) {
  if (typeof value !== "string") throw new FormatError("bundle.malformed");
  return value;
}
