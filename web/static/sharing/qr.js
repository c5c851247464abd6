// A link as a QR code, drawn here: the server never sees what stands behind `#`.
import { site } from "../texts.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules around it (ISO/IEC 18004)

/** The code as an SVG with that name for screen readers; null where the writer is not at hand. */
export async function qrCode(link, name) {
  if (!site.qr) return null;
  const { generate, correction } = await import("../vendor/lean_qr.js");
  const code = generate(link, { minCorrectionLevel: correction.M });
  const side = code.size + 2 * QUIET;
  const svg = made("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": name, class: "qr" });
  svg.append(made("rect", { class: "ground", width: side, height: side }),
    made("path", { class: "dark", d: modules(code) }));
  return svg;
}

function modules(code) {
  let path = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }
  }
  return path;
}

function made(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
