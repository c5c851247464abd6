// What whoever is signed in sees: a card for each pupil held, with what was issued, consent and key.
import { ask } from "./account.js";
import { forget, kept, made, pasted } from "./holderkey.js";
import { button, node } from "./nodes.js";
import { save } from "./saving.js";
import { said, text } from "./texts.js";

const TONES = { VALID: "valid", INVALID: "invalid", UNDETERMINED: "unknown" };
const FORMS = ["sd-jwt", "evidence", "clr", "ob", "elmo", "xlsx", "csv"];
const verdicts = new Map(); // by credential's id: the answer, or a trouble

/**
 * What can be done with a credential: functions of it and of what draws the page again, which return
 * a node or null. Other modules add theirs.
 */
export const actions = [checking, sharing, taking];

/** Nothing of one person stays for the next. */
export const forgetVerdicts = () => verdicts.clear();

/** The cards of all pupils held. `again` reads everything anew, `redraw` only draws. */
export async function holdingCards(me, credentials, again, redraw) {
  if (!me.holdings.length) return [node("section", { class: "card" }, node("p", {}, text("me.nothing_held")))];
  return Promise.all(me.holdings.map(async (holding) => {
    const mine = credentials.filter(({ pupil }) => pupil === holding.pupil);
    const own = holding.relation === "self";
    return node("section", { class: "card holding" },
      node("h2", {}, holding.name),
      node("p", { class: "small" }, text(`me.holding_${holding.relation}`)),
      node("h3", {}, text("me.credentials")),
      mine.length ? node("ul", { class: "issued" }, ...mine.map((one) => issued(one, redraw)))
        : node("p", {}, text("me.nothing_issued")),
      holding.consent && consent(me, holding, again),
      own ? await key(holding, again) : null);
  }));
}

function issued(one, redraw) {
  const year = one.school_year ?? String(one.year);
  return node("li", { "data-state": one.state },
    node("p", { class: "what" }, `${said(one.kind_name)} · ${year}`),
    node("p", { class: "small" }, [one.school_name, `${text("me.register_no")}: ${one.register_no}`,
      `${text("me.issued_on")}: ${one.issued}`].join(" · ")),
    one.state === "active" ? null : node("p", { class: "notice" }, said(one.state_name)),
    verdict(one.id),
    node("div", { class: "below" }, ...actions.map((action) => action(one, redraw))));
}

function verdict(id) {
  const found = verdicts.get(id);
  if (!found) return null;
  if (found.trouble) return node("p", { class: "fault" }, found.trouble());
  const { answer } = found;
  const sentence = answer ? text(`headline.${answer.reason}`) : text("me.verifying");
  return node("p", { class: "notice", "data-tone": answer ? TONES[answer.verdict] : "unknown" }, sentence);
}

function checking(one, redraw) {
  return named(`verify ${one.id}`, button(text("me.verify"), async () => {
    verdicts.set(one.id, {});
    redraw(text("me.verifying"));
    const held = await ask("GET", `/api/me/credentials/${one.id}`);
    const found = held.trouble ? held : await ask("POST", "/api/verify", { text: held.answer });
    verdicts.set(one.id, found);
    redraw(found.answer ? text(`headline.${found.answer.reason}`) : found.trouble());
  }, "quiet"));
}

/** What is drawn again under that name keeps the focus, and stays open if it was. */
function named(key, made) {
  made.dataset.key = key;
  return made;
}

function sharing(one) {
  return node("a", { class: "button quiet", href: `/me/share#${one.id}` }, text("me.share"));
}

/** Taking it along as a file; each stands in the log of extracts. */
function taking(one) {
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const take = (form) => async () => {
    const { answer, trouble: why } = await ask("POST", `/api/me/credentials/${one.id}/file`, { form });
    trouble.hidden = !why;
    trouble.textContent = why?.() ?? "";
    if (!why) save(answer.blob, answer.file);
  };
  const entry = (form) => node("li", {}, button(text(`me.take_${form}`), take(form), "quiet"),
    node("p", { class: "small" }, text(`me.take_${form}_hint`)));
  const forms = one.kind === "transcript" ? FORMS : FORMS.filter((form) => form !== "xlsx");
  return node("details", { class: "take" }, node("summary", {}, text("me.take")),
    node("p", { class: "small" }, text("me.take_lead")), trouble,
    node("ul", { class: "forms" }, ...forms.map(entry)));
}

function consent(me, holding, again) {
  const { needed, given, complete, mine, said: lines } = holding.consent;
  const who = needed.filter((one) => !given.includes(one)).map((one) => text(`me.${one}`).toLowerCase());
  const asked = needed.includes(holding.relation);
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const say = (yes) => async () => {
    const done = await ask("POST", "/api/me/consents", { pupil: holding.pupil, given: yes, wording: me.wording });
    if (!done.trouble) return again(text("me.consent_done"));
    trouble.hidden = false;
    trouble.textContent = done.trouble();
  };
  return node("div", { class: "consent" },
    node("h3", {}, text("me.consent")),
    node("p", { class: "notice", "data-tone": complete ? "valid" : "unknown" },
      complete ? text("me.consent_complete") : text("me.consent_missing", { who: who.join(", ") })),
    node("p", {}, text("me.consent_text")),
    node("p", { class: "small" }, text("me.consent_rule")),
    trouble,
    asked || mine ? named(`consent ${holding.pupil}`,
      button(text(mine ? "me.consent_withdraw" : "me.consent_give"), say(!mine), mine ? "quiet" : null))
      : node("p", { class: "small" }, text("me.consent_not_yours")),
    lines.length ? named(`log ${holding.pupil}`, node("details", {}, node("summary", {}, text("me.consent_log")),
      node("ul", {}, ...lines.map((line) => node("li", {}, text("me.consent_line", {
        at: line.at, who: text(`me.${line.relation}`), wording: line.wording,
        what: text(line.given ? "me.consent_given" : "me.consent_withdrawn"),
      })))))) : null);
}

async function key(holding, again) {
  const standing = holding.key;
  const here = standing && (await kept(holding.pupil))?.thumbprint === standing.thumbprint;
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const fail = (sentence) => {
    trouble.hidden = false;
    trouble.textContent = sentence;
  };
  const bind = async (jwk) => {
    const done = await ask("POST", "/api/me/keys", { pupil: holding.pupil, jwk });
    return done.trouble ? fail(done.trouble()) : again(text("me.consent_done"));
  };
  const make = async () => {
    const jwk = await made(holding.pupil).catch(() => null);
    return jwk ? bind(jwk) : fail(text("me.key_not_here"));
  };
  const end = async () => {
    const done = await ask("DELETE", `/api/me/keys/${standing.id}`);
    if (done.trouble) return fail(done.trouble());
    await forget(holding.pupil);
    return again(text("me.consent_done"));
  };
  return named(`key ${holding.pupil}`, node("details", { class: "key" },
    node("summary", {}, node("h3", {}, text("me.key"))),
    node("p", {}, text("me.key_lead")),
    node("p", {}, standing ? text("me.key_standing", { since: standing.since, thumbprint: standing.thumbprint.slice(0, 16) })
      : text("me.key_none")),
    standing ? node("p", { class: "small" }, text(here ? "me.key_here" : "me.key_elsewhere")) : null,
    trouble,
    node("div", { class: "below" }, named(`change ${holding.pupil}`,
      standing ? button(text("me.key_end"), end, "quiet") : button(text("me.key_make"), make))),
    standing ? null : wallet(holding.pupil, bind, fail)));
}

function wallet(pupil, bind, fail) {
  const id = `jwk-${pupil}`;
  const field = node("textarea", { id, class: "jwk", rows: "4", spellcheck: "false", autocomplete: "off" });
  return named(`wallet ${pupil}`, node("details", {},
    node("summary", {}, text("me.key_wallet")),
    node("label", { for: id }, text("me.key_jwk")), field,
    button(text("me.key_take"), () => {
      const jwk = pasted(field.value);
      return jwk ? bind(jwk) : fail(text("me.key_jwk_wrong"));
    })));
}
