// Block headers, hashed anew from their fields (`chain/header.py`): what a node says proves nothing.
import { FormatError, equal, fromHex, fromNumber, hex, toNumber } from "./bytes.js";
import { keccak } from "./keccak.js";
import { decode, encode } from "./rlp.js";

// Bytes of each field, 0 for any number of them, null for a number. Later forks appended the rest.
const FIRST = {
  parentHash: 32, sha3Uncles: 32, miner: 20, stateRoot: 32, transactionsRoot: 32, receiptsRoot: 32,
  logsBloom: 256, difficulty: null, number: null, gasLimit: null, gasUsed: null, timestamp: null,
  extraData: 0, mixHash: 32, nonce: 8,
};
const APPENDED = {
  baseFeePerGas: null, withdrawalsRoot: 32, blobGasUsed: null, excessBlobGas: null,
  parentBeaconBlockRoot: 32, requestsHash: 32,
};
const FIELDS = { ...FIRST, ...APPENDED };
const [QUANTITY, END_OF_TIME] = [32, 253_370_764_800n];

/** A block as JSON-RPC gives it. Throws FormatError unless its fields hash to its hash. */
export function fromRpc(answer) {
  const names = [...Object.keys(FIRST), ...Object.keys(APPENDED).filter((name) => answer?.[name] !== undefined)];
  const raw = encode(names.map((name) => field(name, answer?.[name])));
  const found = fromRaw(raw);
  if (!equal(found.hash, data(answer.hash, 32))) throw new FormatError("header");
  return found;
}

/** A header out of its RLP: number, hash, time (seconds), stateRoot, raw. Throws FormatError. */
export function fromRaw(raw) {
  const fields = decode(raw);
  const names = Object.keys(FIELDS).slice(0, fields.length);
  const count = Object.keys(FIRST).length;
  if (!Array.isArray(fields) || fields.length < count || fields.length > names.length) throw new FormatError("header");
  const found = Object.fromEntries(names.map((name, at) => [name, plain(name, fields[at])]));
  const [number, time] = [found.number, found.timestamp];
  if (number >= 1n << 53n || time >= END_OF_TIME) throw new FormatError("header");
  return { number: Number(number), time: Number(time), hash: keccak(raw), stateRoot: found.stateRoot, raw };
}

function plain(name, bytes) {
  const size = FIELDS[name];
  if (Array.isArray(bytes)) throw new FormatError("header");
  if (size === null) {
    if (bytes.length > QUANTITY || bytes[0] === 0) throw new FormatError("header");
    return toNumber(bytes);
  }
  if (size !== 0 && bytes.length !== size) throw new FormatError("header");
  return bytes;
}

function field(name, value) {
  return FIELDS[name] === null ? quantity(value) : data(value, FIELDS[name] || null);
}

/** Bytes as JSON-RPC writes them. Throws FormatError. */
export function data(value, length = null) {
  if (typeof value !== "string" || !value.startsWith("0x")) throw new FormatError("header");
  return fromHex(value.slice(2), length);
}

/** A number (BigInt) as JSON-RPC writes it. Throws FormatError. */
export function quantity(value) {
  const good = typeof value === "string" && /^0x[0-9a-f]{1,64}$/i.test(value);
  if (!good) throw new FormatError("header");
  return BigInt(value);
}

export const toData = (bytes) => `0x${hex(bytes)}`;
export const toQuantity = (number) => `0x${BigInt(number).toString(16)}`;
export const toWord = (number) => toData(fromNumber(BigInt(number), 32));
