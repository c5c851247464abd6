// The service worker: pages open without a network. `RELEASE` stands above, put there by the server:
// `version` (a digest of all that is kept), `shell` (kept at once), `later` (large; kept on demand),
// `aliases` (addresses that show the same page).
//
// With a network everything comes from it, so nobody sees an old page; what is kept is for when it does
// not answer. A new worker waits until no page of the old one is open, and never reloads a page.
// Addresses that are not listed are none of its business: no answer of the API is ever kept.
const CACHE = `sogoc-${RELEASE.version}`;
const PATIENCE = 4_000; // milliseconds that the network may take when there is something kept

const listed = new Set([...RELEASE.shell, ...RELEASE.later]);

self.addEventListener("install", (event) => event.waitUntil(keep(RELEASE.shell)));

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => {
  if (event.data !== "prepare") return;
  event.waitUntil(keep(listed).then(
    () => event.ports[0]?.postMessage("ready"), () => event.ports[0]?.postMessage("failed")));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const path = RELEASE.aliases[pathname] ?? pathname;
  if (request.method === "GET" && origin === location.origin && listed.has(path)) {
    event.respondWith(fresh(event, path));
  }
});

async function keep(paths) {
  const cache = await caches.open(CACHE);
  await cache.addAll([...paths].map((path) => new Request(path, { cache: "no-cache" })));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** What the network says, or what is kept where it says nothing. */
async function fresh(event, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path, { ignoreVary: true, ignoreSearch: true });
  if (!kept) return fetch(event.request);
  const answered = fetch(event.request);
  answered.catch(() => {});
  try {
    const response = await Promise.race([answered, late()]);
    if (response.status < 500) return response;
  } catch {
    // No network, or as good as none.
  }
  if (event.request.mode === "navigate") event.waitUntil(tell(event.resultingClientId));
  return kept;
}

/** Lets a page say that it came from here (`shell.js`). */
async function tell(id) {
  const page = await self.clients.get(id);
  page?.postMessage("unconnected");
}

function late() {
  return new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("late")));
}
