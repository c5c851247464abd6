// The check page without its server: what this device can tell by itself. Loaded when a request failed.
import { learn, site } from "./texts.js";
import { keptBundles, keptList } from "./stored.js";
import { fromHex } from "./verify/bytes.js";
import { judgeKept } from "./verify/listed.js";

const SENTENCES = "/texts/offline.json"; // kept by the service worker

/**
 * The answer to a request of `asking.js` in the server's shape, marked `offline`; null where
 * nothing can be told: a look-up code, a PDF, a number, a text that is none of ours.
 */
export async function verifyOffline({ address, body, type }) {
  const text = address === "/api/verify" ? await textOf(body, type) : null;
  if (!text) return null;
  const [sentences, list, bundles] = await Promise.all(
    [fetch(SENTENCES).then((response) => response.json()), keptList(), keptBundles()]);
  const { chain_id: chainId, contract, code_hash: codeHash } = site.ledger;
  const answer = await judgeKept(text, {
    deployment: { chainId: BigInt(chainId), contract: fromHex(contract.slice(2)) },
    codeHash: fromHex(codeHash.slice(2)), list, bundles,
  });
  learn(sentences);
  const { spoken } = await import("./spoken.js");
  const names = (school) => list?.schools.find(({ id }) => id === school)?.name ?? "";
  return { ...spoken(answer, { code: answer.trust, agreed: 0, endpoints: 0 }, names), offline: true };
}

async function textOf(body, type) {
  if (type === "application/json") return JSON.parse(body).text;
  if (type === "text/plain") return (await body.text()).trim();
  if (!type.startsWith("image/")) return null;
  const { codeIn } = await import("./pictures.js");
  return codeIn(body);
}
