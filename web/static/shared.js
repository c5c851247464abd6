// The recipient's page: id and key out of the link's fragment, a press of a button, what was shared, its
// verdict. The key stays in this page; the server is asked with what is made of it.
import { actions } from "./actions.js";
import { aboutText, ask as verify } from "./asking.js";
import { button, node, sign } from "./nodes.js";
import { ask } from "./sharing/asking.js";
import { demandOf } from "./sharing/binding.js";
import { presented } from "./sharing/presenting.js";
import { capabilityOf, linkOf, newOpening, proofOf, secretOf, unseal } from "./sharing/sealing.js";
import { fromBase64url, toBase64url } from "./verify/bytes.js";
import { frame, text } from "./texts.js";
import { localTime } from "./times.js";
import { failure } from "./verdict.js";
import { announce, find, show } from "./views.js";
import { outline } from "./verify/selecting.js";

const PIN = /^\d{6,12}$/;
let link = null; // id and key
let opening = null; // the name of this opening, the same until it succeeds
let standing = null; // what the server says of the share before it is opened
let redraw = () => {};

/** The link in the address bar: taken, and cleared, so that no history keeps the key. */
function takeFromAddress() {
  const fragment = location.hash.slice(1);
  if (!fragment) return link === null && say("shared.empty_title", () => text("shared.empty"));
  history.replaceState(null, "", location.pathname);
  link = linkOf(fragment);
  opening = newOpening();
  return link ? askStanding() : say("shared.damaged_title", () => text("shared.damaged"));
}

const opener = async () => ({ id: toBase64url(link.id), capability: toBase64url(await capabilityOf(link)) });

async function askStanding() {
  wait("shared.asking");
  const { answer, code, trouble } = await ask("/api/shared", await opener());
  if (!answer) return refuse(code, trouble);
  standing = answer;
  return offer(null);
}

/** What stands here can be opened, at the price of one opening. */
function offer(fault) {
  draw(() => [
    node("h1", { id: "title", tabindex: "-1" }, text("shared.title")),
    node("p", { class: "lead" }, text("shared.lead")),
    form(fault),
  ]);
  find(fault && standing.pin ? "pin" : "title").focus();
}

function form(fault) {
  const made = node("form", { class: "card first fields", novalidate: "" },
    node("dl", { class: "facts" },
      fact("share.until", localTime(new Date(standing.expires))),
      fact("share.left", text("share.openings", { count: standing.left }))),
    ...(standing.pin ? pinField() : []),
    node("p", { class: "fault", id: "trouble", role: "alert", hidden: fault ? null : "" }, fault ? fault() : ""),
    node("button", { type: "submit", class: "main" }, text("shared.open")),
    node("p", { class: "small" }, text("shared.logged")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    open(find("pin")?.value.replace(/\s/g, "") ?? "");
  });
  return made;
}

const fact = (code, value) => node("div", {}, node("dt", {}, text(code)), node("dd", {}, value));

const pinField = () => [
  node("label", { for: "pin" }, text("share.pin")),
  node("input", { id: "pin", name: "pin", type: "text", inputmode: "numeric", autocomplete: "off",
                  maxlength: "16", "aria-describedby": "pin-hint trouble" }),
  node("p", { class: "small", id: "pin-hint" }, text("shared.pin_hint")),
];

async function open(pin) {
  if (standing.pin && !PIN.test(pin)) return offer(() => text("shared.pin_shape"));
  wait("shared.opening");
  const secret = await secretOf(link, pin);
  const proof = standing.pin ? { proof: toBase64url(await proofOf(link, secret)) } : {};
  const { answer, code, trouble } = await ask("/api/shared/open",
    { ...(await opener()), opening: toBase64url(opening), ...proof });
  if (!answer) return refuse(code, trouble, () => open(pin));
  opening = newOpening();
  standing = answer;
  return reveal(await unsealed(secret, answer.content));
}

async function unsealed(secret, content) {
  try {
    const { shown, to } = await unseal(link, secret, fromBase64url(content));
    const [sdJwt] = shown;
    const { fields, groups } = await outline(sdJwt);
    const count = groups.reduce((sum, { rows }) => sum + rows.length, fields.length);
    return { text: sdJwt, count, to: typeof to === "string" ? to : "" };
  } catch {
    return null;
  }
}

/** What was shared goes through the same steps as anything handed in on the check page. */
async function reveal(shared) {
  if (!shared) return say("shared.damaged_title", () => text("shared.unreadable"));
  const request = aboutText({ send: shared.text, elsewhere: null });
  const demanding = { ...request, body: await demandOf(shared.text, link) };
  const again = async () => {
    wait("page.checking");
    conclude(await verify(demanding));
  };
  const begin = () => location.assign("/");
  const conclude = (found) => {
    const drawn = () => {
      const row = actions({ request, found, again, begin, check: again, back: null });
      if (found.answer) return presented(found, shared, standing, row);
      if (found.failure) return failure(...found.failure(), row);
      return failure(text("shared.damaged_title"), found.refusal(), row);
    };
    redraw = () => find("result").replaceChildren(...drawn());
    redraw();
    show("result");
    window.scrollTo(0, 0);
    find("headline").focus();
    announce(find("headline").textContent);
  };
  return again();
}

/** Why it cannot be opened: to be mended here, to be tried again, or for good. */
function refuse(code, trouble, again = askStanding) {
  if (["share.pin_wrong", "share.pin_needed"].includes(code)) return offer(trouble);
  if (code === "lost" || code === "store.silent") return say("shared.lost_title", trouble, again);
  return say(code.startsWith("share.") ? "shared.ended_title" : "shared.lost_title", trouble,
    code.startsWith("share.") ? null : again);
}

/** One sentence, which says nothing about any diploma, in the colour of what is not known. */
function say(title, sentence, again = null) {
  draw(() => [
    node("div", { class: "conclusion" },
      node("div", { class: "verdict", "data-verdict": "UNDETERMINED" }, sign("unknown"),
        node("h1", { id: "title", tabindex: "-1" }, text(title))),
      node("section", { class: "card action" }, node("p", {}, sentence()))),
    node("div", { class: "below" },
      again ? button(text("page.retry"), again, "main") : null,
      node("a", { class: "button", href: "/" }, text("shared.elsewhere"))),
  ]);
  find("title").focus();
  announce(sentence());
}

function draw(make) {
  redraw = () => {
    const typed = find("pin")?.value;
    find("start").replaceChildren(...make());
    if (typed && find("pin")) find("pin").value = typed;
  };
  redraw();
  show("start");
}

function wait(code) {
  redraw = () => {
    find("busy").textContent = text(code);
  };
  redraw();
  show("progress");
  announce(text(code));
}

frame(() => redraw());
window.addEventListener("hashchange", takeFromAddress);
takeFromAddress();
