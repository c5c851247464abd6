// The independent page: this browser checks by itself, against endpoints that the user names.
import { available, watch } from "./camera.js";
import { decoder } from "./decoding.js";
import { asked, forget, propose, take } from "./given.js";
import * as keeping from "./keeping.js";
import { button, card, node } from "./nodes.js";
import { save } from "./saving.js";
import { frame, site, text } from "./texts.js";
import { localTime } from "./times.js";
import { understand } from "./token.js";
import { verdict } from "./verdict.js";
import { announce, find, ownHosts, say, sayAgain, seen, show } from "./views.js";

const LOOK_UP_CODE = 16; // characters; such a code says nothing by itself
let redraw = null; // draws the result again in another language
let latest = 0; // only the newest check may draw
let scanning = null; // AbortController of a running scan

function refuse(error) {
  show("start");
  say("trouble", () => text(error.code ?? "page.problem_title", error.params));
  find("trouble").scrollIntoView({ block: "nearest" });
}

async function check() {
  say("trouble", null);
  const mine = (latest += 1);
  try {
    const wanted = asked();
    find("busy").textContent = text("independent.checking");
    announce(text("independent.checking"));
    show("progress");
    // Loaded only now: where Keccak was not built in, this is what fails.
    const [{ prove }, { spoken }] = await Promise.all([import("./proving.js"), import("./spoken.js")]);
    const found = await prove(wanted);
    if (mine === latest) conclude(wanted, found, spoken);
  } catch (error) {
    if (mine === latest) refuse(site.ledger.keccak ? error : { code: "independent.missing" });
  }
}

function conclude(wanted, { answer, trust, names, bundle }, spoken) {
  const at = new Date();
  redraw = () => {
    const row = node("div", { class: "below" }, button(text("page.again"), again, "main"),
      bundle ? button(text("independent.save"), () => save(new Blob([bundle().data], { type: "application/octet-stream" }), "bang-chung.sogoc")) : null,
      bundle ? keeping.keeper(bundle) : null);
    find("result").replaceChildren(
      ...verdict(spoken(answer, trust, names), at, elsewhere(wanted.texts), row), sources(wanted, answer));
  };
  redraw();
  show("result");
  window.scrollTo(0, 0);
  find("headline").focus();
  announce(find("headline").textContent);
}

const elsewhere = ([first]) => understand(first, ownHosts())?.elsewhere ?? null;

/** Who was asked, and which block they named. */
function sources({ urls, site: asksSite }, { reports: [{ block }] }) {
  const hash = block && Array.from(block.hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const rows = [
    ["independent.asked", urls.length ? urls.join(", ") : text("independent.asked_nobody"), "long"],
    ["independent.block_shown", block ? `${block.number} · 0x${hash}` : "–", "long"],
    ["independent.block_time", block ? localTime(new Date(block.time * 1000)) : "–", null],
    ["independent.names_shown", text(asksSite ? "independent.names_site" : "independent.names_none"), null],
  ];
  return card(text("independent.sources"), "", node("dl", {}, ...rows.map(([code, value, kind]) =>
    node("div", {}, node("dt", {}, text(code)), node("dd", { class: kind }, value)))));
}

function again() {
  redraw = null;
  latest += 1;
  forget();
  say("trouble", null);
  announce("");
  show("start");
  find("title").focus();
}

/** A code before the camera goes into the form; frames never leave this device. */
async function scan() {
  say("trouble", null);
  scanning = new AbortController();
  const { signal } = scanning;
  find("scan-state").textContent = text("page.scanning");
  show("camera");
  find("stop").focus();
  let reader = null;
  const look = async (canvas, context) => {
    reader ??= await decoder("local");
    if (!globalThis.ZXingWASM) throw new TypeError("no reader on this device");
    look.pause = reader.pause;
    const token = understand((await reader.read(canvas, context)).text ?? "", ownHosts());
    if (!token?.send || token.send.length === LOOK_UP_CODE) return false;
    find("thing").value = token.send;
    return true;
  };
  look.pause = 0;
  try {
    await watch(find("video"), look, () => {}, signal);
  } catch (error) {
    say("trouble", () => text(error.name === "NotAllowedError" ? "page.camera_denied" : "page.no_camera"));
  }
  show("start");
  find("check").focus();
}

async function took(files) {
  say("trouble", null);
  await take(files).catch(refuse);
}

/** SHA-256 of every script that was loaded, for comparing with files that one fetched oneself. */
async function digests() {
  await Promise.all([import("./proving.js"), import("./spoken.js")]).catch(() => {});
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  const scripts = [...new Set(loaded)].filter((path) => /^\/static\/.*\.js$/.test(path)).sort();
  const rows = await Promise.all(scripts.map(async (path) => {
    const data = await (await fetch(path)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    const shown = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return node("li", {}, node("code", {}, shown), ` ${path}`);
  }));
  find("digests").replaceChildren(...rows);
}

function wire() {
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  find("scan").addEventListener("click", scan);
  find("stop").addEventListener("click", () => scanning?.abort());
  window.addEventListener("pagehide", () => scanning?.abort());
  find("file").addEventListener("change", ({ target }) => took([...target.files]));
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (seen("start")) took([...(event.dataTransfer?.files ?? [])]);
  });
  find("scripts").addEventListener("toggle", ({ target }) => {
    if (target.open) digests();
  });
}

frame(() => {
  sayAgain();
  redraw?.();
  keeping.draw().catch(() => {});
});
keeping.start().catch(() => {}); // a private window may keep nothing
propose();
find("missing").hidden = site.ledger.keccak && globalThis.isSecureContext;
find("scan").hidden = site.scanner !== "local" || !available();
wire();
