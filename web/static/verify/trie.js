// Storage of a contract, proven from a state root alone (EIP-1186, `chain/proof.py`).
//
// Nothing that an endpoint states is believed: values are read out of trie nodes, each of which is
// found by its own hash. That there is nothing is proven in the same way, by the path that ends.
import { FormatError, equal, fromNumber, hex, toNumber } from "./bytes.js";
import { keccak } from "./keccak.js";
import { decode } from "./rlp.js";

const [NODES, NODE_BYTES, HASH, SLOT] = [1024, 1024, 32, 32];
const EMPTY = new Uint8Array(0);
const EMPTY_ROOT = keccak(Uint8Array.of(0x80));

/** Trie nodes (RLP) of any number of proofs. Throws FormatError for more than proofs have. */
export class Pool {
  constructor(nodes) {
    if (nodes.length > NODES || nodes.some((node) => node.length > NODE_BYTES)) {
      throw new FormatError("unproven");
    }
    this.nodes = new Map(nodes.map((node) => [hex(keccak(node)), node]));
  }

  /** Code hash (bytes) and values of slots (BigInt) of a contract. Throws FormatError unless proven. */
  account(stateRoot, address, slots) {
    const account = this.value(stateRoot, keccak(address));
    const fields = account.length ? decode(account) : null;
    if (!Array.isArray(fields) || fields.length !== 4 || fields.some(Array.isArray)) {
      throw new FormatError("unproven");
    }
    const [, , storageRoot, codeHash] = fields;
    return { codeHash, slots: slots.map((slot) => this.slot(storageRoot, slot)) };
  }

  slot(storageRoot, slot) {
    const value = this.value(storageRoot, keccak(fromNumber(slot, SLOT)));
    if (value.length === 0) return 0n;
    const number = decode(value);
    if (Array.isArray(number) || number.length === 0 || number.length > SLOT) {
      throw new FormatError("unproven");
    }
    return toNumber(number);
  }

  /** What the trie of that root holds under a hashed key; empty if there is nothing. */
  value(root, key) {
    if (equal(root, EMPTY_ROOT)) return EMPTY;
    let path = hex(key);
    let node = this.node(root);
    for (;;) {
      const [next, rest] = step(node, path);
      if (rest === null || next.length === 0) return bytesOf(next);
      node = Array.isArray(next) ? next : this.node(next);
      path = rest;
    }
  }

  node(hash) {
    const found = hash.length === HASH ? this.nodes.get(hex(hash)) : undefined;
    const node = found ? decode(found) : null;
    if (!Array.isArray(node)) throw new FormatError("unproven");
    return node;
  }
}

/** Where a node leads on a path (half bytes as text): the next node and what is left, or a value and null. */
function step(node, path) {
  if (node.length === 17) {
    return path === "" ? [bytesOf(node[16]), null] : [node[parseInt(path[0], 16)], path.slice(1)];
  }
  if (node.length !== 2) throw new FormatError("unproven");
  const [flag, ...rest] = hex(bytesOf(node[0]));
  const odd = flag === "1" || flag === "3";
  if (!["0", "1", "2", "3"].includes(flag) || (!odd && rest[0] !== "0")) throw new FormatError("unproven");
  const own = rest.slice(odd ? 0 : 1).join("");
  if (flag >= "2") return [own === path ? bytesOf(node[1]) : EMPTY, null];
  if (own === "") throw new FormatError("unproven"); // else a node could lead to itself
  return path.startsWith(own) ? [node[1], path.slice(own.length)] : [EMPTY, null];
}

function bytesOf(item) {
  if (Array.isArray(item)) throw new FormatError("unproven");
  return item;
}
