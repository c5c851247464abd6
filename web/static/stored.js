// What this device keeps for when there is no network: the list of keys, and evidence bundles that
// the user wanted kept. Nothing else, and never what was checked.
import { decode } from "./verify/bundle.js";
import { hex, sha256 } from "./verify/bytes.js";

const [NAME, VERSION] = ["sogoc", 1];
const [LIST, BUNDLES] = ["list", "bundles"];
const DAY = 86_400_000; // milliseconds
const PREPARED = "prepared"; // localStorage: when the list was fetched, so that most visits open no database

function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(LIST);
      opening.result.createObjectStore(BUNDLES);
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** Does one thing in one store and waits until it is durable. */
async function within(store, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The list of keys as `/api/keys` answered, or null. */
export async function keptList() {
  return (await within(LIST, "readonly", (store) => store.get(LIST))) ?? null;
}

/** Fetches the list anew and keeps it. Rejects when it is not to be had; what was kept stays. */
export async function fetchList() {
  const response = await fetch("/api/keys", { cache: "no-store" });
  if (!response.ok) throw new TypeError(`keys: ${response.status}`);
  const list = await response.json();
  await within(LIST, "readwrite", (store) => store.put(list, LIST));
  localStorage.setItem(PREPARED, String(Date.now()));
  return list;
}

/** Fetches the list anew if one is kept that is older than a day. */
export async function refresh() {
  const fetched = Number(localStorage.getItem(PREPARED) ?? 0);
  if (fetched && Date.now() - fetched > DAY) await fetchList();
}

/** Keeps a bundle (bytes) whose block of that hash was found final. */
export async function keepBundle(data, blockHash, label) {
  const id = hex(await sha256(data));
  await within(BUNDLES, "readwrite", (store) => store.put({ data, blockHash, label, kept: Date.now() }, id));
}

/** Kept bundles: `{id, label, kept, blockHash, bundle}`, newest first. */
export async function keptBundles() {
  const ids = await within(BUNDLES, "readonly", (store) => store.getAllKeys());
  const rows = await within(BUNDLES, "readonly", (store) => store.getAll());
  return rows.map((row, at) => ({ ...row, id: ids[at], bundle: decode(row.data) }))
    .sort((one, other) => other.kept - one.kept);
}

export const dropBundle = (id) => within(BUNDLES, "readwrite", (store) => store.delete(id));

/** Forgets everything that was kept. */
export async function forgetAll() {
  localStorage.removeItem(PREPARED);
  await within(LIST, "readwrite", (store) => store.clear());
  await within(BUNDLES, "readwrite", (store) => store.clear());
}
