// Lines that were checked and wait to be issued: one that was checked by mistake is taken out again,
// with the reason; it goes back to whoever enters.
import { node } from "../nodes.js";
import { site, text } from "../texts.js";
import { announce, ask, member } from "./bench.js";
import { empty } from "./empty.js";
import { form } from "./form.js";
import { table } from "./table.js";

const COLUMNS = [
  { code: "books.number", value: (line) => line.number },
  { code: "books.name", value: (line) => line.name },
  { code: "books.birth", value: (line) => line.birth.split("/").reverse().join("-"), show: (line) => line.birth },
  { code: "books.serial", value: (line) => line.serial },
  { code: "books.checked_by", value: (line) => line.checked_by },
];

/** The view of a book's checked lines; `done` is called when one was taken out. */
export function checked(book, done) {
  const element = node("div", { class: "stack" });

  async function begin() {
    const { answer, trouble } = await ask("GET", `/api/desk/books/lines?state=checked&book=${encodeURIComponent(book.code)}`);
    if (!answer) return element.replaceChildren(node("p", { class: "fault", role: "alert" }, trouble()));
    if (!answer.length) return element.replaceChildren(empty({ title: "books.checked_none", lead: "books.checked_none_lead" }));
    const work = node("div", { tabindex: "-1" });
    const lines = table({ caption: "books.checked_lines", columns: COLUMNS, open: (line) => () => {
      work.replaceChildren(withdrawing(line));
      work.querySelector("textarea").focus();
    } });
    lines.draw(answer);
    return element.replaceChildren(node("p", {}, text("books.checked_lead")), lines.element, work);
  }

  function withdrawing(line) {
    return node("section", { class: "card" },
      node("h3", {}, text("books.withdraw_title", { number: line.number, name: line.name })),
      node("p", { class: "small" }, text("books.or_revoke"), " ",
        node("a", { href: `${site.desk.credential}#${member.school}/digitised-diploma/${encodeURIComponent(`${book.code}/${line.number}`)}` },
          text("books.to_credential"))),
      form({
        submit: "books.withdraw", quiet: true,
        fields: [{ name: "reason", code: "books.reason", hint: "books.reason_hint", type: "textarea",
                   attributes: { maxlength: "500", rows: "2" } }],
        async send({ reason }) {
          if (!reason.trim()) return { faults: { reason: () => text("cell.empty") } };
          const { number, digest } = line;
          const { code, trouble } = await ask("POST", "/api/desk/books/withdraw",
            { book: book.code, number, digest, reason: reason.trim() });
          if (code) return { trouble };
          announce(text("books.withdrawn", { number }));
          await begin();
          done();
          return null;
        },
      }));
  }

  return { element, begin };
}
