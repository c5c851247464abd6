// The key of this browser for notes to its holder: made here, kept here, and no script can read it out.
const NAME = "sharing";
const STORE = "keys";
const KEY = "notes";

/** The key, made if there is none yet; null where the browser keeps nothing (private windows). */
export async function deviceKey() {
  try {
    const found = await held();
    if (found) return found;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return await kept(made);
  } catch {
    return null;
  }
}

const held = () => inStore("readonly", (store) => store.get(KEY));

/** Of two tabs that make one at the same moment, the first one's stays. */
async function kept(made) {
  await inStore("readwrite", (store) => store.add(made, KEY)).catch(() => {});
  return held();
}

function inStore(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const asked = act(database.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
      asked.transaction.oncomplete = asked.transaction.onabort = () => database.close();
    };
  });
}
