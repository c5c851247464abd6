// Asking this site's server. What comes back is an answer, a refusal (nothing of ours could be
// read) or a failure that says nothing about the document.
import { said, text } from "./texts.js";

const PATIENCE = 60_000; // milliseconds for an answer, uploading a photo included
const BUSY = ["reading.busy", "request.busy"]; // codes after which coming again at once helps
const TRIES = 6;
const PAUSE = 2_000; // milliseconds before coming again

/** What to ask about a text: link's digits, look-up code or signed file. */
export const aboutText = ({ send, elsewhere }) => ({
  address: "/api/verify", body: JSON.stringify({ text: send }), type: "application/json",
  busy: "page.checking", elsewhere,
});

/** What to ask about a file of that media type. */
export const aboutFile = (file, type) => ({
  address: "/api/verify", body: file, type, busy: "page.checking_file", elsewhere: null,
});

/** What to ask about a number and a birth date (ISO 8601). */
export const aboutNumber = (number, born) => ({
  address: "/api/verify-number", body: JSON.stringify({ number, born }), type: "application/json",
  busy: "page.checking", elsewhere: null,
});

/**
 * @returns one of `{ answer, at }`, `{ refusal, code }` (a sentence, when called) and `{ failure }`
 * (headline and next step, when called).
 */
export async function ask(request) {
  for (let left = TRIES; ; left -= 1) {
    const { lost, body } = await send(request);
    if (lost) return byItself(request);
    if (body.reports) return { answer: body, at: new Date() };
    if (!BUSY.includes(body.code) || left <= 1) return refused(body);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** What this device can tell by itself, if it was prepared for that. */
async function byItself(request) {
  const lost = { failure: () => [text("page.lost_title"), text("page.lost_next")] };
  try {
    const { verifyOffline } = await import("./offline.js");
    const answer = await verifyOffline(request);
    return answer ? { answer, at: new Date() } : lost;
  } catch {
    return lost;
  }
}

function refused(problem) {
  const detail = () => said({ vi: problem.detail, en: problem.detail_en });
  if (problem.status < 500) return { refusal: detail, code: problem.code };
  return { failure: () => [text("page.problem_title"), detail()] };
}

async function send({ address, body, type }) {
  try {
    const response = await fetch(address, {
      method: "POST", body, headers: { "Content-Type": type }, cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { body: await response.json() };
  } catch {
    return { lost: true };
  }
}
