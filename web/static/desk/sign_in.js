// The entrance of the workbench.
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
  trouble = found.trouble ?? null;
  draw();
  if (trouble) find("name").focus();
  else location.replace(onward());
}

frame(draw);
find("sign-in").addEventListener("submit", send);
