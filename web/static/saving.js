// Handing a file to whoever looks: what a browser keeps where its user says.
import { node } from "./nodes.js";

const HELD = 60_000; // milliseconds that a browser may take to begin writing it

/** Have the browser save a file under that name. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  node("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), HELD);
}
