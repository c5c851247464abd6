// The check page: five ways in, one verdict each. Nothing scanned is ever opened, and a token is
// only ever sent in the body of a request to this site.
import { aboutNumber, aboutText } from "./asking.js";
import { begin, check, drawAgain } from "./flow.js";
import { takeFiles } from "./files.js";
import { grouped, looksLikeCode, parse } from "./lookup.js";
import { sign } from "./nodes.js";
import { startScan, stopScan } from "./scanning.js";
import { frame, site, text } from "./texts.js";
import { isoDate } from "./times.js";
import { understand } from "./token.js";
import { find, ownHosts, say, seen } from "./views.js";

/** A text that was typed or pasted; what is not ours is sent nowhere. */
function checkTyped(typed) {
  const token = understand(typed, ownHosts());
  if (token?.send) {
    say("code-trouble", null);
    return check(aboutText(token), "code-trouble", "code");
  }
  const fault = token?.fault ?? (typed.trim() ? "page.not_ours" : "page.code_empty");
  say("code-trouble", () => text(fault));
  return find("code").focus();
}

/** A finished look-up code is written as it is printed; a mistyped one is named at once. */
function tidyCode() {
  const typed = find("code").value;
  if (!looksLikeCode(typed)) return;
  const { code, fault } = parse(typed);
  say("code-trouble", fault ? () => text(fault) : null);
  if (code) find("code").value = grouped(code);
}

function checkNumber() {
  const number = find("number").value.trim().replace(/\s+/g, " ");
  const born = isoDate(find("born").value);
  const fault = !number ? "page.number_empty" : born ? null : "page.born_wrong";
  say("number-trouble", fault && (() => text(fault)));
  if (!number) return find("number").focus();
  if (!born) return find("born").focus();
  return check(aboutNumber(number, born), "number-trouble", "number");
}

/** A token in the address bar, as following a printed link leaves it: take it, and clear it. */
function takeFromAddress() {
  const digits = location.hash.slice(1);
  if (!/^[0-9]+$/.test(digits)) return;
  history.replaceState(null, "", location.pathname + location.search);
  stopScan();
  check(aboutText({ send: digits, elsewhere: null }));
}

function paste(event) {
  if (!seen("start") && !seen("several")) return;
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length) {
    event.preventDefault();
    return takeFiles(files);
  }
  if (event.target instanceof HTMLInputElement || !seen("start")) return;
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  if (!pasted.trim()) return;
  event.preventDefault();
  checkTyped(pasted);
}

function wireDropping() {
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    window.addEventListener(name, (event) => {
      event.preventDefault(); // or the browser would open what is dropped
      find("drop").classList.toggle("over", over);
    });
  }
  window.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length && (seen("start") || seen("several"))) takeFiles(files);
  });
}

function submit(id, act) {
  find(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

function wire() {
  find("scan").addEventListener("click", startScan);
  find("file").addEventListener("change", ({ target }) => {
    if (target.files.length) takeFiles([...target.files]);
  });
  submit("form", () => checkTyped(find("code").value));
  submit("number-form", checkNumber);
  find("code").addEventListener("input", tidyCode);
  window.addEventListener("paste", paste);
  wireDropping();
  window.addEventListener("hashchange", takeFromAddress);
  window.addEventListener("pagehide", stopScan);
  find("stop").addEventListener("click", () => {
    stopScan();
    begin();
  });
}

frame(drawAgain);
for (const place of document.querySelectorAll("[data-sign]")) place.append(sign(place.dataset.sign));
find("scan-server").hidden = site.scanner === "local";
find("by-number").hidden = !site.by_number;
wire();
takeFromAddress();
