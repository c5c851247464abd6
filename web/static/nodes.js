// Building the page's nodes. Data only ever becomes text, never markup.
const SVG = "http://www.w3.org/2000/svg";
const SIGNS = {
  passed: "M6 12.5l4 4 8-9",
  failed: "M7 7l10 10M17 7L7 17",
  unknown: "M9.2 9.4a2.9 2.9 0 1 1 4.2 2.5c-.9.5-1.4 1.1-1.4 2v.4M12 17.4v.1",
};

/** An element with attributes (null ones left out) and children, which may be strings. */
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The sign of an outcome: a ring with a tick, a cross or a question mark. */
export function sign(outcome) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  for (const path of ["M12 1.5a10.5 10.5 0 1 1 0 21a10.5 10.5 0 1 1 0-21", SIGNS[outcome]]) {
    const line = document.createElementNS(SVG, "path");
    const style = { d: path, fill: "none", stroke: "currentColor", "stroke-width": "2.2",
                    "stroke-linecap": "round", "stroke-linejoin": "round" };
    for (const [name, value] of Object.entries(style)) line.setAttribute(name, value);
    svg.append(line);
  }
  return node("span", { class: "sign", "aria-hidden": "true" }, svg);
}
