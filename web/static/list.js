// The list page: a file or a folder in, progress, and a result to download. The list's secret stays
// in this tab (sessionStorage) and is sent in a header, never in an address.
import { archive, dropped } from "./archive.js";
import { node } from "./nodes.js";
import { save } from "./saving.js";
import { drawStanding, summary } from "./standing.js";
import { frame, said, site, text } from "./texts.js";

const KEPT = "list"; // sessionStorage: { id, secret, name }
const LIMIT = 50_000_000; // bytes
const POLL = [500, 1000, 2000, 3000]; // milliseconds between questions for the progress
const PATIENCE = 30_000; // milliseconds for an answer; handing in may take as long as the line needs
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TYPES = { csv: "text/csv", tsv: "text/csv", txt: "text/csv", xlsx: XLSX, zip: "application/zip" };
const PAPER = /\.(pdf|png|jpe?g|webp|sdjwt)$/i;
const find = (id) => document.getElementById(id);

let mine = recalled(); // the list that this tab handed in
let told = null; // how far it is
let sending = null; // AbortController of a body on its way
let silence = null; // why the progress is not known, as a function
let trouble = null; // what was wrong with what was handed in: [sentence, faults], as functions
let said_at = 0; // rows that were announced

function recalled() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    const sound = /^[\w-]{22}$/.test(found?.id) && typeof found.secret === "string";
    return sound ? { id: found.id, secret: found.secret, name: String(found.name ?? "") } : null;
  } catch {
    return null;
  }
}

function remember(list) {
  mine = list;
  try {
    if (list) sessionStorage.setItem(KEPT, JSON.stringify(list));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Where nothing can be stored the list lives as long as the page.
  }
}

function show(section) {
  for (const id of ["start", "sending", "work"]) find(id).hidden = id !== section;
}

function announce(sentence) {
  find("announcement").textContent = sentence;
}

function draw() {
  const lists = site.lists ?? {};
  find("limits").replaceChildren(...["list.limit_rows", "list.limit_day", "list.limit_files", "list.limit_kept", "list.limit_key"]
    .map((code) => node("li", {}, text(code, { ...lists, megabytes: LIMIT / 1_000_000 }))));
  find("trouble").hidden = !trouble;
  find("trouble").textContent = trouble ? trouble[0]() : "";
  const faults = trouble ? trouble[1]() : [];
  find("mend").hidden = !faults.length;
  find("mend").replaceChildren(...faults.map((line) => node("li", {}, line)));
  if (told) drawWork();
}

function drawWork() {
  drawStanding(told, mine?.name ?? "", silence);
}

function begin(sentence = null, faults = () => []) {
  remember(null);
  told = silence = null;
  trouble = sentence ? [sentence, faults] : null;
  find("file").value = find("folder").value = "";
  show("start");
  draw();
  if (!sentence) find("title").focus();
}

/** Files as they were chosen or dropped: one table or archive, or papers that become an archive. */
async function take(files) {
  const shown = files.filter(({ name }) => !/(^|\/)(\.|__MACOSX)/.test(name));
  const ending = shown[0]?.name.split(".").pop().toLowerCase();
  if (shown.length === 1 && TYPES[ending]) return send(shown[0].file, TYPES[ending], shown[0].name);
  const papers = shown.filter(({ name }) => PAPER.test(name));
  if (!papers.length) return begin(() => text("list.wrong_type"));
  if (papers.reduce((sum, { file }) => sum + file.size, 0) > LIMIT) return begin(tooLarge);
  const name = papers.length === 1 ? papers[0].name : text("list.papers", { count: papers.length });
  try {
    return send(await archive(papers), TYPES.zip, name);
  } catch {
    return begin(() => text("list.unreadable")); // a file went away, or may not be read
  }
}

const tooLarge = () => text("list.too_large", { megabytes: LIMIT / 1_000_000 });

async function send(body, type, name) {
  if (body.size > LIMIT) return begin(tooLarge);
  sending = new AbortController();
  trouble = null;
  draw();
  show("sending");
  announce(text("list.sending"));
  find("stop").focus();
  let answer;
  try {
    const response = await fetch("/api/lists", {
      method: "POST", body, headers: { "Content-Type": type }, cache: "no-store", signal: sending.signal,
    });
    answer = await response.json();
  } catch {
    const stopped = sending.signal.aborted;
    return stopped ? begin() : begin(() => text("list.lost"));
  }
  if (!answer.id) return refused(answer);
  remember({ id: answer.id, secret: answer.secret, name });
  return follow(answer);
}

function refused(answer) {
  const detail = () => said({ vi: answer.detail, en: answer.detail_en });
  const faults = () => (answer.faults ?? []).map((fault) => {
    const place = fault.row ? `${text("list.column_row")} ${fault.row}${fault.column ? `, ${fault.column}` : ""}: ` : "";
    return place + said(fault.text);
  });
  return begin(detail, faults);
}

function ask(method, more = "") {
  return fetch(`/api/lists/${mine.id}${more}`, {
    method, headers: { Authorization: `Bearer ${mine.secret}` }, cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/** Show what is known, and ask on until the list is done. */
async function follow(first = null) {
  const list = mine;
  if (first) {
    told = first;
    said_at = 0;
    drawWork();
    show("work");
    find("state").focus();
  }
  for (let turn = 0; mine === list && !told?.done; turn += 1) {
    await new Promise((wake) => setTimeout(wake, first || turn ? POLL[Math.min(turn, POLL.length - 1)] : 0));
    if (mine !== list) return;
    await progress(list);
  }
  if (mine === list && told?.done) finished();
}

async function progress(list) {
  let response;
  let answer;
  try {
    response = await ask("GET");
    answer = await response.json();
  } catch {
    silence = () => text("list.silent");
    return told && drawWork();
  }
  if (mine !== list) return null;
  if (response.status === 404 || response.status === 401) return begin(() => text("list.gone"));
  if (!response.ok) {
    silence = () => said({ vi: answer.detail, en: answer.detail_en });
    return told && drawWork();
  }
  silence = null;
  told = answer;
  show("work");
  drawWork();
  if (told.checked - said_at >= told.total / 4 && !told.done) {
    said_at = told.checked;
    announce(text("list.checking", told));
  }
  return null;
}

function finished() {
  drawWork();
  announce(summary(told));
}

async function download(kind) {
  silence = null;
  try {
    const response = await ask("GET", `/result.${kind}`);
    if (!response.ok) throw new Error(String(response.status));
    save(await response.blob(), `so-goc.${kind}`);
    announce(text("list.downloaded"));
  } catch {
    silence = () => text("list.silent");
  }
  drawWork();
}

async function forget() {
  try {
    const response = await ask("DELETE");
    if (!response.ok && response.status !== 404) throw new Error(String(response.status));
    begin();
    announce(text("list.deleted"));
  } catch {
    silence = () => text("list.silent");
    drawWork();
  }
}

function wire() {
  for (const id of ["file", "folder"]) {
    find(id).addEventListener("change", ({ target }) => {
      const files = [...target.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
      if (files.length) take(files);
    });
  }
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    window.addEventListener(name, (event) => {
      event.preventDefault(); // or the browser would open what is dropped
      find("drop").classList.toggle("over", over);
    });
  }
  window.addEventListener("drop", async (event) => {
    if (find("start").hidden || !event.dataTransfer) return;
    const files = await dropped(event.dataTransfer);
    if (files.length) take(files);
  });
  find("stop").addEventListener("click", () => sending?.abort());
  find("xlsx").addEventListener("click", () => download("xlsx"));
  find("csv").addEventListener("click", () => download("csv"));
  find("delete").addEventListener("click", () => find("sure").showModal());
  find("sure").addEventListener("close", () => {
    if (find("sure").returnValue === "yes") forget();
    find("sure").returnValue = "";
  });
}

frame(draw);
wire();
draw();
if (mine) follow();
