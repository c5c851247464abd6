// Who signs: the head in office today, or one of the deputies.
import { text } from "../texts.js";

/** A field of `form` that asks; the head stands first and is taken unless somebody else is chosen. */
export const signing = (signers) => ({
  name: "signer", code: "desk.signer", hint: "desk.signer_hint", type: "select",
  options: signers.length ? signers.map(({ name, title }) => [name, `${name} · ${title}`]) : [["", text("desk.signer_none")]],
  value: signers[0]?.name ?? "",
});
