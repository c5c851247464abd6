// The 16-character look-up code: forgiving typing, and its check character verified before
// anything is sent. The rules are those of `credential/lookup.py`.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32
const LIKE = { O: "0", I: "1", L: "1" };
const SEPARATORS = /[\s\u2013-]/g;
const REDUCE = 0b100101; // x^5 + x^2 + 1

/** Whether a text is meant as a look-up code: 16 letters and digits, however grouped. */
export const looksLikeCode = (typed) => /^[0-9a-z]{16}$/i.test(typed.replace(SEPARATORS, ""));

/** `{ code }` in its one spelling, or `{ fault }` with the code of a sentence. */
export function parse(typed) {
  const letters = [...typed.replace(SEPARATORS, "").toUpperCase()].map((one) => LIKE[one] ?? one);
  const values = letters.map((one) => ALPHABET.indexOf(one));
  if (values.length !== 16 || values.includes(-1)) return { fault: "code.malformed" };
  if (check(values.slice(0, 15)) !== values[15]) return { fault: "code.check" };
  return { code: letters.join("") };
}

/** As printed: groups of four. */
export const grouped = (code) => code.match(/.{1,4}/g)?.join(" ") ?? "";

function check(values) {
  const doubled = (total) => (total << 1) ^ (total & 16 ? REDUCE : 0);
  return doubled(values.reduce((total, value) => doubled(total) ^ value, 0)) & 31;
}
