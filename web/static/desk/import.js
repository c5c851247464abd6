// Bringing in a file: it is looked at, mended and brought again as often as needed, and then kept, or
// handed in as an order. The file stays in the browser; the server has what was read, for a day.
import { card, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, may } from "./bench.js";
import { empty } from "./empty.js";
import { columns } from "./import_columns.js";
import { differences } from "./import_rows.js";
import { ordering } from "./import_order.js";

const LIMIT = 10_000_000; // bytes of a file
const PURPOSES = ["pupils", "thpt-diploma", "transcript", "transfer-record"];
const SAMPLES = { // what can be brought for each purpose
  pupils: [["danh-sach-hoc-sinh", "sample_list"], ["danh-sach-co-loi", "sample_faulty"],
    ["danh-sach-lop-12", "sample_class"], ["c1-hocsinh", "sample_c1_pupils"]],
  "thpt-diploma": [["danh-sach-lop-12", "sample_class"]],
  transcript: [["bang-tong-ket-lop-12", "sample_results"], ["bang-tong-ket-lop-9", "sample_lower"],
    ["c1-ketqua", "sample_c1_results"], ["so-diem-lop-12", "sample_books"]],
  "transfer-record": [["bang-tong-ket-hoc-ky-1", "sample_half"], ["bang-tong-ket-lop-12", "sample_results"],
    ["c1-ketqua-hoc-ky-1", "sample_c1_half"]],
};
const NEW_YEAR = 8; // month (from 0) in which a school year begins
const find = (id) => document.getElementById(id);
let file = null; // { name, blob }: as it was when it was chosen
let seen = null; // what the server found in it
let asked = { purpose: "pupils", layout: "", columns: {} };

const thisYear = () => {
  const today = new Date();
  return today.getFullYear() + (today.getMonth() >= NEW_YEAR ? 1 : 0);
};

/** The address for a file, with what a person said of it. */
const address = (rest = "") => `/api/desk/imports${rest}?${new URLSearchParams({
  purpose: asked.purpose, year: String(year()), columns: JSON.stringify(asked.columns),
  ...(asked.layout ? { layout: asked.layout } : {}),
})}`;

const year = () => (find("year").checkValidity() && Number(find("year").value)) || thisYear();

async function take(chosen) {
  if (!chosen) return;
  if (chosen.size > LIMIT) return complain(() => text("intake_page.too_large"));
  try {
    file = { name: chosen.name, blob: new Blob([await chosen.arrayBuffer()]) };
  } catch {
    return complain(() => text("intake_page.unreadable"));
  }
  asked = { ...asked, layout: "", columns: {} };
  await look();
}

async function look() {
  busy(() => text("intake_page.reading", { name: file.name }));
  const { answer, trouble } = await ask("POST", address(), file.blob);
  busy(null);
  complain(trouble ?? null);
  seen = answer ?? null;
  draw();
  find("found").querySelector("h2")?.focus();
}

function busy(saying) {
  find("busy").hidden = !saying;
  find("busy-text").textContent = saying ? saying() : "";
  find("file").disabled = Boolean(saying);
}

function draw() {
  drawBeginning();
  find("found").replaceChildren(...(seen ? found() : [samples()]));
}

function drawBeginning() {
  find("begin").hidden = false;
  const chosen = PURPOSES.filter((one) => one === "pupils" || may("prepare")).map((one) => {
    const input = node("input", { type: "radio", name: "purpose", value: one });
    input.checked = one === asked.purpose;
    input.addEventListener("change", () => {
      asked = { purpose: one, layout: "", columns: {} };
      seen = null;
      draw();
      find("purposes").querySelector(":checked").focus();
    });
    return node("label", { class: "choice" }, input, text(`intake_page.purpose_${one}`));
  });
  const legend = find("purposes").firstElementChild;
  find("purposes").replaceChildren(legend, ...chosen);
  find("year-field").hidden = asked.purpose === "pupils";
  if (!find("year").value) find("year").value = String(thisYear());
  find("pick").dataset.text = seen ? "intake_page.again" : "intake_page.choose";
  find("pick").textContent = text(find("pick").dataset.text);
}

function samples() {
  const named = (name, code) => ({ href: `/api/desk/samples/${name}`, code: `intake_page.${code}` });
  return empty({ title: "intake_page.samples", lead: "intake_page.samples_lead",
    samples: SAMPLES[asked.purpose].map(([name, code]) => named(name, code)) });
}

function found() {
  const parts = [differences({ seen, name: file.name, mark: () => ask("POST", address("/marked"), file.blob) })];
  if (seen.unmatched) parts.push(columns(seen.unmatched, named));
  const sound = seen.upload && !seen.faults.length;
  if (sound && asked.purpose === "pupils") parts.push(keeping());
  if (sound && asked.purpose !== "pupils") parts.push(ordering(seen.upload, seen.counts.standing ?? 0));
  return parts;
}

function named(layout, given) {
  asked = { ...asked, layout, columns: given };
  return look();
}

function keeping() {
  const count = seen.counts.new + seen.counts.changed + seen.counts.moved;
  const press = node("button", { type: "button", class: "main", id: "keep" },
    text(count ? "intake_page.keep" : "intake_page.keep_none", { count }));
  press.disabled = !count;
  press.addEventListener("click", async () => {
    press.disabled = true;
    const { answer, trouble } = await ask("POST", "/api/desk/imports/keep", { upload: seen.upload });
    if (trouble) {
      await look(); // what the registry says now; then why nothing was kept
      return complain(trouble);
    }
    complain(null);
    const kept = text(answer.kept ? "intake_page.kept" : "intake_page.kept_none", { count: answer.kept });
    seen = null;
    draw();
    find("found").prepend(card(kept, "done"));
    announce(kept);
  });
  return node("div", { class: "below" }, press);
}

function listen() {
  find("file").addEventListener("change", async ({ target }) => {
    const [chosen] = target.files;
    await take(chosen);
    target.value = ""; // so that the same file, mended, can be chosen again
  });
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    window.addEventListener(name, (event) => {
      event.preventDefault(); // or the browser would open what is dropped
      find("begin").classList.toggle("over", over);
    });
  }
  window.addEventListener("drop", ({ dataTransfer }) => take(dataTransfer.files[0]));
  draw();
}

enter(listen, draw);
