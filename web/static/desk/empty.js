// What stands where there is nothing yet: what it is for, what to do first, a sample to try it with.
import { node } from "../nodes.js";
import { text } from "../texts.js";

/**
 * @param title, lead codes of sentences
 * @param action `{ href, code }` of what to do first
 * @param samples each `{ href, code }` of a file to download
 */
export function empty({ title, lead, action = null, samples = [] }) {
  return node("section", { class: "card nothing" },
    node("h2", {}, text(title)), node("p", {}, text(lead)),
    action ? node("a", { class: "button", href: action.href }, text(action.code)) : null,
    samples.length ? node("ul", { class: "plain" }, ...samples.map(({ href, code }) =>
      node("li", {}, taken(href, code)))) : null);
}

/** A link by which the sample of that name is taken. */
export const sampleLink = (name, code) => taken(`/api/desk/samples/${name}`, code);

function taken(href, code) {
  return node("a", { href, download: "" }, text(code));
}
