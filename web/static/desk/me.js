// One's own account: what has to be set up first, the password, the second factor, where one is
// signed in.
import { button, node } from "../nodes.js";
import { qrCode } from "../sharing/qr.js";
import { site, text } from "../texts.js";
import { announce, ask, complain, enter, refresh, session } from "./bench.js";
import { onSubmit } from "./forms.js";

const find = (id) => document.getElementById(id);
let own = null; // what the site tells of the account
let offer = null; // a secret that is being set up
let codes = []; // recovery codes, until they are written down

async function read() {
  const { answer, trouble } = await ask("GET", "/api/desk/me");
  complain(trouble ?? null);
  own = answer ?? own;
  draw();
}

function draw() {
  if (!own) return;
  const missing = session?.missing;
  find("missing").hidden = !missing;
  find("missing").textContent = missing ? text(missing) : "";
  find("factor-card").hidden = missing === "staff.own_password"; // one thing after the other
  find("provider-card").hidden = Boolean(missing) || !session?.provider;
  find("login").value = own.login;
  find("factor-state").textContent = own.has_factor ? text("staff.factor_there", { left: own.recovery }) : text("staff.factor_none");
  find("set-up").textContent = text(own.has_factor ? "staff.factor_again" : "staff.factor_begin");
  find("set-up").className = own.has_factor ? "quiet" : "main";
  find("factor-begin").hidden = Boolean(offer) || codes.length > 0;
  find("enrolling").hidden = !offer;
  find("recovery").hidden = !codes.length;
  find("codes").replaceChildren(...codes.map((one) => node("li", {}, node("code", {}, one))));
  find("devices").replaceChildren(...own.sessions.map(device));
}

function device(one) {
  const label = one.device || text("staff.device_unknown");
  const where = node("div", {},
    node("strong", {}, one.here ? `${label} (${text("staff.device_here")})` : label),
    node("div", { class: "small" }, text("staff.device_line", one)));
  const end = async () => {
    const done = await ask("DELETE", `/api/desk/me/sessions/${one.id}`);
    complain(done.trouble ?? null);
    await read();
    find("devices-title").focus();
  };
  return node("li", {}, where, one.here ? "" : button(text("staff.device_end"), end, "quiet"));
}

async function link() {
  const { answer, trouble } = await ask("POST", "/api/desk/me/provider");
  complain(trouble ?? null);
  if (answer) location.assign(answer.location);
}

async function setUp() {
  const { answer, trouble } = await ask("POST", "/api/desk/me/factor");
  complain(trouble ?? null);
  if (!answer) return;
  offer = answer;
  find("secret").textContent = offer.secret.match(/.{1,4}/g).join(" ");
  find("uri").href = offer.uri;
  find("qr").replaceChildren(await qrCode(offer.uri, text("staff.factor_qr")) ?? "");
  draw();
  find("code").focus();
}

async function enrolled(answer) {
  codes = answer.codes;
  offer = null;
  await refresh();
  await read();
  announce(text("staff.factor_done"));
  find("recovery-title").focus();
}

/** What was missing is there: on to the work. */
function written() {
  codes = [];
  draw();
  if (!session?.missing && arrived) location.replace(site.desk.queue);
}

let arrived = false; // whether they came here because something was missing

enter(async () => {
  arrived = Boolean(session.missing);
  find("set-up").addEventListener("click", setUp);
  find("link").addEventListener("click", link);
  find("written").addEventListener("click", written);
  find("print").addEventListener("click", () => window.print());
  find("everywhere").addEventListener("click", async () => {
    await ask("DELETE", "/api/desk/me/sessions");
    location.replace(site.desk.sign_in);
  });
  onSubmit("password-form", (given) => ["PUT", "/api/desk/me/password", Object.fromEntries(given)], async () => {
    await refresh();
    await read();
    announce(text("staff.saved"));
    if (arrived && !session.missing) location.replace(site.desk.queue);
    else if (session.missing) find("factor-title").focus();
  });
  onSubmit("enrol", (given) => ["PUT", "/api/desk/me/factor", { sealed: offer.sealed, code: given.get("code") }], enrolled);
  await read();
  const ended = /^#((?:staff|provider)\.[a-z_]+)$/.exec(location.hash)?.[1]; // of a way to the provider
  if (ended) complain(() => text(ended));
}, draw);
