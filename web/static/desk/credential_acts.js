// What may be done with a credential, by role and as it stands: a registrar prepares, a principal
// decides about what waits. Each act asks for its decision first.
import { button, card, node } from "../nodes.js";
import { said, text } from "../texts.js";
import { changes } from "./credential_parts.js";
import { ask, may, member } from "./bench.js";
import { day, moment } from "./days.js";
import { form } from "./form.js";

const GROUNDS = ["fraud", "ineligible", "no_authority", "altered", "lent", "issuer_error"];
const DECISION = [
  { name: "decision", code: "lifecycle.decision_no", attributes: { maxlength: "100", autocomplete: "off" } },
  { name: "decided_on", code: "lifecycle.decided_on", hint: "lifecycle.day_hint", type: "day" },
];

/** The cards of what can be done; `again(said)` reads the history anew. */
export function acts(known, again) {
  const newest = known.versions.at(-1);
  const waiting = known.asked.filter(({ state }) => state === "prepared" || state === "approved");
  const made = [...waiting, ...known.asked.filter(({ state }) => state === "returned").slice(-1)]
    .map((one) => pending(one, again));
  const old = known.line.type === "digitised-diploma"; // in the register before it is issued, if ever
  if (waiting.length || !(newest.batch || old)) return made;
  const diploma = known.line.type === "thpt-diploma";
  if (may("correct") && diploma && newest.lane === "active") {
    made.push(folded("lifecycle.correct", correcting(known, newest, false)),
      folded("lifecycle.reissue", correcting(known, newest, true)));
  }
  if (may("withdraw") && newest.lane === "active") made.push(folded("lifecycle.suspend", withdrawing(known, "suspended", again)));
  if (may("withdraw") && newest.lane === "suspended") made.push(folded("lifecycle.reinstate", withdrawing(known, "active", again)));
  if (may("withdraw") && ["active", "suspended"].includes(newest.lane)) {
    made.push(folded("lifecycle.revoke", withdrawing(known, "revoked", again)));
  }
  return made;
}

function folded(code, inside) {
  return node("details", { class: "card" }, node("summary", {}, text(code)), inside);
}

/** What waits for approval, with what whoever is signed in may do about it. */
export function pending(one, again, linked = false) {
  const path = `/api/desk/withdrawals/${one.id}`;
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const send = (rest, body, done) => async () => {
    const { trouble: wrong } = await ask("POST", `${path}/${rest}`, body);
    trouble.hidden = !wrong;
    trouble.textContent = wrong ? wrong() : "";
    if (!wrong) again(text(done));
  };
  const failed = one.state === "approved" && one.trouble;
  const why = one.lane === "revoked" ? text(`ground.${one.ground}`) : one.reason;
  const made = card(text(`lifecycle.wish_${one.lane}`, one), "",
    node("p", {}, text(`lifecycle.asked_${failed ? "failed" : one.state}`, { name: one.prepared_by, by: one.approved_by, at: moment(one.changed) })),
    node("p", {}, text("lifecycle.by_decision", { decision: one.decision, on: day(one.decided_on) }),
      why ? ` · ${why}` : "", one.until ? ` · ${text("lifecycle.until_day", { day: day(one.until) })}` : ""),
    one.sent_back ? node("p", {}, text("lifecycle.sent_back", { reason: one.sent_back })) : null,
    failed ? node("p", { class: "fault" }, said(one.trouble)) : null,
    linked ? node("p", {}, node("a", { href: `/desk/credential#${one.school}/${one.type}/${encodeURIComponent(one.register_no)}` }, text("lifecycle.look"))) : null,
    trouble);
  const own = one.prepared_by === member.name;
  if (may("approve") && one.state === "prepared" && !own) {
    made.append(button(text(`lifecycle.approve_${one.lane}`), send("approve", null, "lifecycle.approved_said"), "main"),
      form({ fields: [{ name: "reason", code: "lifecycle.why_back", attributes: { maxlength: "500" } }],
             submit: "lifecycle.send_back", quiet: true,
             send: async ({ reason }) => {
               const { trouble: wrong } = await ask("POST", `${path}/return`, { reason });
               if (wrong) return { trouble: wrong };
               again(text("lifecycle.returned_said"));
               return null;
             } }));
  } else if (may("approve") && one.state === "prepared") made.append(node("p", { class: "small" }, text("lifecycle.own")));
  if (may("approve") && failed) made.append(button(text("lifecycle.carry_out_again"), send("approve", null, "lifecycle.approved_said"), "main"));
  if (may("approve") && one.state === "approved") made.append(button(text("lifecycle.look_again"), () => again(text("lifecycle.looked")), "quiet"));
  if (may("withdraw") && (["prepared", "returned"].includes(one.state) || (failed && !one.bound))) made.append(button(text("lifecycle.give_up"), send("cancel", null, "lifecycle.given_up"), "quiet"));
  return made;
}

function withdrawing(known, lane, again) {
  const fields = [...DECISION];
  if (lane === "revoked") {
    fields.unshift({ name: "ground", code: "lifecycle.on_ground", type: "select",
                     options: [["", "–"], ...GROUNDS.map((one) => [one, text(`ground.${one}`)])] });
  }
  if (lane === "suspended") fields.push({ name: "until", code: "lifecycle.until", hint: "lifecycle.until_hint", type: "day" });
  if (lane !== "revoked") fields.push({ name: "reason", code: "lifecycle.inside", hint: "lifecycle.inside_hint", attributes: { maxlength: "200" } });
  return node("div", {}, node("p", { class: "small" }, text(`lifecycle.about_${lane}`)), form({
    fields, submit: `lifecycle.prepare_${lane}`,
    send: async (given) => {
      const faults = lacking(given, ["decision", "decided_on", ...(lane === "revoked" ? ["ground"] : [])]);
      if (faults) return { faults };
      const body = { ...known.line, lane, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim())) };
      const { trouble } = await ask("POST", "/api/desk/withdrawals", body);
      if (trouble) return { trouble };
      again(text("lifecycle.waits"));
      return null;
    },
  }));
}

function lacking(given, needed) {
  const empty = needed.filter((name) => !given[name].trim());
  return empty.length ? Object.fromEntries(empty.map((name) => [name, () => text("lifecycle.needed")])) : null;
}

function correcting(known, newest, reissued) {
  const says = newest.says;
  const grounds = Object.entries(known.grounds).filter(([, one]) => (one.kind === "reissued") === reissued);
  const names = [...new Set(grounds.flatMap(([, one]) => one.fields))];
  const preview = node("div", { role: "status" });
  const fields = [
    ...(reissued ? [{ name: "serial", code: "lifecycle.new_serial", attributes: { maxlength: "20", autocomplete: "off" } }]
      : [{ name: "ground", code: "lifecycle.on_ground", type: "select",
           options: [["", "–"], ...grounds.map(([key]) => [key, text(`lifecycle.ground_${key}`)])] }]),
    ...names.map((name) => ({ name, code: `amended.${name}`, value: says[name] ?? "", ...(name === "sex"
      ? { type: "select", options: [["Nam", "Nam"], ["Nữ", "Nữ"]] }
      : { attributes: { maxlength: "100", autocomplete: "off" } }) })),
    { name: "evidence", code: "lifecycle.evidence", hint: "lifecycle.evidence_hint", attributes: { maxlength: "200" } },
    { name: "requested_on", code: "lifecycle.requested_on", hint: "lifecycle.requested_hint", type: "day" },
    ...DECISION,
    { name: "signed_by", code: "lifecycle.signed_by", hint: "lifecycle.signed_by_hint", attributes: { maxlength: "100" } },
    { name: "signer", code: "lifecycle.new_signer", hint: "lifecycle.new_signer_hint", type: "select", options: [["", text("lifecycle.head")]] },
    { name: "dry", code: "lifecycle.dry", type: "checkbox", value: true },
  ];
  const made = form({
    fields, submit: "lifecycle.hand_in",
    send: async (given) => {
      preview.replaceChildren();
      const faults = lacking(given, ["evidence", "decision", "decided_on", "signed_by", reissued ? "serial" : "ground"]);
      if (faults) return { faults };
      const changed = names.filter((name) => given[name].trim() !== (says[name] ?? ""));
      const { answer, trouble } = await ask("POST", "/api/desk/credentials/correct", {
        ...known.line, values: Object.fromEntries(changed.map((name) => [name, given[name].trim()])),
        ground: reissued ? "issuer_mistake" : given.ground, evidence: given.evidence.trim(),
        decision: given.decision.trim(), decided_on: given.decided_on.trim(), signed_by: given.signed_by.trim(),
        ...(given.signer ? { signer: given.signer } : {}),
        ...(given.requested_on ? { requested_on: given.requested_on } : {}),
        ...(reissued ? { serial: given.serial.trim() } : {}), dry: given.dry,
      });
      if (trouble) return { trouble };
      preview.replaceChildren(
        node("p", {}, text(answer.order ? "lifecycle.handed_in" : "lifecycle.would")), changes(answer.changes),
        answer.order ? node("a", { href: `/desk/order#${answer.order}` }, text("lifecycle.to_order")) : "");
      return null;
    },
  });
  inOffice(made, known.line.school);
  const differs = known.registry && names.some((name) => name in known.registry && known.registry[name] !== says[name]);
  return node("div", {},
    node("p", { class: "small" }, text(reissued ? "lifecycle.about_reissue" : "lifecycle.about_correct")),
    differs ? button(text("lifecycle.take_over"), () => {
      for (const name of names) if (known.registry[name]) made.elements[name].value = known.registry[name];
    }, "quiet") : null,
    made, preview);
}

/** Who may sign on the decision's day, by terms of office: chosen from, and offered for the decision. */
function inOffice(made, school) {
  const { signer, signed_by: signedBy, decided_on: on } = made.elements;
  const offered = node("datalist", { id: `${signedBy.id}-offered` });
  signedBy.setAttribute("list", offered.id);
  signedBy.after(offered);
  const read = async () => {
    const { answer } = await ask("POST", "/api/desk/credentials/signers", { school, ...(on.value.trim() ? { on: on.value.trim() } : {}) });
    if (!answer) return; // the day is not whole yet; handing it in says what is wrong
    const chosen = signer.value;
    signer.replaceChildren(node("option", { value: "" }, text("lifecycle.head")), ...answer.map((one) =>
      node("option", { value: one.name }, `${one.title} ${one.name}`)));
    signer.value = answer.some((one) => one.name === chosen) ? chosen : "";
    offered.replaceChildren(...answer.map((one) => node("option", { value: one.name })));
  };
  on.addEventListener("change", read);
  made.addEventListener("focusin", read, { once: true });
}
