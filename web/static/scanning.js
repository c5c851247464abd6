// Scanning: a live picture until a code of ours is in it, with a hint while there is none.
import { aboutText } from "./asking.js";
import { available, watch } from "./camera.js";
import { decoder } from "./decoding.js";
import { begin, check, seenIs } from "./flow.js";
import { hint, measure } from "./hints.js";
import { site, text } from "./texts.js";
import { understand } from "./token.js";
import { find, ownHosts, say, show } from "./views.js";

const SQUARE = 192; // pixels of the middle of the picture that hints are judged by
const STEADY = 3; // frames in a row that must give the same hint before it is said

let scanning = null; // AbortController of a running scan

export function stopScan() {
  scanning?.abort();
}

/** Open the camera, look until there is a code of ours, and check it. */
export async function startScan() {
  say("trouble", null);
  if (!available()) return say("trouble", () => text("page.no_camera"));
  scanning = new AbortController();
  const { signal } = scanning;
  const hints = hinting();
  seenIs(hints.draw);
  hints.draw();
  for (const id of ["torch", "switch"]) find(id).hidden = true;
  show("camera");
  find("stop").focus();
  try {
    await watch(find("video"), await looking(hints, signal), ready, signal);
  } catch (error) {
    if (!signal.aborted) failed(error);
  }
}

async function looking(hints, signal) {
  let reader = null;
  const look = async (canvas, context) => {
    reader ??= await decoder(site.scanner); // loaded while the picture is already there
    look.pause = reader.pause;
    const seen = await reader.read(canvas, context);
    if (signal.aborted) return true;
    const token = seen.text ? understand(seen.text, ownHosts()) : null;
    if (token?.send) {
      navigator.vibrate?.(60);
      check(aboutText(token));
      return true;
    }
    hints.take(hint(middle(canvas), Boolean(seen.text || seen.other)));
    return false;
  };
  look.pause = 0;
  return look;
}

const small = document.createElement("canvas");
[small.width, small.height] = [SQUARE, SQUARE];
const smallContext = small.getContext("2d", { willReadFrequently: true });

function middle({ width, height }, source = find("video")) {
  const side = 0.76 * Math.min(width, height); // what the frame on the screen shows
  smallContext.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SQUARE, SQUARE);
  return measure(smallContext.getImageData(0, 0, SQUARE, SQUARE).data, SQUARE);
}

/** Says a hint once it is steady, so that the sentence does not flicker. */
function hinting() {
  let [shown, next, times] = [null, null, 0];
  const draw = () => {
    find("scan-state").textContent = text(shown ?? "page.scanning");
    find("scan-state").dataset.hint = shown ?? "";
  };
  const take = (found) => {
    times = found === next ? times + 1 : 1;
    next = found;
    if (found === shown || times < STEADY) return;
    shown = found;
    draw();
  };
  return { draw, take };
}

function ready({ torch, others, light, change }) {
  const [lamp, other] = ["torch", "switch"].map(find);
  lamp.hidden = !torch;
  lamp.setAttribute("aria-pressed", "false");
  lamp.onclick = async () => {
    const on = lamp.getAttribute("aria-pressed") !== "true";
    await light(on).catch(() => {});
    lamp.setAttribute("aria-pressed", String(on));
  };
  other.hidden = !others;
  other.onclick = change;
}

function failed(error) {
  begin();
  const code = error.name === "NotAllowedError" ? "page.camera_denied"
    : error instanceof TypeError ? "page.lost_title" : "page.no_camera";
  say("trouble", () => text(code));
}
