// What may be signed: text as papers print it, dates that exist. As `credential/text.py`, `dates.py`.
import { FormatError } from "./bytes.js";

const PRINTABLE = /^[ -\u024f\u1e00-\u1eff\u2010-\u2027\u2030-\u2037]*$/;
const REFUSED = /[\p{C}\u019b]|(?! )\p{Z}/u; // invisible, or without a glyph in the papers' faces

/** Refuses text that must not be signed: FormatError. */
export function checkText(text, limit = 200) {
  const good = text !== "" && [...text].length <= limit && text === text.normalize("NFC")
    && PRINTABLE.test(text) && !REFUSED.test(text) && !/^ | $| {2}/.test(text);
  if (!good) throw new FormatError("text");
}

/** A date whose day and month may be unknown (null), from yyyymmdd. Throws FormatError. */
export function dateOfNumber(number) {
  const [year, month, day] = [number / 10000n, (number / 100n) % 100n, number % 100n].map(Number);
  if (number < 0n || year < 1900 || year > 2199 || (day && !month)) throw new FormatError("date.invalid");
  return existing(year, month || null, day || null);
}

/** The same from ISO 8601: 2008, 2008-02 or 2008-02-07. Throws FormatError. */
export function dateOfIso(text) {
  const parts = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(text);
  if (!parts) throw new FormatError("date.invalid");
  const [year, month, day] = parts.slice(1).map((part) => (part === undefined ? null : Number(part)));
  if (year < 1900 || year > 2199 || month === 0 || day === 0) throw new FormatError("date.invalid");
  return existing(year, month, day);
}

/** A whole date of any year from 1 on, from 2008-02-07. Throws FormatError. */
export function wholeDate(text) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.includes(0)) throw new FormatError("date.invalid");
  return existing(...parts);
}

function existing(year, month, day) {
  const made = new Date(0);
  made.setUTCFullYear(year, (month ?? 1) - 1, day ?? 1);
  const same = made.getUTCFullYear() === year && made.getUTCMonth() === (month ?? 1) - 1
    && made.getUTCDate() === (day ?? 1);
  if (!same) throw new FormatError("date.invalid");
  return { year, month, day };
}

/** As Vietnamese papers write it: 07/02/2008, 02/2008 or 2008. */
export function printed({ year, month, day }) {
  const two = (number) => String(number).padStart(2, "0");
  return [...(day ? [two(day)] : []), ...(month ? [two(month)] : []), String(year)].join("/");
}
