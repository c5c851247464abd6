// Files that were chosen, dropped or pasted: one gives a verdict, several a list of verdicts.
import { aboutFile } from "./asking.js";
import { check } from "./flow.js";
import { text } from "./texts.js";
import { find, say, show } from "./views.js";

const LIMIT = 10_000_000; // bytes of a file
const MOST = 50; // files at once
const TYPES = ["application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain",
               "application/json"]; // a receipt, a transfer bundle
const LONGEST_RECEIPT = 65_536; // bytes; longer JSON can only be a transfer bundle
const ENDINGS = [[/\.pdf$/i, "application/pdf"], [/\.(sdjwt|txt)$/i, "text/plain"],
                 [/\.json$/i, "application/json"]];

/** Check files, however they came. */
export function takeFiles(files) {
  say("trouble", null);
  const refuse = (code, params) => {
    show("start");
    find("file").value = "";
    say("trouble", () => text(code, params));
  };
  if (files.length > MOST) return refuse("page.several_too_many", { limit: MOST });
  if (files.length > 1) {
    return import("./several.js").then(({ several }) => several(files.map(request)));
  }
  const { fault, about } = request(files[0]);
  return fault ? refuse(fault) : check(about);
}

/** What to ask about a file, or the code of what is wrong with it. */
function request(file) {
  const type = file.type || ENDINGS.find(([ending]) => ending.test(file.name))?.[1];
  const fault = !TYPES.includes(type) ? "page.file_type"
    : file.size > LIMIT ? "page.file_too_large" : null;
  const given = type === "application/json" && file.size > LONGEST_RECEIPT ? "transfer.given" : null;
  return { name: file.name, fault, about: fault ? null : { ...aboutFile(file, type), given } };
}
