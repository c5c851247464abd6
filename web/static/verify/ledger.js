// The ledger contract's storage and code, as far as a verification needs them (`chain/contract.py`).
// The numbers are the compiler's; a test compares them with `contracts/artifacts/Ledger.json`.
import { FormatError, concat, equal, fromNumber, hex, toNumber, word } from "./bytes.js";
import { keccak } from "./keccak.js";

export const SLOTS = { schools: 4, keys: 6, anchors: 9, words: 10 };
/** How one-slot records are packed: field → offset and length in bytes from the low end. */
export const STRUCTS = {
  Anchor: { key: [0, 20], time: [20, 5], seq: [25, 4], size: [29, 3] },
  Key: { school: [0, 4], validFrom: [4, 5], validUntil: [9, 5], compromisedSince: [14, 5], roles: [19, 1] },
  School: { validFrom: [0, 5], validUntil: [5, 5], suspendedSince: [10, 5], types: [15, 8],
            nextSeq: [23, 4], statusNonce: [27, 4] },
};
/** The runtime code: length and Keccak hash of it without what the constructor fills in. */
export const CODE = {
  length: 13523,
  hash: "3171164c48f9529259d84d7c0903d2df0bfac993c9d60c2179d26db23dc44de4",
  immutables: [[8868, 32], [8916, 32], [10152, 32], [10194, 32], [10236, 32], [10317, 32], [10357, 32]],
};
/** The first topic of `KeyAdded` logs. */
export const KEY_ADDED = "0xad452b8f835a82984350446800b00e597755b02a3bed8df57234238005e2908a";
export const LANES = ["active", "suspended", "superseded", "revoked"];
const LANES_PER_WORD = 128;

const entry = (key, mapping) => toNumber(keccak(concat(key, word(mapping))));

export const batchId = (school, root) => keccak(concat(word(school), root));
export const schoolSlot = (school) => entry(word(school), SLOTS.schools);
export const keySlot = (keyId) => entry(keyId, SLOTS.keys);
export const anchorSlot = (batch) => entry(batch, SLOTS.anchors);

/** The slot with the lane of a credential. */
export function wordSlot(batch, index) {
  const outer = keccak(concat(batch, word(SLOTS.words)));
  return toNumber(keccak(concat(word(Math.floor(index / LANES_PER_WORD)), outer)));
}

/** The lane of a credential in that word, as in `LANES`. */
export const laneIn = (lanes, index) => LANES[Number((lanes >> BigInt(2 * (index % LANES_PER_WORD))) & 3n)];

/** The fields of a record in its slot; all fit a number but `key` and `types`, which are BigInt. */
export function unpack(record, slot) {
  const read = ([offset, length]) => (slot >> BigInt(8 * offset)) & ((1n << BigInt(8 * length)) - 1n);
  return Object.fromEntries(Object.entries(STRUCTS[record]).map(([name, place]) => {
    const value = read(place);
    return [name, place[1] > 6 ? value : Number(value)];
  }));
}

/** A school's accreditation; null for one that the contract does not know. */
export function schoolOf(slot) {
  const found = unpack("School", slot);
  return found.validFrom === 0 ? null : found;
}

/** A key with its id and raw public key (none: a chain key); not listed if `validFrom` is 0. */
export const keyOf = (id, slot, raw = null) => ({ ...unpack("Key", slot), id, raw });

/** An anchor without its key (`keyId`, 32 bytes); null where there is none. */
export function anchorOf(slot) {
  if (slot === 0n) return null;
  const { key, ...found } = unpack("Anchor", slot);
  return { ...found, keyId: fromNumber(key, 32) };
}

/** Throws FormatError unless runtime code hashes to `codeHash` and is this contract's. */
export function checkCode(code, codeHash) {
  const masked = code.slice();
  for (const [start, length] of CODE.immutables) masked.fill(0, start, start + length);
  const ours = code.length === CODE.length && hex(keccak(masked)) === CODE.hash;
  if (!ours || !equal(keccak(code), codeHash)) throw new FormatError("ledger.code_differs");
}
