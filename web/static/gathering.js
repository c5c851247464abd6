// What this site and the user's files put forward for a check: paths, keys, names. None is believed.
import { fromBase64url, fromHex } from "./verify/bytes.js";
import { evidenceFor } from "./verify/bundle.js";
import { HASH, pathOf } from "./verify/merkle.js";

const LARGEST = 32 * 2 ** 20; // bytes of a leaf file

async function get(address) {
  const response = await fetch(address, { cache: "no-store" });
  if (response.status === 404) return null;
  if (!response.ok) throw new TypeError(address);
  return response;
}

/** The path of an artefact by its leaf hash, or out of the leaf file of the batch that it names. */
export async function evidenceFromSite(artefact, digest) {
  const known = await get(`/api/evidence/${digest}`);
  if (known) return placed(await known.json());
  const { school, place } = artefact;
  const leaves = await get(`/api/leaves/${school}/${place.seq}`);
  return leaves && evidenceFromLeaves(artefact, new Uint8Array(await leaves.arrayBuffer()));
}

const placed = ({ leaf, size, path }) =>
  ({ leaf: fromHex(leaf, HASH), size, path: path.map((sibling) => fromHex(sibling, HASH)) });

/** The path out of all leaf hashes of a batch; null if these hold no such leaf. */
export async function evidenceFromLeaves({ leafIndex }, file) {
  const count = file.length / HASH;
  if (!Number.isInteger(count) || count % 2 || file.length > LARGEST) return null;
  const leaves = Array.from({ length: count }, (_, at) => file.subarray(at * HASH, (at + 1) * HASH));
  const path = await pathOf(leaves, leafIndex);
  return path && { leaf: leaves[leafIndex], size: count / 2, path };
}

/** The path out of bundles. */
export const evidenceFromBundles = (artefact, bundles) =>
  evidenceFor(artefact, bundles.flatMap(({ paths }) => paths));

/** A school's raw signing keys in bundles. */
export const keysFromBundles = (school, bundles) =>
  bundles.flatMap(({ keys }) => keys).filter((key) => key.school === school).map(({ raw }) => raw);

/** What this site lists for a school: `{name, keys}` with raw keys; null if it lists no such school. */
export async function listedBySite(school) {
  const response = await get(`/api/keys?school=${school}`);
  const { schools } = await response.json();
  const found = schools.find(({ id }) => id === school);
  return found ? { name: found.name, keys: found.keys.map(({ key }) => fromBase64url(key)) } : null;
}
