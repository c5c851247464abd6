// One check of the independent page: texts, endpoints and files in, an answer out. Nothing here
// believes this site's server; what it says is only looked at.
import {
  evidenceFromBundles, evidenceFromLeaves, evidenceFromSite, keysFromBundles, listedBySite,
} from "./gathering.js";
import { encode } from "./verify/bundle.js";
import { hex, startsWith } from "./verify/bytes.js";
import { connect, finalised, loggedKeys } from "./verify/endpoint.js";
import { judge } from "./verify/judge.js";
import { thumbprint } from "./verify/keys.js";
import { bundled } from "./verify/offline.js";

/**
 * `asked`: `texts`; `urls` of endpoints (none: by the bundle alone); `known`, `{deployment, codeHash,
 * maxAge, blockHash, witnesses, needed, firstBlock}`; `bundles` and `leafFiles` that the user gave;
 * `site`, whether to ask this site's server for evidence. Throws FormatError for texts that are
 * none of ours. The result: `{answer, trust, names, view}`.
 */
export async function prove({ texts, urls, known, bundles, leafFiles, site }) {
  const asks = urls.map(connect);
  const view = asks.length ? finalised(asks, known, Date.now() / 1000) : bundled(bundles[0], known);
  view.catch(() => {}); // said with the answer
  const listed = new Map();
  const ofSite = (school) => {
    if (!listed.has(school)) listed.set(school, site ? listedBySite(school).catch(() => null) : null);
    return listed.get(school);
  };
  const gathered = { paths: [], keys: [] };
  const answer = await judge(texts, {
    deployment: known.deployment,
    view: () => view,
    evidence: async (artefact) => {
      const found = await evidenceFor(artefact, { bundles, leafFiles, site });
      const { school, place: { seq }, leafIndex } = artefact;
      if (found) gathered.paths.push({ school, seq, leafIndex, ...found });
      return found;
    },
    keys: async ({ school, kid }) => {
      const named = [
        async () => keysFromBundles(school, bundles),
        async () => (await ofSite(school))?.keys ?? [],
        async () => (asks.length ? loggedKeys(asks[0], known.deployment, school, known.firstBlock) : []),
      ];
      for (const ask of named) {
        const found = await matching(kid, await ask());
        for (const raw of found) gathered.keys.push({ school, raw });
        if (found.length) return found;
      }
      return [];
    },
  });
  const seen = await view.catch(() => null);
  const names = new Map();
  for (const [school, promise] of listed) names.set(school, (await promise)?.name ?? "");
  return {
    answer, names: (school) => names.get(school) ?? "",
    trust: trustOf(urls, known, seen),
    bundle: seen ? () => proven(answer, seen, asks.length
      ? bundleOf(texts, known.deployment, gathered, seen) : encode(bundles[0])) : null,
  };
}

/** Of the keys that somebody named, those whose id starts like that: a lie ends here. */
async function matching(kid, raws) {
  const ids = await Promise.all(raws.map(thumbprint));
  return raws.filter((_, at) => ids[at] && startsWith(ids[at], kid));
}

async function evidenceFor(artefact, { bundles, leafFiles, site }) {
  const found = evidenceFromBundles(artefact, bundles);
  if (found) return found;
  for (const file of leafFiles) {
    const path = await evidenceFromLeaves(artefact, file);
    if (path) return path;
  }
  return site ? evidenceFromSite(artefact, hex(artefact.leaf)) : null;
}

function trustOf(urls, { blockHash, witnesses }, view) {
  if (urls.length) {
    return { code: urls.length > 1 ? "trust.agreed" : "trust.proven", agreed: urls.length, endpoints: urls.length };
  }
  if (blockHash) return { code: "trust.named", agreed: 0, endpoints: 0 };
  return { code: "trust.cosigned", agreed: view?.vouchers ?? 0, endpoints: witnesses.length };
}

/** A bundle (bytes) whose block was found final, with what to call it. */
function proven({ reports: [{ document: shown }] }, { block }, data) {
  return { data, blockHash: block.hash, label: [shown.register_no, shown.name].filter(Boolean).join(" · ") };
}

/** An evidence bundle of what was just proven, as bytes. Throws FormatError `bundle.too_large`. */
function bundleOf(texts, deployment, { paths, keys }, view) {
  const distinct = new Map(keys.map((key) => [`${key.school} ${hex(key.raw)}`, key]));
  return encode({ deployment, texts, paths, keys: [...distinct.values()], ...view.evidence });
}
