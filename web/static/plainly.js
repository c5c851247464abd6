// Text from a document or a code, as a person may safely see it: whatever a forger wrote.
const LONGEST = 400; // characters of a value; a name on a diploma has at most some 60
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu; // would turn, hide or break what stands beside
const STACKED = /(\p{M}{3})\p{M}+/gu; // three marks on one letter are more than any name has

/** The text, cut where it is endless, with its invisible characters shown by number. */
export function plainly(value) {
  const cut = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return cut
    .replace(HIDDEN, (one) => `[U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(STACKED, "$1…");
}
