// The page's sections, of which one is seen at a time, and the places where it says something.
import { site } from "./texts.js";

const SECTIONS = ["start", "camera", "progress", "several", "result", "choose", "terms", "look", "made"];

export const find = (id) => document.getElementById(id);

/** Hosts whose links are this site's own. */
export const ownHosts = () => [location.host.toLowerCase(), site.host].filter(Boolean);

/** Show one section and hide the others. */
export function show(name) {
  for (const one of SECTIONS) find(one)?.toggleAttribute("hidden", one !== name);
}

/** Whether that section is the one seen. */
export const seen = (name) => !find(name).hidden;

/** Have a screen reader say it. */
export function announce(sentence) {
  find("announcement").textContent = sentence;
}

const said = new Map(); // what stands in places for messages, to be said again in another language

/** Show a sentence (a function that makes it) in the element of that id; null hides the element. */
export function say(id, sentence) {
  said.set(id, sentence);
  find(id).hidden = !sentence;
  find(id).textContent = sentence?.() ?? "";
}

export function sayAgain() {
  for (const [id, sentence] of said) say(id, sentence);
}
