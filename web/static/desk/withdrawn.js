// What waits for a decision about its status, and papers that were revoked or cancelled: until when
// each is to be given back, and that it was.
import { button, card, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, may } from "./bench.js";
import { pending } from "./credential_acts.js";
import { day } from "./days.js";
import { empty } from "./empty.js";
import { form } from "./form.js";
import { table } from "./table.js";

const find = (id) => document.getElementById(id);
const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
let asked = [];
let papers = [];

async function read(said = "") {
  const [waiting, listed] = await Promise.all([ask("GET", "/api/desk/withdrawals"), ask("GET", "/api/desk/withdrawn")]);
  complain(waiting.trouble ?? listed.trouble ?? null);
  asked = waiting.answer ?? [];
  papers = listed.answer ?? [];
  draw();
  if (said) announce(said);
}

/** A number that is not broken. */
const whole = (said) => node("span", { class: "whole" }, said ?? "–");

function state(one) {
  if (one.returned) return text("lifecycle.returned_on", { on: day(one.returned) });
  return text(one.due < today() ? "lifecycle.late" : "lifecycle.due_by", { due: day(one.due) });
}

function draw() {
  find("waiting").replaceChildren(...(asked.length ? [node("h2", {}, text("lifecycle.waiting"))] : []),
    ...asked.map((one) => pending(one, read, true)));
  if (!papers.length) return find("papers").replaceChildren(empty({ title: "lifecycle.no_papers", lead: "lifecycle.no_papers_lead" }));
  const grid = table({
    caption: "lifecycle.papers",
    columns: [
      { code: "lifecycle.register_no", value: (one) => one.register_no, show: (one) => whole(one.register_no) },
      { code: "lifecycle.serial", value: (one) => one.serial, show: (one) => whole(one.serial) },
      { code: "lifecycle.ground", value: (one) => text(`ground.${one.ground}`) },
      { code: "lifecycle.decision_no", value: (one) => one.decision },
      { code: "lifecycle.decided_on", value: (one) => one.decided_on, show: (one) => day(one.decided_on) },
      { code: "lifecycle.paper", value: (one) => one.due, show: (one) => back(one) },
    ],
    open: (one) => `/desk/credential#${one.school}/${one.type}/${encodeURIComponent(one.register_no)}`,
  });
  find("papers").replaceChildren(node("h2", {}, text("lifecycle.papers")), grid.element);
  grid.draw(papers);
}

function back(one) {
  const made = node("div", {}, node("p", { class: "small" }, state(one)));
  if (one.returned || !may("withdraw")) return made;
  const press = button(text("lifecycle.note_return"), () => {
    press.replaceWith(form({
      fields: [{ name: "on", code: "lifecycle.on_day", value: today(), type: "day" }],
      submit: "lifecycle.note_return", quiet: true,
      send: async ({ on }) => {
        const { school, type, register_no, version } = one;
        const { trouble } = await ask("POST", "/api/desk/withdrawn/returned", { school, type, register_no, version, on: on.trim() });
        if (trouble) return { trouble };
        read(text("lifecycle.return_noted", { register_no }));
        return null;
      },
    }));
  }, "quiet");
  made.append(press);
  return made;
}

enter(() => read(), draw);
