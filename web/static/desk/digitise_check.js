// The checker's view: one line at a time beside the scan of its page. Enter agrees and goes on, K marks
// a difference, the arrows walk. What is agreed is sent line by line, so nothing is lost.
import { button, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask } from "./bench.js";

const FIELDS = ["number", "name", "birth", "birth_place", "sex", "ethnicity", "year", "classification",
                "issued", "serial", "signer", "note"];

/** The view that checks a book; `done` is called when the last line is. */
export function checking(book, done) {
  const element = node("div", { class: "checking", tabindex: "-1" });
  const pictures = new Map(); // what a scan is shown by, by digest
  let lines = [];
  let at = 0;
  let busy = false;

  async function begin() {
    const { answer, trouble } = await ask("GET", `/api/desk/books/lines?book=${encodeURIComponent(book.code)}`);
    if (!answer) return element.replaceChildren(node("p", { class: "fault" }, trouble()));
    lines = answer;
    return draw();
  }

  async function scan(digest) {
    if (!pictures.has(digest)) {
      const { answer } = await ask("GET", `/api/desk/books/scan?book=${encodeURIComponent(book.code)}&digest=${digest}`);
      pictures.set(digest, answer ? { url: URL.createObjectURL(answer.blob), pdf: answer.blob.type === "application/pdf" } : null);
    }
    return pictures.get(digest);
  }

  async function draw(trouble = null) {
    if (!lines.length) {
      element.replaceChildren(node("p", { class: "notice", role: "status" }, text("books.all_checked")));
      return;
    }
    at = Math.min(Math.max(at, 0), lines.length - 1);
    const line = lines[at];
    const place = node("div", { class: "scan" }, node("p", { class: "small" }, text("books.page_of", { page: line.page })));
    element.replaceChildren(
      node("p", { class: "small" }, text("books.place", { at: at + 1, count: lines.length }), " · ", text("books.keys")),
      trouble ? node("p", { class: "fault", role: "alert" }, trouble()) : "",
      node("div", { class: "beside" }, place, told(line)));
    element.focus();
    const shown = await scan(line.scan);
    if (lines[at] !== line) return;
    if (!shown) place.append(node("p", { class: "fault" }, text("scan.unknown")));
    else if (shown.pdf) place.append(node("a", { href: shown.url, target: "_blank" }, text("books.open_scan")));
    else place.append(node("img", { src: shown.url, alt: text("books.scan_of", { page: line.page }) }));
  }

  function told(line) {
    const fact = (name) => (line[name] ? node("div", { "data-field": name }, node("dt", {}, text(`books.${name}`)),
      node("dd", {}, String(line[name]))) : null);
    const remark = node("input", { type: "text", id: "remark", maxlength: "500", autocomplete: "off" });
    const noting = node("form", { class: "fields", hidden: "" }, node("label", { for: "remark" }, text("books.remark")), remark,
      node("button", { type: "submit", class: "main" }, text("books.send_back")));
    noting.addEventListener("submit", (event) => {
      event.preventDefault();
      if (remark.value.trim()) act("differ", { number: line.number, digest: line.digest, remark: remark.value.trim() });
    });
    return node("div", {},
      line.state === "differs" ? node("p", { class: "notice" }, text("books.differs", { remark: line.remark ?? "" })) : null,
      node("dl", { class: "facts" }, ...FIELDS.map(fact).filter(Boolean)),
      node("p", { class: "small" }, text("books.entered_by", { name: line.entered_by })),
      node("div", { class: "below" },
        line.state === "differs" ? null : button(text("books.agree"), () => agree(), "main"),
        button(text("books.differ"), () => note(), "quiet")), noting);
  }

  function note() {
    element.querySelector("form").hidden = false;
    element.querySelector("#remark").focus();
  }

  const agree = () => (lines[at]?.state === "entered" ? act("agree", { seen: { [lines[at].number]: lines[at].digest } }) : walk(1));

  async function act(what, given) {
    if (busy) return;
    busy = true;
    const { code, trouble } = await ask("POST", `/api/desk/books/${what}`, { book: book.code, ...given });
    busy = false;
    if (code === "digitise.changed") return void again(trouble);
    if (code) return void draw(trouble);
    const [line] = lines.splice(at, 1);
    announce(text(what === "agree" ? "books.agreed" : "books.sent_back", { number: line.number }));
    await draw();
    if (!lines.length) done();
  }

  /** Somebody entered the line anew: it is shown as it is now, to be looked at once more. */
  async function again(trouble) {
    await begin();
    await draw(trouble);
  }

  function walk(by) {
    at += by;
    draw();
  }

  element.addEventListener("keydown", (event) => {
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
    const known = { Enter: agree, k: note, K: note, ArrowDown: () => walk(1), ArrowUp: () => walk(-1) }[event.key];
    if (!known) return;
    event.preventDefault();
    known();
  });
  return { element, begin, leave: () => pictures.forEach((one) => one && URL.revokeObjectURL(one.url)) };
}
