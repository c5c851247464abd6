// One credential: found by number or name, its whole history, and what whoever is signed in may do.
// Which one is meant stands behind # and never reaches a server's log.
import { card, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter } from "./bench.js";
import { acts } from "./credential_acts.js";
import { list, traces, versions } from "./credential_parts.js";
import { empty } from "./empty.js";
import { form } from "./form.js";
import { table, whole } from "./table.js";

const find = (id) => document.getElementById(id);
let found = null; // what was searched
let known = null; // the history that is shown

/** The line behind #: school/type/register number. */
function wanted() {
  const parts = /^#(\d{1,10})\/([a-z-]{1,40})\/(.{1,60})$/.exec(location.hash);
  return parts && { school: Number(parts[1]), type: parts[2], register_no: decodeURIComponent(parts[3]) };
}

const address = (one) => `#${one.school}/${one.type}/${encodeURIComponent(one.register_no)}`;

async function search({ text: given }) {
  const { answer, trouble } = await ask("POST", "/api/desk/credentials/find", { text: given.trim() });
  if (trouble) return { trouble };
  found = answer;
  drawFound();
  announce(text("lifecycle.found", { count: answer.length }));
  return null;
}

function drawSearch() {
  find("search").replaceChildren(form({
    fields: [{ name: "text", code: "lifecycle.search", hint: "lifecycle.search_hint",
               attributes: { autocomplete: "off", spellcheck: "false", maxlength: "100" } }],
    submit: "lifecycle.find", send: search, quiet: Boolean(known),
  }));
}

function drawFound() {
  if (!found) return find("results").replaceChildren();
  if (!found.length) {
    return find("results").replaceChildren(empty({ title: "lifecycle.nothing", lead: "lifecycle.nothing_lead" }));
  }
  const grid = table({
    caption: "lifecycle.results",
    columns: [
      { code: "lifecycle.register_no", value: (one) => one.register_no, show: (one) => whole(one.register_no) },
      { code: "lifecycle.holder", value: (one) => one.holder },
      { code: "lifecycle.kind", value: (one) => text(`kind.${one.type}`) },
      { code: "lifecycle.serial", value: (one) => one.serial, show: (one) => whole(one.serial) },
      { code: "lifecycle.state", value: (one) => text(`lifecycle.lane_${one.lane}`) },
      { code: "lifecycle.school", value: (one) => one.school_name },
    ],
    open: address,
  });
  find("results").replaceChildren(grid.element);
  grid.draw(found);
}

async function read(said = "") {
  const line = wanted();
  known = null;
  if (!line) return draw();
  const { answer, trouble } = await ask("POST", "/api/desk/credentials/history", line);
  complain(trouble ?? null);
  known = answer ?? null;
  draw();
  if (known && !said) find("line").focus();
  if (said) announce(said);
}

function draw() {
  drawSearch();
  drawFound();
  if (!known) return find("history").replaceChildren();
  const newest = known.versions.at(-1);
  find("history").replaceChildren(
    node("h2", { id: "line", tabindex: "-1" }, text("lifecycle.line", known.line)),
    card(text("lifecycle.now"), "", node("p", { class: "state", "data-lane": newest.lane },
      text(`lifecycle.lane_${newest.lane}`)),
      list([
        ["lifecycle.holder", newest.says?.name],
        ["lifecycle.kind", text(`kind.${known.line.type}`)],
        ["lifecycle.serial", newest.serial],
        ["lifecycle.school", known.school_name],
        ["lifecycle.keeper", known.keeper],
      ])),
    ...acts(known, read),
    versions(known),
    traces(known),
  );
}

enter(() => read(), draw);
window.addEventListener("hashchange", () => {
  found = null;
  read();
});
