// A PDF holds the signed file and the printed QR code: both, field by field.
import { node, sign } from "./nodes.js";
import { shown } from "./paper.js";
import { label, text } from "./texts.js";

const FIELDS = ["name", "birth_date", "serial", "register_no", "year", "issued", "classification",
                "grade", "study", "conduct"]; // what a QR code can say

/** The comparison as a card; null unless there is one signed file and one QR code. */
export function differences(reports) {
  const [file, ...files] = reports.filter((report) => report.artefact === "sd-jwt");
  const [code, ...codes] = reports.filter((report) => report.artefact === "qr");
  if (!file || !code || files.length || codes.length) return null;
  const rows = FIELDS.filter((name) => name in code.document).map((name) => ({
    name, called: label(name, code.kind), inFile: value(file, name), inCode: value(code, name), outcome: outcome(file, code, name),
  }));
  const differing = rows.filter((one) => one.outcome === "failed");
  const summary = differing.length ? text("page.compare_differ", { count: differing.length })
    : text("page.compare_agree");
  return node("section", { class: "card" },
    node("h2", {}, text("page.compare")),
    node("p", { class: differing.length ? "fault" : null }, summary),
    node("table", { class: "compare" },
      node("thead", {}, node("tr", {}, ...["compare_field", "compare_value", "compare_result"].map(
        (code_) => node("th", { scope: "col" }, text(`page.${code_}`))))),
      node("tbody", {}, ...rows.map(row))));
}

function value(report, name) {
  return name in report.document ? shown(name, report.document[name]) : null;
}

function outcome(file, code, name) {
  if (!(name in file.document)) return "unknown";
  const [one, other] = [file, code].map((report) => JSON.stringify(report.document[name]));
  return one === other ? "passed" : "failed";
}

function row({ called, inFile, inCode, outcome: found }) {
  const word = { passed: "page.agree", failed: "page.differ", unknown: "page.only_code" }[found];
  const values = found === "failed"
    ? [node("span", { class: "of" }, text("page.in_file", { value: inFile })),
       node("span", { class: "of" }, text("page.in_code", { value: inCode }))]
    : [inCode];
  return node("tr", { "data-outcome": found },
    node("th", { scope: "row" }, called),
    node("td", {}, ...values),
    node("td", { class: "outcome" }, sign(found), text(word)));
}
