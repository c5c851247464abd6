// Lines of an old book from a workbook: scans are kept first, then the workbook is looked at, and only
// what has nothing to mend is entered.
import { button, node } from "../nodes.js";
import { text } from "../texts.js";
import { ask } from "./bench.js";
import { sampleLink } from "./empty.js";
import { table } from "./table.js";

const sentence = (both) => both[document.documentElement.lang] ?? both.vi;
const COLUMNS = [
  { code: "books.row", value: (line) => line.row, number: true },
  { code: "books.number", value: (line) => line.number },
  { code: "books.page", value: (line) => line.page },
  { code: "books.name", value: (line) => line.name },
  { code: "books.birth", value: (line) => line.birth.split("/").reverse().join("-"), show: (line) => line.birth },
  { code: "books.serial", value: (line) => line.serial },
];

/** The view that enters lines of a book; `done` is called when some were entered. */
export function entering(book, done) {
  const file = node("input", { type: "file", id: "sheet", accept: ".xlsx,.xls,.csv" });
  const pages = node("input", { type: "file", id: "scans", accept: "image/jpeg,image/png,image/webp,application/pdf", multiple: "" });
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const busy = node("p", { class: "small", role: "status" });
  const result = node("div", {});
  let scans = {};

  function say(what) {
    trouble.hidden = !what;
    trouble.textContent = what ? what() : "";
  }

  async function look(write) {
    say(null);
    if (!file.files[0]) return say(() => text("books.no_sheet"));
    for (const [at, one] of [...pages.files].entries()) {
      if (scans[one.name]) continue;
      busy.textContent = text("books.keeping", { at: at + 1, count: pages.files.length });
      const { answer, trouble: why } = await ask("POST", "/api/desk/books/scans", one);
      if (!answer) return say(() => `${one.name}: ${why()}`);
      scans[one.name] = answer.digest;
    }
    busy.textContent = text("books.looking");
    const { answer, trouble: why } = await ask("POST", "/api/desk/books/lines",
      { book: book.code, file: await base64(file.files[0]), scans, enter: write });
    busy.textContent = "";
    if (!answer) return say(why);
    draw(answer);
    return answer.entered !== null && done();
  }

  function draw({ lines, faults, notices, fault_count, notice_count, entered }) {
    const listed = (found) => node("ul", {}, ...found.map((one) => node("li", {},
      one.row ? node("strong", {}, `${text("books.row")} ${one.row}${one.letter ? `, ${one.letter}` : ""} · `) : null, sentence(one.text))));
    const shown = table({ caption: "books.lines", columns: COLUMNS });
    shown.draw(lines);
    result.replaceChildren(...[
      entered !== null ? node("p", { class: "notice", role: "status" }, text("books.entered", { count: entered })) : null,
      fault_count ? node("section", { class: "notice", "data-tone": "invalid" }, node("p", {}, text("books.faults", { count: fault_count })), listed(faults)) : null,
      notice_count ? node("details", {}, node("summary", {}, text("books.notices", { count: notice_count })), listed(notices)) : null,
      shown.element,
      entered === null && !fault_count && lines.length ? button(text("books.write", { count: lines.length }), () => look(true), "main") : null,
    ].filter(Boolean));
  }

  pages.addEventListener("change", () => { scans = {}; });
  const element = node("div", { class: "fields" },
    node("p", {}, text("books.sheet_lead"), " ", sampleLink("so-goc-cu", "books.sample")),
    node("label", { for: "sheet" }, text("books.sheet")), file,
    node("label", { for: "scans" }, text("books.scans")), pages,
    button(text("books.look"), () => look(false), "main"), trouble, busy, result);
  return { element, begin: () => file.focus() };
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const parts = [];
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(""));
}
