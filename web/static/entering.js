// The entrance of the holder's page: signing in, claiming, and going to a provider and back.
import { ask } from "./account.js";
import { text } from "./texts.js";

const find = (id) => document.getElementById(id);
let claim = null; // `claimOf` what was right, until it is used up
let shown = null; // whose they are
let lost = false; // whether an answer to making an account was
const troubles = new Map(); // what each form complains about, as a function

/** Whose records were claimed and what is wrong, in the language chosen. */
export function drawEntrance() {
  find("whose").textContent = shown ? text(`me.claimed_${shown.relation}`, { name: shown.pupil_name }) : "";
  for (const [id, trouble] of troubles) find(id).textContent = trouble();
}

/** Say below a form what is wrong with it; null takes it back. */
export function complain(id, trouble) {
  if (trouble) troubles.set(id, trouble);
  else troubles.delete(id);
  find(id).hidden = !trouble;
  find(id).textContent = trouble ? trouble() : "";
}

/** A claim as the site takes it: twelve digits are a personal number, anything else a birth date. */
export function claimOf({ code, known }) {
  const digits = known.replace(/\s/g, "");
  return /^\d{12}$/.test(digits) ? { code, personal_no: digits } : { code, born: known.trim() };
}

/** Send a form once: `act` gets what was filled in and returns what `ask` does. */
export function onSubmit(id, place, act, done) {
  find(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? find(id).querySelector("[type=submit]");
    complain(place, null);
    button.disabled = true;
    const given = Object.fromEntries(new FormData(find(id)));
    const { answer, trouble } = await act(given);
    button.disabled = false;
    if (trouble) {
      complain(place, trouble);
      find(id).querySelector("input").focus();
      return;
    }
    find(id).reset();
    done(answer);
  });
}

/** Leave for the provider; a claim that was right goes along. */
export async function leave(place) {
  const { answer, trouble } = await ask("POST", "/api/me/provider", claim ?? {});
  if (trouble) complain(place, trouble);
  else location.assign(answer.location);
}

/** Make the account. Where the answer to a first try was lost, it is there: then sign in to it. */
async function made(given) {
  const answer = await ask("POST", "/api/me/account", { ...claim, ...given });
  if (answer.code === "lost") lost = true;
  if (answer.code !== "claim_code.unknown" || !lost) return answer;
  const again = await ask("POST", "/api/me/session", given);
  return again.trouble ? answer : again;
}

/** `entered` is called when somebody is signed in, `show` with the section to be seen. */
export function wireEntrance(entered, show) {
  onSubmit("sign-in", "sign-in-trouble", (given) => ask("POST", "/api/me/session", given), entered);
  onSubmit("claim", "claim-trouble", (given) => {
    claim = claimOf(given);
    return ask("POST", "/api/me/claim", claim);
  }, (answer) => {
    shown = answer;
    drawEntrance();
    show("claimed");
  });
  onSubmit("account", "account-trouble", made, () => {
    claim = shown = null;
    entered();
  });
  find("start-over").addEventListener("click", () => {
    claim = shown = null;
    show("entrance");
  });
  find("with-provider").addEventListener("click", () => {
    claim = null;
    leave("sign-in-trouble");
  });
  find("claim-with-provider").addEventListener("click", () => leave("account-trouble"));
  for (const tick of document.querySelectorAll("[data-shows]")) {
    tick.addEventListener("change", () => {
      find(tick.dataset.shows).type = tick.checked ? "text" : "password";
    });
  }
}
