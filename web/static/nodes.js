// Building the page's nodes. Data only ever becomes text, never markup.
const SVG = "http://www.w3.org/2000/svg";
const RING = "M12 1.5a10.5 10.5 0 1 1 0 21a10.5 10.5 0 1 1 0-21";
const SIGNS = {
  passed: "M6.8 12.5l3.7 3.7 7-8.200",
  failed: "M8 8l8 8M16 8l-8 8",
  unknown: "M9.2 9.4a2.9 2.9 0 1 1 4.2 2.5c-.9.5-1.4 1.1-1.4 2v.4M12 17.4v.1",
  stopped: "M7 12h10",
  paused: "M9.700 8v8M14.300 8v8",
  waiting: "M12 6.500V12l3.600 2.200",
};

/** An element with attributes (null ones left out) and children, which may be strings or null. */
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The sign of an outcome, for eyes: a ring with a tick, a cross, a question mark, and so on. */
export function sign(outcome) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  for (const path of [RING, SIGNS[outcome]]) {
    const line = document.createElementNS(SVG, "path");
    const style = { d: path, fill: "none", stroke: "currentColor", "stroke-width": "2.2",
                    "stroke-linecap": "round", "stroke-linejoin": "round" };
    for (const [name, value] of Object.entries(style)) line.setAttribute(name, value);
    svg.append(line);
  }
  return node("span", { class: "sign", "aria-hidden": "true" }, svg);
}

/** A button that calls `act`. `kind` is a class of `design.css`. */
export function button(label, act, kind = null) {
  const made = node("button", { type: "button", class: kind }, label);
  made.addEventListener("click", act);
  return made;
}

/** A card with a heading of its own. */
export function card(heading, kind, ...children) {
  return node("section", { class: `card ${kind}`.trim() }, node("h2", {}, heading), ...children);
}
