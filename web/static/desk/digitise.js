// Old registers: which books there are; lines typed in from a workbook with the scans of its pages; the
// check, line by line beside the scan, by keyboard: Enter agrees, K marks a difference, arrows walk.
import { button, node } from "../nodes.js";
import { site, text } from "../texts.js";
import { announce, ask, complain, enter } from "./bench.js";
import { checked } from "./digitise_checked.js";
import { checking } from "./digitise_check.js";
import { entering } from "./digitise_enter.js";
import { empty } from "./empty.js";
import { form } from "./form.js";
import { signing } from "./signers.js";
import { table } from "./table.js";

const find = (id) => document.getElementById(id);
let books = null;
let signers = [];
let leave = () => {}; // what a view of a book has to put away
let again = () => {}; // shows what can be done with the open book as it is now

const count = (book, ...states) => states.reduce((sum, state) => sum + (book.counts[state] ?? 0), 0);
const COLUMNS = [
  { code: "books.code", value: (book) => book.code },
  { code: "books.title", value: (book) => book.title },
  { code: "books.issuer", value: (book) => book.issuer },
  { code: "books.waiting", value: (book) => count(book, "entered", "differs"), number: true },
  { code: "books.checked", value: (book) => count(book, "checked"), number: true },
  { code: "books.issued_lines", value: (book) => count(book, "issued"), number: true },
];

function draw() {
  if (!books) return;
  const list = books.length ? table({ caption: "books.list", columns: COLUMNS, open: (book) => () => show(book) }) : null;
  list?.draw(books);
  find("books").replaceChildren(
    list?.element ?? empty({ title: "books.none", lead: "books.none_lead" }),
    node("details", { class: "card" }, node("summary", {}, text("books.describe")), describing()));
}

function describing() {
  const field = (name, hint = null) => ({ name, code: `books.${name}`, hint, attributes: { maxlength: "200" } });
  return form({
    submit: "books.save",
    fields: [field("code", "books.code_hint"), field("title"), field("document"), field("issuer"), field("signer_title")],
    async send(given) {
      const { code, trouble } = await ask("POST", "/api/desk/books", given);
      if (code) return { trouble };
      await read();
      return null;
    },
  });
}

/** What can be done with a book. */
function show(book) {
  leave();
  leave = () => {};
  const view = node("div", {});
  const actions = node("div", { class: "below" });
  const open = (made) => {
    leave();
    leave = made.leave ?? (() => {});
    view.replaceChildren(made.element);
    made.begin?.();
  };
  again = () => actions.replaceChildren(...acts(books.find(({ code }) => code === book.code) ?? book, open));
  again();
  find("work").replaceChildren(node("section", { class: "card stack" },
    node("h2", {}, `${book.code} · ${book.title}`), actions, view));
  find("work").focus();
}

function acts(book, open) {
  const waiting = count(book, "entered", "differs");
  const ready = count(book, "checked");
  return [
    button(text("books.enter"), () => open(entering(book, read)), "quiet"),
    button(text("books.check", { count: waiting }), () => open(checking(book, read)), "main"),
    ready ? button(text("books.see_checked", { count: ready }), () => open(checked(book, read)), "quiet") : null,
    ready ? button(text("books.issue", { count: ready }), () => open(issuing(book, ready)), "quiet") : null,
  ].filter(Boolean);
}

/** Who signs, and handing the checked lines in to the principal. */
function issuing(book, count) {
  const element = form({
    submit: "books.hand_in",
    fields: [signing(signers)],
    async send({ signer }) {
      const { answer, trouble } = await ask("POST", "/api/desk/books/issue", { book: book.code, signer });
      if (!answer) return { trouble };
      location.assign(`${site.desk.order}#${answer.order}`);
      return null;
    },
  });
  element.prepend(node("p", {}, text("books.hand_in_lead", { count })));
  return { element, begin: () => element.querySelector("select").focus() };
}

async function read() {
  const { answer, trouble } = await ask("GET", "/api/desk/books");
  complain(trouble ?? null);
  if (!answer) return;
  ({ books, signers } = answer);
  draw();
  again();
  announce(text("books.read", { count: books.length }));
}

enter(read, draw);
