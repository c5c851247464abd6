// The chain out of an evidence bundle (`chain/offline.py`): all as of one block, if that one counts.
import { equal } from "./bytes.js";
import { checkpoint } from "./bundle.js";
import { Silence } from "./facts.js";
import { fromRaw } from "./header.js";
import { signed } from "./keys.js";
import { Pool } from "./trie.js";

/** The bundle's block, vouched for or not. Throws Silence when it is none. */
export function blockOf(bundle) {
  try {
    return fromRaw(bundle.header);
  } catch {
    throw new Silence("unproven", "not a block header");
  }
}

/**
 * A view for `factsOf`. `trust` is `{deployment, codeHash, blockHash, witnesses, needed}`: the hash
 * of a block that the user knows to be final, or raw keys of which `needed` must have signed it.
 * Rejects with Silence while nobody vouches for the block.
 */
export async function bundled(bundle, trust) {
  const block = blockOf(bundle);
  const vouchers = trust.blockHash ? 0 : await countVouchers(bundle, trust, block);
  const vouched = trust.blockHash ? equal(trust.blockHash, block.hash)
    : trust.needed > 0 && vouchers >= trust.needed;
  if (!vouched) throw new Silence("unvouched");
  const slots = async (wanted) => {
    try {
      const proven = new Pool(bundle.nodes).account(block.stateRoot, trust.deployment.contract, wanted);
      if (equal(proven.codeHash, trust.codeHash)) return proven.slots;
    } catch {
      // Below: whatever is not proven is silence.
    }
    throw new Silence("unproven");
  };
  return { block, newest: false, vouchers, slots, isPending: async () => false };
}

async function countVouchers(bundle, { deployment, witnesses }, block) {
  const text = checkpoint(deployment, block);
  let count = 0;
  for (const witness of witnesses ?? []) {
    const signatures = bundle.cosignatures.filter(({ key }) => equal(key, witness));
    const good = await Promise.all(signatures.map(({ signature }) => signed(witness, signature, text)));
    count += good.includes(true) ? 1 : 0;
  }
  return count;
}
