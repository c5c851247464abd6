// Asking the server about shares: an answer, or a problem with its sentence.
import { said, text } from "../texts.js";

const PATIENCE = 30_000; // milliseconds for an answer

/**
 * One request. `{ answer }`, or `{ code, trouble }`: a problem's code ("lost" without a connection)
 * and its sentence, when called.
 */
export async function ask(address, body, headers = {}) {
  const init = body === undefined ? { headers } : {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers },
  };
  try {
    const response = await fetch(address, { ...init, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const answer = await response.json();
    if (response.ok) return { answer };
    return { code: answer.code, trouble: () => said({ vi: answer.detail, en: answer.detail_en }) };
  } catch {
    return { code: "lost", trouble: () => text("share.lost") };
  }
}
