// Before grave acts: a dialog in which whoever is signed in shows again who they are.
import { button, node } from "../nodes.js";
import { text } from "../texts.js";

const KINDS = {
  code: { inputmode: "numeric", autocomplete: "one-time-code", type: "text" },
  password: { autocomplete: "current-password", type: "password" },
};

/**
 * Ask for a code or the password until it is right; false when they give up.
 * @param send called with what was given, answers as `ask` does.
 */
export function proven(kind, send) {
  return new Promise((resolve) => {
    const input = node("input", { id: "proof", name: kind, maxlength: "256", "aria-describedby": "proof-trouble",
                                  autocapitalize: "none", spellcheck: "false", ...KINDS[kind] });
    const trouble = node("p", { class: "fault", id: "proof-trouble", role: "alert", hidden: "" });
    const form = node("form", { class: "fields", novalidate: "" },
      node("h2", { id: "proof-title" }, text("staff.proof")),
      node("p", {}, text("staff.proof_why")),
      node("label", { for: "proof" }, text(`staff.${kind}`)), input, trouble,
      node("div", { class: "below" },
        node("button", { type: "submit", class: "main" }, text("staff.go_on")),
        button(text("staff.cancel"), () => dialog.close(), "quiet")));
    const dialog = node("dialog", { class: "card", "aria-labelledby": "proof-title" }, form);
    let right = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const found = await send({ [kind]: input.value });
      right = !found.trouble;
      if (right) return dialog.close();
      trouble.hidden = false;
      trouble.textContent = found.trouble();
      input.focus();
      return input.select();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(right);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
