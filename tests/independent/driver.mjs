// The browser's modules without a browser: one request a line in, one answer a line out.
import { createInterface } from "node:readline";

const folder = new URL("../../web/static/verify/", import.meta.url);
const load = (name) => import(new URL(`${name}.js`, folder));
const [bytes, artefact, bundle, endpoint, facts, judge, header, keybinding, keys, merkle, offline, qr, sdjwt, listed, selecting, steps, trie, ledger] =
  await Promise.all(["bytes", "artefact", "bundle", "endpoint", "facts", "judge", "header", "keybinding", "keys", "merkle",
    "offline", "qr", "sdjwt", "listed", "selecting", "steps", "trie", "ledger"].map(load));
const { fromHex, hex } = bytes;
const deploymentOf = ({ chain_id, contract }) => ({ chainId: BigInt(chain_id), contract: fromHex(contract) });

/** What an auditor finds, by the formats alone. */
async function vector({ artefact: text, public_key, ...deployment }) {
  const key = fromHex(public_key);
  const found = text.includes("~") ? await sdjwt.parse(text) : qr.parse(qr.tokenOf(text));
  if (!await found.signedBy(key, deploymentOf(deployment))) return "signature";
  if (found.binding && await keybinding.faultOf(found.binding, found.holderKey)) return "binding";
  return found.committed === false ? "disclosure" : "ok";
}

async function path({ leaf, path: siblings, index, size, root }) {
  const found = await merkle.rootOf(fromHex(leaf), index, size, siblings.map((each) => fromHex(each)));
  return found !== null && hex(found) === root;
}

async function paths({ leaves }) {
  const all = leaves.map((leaf) => fromHex(leaf));
  return Promise.all(all.map(async (_, index) => (await merkle.pathOf(all, index)).map(hex)));
}

async function decoded({ text, ...deployment }) {
  const found = await artefact.decode(text, deploymentOf(deployment));
  const { kind, typeKey, school, place, leafIndex, ours, committed, partial, document } = found;
  return { kind, type: typeKey, school, place, kid: hex(found.kid), leaf: hex(found.leaf), leafIndex, ours,
           committed, partial, document, sdJwt: found.sdJwt && hex(found.sdJwt) };
}

/** A proof (EIP-1186) against a state root: what it proves. */
async function proof({ state_root, address, slots, nodes }) {
  const pool = new trie.Pool(nodes.map((node) => fromHex(node)));
  const found = pool.account(fromHex(state_root), fromHex(address), slots.map(BigInt));
  return { codeHash: hex(found.codeHash), slots: found.slots.map(String) };
}

async function blockHeader({ raw, rpc }) {
  const found = raw === undefined ? header.fromRpc(rpc) : header.fromRaw(fromHex(raw));
  return { number: found.number, hash: hex(found.hash), time: found.time, stateRoot: hex(found.stateRoot), raw: hex(found.raw) };
}

async function slots({ school, root, index, key_id }) {
  const batch = ledger.batchId(school, fromHex(root));
  const found = [ledger.schoolSlot(school), ledger.keySlot(fromHex(key_id)), ledger.anchorSlot(batch),
                 ledger.wordSlot(batch, index)];
  return found.map(String);
}

const constants = async () => ({ slots: ledger.SLOTS, structs: ledger.STRUCTS, code: ledger.CODE, keyAdded: ledger.KEY_ADDED });

function plain({ checks, block, ...report }) {
  const shown = checks.map(({ step, outcome, code, reason, params }) => ({ step, outcome, code, reason, params }));
  return { ...report, checks: shown, block: block && { number: block.number, hash: hex(block.hash), time: block.time } };
}

const answered = ({ reports, ...answer }) => ({ ...answer, reports: reports.map(plain) });

/** A bundle with what a checker knows. */
async function bundled({ data, trust }) {
  const found = bundle.decode(fromHex(data));
  const deployment = deploymentOf(trust);
  if (!bundle.same(found.deployment, deployment)) throw new bytes.FormatError("bundle.foreign");
  const known = { deployment, codeHash: fromHex(trust.code_hash), blockHash: trust.block_hash ? fromHex(trust.block_hash) : null,
                  witnesses: (trust.witnesses ?? []).map((key) => fromHex(key)), needed: trust.needed ?? 0 };
  const view = offline.bundled(found, known);
  view.catch(() => {});
  const answer = await judge.judge(found.texts, {
    deployment, view: () => view, evidence: async (one) => bundle.evidenceFor(one, found.paths),
    keys: async (one) => found.keys.filter((key) => key.school === one.school).map((key) => key.raw),
  });
  return { ...answered(answer), same: hex(bundle.encode(found)) === data };
}

/** Texts against endpoints, with evidence and keys handed in. */
async function asked({ texts, urls, trust, paths: placed = [], keys: raws, first_block = 0, now }) {
  const deployment = deploymentOf(trust);
  const asks = urls.map(endpoint.connect);
  const known = { deployment, codeHash: trust.code_hash ? fromHex(trust.code_hash) : null, maxAge: trust.max_age ?? 0 };
  const view = endpoint.finalised(asks, known, now ?? Math.floor(Date.now() / 1000));
  view.catch(() => {});
  const evidence = placed.map((each) => ({ ...each, leaf: fromHex(each.leaf), path: each.path.map((one) => fromHex(one)) }));
  const answer = await judge.judge(texts, {
    deployment, view: () => view, evidence: async (one) => bundle.evidenceFor(one, evidence),
    keys: async (one) => raws ? raws.map((raw) => fromHex(raw)) : endpoint.loggedKeys(asks[0], deployment, one.school, first_block),
  });
  return answered(answer);
}

/** By what a device keeps. */
async function kept({ text, list, trust, bundles = [] }) {
  const answer = await listed.judgeKept(text, {
    deployment: deploymentOf(trust), codeHash: fromHex(trust.code_hash), list,
    bundles: bundles.map(({ data, hash }) => ({ bundle: bundle.decode(fromHex(data)), blockHash: fromHex(hash) })),
  });
  return answered(answer);
}

/** Step 8 of an artefact. */
async function terms({ text, ...deployment }) {
  const found = await artefact.decode(text, deploymentOf(deployment));
  const { outcome, code, reason } = (await steps.runChecks(found, { facts: null, evidence: null }))[7];
  return { outcome, code, reason };
}

const outline = async ({ text }) => selecting.outline(text);
const selected = async ({ text, keep }) => selecting.select(text, keep);
const thumbprint = async ({ raw }) => { const id = await keys.thumbprint(fromHex(raw)); return id && hex(id); };
const jobs = { vector, path, paths, decoded, proof, header: blockHeader, slots, constants, bundled, asked, thumbprint, kept, outline, selected, terms };

for await (const line of createInterface({ input: process.stdin })) {
  const { job, ...asked } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await jobs[job](asked) };
  } catch (error) {
    answer = { error: error.code ?? error.kind ?? error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
