// The holder's shares: to whom, how they stand, when they were opened, and their end.
import { button, node, sign } from "../nodes.js";
import { plainly } from "../plainly.js";
import { said, text } from "../texts.js";
import { localTime } from "../times.js";

const SIGNS = { open: "passed", expired: "waiting", used_up: "waiting", withdrawn: "stopped", locked: "paused" };

/**
 * A share as a card. `note` is what this device knows of it (null: nothing), `credential` what was
 * shared (undefined if it is not held any more), `act` has `withdraw` and `show`.
 */
export function shareCard(share, note, credential, act) {
  const open = share.standing === "open";
  return node("li", { class: "card share", "data-standing": share.standing },
    node("h3", {}, note ? note.to ? plainly(note.to) : text("sharing.nobody") : text("sharing.elsewhere")),
    node("p", {}, titleOf(credential), note ? ` · ${text("sharing.things", { count: note.count })}` : ""),
    node("p", { class: "standing" }, sign(SIGNS[share.standing]), node("strong", {}, text(`sharing.is_${share.standing}`))),
    node("dl", { class: "facts" }, ...facts(share).map(([code, value]) =>
      node("div", {}, node("dt", {}, text(code)), node("dd", {}, value)))),
    log(share),
    open ? node("div", { class: "below" },
      button(text("sharing.withdraw"), () => act.withdraw(share)),
      note ? button(text("sharing.show"), () => act.show(share, note), "quiet") : null) : null);
}

export const titleOf = (credential) => (credential
  ? [said(credential.kind_name), credential.school_year ?? credential.year, credential.school_name].join(" · ")
  : text("sharing.not_held"));

const time = (iso) => localTime(new Date(iso));

function facts(share) {
  return [
    ["sharing.made", `${time(share.created)}${share.own ? "" : ` · ${text("sharing.by_other")}`}`],
    [share.standing === "open" ? "share.until" : "sharing.ended", time(share.ended)],
    ["sharing.opened", text("sharing.opened_of", { count: share.openings.length, views: share.views })],
    ["share.pin", text(share.pin ? "sharing.with_pin" : "sharing.without_pin")],
    ...(share.wrong_pins ? [["sharing.wrong_pins", String(share.wrong_pins)]] : []),
  ];
}

function log(share) {
  if (share.openings.length === 0) return null;
  return node("details", {}, node("summary", {}, text("sharing.log")),
    node("ol", { class: "log" }, ...share.openings.map((at) => node("li", {}, time(at)))));
}
