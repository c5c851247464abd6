// On every page: keep it for when there is no network, and say so when there is none.
const strip = document.getElementById("unconnected");

function connected() {
  strip.hidden = navigator.onLine;
}

/** Rejects where the browser has no service workers, or this page was not opened over https. */
export async function registered() {
  await navigator.serviceWorker.register("/sw.js");
  return navigator.serviceWorker.ready;
}

async function settle() {
  if (navigator.connection?.saveData) return;
  await registered().catch(() => {});
  if (!navigator.onLine) return;
  const prepared = localStorage.getItem("prepared"); // see `stored.js`, which is loaded only then
  if (prepared) await import("./stored.js").then(({ refresh }) => refresh()).catch(() => {});
}

connected();
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data === "unconnected") strip.hidden = false;
});
navigator.serviceWorker?.startMessages();
for (const name of ["online", "offline"]) window.addEventListener(name, connected);
if (document.readyState === "complete") settle();
else window.addEventListener("load", settle);
