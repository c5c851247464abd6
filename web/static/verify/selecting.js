// Selections (`credential/selecting.py`): what of an SD-JWT may be shown, and the SD-JWT that shows it.
import { FormatError } from "./bytes.js";
import { isGroup, parse, pathOf } from "./sdjwt.js";
import { COUNTS, OUTCOME } from "./shape.js";

const COUNTS_PATH = `${OUTCOME}/${COUNTS}`;

/**
 * What may be chosen, in the order of the file: `{fields: [{path, name, value}], groups: [{path, name,
 * rows: [{path, name, value}]}]}`; a result's `name` is its subject's code. Throws FormatError `sdjwt.*`.
 */
export async function outline(text) {
  const chosen = choices(await parse(text));
  const row = (each) => ({ path: pathOf(each), name: each.name, value: each.value });
  return {
    fields: chosen.filter((each) => each.group === "" && !isGroup(each)).map(row),
    groups: chosen.filter(isGroup).map(({ name }) => (
      { path: name, name, rows: chosen.filter(({ group }) => group === name).map(row) })),
  };
}

/**
 * The SD-JWT that shows what `keep` names by path: each row with its group, each group with its rows.
 * Without key binding. Throws FormatError `sdjwt.*` and `selection.unknown`.
 */
export async function select(text, keep) {
  const found = await parse(text);
  const chosen = choices(found);
  const known = chosen.map(pathOf);
  const wanted = new Set(keep);
  const unknown = [...wanted].filter((path) => !known.includes(path)).sort();
  if (unknown.length) {
    throw new FormatError("selection.unknown", { found: unknown.join(", "), expected: known.join(", ") });
  }
  const kept = new Set();
  for (const each of chosen) {
    if (!wanted.has(pathOf(each)) && !(each.group && wanted.has(each.group))) continue;
    kept.add(pathOf(each));
    if (each.group) kept.add(each.group);
  }
  if (kept.size === chosen.length) kept.add(COUNTS_PATH);
  const texts = found.shown.filter((each) => each.group !== null && kept.has(pathOf(each)));
  return [found.jwt, ...texts.map((each) => each.text), ""].join("~");
}

/** How many rows there are is no choice: it is shown with all the rest, or not at all. */
const choices = (found) => found.shown.filter((each) => each.group !== null && pathOf(each) !== COUNTS_PATH);
