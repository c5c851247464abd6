// One verification from what was handed in to what is seen: progress, then a verdict, or a
// sentence at the place where it was handed in.
import { actions } from "./actions.js";
import { ask } from "./asking.js";
import { text } from "./texts.js";
import { failure, verdict } from "./verdict.js";
import { announce, find, say, sayAgain, show } from "./views.js";

const OTHERS = { // codes of refusals: it is no credential, and this module knows what it is
  "receipt.given": () => import("./judged.js"),
  "transfer.given": () => import("./transferred.js"),
};
let redraw = null; // draws again what is seen, after the language changed
let latest = 0; // only the newest request may draw

/** Draw again in the language now chosen. */
export function drawAgain() {
  sayAgain();
  redraw?.();
}

/** From now on, `draw` is what draws what is seen. */
export function seenIs(draw) {
  redraw = draw;
}

/** Forget everything that was handed in and show the start. */
export function begin() {
  redraw = null;
  latest += 1;
  for (const id of ["file", "code", "number", "born"]) find(id).value = "";
  for (const id of ["trouble", "code-trouble", "number-trouble"]) say(id, null);
  announce("");
  show("start");
  find("title").focus();
}

/**
 * Ask about a request of `asking.js` and show what comes of it. What cannot be read is said in
 * `place`, the id of an element for messages, and `field` gets the focus.
 */
export async function check(request, place = "trouble", field = "title") {
  const mine = (latest += 1);
  find("busy").textContent = text(request.busy);
  announce(text(request.busy));
  show("progress");
  find("busy").focus();
  let found = request.given ? { code: request.given } : await ask(request);
  const other = OTHERS[found.code];
  if (other) found = await (await other()).judge(request);
  if (mine !== latest) return;
  if (found.refusal) refuse(found.refusal, place, field);
  else conclude(request, found, () => check(request, place, field));
}

/** Show what was found; `back`, if given, leads back to a list of verdicts. */
export function conclude(request, found, again, back = null) {
  redraw = () => {
    const row = actions({ request, found, again, begin, check, back });
    find("result").replaceChildren(...drawn(request, found, row));
  };
  redraw();
  show("result");
  window.scrollTo(0, 0);
  find("headline").focus();
  announce(find("headline").textContent);
}

function drawn({ elsewhere }, { answer, at, judgement, failure: said }, row) {
  if (answer) return verdict(answer, at, elsewhere, row);
  return judgement ? judgement(row) : failure(...said(), row);
}

function refuse(sentence, place, field) {
  redraw = null;
  find("file").value = ""; // so that choosing the same file again counts as a choice
  announce("");
  show("start");
  say(place, sentence);
  find(field).focus();
}
