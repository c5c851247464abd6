// The verdict: one big sentence, what to do next, the document to compare, every check.
import { node, sign } from "./nodes.js";
import { language, otherLanguage, said, saidOtherwise, site, text } from "./texts.js";

const SIGN_OF = { VALID: "passed", INVALID: "failed", UNDETERMINED: "unknown" };
const WORST = ["INVALID", "UNDETERMINED", "VALID"];
const STOPPED = ["revoked", "superseded", "suspended", "expired"];
const ORDER = ["name", "birth_date", "birth_place", "sex", "ethnicity", "school_name", "serial",
               "register_no", "year", "issued", "classification", "decision", "grade", "class",
               "school_year", "study", "conduct", "absences", "signer"];
const TERMS = ["HK1", "HK2", "CN"];

/** Date and time as Vietnamese papers write them, in Vietnamese time. */
export function localTime(date) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(date);
  const at = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return `${at.day}/${at.month}/${at.year} ${at.hour}:${at.minute}`;
}

/** All of a verdict as nodes. `elsewhere` is the foreign host a scanned link pointed to. */
export function verdict(answer, checkedAt, elsewhere) {
  const reports = [...answer.reports].sort((one, other) =>
    WORST.indexOf(one.verdict) - WORST.indexOf(other.verdict)
    || Number(other.artefact === "sd-jwt") - Number(one.artefact === "sd-jwt"));
  const several = reports.length > 1;
  const [first, ...others] = reports.map((report) => ({ report, parts: blocks(report, several) }));
  return [
    banner(answer.verdict, said(answer.headline), saidOtherwise(answer.headline)),
    node("div", { class: "sheet" },
      elsewhere ? node("p", { class: "notice" }, text("page.other_host", { host: elsewhere })) : null,
      card("page.next", "action", node("p", {}, said(answer.next))),
      ...(first ? first.parts : []),
      ...others.map(({ report, parts }) => node("details", { class: "card" },
        node("summary", {}, text(`artefact.${report.artefact}`)), ...parts)),
      node("p", { class: "small" },
        text("page.checked_at", { time: localTime(checkedAt), host: location.host }))),
  ];
}

/** A failure that says nothing about the document, in the shape of a verdict. */
export function failure(headline, next) {
  return [
    banner("UNDETERMINED", headline, null),
    card("page.next", "action", node("p", {}, next)),
  ];
}

function banner(outcome, headline, other) {
  return node("div", { class: "verdict", "data-verdict": outcome },
    sign(SIGN_OF[outcome]),
    node("h2", { id: "headline", tabindex: "-1" }, headline),
    other ? node("p", { class: "other", lang: otherLanguage() }, other) : null);
}

function card(code, kind, ...children) {
  return node("section", { class: `card ${kind}` }, node("h2", {}, text(code)), ...children);
}

function blocks(report, named) {
  const name = named ? ` · ${text(`artefact.${report.artefact}`)}` : "";
  return [
    node("section", { class: "card" },
      node("h2", {}, text(headingOf(report))),
      report.partial ? node("p", { class: "small" }, text("page.partial")) : null,
      fields(report), results(report.document.results)),
    node("section", { class: "card" },
      node("h2", {}, text("page.checks") + name),
      report.as_of ? node("p", { class: "small" },
        text("page.as_of", { block: report.as_of.block, time: localTime(new Date(report.as_of.time)) })) : null,
      report.as_of ? node("p", { class: "small" }, said(report.as_of.trust)) : null,
      report.silence ? node("p", { class: "small" }, said(report.silence)) : null,
      node("ol", { class: "checks" }, ...report.checks.map(check))),
  ];
}

function headingOf(report) {
  const signed = report.checks.some((one) => one.step === 2 && one.outcome === "passed");
  if (report.verdict === "VALID") return "page.document";
  if (signed && STOPPED.includes(report.reason)) return "page.document_stopped";
  return report.verdict === "INVALID" ? "page.document_refused" : "page.document_unproven";
}

function check(one) {
  return node("li", { "data-outcome": one.outcome },
    sign(one.outcome),
    node("div", {},
      node("p", { class: "what" }, `${one.step}. ${said(one.name)}: `,
        node("span", { class: "outcome" }, text(`outcome.${one.outcome}`))),
      node("p", { class: "why" }, said(one.text))));
}

function fields(report) {
  const { results: _, ...document_ } = report.document;
  const rest = Object.keys(document_).filter((name) => !ORDER.includes(name));
  const rows = [["field.kind", said(report.kind_name)]];
  for (const name of [...ORDER, ...rest]) {
    if (name === "school_name" && report.school_name) {
      rows.push(["field.school", report.school_name]);
      if (document_.school_name === report.school_name) continue;
    }
    if (name in document_) rows.push([label(name, report.kind), shown(name, document_[name])]);
  }
  return node("dl", {}, ...rows.map(([code, value]) =>
    node("div", {}, node("dt", {}, text(code)), node("dd", {}, value))));
}

function label(name, kind) {
  return name === "year" && kind === "transcript" ? "field.year_transcript" : `field.${name}`;
}

function shown(name, value) {
  if (name === "signer" && value?.name) return [value.title, value.name].filter(Boolean).join(" ");
  if (name === "decision" && value?.number) {
    const on = String(value.on).split("-").reverse().join("/");
    return `${value.number} ${text("page.on_date", { on })}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function results(rows) {
  if (!Array.isArray(rows) || rows.length === 0) return null;
  const subjects = new Map();
  for (const row of rows) {
    const name = String(row?.name ?? "");
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

function mark(row) {
  if (typeof row?.mark !== "number") return String(row?.rating ?? "");
  return (row.mark / 10).toFixed(1).replace(".", language === "vi" ? "," : ".");
}

export const ownHosts = () => [location.host.toLowerCase(), site.host].filter(Boolean);
