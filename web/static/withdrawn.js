// The public list of diplomas that do not stand any more. It is fetched whole and searched here, so
// that nobody learns which paper somebody has in hand.
import { node } from "./nodes.js";
import { frame, text } from "./texts.js";

const PAGE = 50; // papers that are drawn at once
const PATIENCE = 30_000; // milliseconds for an answer
const find = (id) => document.getElementById(id);
const day = (iso) => iso.split("-").reverse().join("/");
const folded = (said) => String(said ?? "").normalize("NFD").replace(/\p{M}|\s/gu, "").replace(/đ/gi, "d").toLowerCase();
let papers = null;
let shown = PAGE;

function fitting() {
  const wanted = folded(find("wanted").value);
  return (papers ?? []).filter((one) =>
    [one.serial, one.register_no, one.school_name, one.decision].some((said) => folded(said).includes(wanted)));
}

function paper(one) {
  const rows = [
    ["withdrawn_page.register_no", one.register_no],
    ["withdrawn_page.school", one.school_name],
    ["withdrawn_page.ground", text(`ground.${one.ground}`)],
    ["withdrawn_page.decision", text("withdrawn_page.of", { decision: one.decision, on: day(one.decided_on) })],
    ["withdrawn_page.back", text(one.returned ? "withdrawn_page.returned" : "withdrawn_page.out", { due: day(one.due) })],
  ];
  return node("li", { class: "card" },
    node("h2", {}, text("withdrawn_page.serial", { serial: one.serial })),
    node("dl", {}, ...rows.map(([code, said]) => node("div", {}, node("dt", {}, text(code)), node("dd", {}, said)))));
}

function draw() {
  if (!papers) return;
  const found = fitting();
  find("found").replaceChildren(...found.slice(0, shown).map(paper));
  find("more").hidden = found.length <= shown;
  find("count").textContent = text(found.length ? "withdrawn_page.count" : "withdrawn_page.none",
    { count: found.length, all: papers.length });
}

async function read() {
  try {
    const response = await fetch("/api/withdrawn", { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(String(response.status));
    papers = await response.json();
  } catch {
    find("trouble").hidden = false;
    find("trouble").textContent = text("page.lost");
  }
  draw();
}

frame(draw);
find("form").addEventListener("submit", (event) => event.preventDefault());
find("wanted").addEventListener("input", () => {
  shown = PAGE;
  draw();
});
find("more").addEventListener("click", () => {
  shown += PAGE;
  draw();
});
read();
