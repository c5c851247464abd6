// What whoever is signed in holds: credentials by their place, and what a write must carry.
import { ask } from "./asking.js";

const ID = /^(\d{1,10})-(\d{1,10})-(\d{1,8})$/; // school, batch, index

/**
 * `{ headers, credentials }`: what goes with each write, and of each credential what `/api/me/credentials`
 * tells and its place. `{ signedOut: true }` for nobody, `{ trouble }` where it could not be asked.
 */
export async function mine() {
  const session = await ask("/api/me/session");
  if (!session.answer) return session;
  if (!session.answer.signed_in) return { signedOut: true };
  const found = await ask("/api/me/credentials");
  if (!found.answer) return found;
  return { headers: { "X-CSRF-Token": session.answer.csrf }, credentials: found.answer.map(placed) };
}

/** Its signed file with all that it can show. Throws where it could not be had. */
export async function fileOf({ id }) {
  const response = await fetch(`/api/me/credentials/${id}`, { cache: "no-store" });
  if (!response.ok) throw new Error("not given");
  return response.text();
}

function placed(credential) {
  const [school, seq, index] = ID.exec(credential.id).slice(1).map(Number);
  return { ...credential, school, seq, index };
}
