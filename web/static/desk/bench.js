// What every page of the workbench begins with: who is signed in, the navigation that is theirs, and
// asking the site as them. Whoever is not signed in is sent to the entrance, and back afterwards.
import { ask as asked, opened } from "../account.js";
import { node } from "../nodes.js";
import { frame, site, text } from "../texts.js";
import { proven } from "./proving.js";

const SESSION = "/api/desk/session";
const IDLE = 31 * 60_000; // milliseconds: by then a session that nobody used has ended
const UNSETTLED = ["staff.own_password", "staff.second_factor"];
const find = (id) => document.getElementById(id);
let timer = 0; // looks whether the session has ended

/** Who is signed in: `{ name, role, school, school_name, acts }`, once `enter` has answered. */
export let member = null;
/** All that the session tells: `missing` is what has to be done first, `proof` what is asked again. */
export let session = null;

/** Whether whoever is signed in may do that. Only what is shown depends on it: the server decides. */
export const may = (act) => Boolean(member?.acts.includes(act));

/**
 * As `ask` of `account.js`. Where the session has ended, to the entrance; where a fresh proof of who
 * one is is needed, it is asked for, and then the request is sent again.
 */
export async function ask(method, path, body = null) {
  const found = await asked(method, path, body);
  if (found.code === "session.none") leave();
  else watch();
  if (UNSETTLED.includes(found.code)) location.replace(site.desk.me);
  if (found.code !== "session.stale") return found;
  if (session.proof === "provider") return away(found);
  const again = await proven(session.proof, (given) => asked("POST", `${SESSION}/proof`, given));
  if (!again) return found;
  await refresh();
  return ask(method, path, body);
}

/** To the provider, which asks who it is and leads back to the workbench. */
async function away(found) {
  const { answer } = await asked("POST", "/api/desk/me/provider");
  if (answer) location.assign(answer.location);
  return found;
}

/**
 * Begin a page: `begin` is called once somebody is signed in, `redraw` whenever the language changes.
 */
export async function enter(begin, redraw = () => {}) {
  frame(() => {
    draw();
    if (member) redraw();
  });
  find("leave")?.addEventListener("click", signOut);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
  const found = await refresh();
  if (found && !found.signed_in) return leave();
  if (!found) return complain(() => text("page.lost"));
  if (found.missing && location.pathname !== site.desk.me) return location.replace(site.desk.me);
  watch();
  return begin();
}

/** Ask anew who is signed in; the token for writes may be another one since. */
export async function refresh() {
  session = await opened(SESSION);
  if (session?.member) member = session.member;
  draw();
  return session;
}

/** Say what is wrong, in the page's own place or in that of a form; null takes it back. */
export function complain(trouble, id = "trouble") {
  find(id).hidden = !trouble;
  find(id).textContent = trouble ? trouble() : "";
}

/** Say to who listens to the page what was done. */
export function announce(sentence) {
  find("announcement").textContent = sentence;
}

function draw() {
  if (!member) return;
  for (const one of document.querySelectorAll("#navigation [data-act]")) {
    one.hidden = !may(one.dataset.act) || Boolean(session?.missing);
  }
  document.querySelector("#navigation [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  find("member").hidden = false;
  const parts = [text(`role.${member.role}`), member.school_name].filter(Boolean);
  find("member-name").replaceChildren(member.name, node("span", { class: "small" }, ` · ${parts.join(" · ")}`));
}

function watch() {
  clearTimeout(timer);
  timer = setTimeout(look, IDLE);
}

/** Nothing stays on the screen of whoever is signed out: elsewhere, or because they went away. */
async function look() {
  const found = member && (await opened(SESSION));
  if (found && !found.signed_in) leave();
}

function leave() {
  const here = Object.entries(site.desk).find(([, address]) => address === location.pathname)?.[0];
  find("main").hidden = true;
  location.replace(`${site.desk.sign_in}?to=${here ?? ""}${location.hash}`);
}

async function signOut() {
  await asked("DELETE", SESSION);
  location.replace(site.desk.sign_in);
}
