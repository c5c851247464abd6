// The check page: three ways in, one verdict. Nothing scanned is ever opened, and a token is
// only ever sent in the body of a request to this site.
import { available, scan } from "./camera.js";
import { remembered, said, site, speak, text } from "./texts.js";
import { understand } from "./token.js";
import { failure, ownHosts, verdict } from "./verdict.js";

const LIMIT = 10_000_000; // bytes of a file
const PATIENCE = 60_000; // milliseconds for an answer, uploading a photo included
const TYPES = ["application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain"];
const ENDINGS = [[/\.pdf$/i, "application/pdf"], [/\.(sdjwt|txt)$/i, "text/plain"]];
const find = (id) => document.getElementById(id);
const [start, camera, progress, result] = ["start", "camera", "progress", "result"].map(find);

let scanning = null; // AbortController of a running scan
let redraw = null; // draws the result again after the language changed
let latest = 0; // only the newest request may draw

function show(section) {
  for (const one of [start, camera, progress, result]) one.hidden = one !== section;
}

function announce(sentence) {
  find("announcement").textContent = sentence;
}

function say(id, sentence) {
  find(id).hidden = !sentence;
  find(id).textContent = sentence ?? "";
}

function begin() {
  scanning?.abort();
  redraw = null;
  latest += 1;
  find("file").value = find("code").value = "";
  say("trouble", null);
  say("code-trouble", null);
  announce("");
  show(start);
  find("title").focus();
}

function conclude(draw) {
  redraw = () => {
    result.replaceChildren(...draw(), buttons());
  };
  redraw();
  show(result);
  window.scrollTo(0, 0);
  find("headline").focus();
  announce(find("headline").textContent);
}

function buttons() {
  const make = (code, act, kind = "") => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: kind, textContent: text(code) });
    button.addEventListener("click", act);
    return button;
  };
  const row = document.createElement("div");
  row.className = "below";
  row.append(make("page.again", begin, "main"));
  if (result.dataset.retry) row.append(make("page.retry", () => again()));
  else row.append(make("page.print", () => window.print()));
  return row;
}

let again = () => {};

/**
 * Ask the server about a text or a file, and show what it says. What cannot be read is said where
 * it was handed in: in `place`, the id of an element for messages.
 */
async function check(body, type, busy, place, elsewhere = null) {
  const mine = (latest += 1);
  again = () => check(body, type, busy, place, elsewhere);
  find("busy").textContent = text(busy);
  announce(text(busy));
  show(progress);
  const { draw, retry, unreadable } = await ask(body, type, elsewhere);
  if (mine !== latest) return;
  if (unreadable) return refuse(place, unreadable);
  result.dataset.retry = retry ? "yes" : "";
  conclude(draw);
}

function refuse(place, sentence) {
  redraw = () => say(place, sentence());
  find("file").value = ""; // so that choosing the same file again counts as a choice
  announce("");
  show(start);
  redraw();
  find(place === "code-trouble" ? "code" : "title").focus();
}

async function ask(body, type, elsewhere) {
  let answer;
  try {
    const response = await fetch("/api/verify", {
      method: "POST", body, headers: { "Content-Type": type }, cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    answer = await response.json();
  } catch {
    const draw = () => failure(text("page.lost_title"), text("page.lost_next"));
    return { draw, retry: true };
  }
  if (answer.reports) {
    const now = new Date();
    const draw = () => verdict(answer, now, elsewhere);
    return { draw, retry: answer.verdict === "UNDETERMINED" };
  }
  const detail = () => said({ vi: answer.detail, en: answer.detail_en });
  if (answer.status < 500) return { unreadable: detail };
  return { draw: () => failure(text("page.problem_title"), detail()), retry: true };
}

function checkToken({ send, elsewhere }, place = "trouble") {
  check(JSON.stringify({ text: send }), "application/json", "page.checking", place, elsewhere);
}

function checkFile(file) {
  say("trouble", null);
  const type = file.type || ENDINGS.find(([ending]) => ending.test(file.name))?.[1];
  if (!TYPES.includes(type)) return say("trouble", text("page.file_type"));
  if (file.size > LIMIT) return say("trouble", text("page.file_too_large"));
  return check(file, type, "page.checking_file", "trouble");
}

async function startScan() {
  say("trouble", null);
  if (!available()) return say("trouble", text("page.no_camera"));
  scanning = new AbortController();
  const { signal } = scanning;
  find("scan-state").textContent = text("page.scanning");
  show(camera);
  find("stop").focus();
  const found = (scanned) => {
    const token = understand(scanned, ownHosts());
    if (!token) {
      find("scan-state").textContent = text("page.scan_not_ours");
      return false;
    }
    navigator.vibrate?.(60);
    checkToken(token);
    return true;
  };
  try {
    await scan(find("video"), site.scanner, found, signal);
  } catch (error) {
    if (signal.aborted) return;
    begin();
    const denied = error.name === "NotAllowedError";
    const lost = error instanceof TypeError;
    const code = denied ? "page.camera_denied" : lost ? "page.lost_title" : "page.no_camera";
    say("trouble", text(code));
  }
}

/** A token in the address bar, as following a printed link leaves it: take it, and clear it. */
function takeFromAddress() {
  const digits = location.hash.slice(1);
  if (!/^[0-9]+$/.test(digits)) return;
  history.replaceState(null, "", location.pathname + location.search);
  scanning?.abort();
  checkToken({ send: digits, elsewhere: null });
}

function wire() {
  find("scan").addEventListener("click", startScan);
  find("stop").addEventListener("click", begin);
  find("file").addEventListener("change", ({ target }) => {
    if (target.files.length) checkFile(target.files[0]);
  });
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = find("code").value;
    const token = understand(typed, ownHosts());
    if (token) {
      say("code-trouble", null);
      return checkToken(token, "code-trouble");
    }
    say("code-trouble", text(typed.trim() ? "page.not_ours" : "page.code_empty"));
    return find("code").focus();
  });
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.lang);
      redraw?.();
    });
  }
  const drop = find("drop");
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    window.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", over);
    });
  }
  window.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (file && !start.hidden) checkFile(file);
  });
  window.addEventListener("hashchange", takeFromAddress);
  window.addEventListener("pagehide", () => scanning?.abort());
}

speak(remembered());
find("specimen").hidden = !site.specimen;
find("scan-server").hidden = site.scanner === "local";
wire();
takeFromAddress();
