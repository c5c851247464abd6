// From a file to an order: what the decision adds, what is found then, and handing it in.
import { card, node } from "../nodes.js";
import { said, site, text } from "../texts.js";
import { announce, ask } from "./bench.js";
import { form } from "./form.js";

const MOST = 50; // findings of a kind that are shown

/**
 * @param upload the secret of the file that was looked at
 * @param standing how many of its pupils have a transcript of that year: then it corrects
 */
export function ordering(upload, standing) {
  const found = node("div", { class: "stack", id: "checked", tabindex: "-1" });
  const asking = form({
    fields: [
      { name: "decision", code: "intake_page.decision", attributes: { maxlength: "100", required: "" } },
      { name: "decided_on", code: "intake_page.decided_on", type: "day", attributes: { required: "" } },
      { name: "issued", code: "intake_page.issued", hint: "intake_page.issued_hint", type: "day" },
      { name: "signer", code: "intake_page.signer", hint: "intake_page.signer_hint", attributes: { maxlength: "100" } },
      ...(standing ? [{ name: "requested_on", code: "intake_page.requested_on", hint: "intake_page.requested_hint", type: "day" }] : []),
      standing
        ? { name: "reason", code: "intake_page.reason", hint: "intake_page.reason_hint", type: "textarea", attributes: { maxlength: "500", required: "" } }
        : { name: "first_serial", code: "intake_page.first_serial", hint: "intake_page.first_serial_hint", attributes: { maxlength: "32" } },
    ],
    submit: "intake_page.check", quiet: true,
    send: async (given) => {
      const faults = Object.fromEntries(["decision", "decided_on", ...(standing ? ["reason"] : [])].filter((name) => !given[name])
        .map((name) => [name, () => text("cell.empty")]));
      if (Object.keys(faults).length) return { faults };
      found.replaceChildren(node("p", { class: "busy" }, text("intake_page.checking")));
      const { answer, trouble } = await ask("POST", "/api/desk/imports/check", { upload, ...given });
      found.replaceChildren(...(answer ? checked(answer, { upload, ...given }) : []));
      if (!answer) return { trouble };
      found.focus();
      return undefined;
    },
  });
  return card(text(standing ? "intake_page.standing_title" : "intake_page.order_title"), "",
    node("p", {}, standing ? text("intake_page.standing", { count: standing }) : text("intake_page.order_lead")), asking, found);
}

function checked(answer, given) {
  const { faults, anomalies, changes, unchanged, fresh, numbers, count } = answer;
  return [
    node("p", { class: "lead" }, text("intake_page.checked", { count, faults: faults.length, anomalies: anomalies.length })),
    list("faults_title", faults), changes.length ? changing(changes, unchanged, fresh) : null,
    list("anomalies_title", anomalies),
    numbers ? node("p", {}, text("intake_page.numbers", { first: numbers[0], last: numbers[1] })) : null,
    faults.length ? null : preparing(given),
  ].filter(Boolean);
}

function list(title, findings) {
  if (!findings.length) return null;
  const more = findings.length - MOST;
  return node("section", { "data-found": title }, node("h3", {}, text(`intake_page.${title}`)),
    node("ul", {}, ...findings.slice(0, MOST).map((one) => node("li", {},
      one.row ? node("strong", {}, `${text("intake_page.row")} ${one.row} · `) : null,
      one.column ? `${one.column}: ` : null, said(one.text)))),
    more > 0 ? node("p", { class: "small" }, text("intake_page.shown_of", { count: more })) : null);
}

/** By pupil, each mark and level as it stands and as it would be. */
function changing(changes, unchanged, fresh) {
  const more = changes.length - MOST;
  return node("section", { "data-found": "changes" },
    node("h3", {}, text("intake_page.changes_title", { count: changes.length })),
    node("ul", {}, ...changes.slice(0, MOST).map((one) => node("li", {},
      node("strong", {}, `${text("intake_page.row")} ${one.row} · ${one.name}`), ` · ${one.register_no}`,
      node("ul", {}, ...one.changes.map((change) => node("li", {},
        `${[change.subject, change.term, text(`amended.${change.field}`)].filter(Boolean).join(", ")}: `,
        node("del", {}, change.old ?? "–"), " → ", node("ins", {}, change.new ?? "–"))))))),
    more > 0 ? node("p", { class: "small" }, text("intake_page.shown_of", { count: more })) : null,
    unchanged || fresh ? node("p", {}, text("intake_page.changes_rest", { unchanged, fresh })) : null);
}

function preparing(given) {
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const press = node("button", { type: "button", class: "main", id: "prepare" }, text("intake_page.prepare"));
  const made = node("div", {}, press, trouble);
  press.addEventListener("click", async () => {
    press.disabled = true;
    const found = await ask("POST", "/api/desk/imports/order", given);
    press.disabled = false;
    trouble.hidden = !found.trouble;
    trouble.textContent = found.trouble?.() ?? "";
    if (!found.answer) return;
    const link = node("a", { class: "button", href: `${site.desk.order}#${found.answer.order}` }, text("intake_page.open_order"));
    made.replaceChildren(node("p", { class: "lead" }, text("intake_page.prepared")), link);
    announce(text("intake_page.prepared"));
    link.focus();
  });
  return made;
}
