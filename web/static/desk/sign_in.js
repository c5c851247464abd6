// The entrance of the workbench: name and password, then a code where there is a second factor.
import { ask } from "../account.js";
import { frame, site } from "../texts.js";

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

frame(draw);
find("sign-in").addEventListener("submit", send);
