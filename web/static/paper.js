// What a document says, for comparing with the paper in hand: who, what, which school, when, large.
import { node } from "./nodes.js";
import { plainly } from "./plainly.js";
import { label, language, said, text } from "./texts.js";

const LARGE = ["name", "school", "birth_date", "issued", "serial", "register_no"];
const ORDER = ["birth_place", "sex", "ethnicity", "year", "classification", "decision", "grade",
               "class", "school_year", "study", "conduct", "absences", "study_hk1", "conduct_hk1",
               "absences_hk1", "study_hk2", "conduct_hk2", "absences_hk2", "promotion", "title",
               "completion", "origin_document", "origin_issuer", "origin_issued", "origin_signer",
               "origin_register_no", "origin_book", "origin_page", "signer"];
const PERSONS = ["signer", "origin_signer"];
// The school's name is only believed of the register, so the document's own is never shown.
const NEVER = ["school_name", "results"];
const NOT_REFUSED = ["foreign", "holder_unproven"]; // what says nothing against the document
const STOPPED = ["revoked", "superseded", "suspended", "expired"];
const TERMS = ["HK1", "HK2", "CN"];

/** The document of a report as a card; what is not proven says so in its heading. */
export function paper(report) {
  const standing = standingOf(report);
  return node("section", { class: "card paper", "data-standing": standing },
    node("h2", {}, text(`page.document_${standing}`)),
    node("p", { class: "kind" }, said(report.kind_name)),
    list("large", LARGE.map((name) => [name, large(report, name)]), report.kind),
    report.partial ? node("p", { class: "small" }, text("page.partial")) : null,
    list("rest", rest(report.document), report.kind),
    results(report.document.results));
}

function standingOf(report) {
  const signed = report.checks.some((one) => one.step === 2 && one.outcome === "passed");
  if (report.verdict === "VALID") return "confirmed";
  if (signed && STOPPED.includes(report.reason)) return "stopped";
  return report.verdict === "INVALID" && !NOT_REFUSED.includes(report.reason) ? "refused" : "unproven";
}

function large(report, name) {
  if (name === "school") return report.school_name || text("page.school_unknown");
  return name in report.document ? shown(name, report.document[name]) : null;
}

function rest(document_) {
  const others = Object.keys(document_).filter((name) =>
    ![...LARGE, ...ORDER, ...NEVER].includes(name));
  return [...ORDER, ...others].filter((name) => name in document_)
    .map((name) => [name, shown(name, document_[name])]);
}

function list(kind, rows, type) {
  const said_ = rows.filter(([, value]) => value !== null);
  if (said_.length === 0) return null;
  return node("dl", { class: kind }, ...said_.map(([name, value]) =>
    node("div", { "data-field": name },
      node("dt", {}, label(name, type)), node("dd", { dir: "auto" }, value))));
}

/** A field's value as text. */
export function shown(name, value) {
  if (PERSONS.includes(name) && value?.name) return plainly([value.title, value.name].filter(Boolean).join(" "));
  if (name === "decision" && value?.number) {
    const on = String(value.on).split("-").reverse().join("/");
    return plainly(`${value.number} ${text("page.on_date", { on })}`);
  }
  return plainly(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function results(rows) {
  if (!Array.isArray(rows) || rows.length === 0) return null;
  const subjects = new Map();
  for (const row of rows) {
    const name = plainly(String(row?.name ?? ""));
    if (!subjects.has(name)) subjects.set(name, new Map());
    subjects.get(name).set(String(row?.term ?? ""), mark(row));
  }
  const head = [text("page.subject"), ...TERMS.map((term) => text(`page.term_${term}`))];
  const names = [...subjects.keys()].sort((one, other) => one.localeCompare(other, "vi"));
  return node("table", { lang: language },
    node("caption", {}, text("field.results")),
    node("thead", {}, node("tr", {}, ...head.map((name) => node("th", { scope: "col" }, name)))),
    node("tbody", {}, ...names.map((name) => node("tr", {}, node("th", { scope: "row" }, name),
      ...TERMS.map((term) => node("td", {}, subjects.get(name).get(term) ?? ""))))));
}

/** A result on its scale: `8,5`, `Đ`, `T · 9,0`, `B+ · 3,50`. */
export function mark(row) {
  const number = (value, over, digits) => (typeof value !== "number" ? null
    : (value / over).toFixed(digits).replace(".", language === "vi" ? "," : "."));
  const said_ = [row?.rating, row?.letter, number(row?.mark, 10, 1), number(row?.points, 100, 2)];
  return plainly(said_.filter((each) => each !== null && each !== undefined).map(String).join(" · "));
}
