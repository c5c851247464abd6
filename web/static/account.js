// Asking the site as whoever is signed in. The session is a cookie that no script can read; each
// write carries a token that only a page of this site can know.
import { said, text } from "./texts.js";

const PATIENCE = 30_000; // milliseconds for an answer
const OF_A_FILE = 180_000; // milliseconds for one that is read first
const NAMED = /^attachment; filename="([\w.-]+)"$/;
let csrf = "";

/** Whether somebody is signed in, and what else their session tells; null when nobody answers. */
export async function opened(session = "/api/me/session") {
  const { answer } = await ask("GET", session);
  csrf = answer?.csrf ?? "";
  return answer;
}

/**
 * @param body members, or a Blob that is sent as it is
 * @returns `{ answer }` (null where there is nothing to tell, a text where it is no JSON,
 * `{ file, blob }` for a file with a name), or
 * `{ code, status, trouble, places }`, trouble a sentence when called; what is to be mended in a file stands in
 * `places`, each a sentence with row and column when called.
 */
export async function ask(method, path, body = null) {
  const headers = {};
  const file = body instanceof Blob;
  if (body) headers["Content-Type"] = file ? body.type || "application/octet-stream" : "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  try {
    const response = await fetch(path, {
      method, headers, body: file ? body : body && JSON.stringify(body), cache: "no-store",
      signal: AbortSignal.timeout(file ? OF_A_FILE : PATIENCE),
    });
    if (response.status === 204) return { answer: null };
    const named = NAMED.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
    if (response.ok && named) return { answer: { file: named, blob: await response.blob() } };
    const json = response.headers.get("Content-Type")?.includes("json");
    const answer = json ? await response.json() : await response.text();
    if (response.ok) return { answer };
    const trouble = () => said({ vi: answer.detail, en: answer.detail_en });
    return { code: answer.code, status: response.status, trouble, places: (answer.faults ?? []).map(placed) };
  } catch {
    return { code: "lost", status: 0, trouble: () => text("page.lost") };
  }
}

function placed({ row, column, text: both }) {
  const place = [row && `${text("page.row")} ${row}`, column].filter(Boolean).join(", ");
  return () => (place ? `${place}: ${said(both)}` : said(both));
}
