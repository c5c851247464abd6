// What the chain says for one verification, proven slot by slot (`chain/reader.py`, `offline.py`).
//
// A `view` is one block with a way to prove slots after it: `{block, newest, slots, isPending}`.
// `slots` takes and gives lists of BigInt; it rejects with Silence for whatever is not proven.
import { startsWith } from "./bytes.js";
import { thumbprint } from "./keys.js";
import { anchorOf, anchorSlot, batchId, keyOf, keySlot, laneIn, schoolOf, schoolSlot, unpack, wordSlot }
  from "./ledger.js";

/** Why a source told nothing: silent, stale, disagreeing, unproven, unvouched. */
export class Silence extends Error {
  constructor(kind, reason = "") {
    super(reason || kind);
    Object.assign(this, { name: "Silence", kind });
  }
}

/**
 * Facts about an artefact's school, its keys among the `raws` that somebody named, and its batch.
 * A full key id (SD-JWT) is proven absent if it is; that a prefix has no key nobody can prove.
 */
export async function factsOf(view, artefact, root, raws) {
  const { school, kid, place } = artefact;
  const named = await candidates(kid, raws);
  const whole = kid.length === 32;
  const ids = named.length || !whole ? named : [{ id: kid, raw: null }];
  const batch = root && batchId(school, root);
  const [record, ...rest] = await view.slots([
    schoolSlot(school), ...ids.map(({ id }) => keySlot(id)),
    ...(batch ? [anchorSlot(batch), wordSlot(batch, place.index)] : []),
  ]);
  const keys = ids.map(({ id, raw }, at) => keyOf(id, rest[at], raw)).filter((key) => key.validFrom);
  const unnamed = keys.some((key) => !key.raw) || (!keys.length && !(whole && view.newest));
  if (unnamed) throw new Silence("unproven", "no such key was named");
  const [anchorWord, lanes] = batch ? rest.slice(ids.length) : [0n, 0n];
  const anchor = await anchorWithKey(view, anchorWord);
  const pending = Boolean(batch && !anchor && view.newest && await view.isPending(anchorSlot(batch)));
  if (batch && !anchor && !view.newest) throw new Silence("unproven", "not anchored as of the block");
  return {
    block: view.block, newest: view.newest, school: schoolOf(record), keys, anchor, pending,
    nextSeq: unpack("School", record).nextSeq, lane: laneIn(lanes, place.index),
  };
}

async function candidates(kid, raws) {
  const found = new Map();
  for (const raw of raws) {
    const id = await thumbprint(raw);
    if (id && startsWith(id, kid)) found.set(id.join(), { id, raw });
  }
  return [...found.values()];
}

async function anchorWithKey(view, slot) {
  const found = anchorOf(slot);
  if (!found) return null;
  if (found.time > view.block.time) throw new Silence("unproven", "anchored after the block");
  const [state] = await view.slots([keySlot(found.keyId)]);
  return { ...found, key: keyOf(found.keyId, state) };
}
