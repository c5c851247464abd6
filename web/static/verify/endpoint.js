// A chain through endpoints that the user names: none is believed but for the newest block's name.
import { FormatError, equal, fromHex } from "./bytes.js";
import { Silence } from "./facts.js";
import { data, fromRpc, quantity, toData, toQuantity, toWord } from "./header.js";
import { KEY_ADDED, checkCode } from "./ledger.js";
import { Pool } from "./trie.js";

const [TIMEOUT, ANSWER_LIMIT] = [15_000, 16 * 2 ** 20]; // milliseconds, bytes

/** What asks a JSON-RPC address: `ask(method, params)`. Rejects with Silence for anything but a result. */
export function connect(url) {
  let count = 0;
  return async (method, params) => {
    const id = (count += 1);
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    try {
      const response = await fetch(url, {
        method: "POST", body, headers: { "Content-Type": "application/json" }, cache: "no-store",
        credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(TIMEOUT),
      });
      if (!response.ok) throw new Silence("silent", `HTTP ${response.status}`);
      const answer = JSON.parse(await bounded(response.body));
      if (answer.id !== id || answer.result === undefined) throw new Silence("silent", "no result");
      return answer.result;
    } catch (error) {
      throw error instanceof Silence ? error : new Silence("silent", error.message);
    }
  };
}

/** A body as text, unless it never ends. */
async function bounded(body) {
  const [reader, decoder] = [body.getReader(), new TextDecoder()];
  let [text, size] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > ANSWER_LIMIT) {
      await reader.cancel();
      throw new Silence("silent", "too long an answer");
    }
    text += decoder.decode(value, { stream: true });
  }
}

/**
 * The finalised block that all endpoints name, as a view for `factsOf` with its header and the trie
 * nodes used (`evidence`). `known` is `{deployment, codeHash, maxAge}`: bytes or null, seconds or 0.
 * `now` in seconds. Rejects with Silence.
 */
export async function finalised(asks, known, now) {
  const found = await Promise.all(asks.map((ask) => proven(() => newest(ask, known.deployment))));
  const block = await agreed(asks, found);
  if (known.maxAge && now - block.time > known.maxAge) throw new Silence("stale");
  const view = new ProvenView(asks, known.deployment.contract, block);
  await view.checkCode(known.codeHash);
  return view;
}

async function newest(ask, { chainId }) {
  if (quantity(await ask("eth_chainId", [])) !== BigInt(chainId)) throw new FormatError("another chain");
  return fromRpc(await ask("eth_getBlockByNumber", ["finalized", false]));
}

/** The oldest of the newest blocks, once all have it: one endpoint may be a block behind another. */
async function agreed(asks, found) {
  const oldest = found.reduce((one, other) => (other.number < one.number ? other : one));
  for (const [at, ask] of asks.entries()) {
    const same = found[at].number === oldest.number ? found[at]
      : await proven(async () => fromRpc(await ask("eth_getBlockByNumber", [toQuantity(oldest.number), false])));
    if (!equal(same.hash, oldest.hash)) throw new Silence("disagreeing");
  }
  return oldest;
}

/** What an endpoint tells, as far as it proves it: anything else is Silence. */
async function proven(tell) {
  try {
    return await tell();
  } catch (error) {
    throw error instanceof Silence ? error : new Silence("unproven", error.message);
  }
}

class ProvenView {
  constructor(asks, contract, block) {
    Object.assign(this, { asks, contract, block, newest: true, codeHash: null, nodes: new Map() });
  }

  get evidence() {
    return { header: this.block.raw, nodes: [...this.nodes.values()] };
  }

  /** The first endpoint that proves it is enough. */
  async first(tell) {
    let last = null;
    for (const ask of this.asks) {
      try {
        return await proven(() => tell(ask));
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  slots(wanted) {
    return this.first(async (ask) => {
      const params = [toData(this.contract), wanted.map(toWord), toQuantity(this.block.number)];
      const answer = await ask("eth_getProof", params);
      const paths = [answer.accountProof, ...answer.storageProof.map((entry) => entry.proof)];
      const nodes = [...new Set(paths.flat())].map((node) => data(node));
      const account = new Pool(nodes).account(this.block.stateRoot, this.contract, wanted);
      if (this.codeHash && !equal(account.codeHash, this.codeHash)) throw new FormatError("ledger.code_differs");
      for (const node of nodes) this.nodes.set(node.join(), node);
      this.provenCode = account.codeHash;
      return account.slots;
    });
  }

  /** That the contract's code is ours, and the one that the user knows, if they do. */
  async checkCode(codeHash) {
    await this.slots([]);
    await this.first(async (ask) => {
      const code = data(await ask("eth_getCode", [toData(this.contract), toQuantity(this.block.number)]));
      checkCode(code, this.provenCode);
      if (codeHash && !equal(codeHash, this.provenCode)) throw new FormatError("ledger.code_differs");
    });
    this.codeHash = this.provenCode;
  }

  /** Whether a slot that is empty at the finalised block is not any more: believed, for "not yet". */
  isPending(slot) {
    return this.first(async (ask) =>
      quantity(await ask("eth_getStorageAt", [toData(this.contract), toWord(slot), "latest"])) !== 0n);
  }
}

/** Raw signing keys that `KeyAdded` logs of a school name; they still have to be proven. */
export async function loggedKeys(ask, { contract }, school, fromBlock) {
  return proven(async () => {
    const logs = await ask("eth_getLogs", [{
      address: toData(contract), topics: [KEY_ADDED, toWord(school)],
      fromBlock: toQuantity(fromBlock), toBlock: "finalized",
    }]);
    return logs.map(({ data: logged }) => publicKeyIn(data(logged))).filter((raw) => raw.length > 0);
  });
}

/** The last argument of `KeyAdded`, a byte string: its offset is the fourth word. */
function publicKeyIn(logged) {
  const at = (offset) => Number(BigInt(toData(logged.subarray(offset, offset + 32))));
  const start = at(3 * 32);
  const raw = logged.subarray(start + 32, start + 32 + at(start));
  return raw.length === at(start) ? raw : fromHex("");
}
