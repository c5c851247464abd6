// The holder's page: an entrance, and what whoever is signed in holds. Nothing of it is kept by the
// browser but the session's cookie and, if made here, a key.
import { ask, opened } from "./account.js";
import { claimOf, complain, drawEntrance, onSubmit, wireEntrance } from "./entering.js";
import { button, node } from "./nodes.js";
import { forgetVerdicts, holdingCards } from "./owned.js";
import { frame, said, text } from "./texts.js";

const SECTIONS = { entrance: "title", claimed: "claimed-title", mine: "mine-title" };
const RETURNS = /^#([a-z_]+\.[a-z_]+)$/; // how a sign-in with the provider ended
const IDLE = 31 * 60_000; // milliseconds: by then a session that nobody used has ended
const find = (id) => document.getElementById(id);

let told = null; // { me, credentials, extracts }
let timer = 0; // looks whether the session has ended

function show(section, focus = true) {
  for (const id of Object.keys(SECTIONS)) find(id).hidden = id !== section;
  if (!focus) return;
  window.scrollTo(0, 0);
  find(SECTIONS[section]).focus();
}

function announce(sentence) {
  find("announcement").textContent = sentence;
}

/** Read all that is held anew, and say what was done. */
async function read(done = "") {
  const [me, credentials, extracts] = await Promise.all(
    ["/api/me", "/api/me/credentials", "/api/me/extracts"].map((path) => ask("GET", path)));
  if (me.status === 401) return outside(me.trouble);
  const trouble = [me, credentials, extracts].find((one) => one.trouble)?.trouble ?? null;
  complain("mine-trouble", trouble);
  if (!trouble) told = { me: me.answer, credentials: credentials.answer, extracts: extracts.answer };
  await draw();
  announce(done);
  clearTimeout(timer);
  timer = setTimeout(look, IDLE);
  return null;
}

/** Nothing stays on the screen of whoever is signed out: elsewhere, or because they went away. */
async function look() {
  const found = told && (await opened());
  if (found && !found.signed_in) await outside(() => text("me.ended"));
}

async function draw() {
  drawEntrance();
  if (!told) return;
  const cards = await holdingCards(told.me, told.credentials, read, redraw);
  const focused = document.activeElement?.dataset?.key;
  const open = [...document.querySelectorAll("#holdings details[open]")].map((one) => one.dataset.key);
  find("holdings").replaceChildren(...cards);
  find("devices").replaceChildren(...told.me.sessions.map(device));
  for (const one of document.querySelectorAll("#holdings details")) one.open = open.includes(one.dataset.key);
  if (focused) again(focused);
  find("extracts").replaceChildren(extractTable(told.extracts));
  const { name, identities } = told.me;
  find("ways").replaceChildren(
    name ? node("p", {}, text("me.way_name", { name })) : "",
    identities ? node("p", {}, text("me.way_provider", { count: identities })) : "");
  for (const id of ["current-field", "link-current-field"]) find(id).hidden = !name;
  find("only-field").hidden = !identities;
  if (name && !find("set-name").value) find("set-name").value = name;
}

function redraw(sentence) {
  announce(sentence);
  return draw();
}

/** Whoever works by keyboard goes on where they were, or where what they ended stood. */
function again(key) {
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  (found ?? find("devices-title")).focus();
}

function device(one) {
  const label = one.device || text("me.device_unknown");
  const where = node("div", {},
    node("strong", {}, one.here ? `${label} (${text("me.device_here")})` : label),
    node("div", { class: "small" }, text("me.device_line", one)));
  const end = async () => {
    const done = await ask("DELETE", `/api/me/sessions/${one.id}`);
    complain("mine-trouble", done.trouble ?? null);
    return read(text("me.signed_out"));
  };
  const made = button(text("me.device_end"), end, "quiet");
  made.dataset.key = `device ${one.id}`;
  return node("li", {}, where, one.here ? "" : made);
}

function extractTable(lines) {
  if (!lines.length) return node("p", {}, text("me.extracts_none"));
  const columns = ["at", "what", "whose", "by", "to"];
  return node("table", { class: "log" },
    node("thead", {}, node("tr", {}, ...columns.map((name) => node("th", { scope: "col" }, text(`me.extract_${name}`))))),
    node("tbody", {}, ...lines.map((one) => node("tr", {},
      ...[one.at, said(one.kind_name), whose(one), said(one.by), one.to ? said(one.to) : "–"].map((value, at) =>
        node("td", { "data-column": text(`me.extract_${columns[at]}`) }, value))))));
}

/** Of what it was taken; whose, where there are several. */
function whose(one) {
  const found = told.credentials.find(({ id }) => id === one.credential);
  const parts = [found && `${said(found.kind_name)} ${found.school_year ?? found.year}`,
                 told.me.holdings.length > 1 || !found ? one.name : null];
  return parts.filter(Boolean).join(" · ");
}

async function inside() {
  await opened(); // a new session has a new token for writes
  show("mine");
  await read(text("me.hello"));
}

async function outside(trouble = null) {
  told = null;
  clearTimeout(timer);
  for (const id of ["holdings", "devices", "extracts", "ways", "announcement"]) find(id).replaceChildren();
  for (const id of ["password-form", "link-form"]) find(id).reset();
  forgetVerdicts();
  drawEntrance();
  await opened();
  show("entrance");
  complain("entrance-trouble", trouble);
}

async function signOut(path) {
  const done = await ask("DELETE", path);
  if (done.trouble && done.status !== 401) return complain("mine-trouble", done.trouble);
  await outside();
  return announce(text("me.signed_out"));
}

function wire() {
  document.addEventListener("visibilitychange", () => document.hidden || look());
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
  wireEntrance(inside, show);
  find("sign-out").addEventListener("click", () => signOut("/api/me/session"));
  find("everywhere").addEventListener("click", () => signOut("/api/me/sessions"));
  onSubmit("link-form", "link-trouble", (given) => ask("POST", "/api/me/provider", given),
    ({ location: there }) => location.assign(there));
  onSubmit("more-form", "more-trouble", (given) => ask("POST", "/api/me/holdings", claimOf(given)), () => {
    find("more").open = false;
    read(text("me.more_done"));
  });
  onSubmit("password-form", "password-trouble", (given) => ask("PUT", "/api/me/password", { ...given, only: "only" in given }), async () => {
    find("change").open = false;
    await opened();
    read(text("me.saved"));
  });
}

async function begin() {
  const ended = RETURNS.exec(location.hash)?.[1];
  history.replaceState(null, "", location.pathname);
  const found = await opened();
  for (const one of document.querySelectorAll("[data-provider]")) one.hidden = !found?.provider;
  show(found?.signed_in ? "mine" : "entrance", false);
  if (found?.signed_in) await read();
  const known = ended && text(ended) !== ended;
  const trouble = found ? known && (() => text(ended)) : () => text("page.lost");
  if (trouble) complain(found?.signed_in ? "mine-trouble" : "entrance-trouble", trouble);
}

frame(draw);
wire();
begin();
