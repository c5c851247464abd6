// The entrance of the workbench: name and password, then a code where there is a second factor.
import { ask, opened } from "../account.js";
import { frame, site, text } from "../texts.js";

const RETURNS = /^#((?:staff|provider)\.[a-z_]+)$/; // how a sign-in with the provider ended
const find = (id) => document.getElementById(id);
let trouble = null; // what is wrong, as a function

function draw() {
  find("trouble").hidden = !trouble;
  find("trouble").textContent = trouble ? trouble() : "";
}

/** Where to go on: the page that was asked for, of those that there are. */
function onward() {
  const wanted = new URLSearchParams(location.search).get("to");
  const known = wanted !== "sign_in" && Object.hasOwn(site.desk, wanted ?? "");
  return site.desk[known ? wanted : "queue"] + location.hash;
}

async function send(event) {
  event.preventDefault();
  const button = event.submitter ?? find("sign-in").querySelector("[type=submit]");
  button.disabled = true;
  const given = Object.fromEntries(new FormData(find("sign-in")));
  const found = await ask("POST", "/api/desk/session", given);
  button.disabled = false;
  if (!found.trouble) return location.replace(onward());
  const asked = found.code === "staff.code_needed";
  if (asked) find("code-field").hidden = false;
  trouble = asked ? null : found.trouble;
  draw();
  const code = asked || found.code === "staff.code_wrong";
  find(code ? "code" : "name").focus();
  return code && find("code").select();
}

async function begin() {
  const ended = RETURNS.exec(location.hash)?.[1];
  if (ended) {
    history.replaceState(null, "", location.pathname + location.search);
    trouble = () => text(ended);
    draw();
  }
  const found = await opened("/api/desk/session");
  find("with-provider").hidden = !found?.provider;
}

async function leave() {
  const found = await ask("POST", "/api/desk/provider", {});
  trouble = found.trouble ?? null;
  draw();
  if (found.answer) location.assign(found.answer.location);
}

frame(draw);
find("with-provider").addEventListener("click", leave);
begin();
find("sign-in").addEventListener("submit", send);
