// The boxes of a calculator: each has data-at, the member of the request that it is, and perhaps
// data-key, under which it is remembered while members change places. They stand in rows (data-row)
// of a grid (data-grid), so that a row or a table copied from a spreadsheet can be pasted.

const BOXES = "input, select";
const RATED = { "đ": "Đ", "đạt": "Đ", "cđ": "CĐ", "chưa đạt": "CĐ" };

const keyOf = (box) => box.dataset.key ?? box.dataset.at;

/** What was typed under an element, by key. */
export function typed(under) {
  return Object.fromEntries([...under.querySelectorAll(BOXES)].map((box) => [keyOf(box), box.value]));
}

/** The reverse: boxes get what was typed before, where they can hold it. */
export function fill(under, kept) {
  for (const box of under.querySelectorAll(BOXES)) {
    const value = kept[keyOf(box)];
    if (value !== undefined) put(box, value);
  }
}

/**
 * Spread what was copied from a spreadsheet over the boxes from the one where it is pasted; a row
 * that begins with a word goes to the row of that name (`named` finds or makes it: its boxes). Null
 * where it is a single value, which the browser pastes by itself; else how many boxes were filled
 * and what had no place.
 */
export function paste(box, given, named) {
  const rows = table(given);
  if (!box.dataset.at || (rows.length === 1 && rows[0].length === 1)) return null;
  const grid = [...box.closest("[data-grid]").querySelectorAll("[data-row]")].map(boxesOf);
  const top = grid.findIndex((row) => row.includes(box));
  const left = Math.max(grid[top].indexOf(box), 0);
  const done = { count: 0, left: [] };
  rows.forEach((cells, place) => {
    const name = isName(cells[0]) ? cells[0] : null;
    const places = name === null ? grid[top + place]?.slice(left) : named(name);
    const values = name === null ? cells : cells.slice(1);
    if (!places && !values.some(isValue)) return; // a heading
    values.forEach((value, at) => {
      if (!value) return;
      if (places?.[at] && put(places[at], value)) done.count += 1;
      else done.left.push(value);
    });
  });
  return done;
}

/** The boxes of a row in which marks stand. */
export const boxesOf = (row) => [...row.querySelectorAll(BOXES)].filter((box) => !("name" in box.dataset));

function table(given) {
  return given.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => {
    const cells = /[\t;]/.test(line) ? line.split(/[\t;]/) : spaced(line);
    return cells.map((cell) => cell.normalize("NFC").trim());
  });
}

/** Marks with spaces between; a line that begins with a word is one cell of a column of names. */
function spaced(line) {
  const cells = line.trim().split(/\s+/);
  return cells.every(isValue) ? cells : [line];
}

const isValue = (cell) => /^\d{1,2}([.,]\d*)?$/.test(cell) || cell.toLowerCase() in RATED;
const isName = (cell) => /\p{L}/u.test(cell) && !isValue(cell);

function put(box, value) {
  const chosen = RATED[value.toLowerCase()];
  if (box.tagName === "SELECT" && chosen && [...box.options].some((one) => one.value === chosen)) {
    box.value = chosen;
    return true;
  }
  if (box.tagName === "SELECT" && ![...box.options].some((one) => one.value === value)) return false;
  box.value = value;
  return true;
}
