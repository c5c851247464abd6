// What is only read of a batch's papers: notices and how each stands, what was handed out to whom.
import { card, node } from "../nodes.js";
import { text } from "../texts.js";
import { localTime } from "../times.js";
import { table } from "./table.js";

const at = (seconds) => localTime(new Date(seconds * 1000));

export function told({ notices }) {
  if (!notices.length) return null;
  const made = table({ caption: "papers.notices_caption", columns: [
    { code: "papers.pupil", value: (row) => row.pupil },
    { code: "papers.way", value: (row) => text(`notice.way_${row.way}`) },
    { code: "papers.state", value: (row) => text(`notice.state_${row.state}`) },
    { code: "papers.reason", value: (row) => row.reason || "–" },
    { code: "papers.time", value: (row) => row.at, show: (row) => at(row.at) },
  ] });
  made.draw(notices);
  return card(text("papers.notices_caption"), "", made.element);
}

export function handed({ taken }) {
  if (!taken.length) return card(text("papers.taken"), "", node("p", {}, text("papers.taken_none")));
  const made = table({ caption: "papers.taken_caption", columns: [
    { code: "papers.time", value: (row) => row.at, show: (row) => at(row.at) },
    { code: "papers.form", value: (row) => text(`papers.form_${row.kind}`) },
    { code: "papers.size", value: (row) => row.count, show: (row) => String(row.count), number: true },
    { code: "papers.by", value: (row) => row.by },
    { code: "papers.to", value: (row) => row.to || "–" },
  ] });
  made.draw(taken);
  return card(text("papers.taken"), "", made.element);
}
