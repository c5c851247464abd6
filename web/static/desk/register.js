// The register as a book: of one school, type and year, looked through, found in, printed. The words
// that are looked for go in bodies; behind # stands at most which book it is.
import { button, node } from "../nodes.js";
import { save } from "../saving.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, may, member } from "./bench.js";
import { empty } from "./empty.js";
import { form, select } from "./form.js";
import { table, whole } from "./table.js";

const find = (id) => document.getElementById(id);
const STATES = ["active", "suspended", "superseded", "revoked"];
let found = null; // the school's books, and the schools that there are
let book = null; // `{ school, type, year }`
let contents = null;
let asked = { text: "", lane: "", class_name: "", order: "number", first: "", last: "" };
let hits = null; // `{ text, lines, more }`: what was found in all books
let page = null; // `{ lines, after }`
let behind = []; // where this page and those before it begin

const body = (more = {}) => ({
  ...book, text: asked.text, order: asked.order, lane: asked.lane || null,
  class_name: asked.class_name || null, first: number(asked.first), last: number(asked.last), ...more,
});

/** A running number as it was typed; null for none. */
function number(typed) {
  const found = Number.parseInt(typed, 10);
  return found > 0 ? Math.min(found, 2 ** 31 - 1) : null;
}

async function open(school) {
  hits = null;
  const { answer, trouble } = await ask("POST", "/api/desk/register/books", { school });
  complain(trouble ?? null);
  if (!answer) return;
  found = answer;
  const [, kind, year] = decodeURIComponent(location.hash.slice(1)).split("/");
  const chosen = found.books.find((one) => one.type === kind && String(one.year) === year) ?? found.books[0];
  await choose(chosen ?? null);
}

async function choose(one) {
  book = one && { school: found.school, type: one.type, year: one.year };
  asked = { text: "", lane: "", class_name: "", order: "number", first: "", last: "" };
  if (!book) return draw();
  history.replaceState(null, "", `#${book.school}/${book.type}/${book.year}`);
  const { answer, trouble } = await ask("POST", "/api/desk/register/contents", book);
  complain(trouble ?? null);
  contents = answer ?? null;
  await look([]);
}

/** Show the page that begins behind the last of these lines. */
async function look(from) {
  const { answer, trouble } = await ask("POST", "/api/desk/register/page", body({ after: from.at(-1) ?? null }));
  complain(trouble ?? null);
  if (!answer) return;
  behind = from;
  page = answer;
  draw();
  announce(text("register_book.shown", { count: page.lines.length }));
}

/** Look in all books of the school at once. */
async function everywhere({ everywhere: wanted }) {
  if (!wanted.trim()) {
    hits = null;
    drawEverywhere();
    return null;
  }
  const { answer, trouble } = await ask("POST", "/api/desk/register/find", { school: found.school, text: wanted.trim() });
  if (trouble) return { trouble };
  hits = { text: wanted, ...answer };
  drawEverywhere();
  announce(text("register_book.shown", { count: hits.lines.length }));
  return null;
}

function drawEverywhere() {
  const searching = form({
    fields: [{ name: "everywhere", code: "register_book.everywhere", hint: "register_book.everywhere_hint", type: "search",
               value: hits?.text ?? "", attributes: { maxlength: "200", autocomplete: "off", spellcheck: "false" } }],
    submit: "register_book.find", quiet: true, send: everywhere,
  });
  find("everywhere").replaceChildren(...(found.books.length ? [searching] : []), ...hitsFound());
}

function hitsFound() {
  if (!hits) return [];
  if (!hits.lines.length) return [empty({ title: "register_book.none", lead: "register_book.none_lead" })];
  const grid = table({
    caption: "register_book.everywhere",
    columns: [
      { code: "register_book.column_name", value: (one) => one.name, show: (one) => node("span", { "data-lane": one.lane }, one.name) },
      { code: "register_book.column_birth", value: (one) => one.birth, fixed: true, show: (one) => whole(one.birth) },
      { code: "register_book.which", value: (one) => one.year, show: (one) => `${text(`kind.${one.type}`)} ${one.year}` },
      { code: "register_book.column_serial", value: (one) => one.serial, show: (one) => whole(one.serial) },
      { code: "register_book.column_register_no", value: (one) => one.register_no, show: (one) => whole(one.register_no) },
      { code: "register_book.column_state", value: (one) => text(`register_book.fact_${one.lane}`) },
    ],
    open: (one) => `/desk/credential#${found.school}/${one.type}/${encodeURIComponent(one.register_no)}`,
  });
  grid.draw(hits.lines);
  return [grid.element, ...(hits.more ? [node("p", { class: "small" }, text("register_book.more_found", { count: hits.lines.length }))] : [])];
}

async function take(how, press) {
  press.disabled = true;
  const { answer, trouble } = await ask("POST", "/api/desk/register/taken", body({ form: how }));
  press.disabled = false;
  complain(trouble ?? null);
  if (answer) save(answer.blob, answer.file);
}

function drawWhich() {
  const parts = [];
  if (found.schools.length > 1) {
    const schools = found.schools.map((one) => [one.school, one.name]);
    parts.push(select("school", "register_book.school", [["", "–"], ...schools], found.school ?? "",
      (value) => value && open(Number(value))));
  }
  if (found.books.length) {
    const books = found.books.map((one, at) => [at, text("register_book.book",
      { kind: text(`kind.${one.type}`), year: String(one.year), last: one.last })]);
    const here = found.books.findIndex((one) => one.type === book?.type && one.year === book?.year);
    parts.push(select("book", "register_book.which", books, here, (value) => choose(found.books[value])));
  }
  find("which").replaceChildren(node("div", { class: "choosing" }, ...parts));
}

function drawAbout() {
  if (!contents) return find("about").replaceChildren();
  const states = STATES.filter((one) => contents.states[one])
    .map((one) => `${text(`register_book.fact_${one}`)}: ${contents.states[one]}`);
  const said = [`${text("register_book.fact_lines")}: ${contents.lines}`, ...states].join(" · ");
  const gaps = contents.gaps
    ? node("p", { class: "notice", "data-tone": "invalid" }, text("register_book.gaps", { gaps: contents.gaps })) : null;
  const searching = form({
    fields: [
      { name: "text", code: "register_book.search", hint: "register_book.search_hint", type: "search",
        value: asked.text, attributes: { maxlength: "200", autocomplete: "off", spellcheck: "false" } },
      { name: "class_name", code: "register_book.column_class_name", type: "select", value: asked.class_name,
        options: [["", text("register_book.every")], ...contents.classes.map((one) => [one, one])] },
      { name: "lane", code: "register_book.column_state", type: "select", value: asked.lane,
        options: [["", text("register_book.every")], ...STATES.map((one) => [one, text(`register_book.fact_${one}`)])] },
      { name: "order", code: "register_book.fact_order", type: "select", value: asked.order,
        options: [["number", text("register_book.by_number")], ["name", text("register_book.by_name")]] },
      ...["first", "last"].map((name) => ({ name, code: `register_book.${name}`, value: asked[name],
        attributes: { inputmode: "numeric", maxlength: "9", autocomplete: "off" } })),
    ],
    submit: "register_book.find",
    send: async (given) => { asked = given; await look([]); find("lines").scrollIntoView({ block: "nearest" }); },
  });
  searching.classList.add("finding");
  const out = may("deliver") ? node("div", { class: "actions" },
    ...["pdf", "csv"].map((how) => {
      const press = button(text(`register_book.take_${how}`), () => take(how, press), "quiet");
      return press;
    })) : null;
  find("about").replaceChildren(node("p", {}, said), ...[gaps].filter(Boolean), searching, ...[out].filter(Boolean));
}

function told(note) {
  const params = { ...note.params };
  if (params.ground !== undefined) params.ground = text(`ground.${params.ground}`);
  return text(note.code, params);
}

function drawLines() {
  if (!page.lines.length) {
    return find("lines").replaceChildren(empty({ title: "register_book.none", lead: "register_book.none_lead" }));
  }
  const plain = (name) => ({ code: `register_book.column_${name}`, value: (one) => one[name], fixed: true });
  const grid = table({
    caption: "register_book.lines",
    columns: [
      { ...plain("name"), show: (one) => node("span", { "data-lane": one.lane }, one.name) },
      { ...plain("number"), number: true, show: (one) => (one.version > 1 ? `${one.number}.${one.version}` : String(one.number)) },
      ...["birth", "class_name"].map((name) => ({ ...plain(name), show: (one) => whole(one[name]) })),
      { ...plain("serial"), show: (one) => whole(one.serial) },
      { ...plain("register_no"), show: (one) => whole(one.register_no) },
      { code: "register_book.column_state", value: (one) => one.lane, fixed: true,
        show: (one) => node("div", {}, node("p", {}, text(`register_book.fact_${one.lane}`)),
          ...one.notes.map((note) => node("p", { class: "small" }, told(note)))) },
    ],
    open: (one) => `/desk/credential#${book.school}/${book.type}/${encodeURIComponent(one.register_no)}`,
  });
  grid.draw(page.lines);
  const back = behind.length ? button(text("register_book.back"), () => look(behind.slice(0, -1)), "quiet") : null;
  const on = page.after ? button(text("register_book.on"), () => look([...behind, page.after]), "quiet") : null;
  find("lines").replaceChildren(grid.element, node("div", { class: "actions" }, ...[back, on].filter(Boolean)));
}

function draw() {
  drawWhich();
  drawEverywhere();
  if (!book) {
    find("about").replaceChildren();
    const code = found.school === null ? "register_book.choose" : "register_book.nothing";
    return find("lines").replaceChildren(empty({ title: code, lead: `${code}_lead` }));
  }
  drawAbout();
  drawLines();
}

enter(() => open(Number(location.hash.slice(1).split("/")[0]) || member.school), () => found && draw());
