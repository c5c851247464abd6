// The history of one credential as it is drawn: each version with its decision, acts and proof.
import { button, card, node } from "../nodes.js";
import { save } from "../saving.js";
import { text } from "../texts.js";
import { ask, complain, may } from "./bench.js";
import { day, moment } from "./days.js";

const NONE = "–";

/** Pairs of what is said and its value, but those without. */
export const list = (rows) => node("dl", {}, ...rows.filter(([, said]) => said)
  .map(([code, said]) => node("div", {}, node("dt", {}, text(code)), node("dd", {}, said))));

/** All versions, newest first. */
export function versions(known) {
  return card(text("lifecycle.versions"), "", node("ol", { class: "plain history", reversed: "" },
    ...known.versions.toReversed().map((one) => version(one, known.line))));
}

function version(one, line) {
  const { annex, batch, withdrawn } = one;
  return node("li", {},
    node("h3", {}, text("lifecycle.version", { version: one.version }), " · ", text(`lifecycle.lane_${one.lane}`)),
    list([
      ["lifecycle.entered", moment(one.entered_at)],
      ["lifecycle.issued", day(one.issued)],
      ["lifecycle.signer", `${one.signer_title} ${one.signer}`],
      ["lifecycle.serial", one.serial],
      ["lifecycle.requested", batch?.requested && day(batch.requested)],
      ["lifecycle.prepared", batch?.prepared_by],
      ["lifecycle.approved", batch?.approved_by
        && text("lifecycle.by_at", { name: batch.approved_by, at: moment(batch.approved_at) })],
      ["lifecycle.chain", batch && (batch.block === null ? text("lifecycle.not_final")
        : text("lifecycle.block", { block: batch.block, at: moment(batch.final_time) }))],
      ["lifecycle.reason", !annex && one.reason],
    ]),
    annex ? annexed(annex, { ...line, version: one.version }, one.batch) : null,
    one.acts.length ? node("ul", { class: "acts" }, ...one.acts.map(act)) : null,
    withdrawn ? node("p", {}, text(withdrawn.returned ? "lifecycle.returned_on" : "lifecycle.due_by",
      { on: day(withdrawn.returned), due: day(withdrawn.due) })) : null);
}

/** A decision's annex; its document can be taken once the version is issued. */
function annexed(annex, place, batch) {
  const press = button(text("lifecycle.take_annex"), async () => {
    press.disabled = true;
    const { answer, trouble } = await ask("POST", "/api/desk/credentials/annex", place);
    press.disabled = false;
    complain(trouble ?? null);
    if (answer) save(answer.blob, answer.file);
  }, "quiet");
  return node("div", { class: "annex" },
    node("p", {}, text(`lifecycle.annex_${annex.kind}`, { decision: annex.decision, on: day(annex.decided_on), name: annex.signed_by })),
    list([["lifecycle.ground", text(`lifecycle.ground_${annex.ground}`)], ["lifecycle.evidence", annex.evidence]]),
    annex.changes.length ? changes(annex.changes) : null,
    may("deliver") && batch?.block ? press : null);
}

/** What changes, as pairs of old and new. */
export function changes(rows) {
  return node("ul", {}, ...rows.map(([field, old, now]) => node("li", {}, `${text(`amended.${field}`)}: `,
    node("del", {}, old ?? NONE), " → ", node("ins", {}, now ?? NONE))));
}

function act(one) {
  const why = one.lane === "revoked" ? text(`ground.${one.ground}`) : one.reason;
  return node("li", {}, `${moment(one.at)}: `, text(`lifecycle.act_${one.lane}`, { decision: one.decision, on: day(one.decided_on) }),
    why ? ` · ${why}` : "", one.until ? ` · ${text("lifecycle.until_day", { day: day(one.until) })}` : "");
}

/** What was taken out of it, and how often it is shared. */
export function traces(known) {
  const rows = known.extracts.map((one) => node("li", {},
    `${moment(one.at)}: ${text(`extract.${one.kind}`)} · ${one.by}`));
  return card(text("lifecycle.traces"), "",
    node("p", {}, text("lifecycle.shares", { count: known.shares })),
    rows.length ? node("ul", {}, ...rows) : node("p", { class: "small" }, text("lifecycle.no_extracts")));
}
