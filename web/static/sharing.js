// The holder's page for sharing in part: which credential, what of it, on which terms, exactly what the other
// will see; then the link. Below, all shares with their logs, and their end.
import { aboutText, ask as verify } from "./asking.js";
import { button, node } from "./nodes.js";
import { ask } from "./sharing/asking.js";
import { bound, demandOf } from "./sharing/binding.js";
import { choosing } from "./sharing/choosing.js";
import { shareCard, titleOf } from "./sharing/listing.js";
import { addressOf, newPin, noteOf, prepared } from "./sharing/making.js";
import { fileOf, mine } from "./sharing/mine.js";
import { presented } from "./sharing/presenting.js";
import { qrCode } from "./sharing/qr.js";
import { newLink } from "./sharing/sealing.js";
import { frame, text } from "./texts.js";
import { announce, find, say, sayAgain, seen, show } from "./views.js";
import { outline, select } from "./verify/selecting.js";

const PIN = /^\d{6,12}$/;
const DAY = 86_400_000; // milliseconds

let held = { credentials: [], headers: {} };
let shares = []; // each with what this device noted of it
let chosen = null; // { credential, file, outline, kept }
let selected = null; // { link, text, count, found, send }: a selection for a link, and its verdict
let made = null; // { link, pin, gated } of the share that is seen
let redraw = () => {};

async function begin() {
  const found = await mine();
  if (found.signedOut) return say("trouble", () => text("sharing.signed_out"));
  if (found.trouble) return say("trouble", found.trouble);
  held = found;
  await list();
  const wanted = held.credentials.find(({ id }) => `#${id}` === location.hash);
  return wanted ? choose(wanted) : start();
}

function start() {
  chosen = selected = made = null;
  redraw = drawStart;
  drawStart();
  show("start");
}

async function list() {
  const { answer, trouble } = await ask("/api/shares");
  say("trouble", trouble ?? null);
  if (!answer) return;
  shares = await Promise.all(answer.shares.map(async (share) => ({ share, note: await noteOf(share) })));
}

function drawStart() {
  find("credentials").replaceChildren(...held.credentials.map((credential) =>
    node("li", {}, button(`${titleOf(credential)}`, () => choose(credential)))));
  find("which").hidden = false;
  find("none").hidden = held.credentials.length > 0;
  find("shares").hidden = shares.length === 0;
  find("share-list").replaceChildren(...shares.map(({ share, note }) => shareCard(share, note,
    held.credentials.find(({ school, seq, index }) =>
      share.school === school && share.seq === seq && share.index === index),
    { withdraw: askWithdrawal, show: (_, { link }) => reveal({ link, pin: null, gated: share.pin }) })));
}

// --- what is shown ---

async function choose(credential) {
  say("trouble", null);
  try {
    const file = await fileOf(credential);
    chosen = { credential, file, outline: await outline(file), kept: new Set() };
  } catch {
    start();
    return say("trouble", () => text("share.lost"));
  }
  redraw = drawChoice;
  drawChoice();
  show("choose");
  return find("choose-title").focus();
}

function drawChoice() {
  find("chosen").textContent = titleOf(chosen.credential);
  find("boxes").replaceChildren(...choosing(chosen.outline, chosen.credential.kind, chosen.kept, counted));
}

function counted() {
  find("count").textContent = text("sharing.count", { count: chosen.kept.size });
  find("to-terms").disabled = chosen.kept.size === 0;
}

// --- on which terms ---

function toTerms() {
  redraw = () => {};
  if (!find("pin").value) find("pin").value = newPin();
  show("terms");
  find("terms-title").focus();
}

function terms() {
  const pin = find("with-pin").checked ? find("pin").value.replace(/\s/g, "") : "";
  return {
    to: find("to").value.trim().normalize("NFC"), days: Number(find("days").value),
    views: Number(find("views").value), pin,
  };
}

function pinShown() {
  find("pin-part").hidden = !find("with-pin").checked;
}

// --- exactly what the other will see ---

async function toPreview() {
  const asked = terms();
  const wrong = asked.pin === "" ? find("with-pin").checked : !PIN.test(asked.pin);
  say("pin-trouble", wrong ? () => text("sharing.pin_shape") : null);
  if (wrong) return find("pin").focus();
  find("preview").replaceChildren(node("p", { class: "busy" }, node("span", { class: "wheel", "aria-hidden": "true" }),
    node("span", {}, text("page.checking"))));
  find("create").disabled = true;
  show("look");
  find("look-title").focus();
  const link = newLink();
  const file = await bound(await select(chosen.file, [...chosen.kept]), chosen.credential.pupil, link);
  const request = { ...aboutText({ send: file, elsewhere: null }), body: await demandOf(file, link) };
  selected = { link, text: file, count: chosen.kept.size, found: await verify(request), send: null };
  redraw = () => drawPreview(asked);
  return redraw();
}

function drawPreview(asked) {
  const { found, count } = selected;
  find("create").disabled = !found.answer;
  if (!found.answer) return find("preview").replaceChildren(node("p", { class: "notice" },
    found.refusal?.() ?? found.failure().join(" ")));
  const seen = { expires: new Date(Date.now() + asked.days * DAY).toISOString(), left: asked.views - 1 };
  const drawn = presented(found, { count, to: asked.to }, seen, null);
  return find("preview").replaceChildren(...drawn);
}

async function create() {
  find("create").disabled = true;
  say("create-trouble", null);
  const asked = terms();
  selected.send ??= await prepared(chosen.credential, selected.link, selected.text, selected.count, asked);
  const { answer, trouble } = await selected.send(held.headers);
  find("create").disabled = false;
  if (!answer) return say("create-trouble", trouble);
  return reveal({ link: selected.link, pin: asked.pin, gated: answer.pin });
}

// --- the link ---

function reveal(shown) {
  made = shown;
  redraw = drawLink;
  drawLink();
  show("made");
  find("made-title").focus();
  announce(text("sharing.made_title"));
}

async function drawLink() {
  const address = addressOf(made.link);
  find("link").value = address;
  find("open").href = address;
  find("made-pin").hidden = !made.pin;
  find("pin-value").textContent = made.pin ?? "";
  find("pin-needed").hidden = !made.gated;
  find("send").hidden = !navigator.share;
  find("copied").textContent = "";
  const code = await qrCode(address, text("sharing.qr"));
  find("code").replaceChildren(...(code ? [code] : []));
}

async function copy() {
  try {
    await navigator.clipboard.writeText(find("link").value);
    find("copied").textContent = text("sharing.copied");
  } catch {
    find("link").select();
    find("copied").textContent = text("sharing.copy_yourself");
  }
}

const send = () => navigator.share({ url: find("link").value, title: text("shared.title") }).catch(() => {});

// --- its end ---

function askWithdrawal(share) {
  find("sure").returnValue = "";
  find("sure").onclose = async () => {
    if (find("sure").returnValue !== "yes") return;
    const { trouble } = await ask("/api/shares/withdraw", { id: share.id }, held.headers);
    await list();
    start();
    if (trouble) say("trouble", trouble);
    else announce(text("sharing.withdrawn"));
    find("shares-title").focus();
  };
  find("sure").showModal();
}

function press(id, act) {
  find(id).addEventListener("click", act);
}

function wire() {
  press("to-terms", toTerms);
  press("back-to-start", start);
  press("back-to-choice", () => {
    redraw = drawChoice;
    drawChoice();
    show("choose");
    find("choose-title").focus();
  });
  press("back-to-terms", toTerms);
  press("another-pin", () => {
    find("pin").value = newPin();
  });
  find("with-pin").addEventListener("change", pinShown);
  find("terms-form").addEventListener("submit", (event) => {
    event.preventDefault();
    toPreview();
  });
  press("create", create);
  press("copy", copy);
  press("send", send);
  press("done", async () => {
    await list();
    start();
    find("title").focus();
  });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden || !seen("start") || held.credentials.length === 0) return;
    await list();
    drawStart();
  });
}

frame(() => {
  sayAgain();
  redraw();
});
wire();
pinShown();
begin();
