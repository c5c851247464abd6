// The first page of the workbench.
import { enter, member } from "./bench.js";
import { text } from "../texts.js";

function draw() {
  document.getElementById("hello").textContent = text("desk.hello", { name: member.name });
}

enter(draw, draw);
