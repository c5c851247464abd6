// The batch tree (RFC 9162 §2.1, `credential/merkle.py`): leaves 0x00, nodes 0x01, positional.
import { sha256 } from "./bytes.js";

export const HASH = 32; // bytes
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)];

export const leafHash = (data) => sha256(LEAF, data);
const nodeHash = (left, right) => sha256(NODE, left, right);

/** The root that a path leads to, or null if it does not fit index and size (in leaves). */
export async function rootOf(leaf, index, size, path) {
  if (!(index >= 0 && index < size)) return null;
  let [node, last, found] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      found = await nodeHash(sibling, found);
      while (node !== 0 && node % 2 === 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      found = await nodeHash(found, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? found : null;
}

/** The siblings of a leaf, from all leaf hashes of a batch; null if there is no such leaf. */
export async function pathOf(leaves, index) {
  if (!(index >= 0 && index < leaves.length)) return null;
  const path = [];
  let [level, at] = [leaves, index];
  while (level.length > 1) {
    const sibling = level[at % 2 ? at - 1 : at + 1];
    if (sibling) path.push(sibling);
    const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, pair) => pair * 2);
    level = await Promise.all(pairs.map((left) =>
      (level[left + 1] ? nodeHash(level[left], level[left + 1]) : level[left])));
    at = Math.floor(at / 2);
  }
  return path;
}
