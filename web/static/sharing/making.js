// Making a share: the ciphertext and what opens it, to the server; the key, to the link alone.
import { ask } from "./asking.js";
import { deviceKey } from "./device.js";
import {
  capabilityOf, digestOf, fragmentOf, linkOf, proofOf, seal, sealNote, secretOf, unsealNote,
} from "./sealing.js";
import { fromBase64url, toBase64url } from "../verify/bytes.js";

const DIGITS = 6; // of a PIN that is drawn
const NO_NOTE = 1_052; // bytes, as long as a note

/** What the page of a link is called on this site. */
export const addressOf = (link) => `${location.origin}/s#${fragmentOf(link)}`;

/** A PIN of decimal digits, each as likely as any other. */
export function newPin() {
  let pin = "";
  while (pin.length < DIGITS) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 250) pin += byte % 10;
  }
  return pin;
}

/**
 * A share ready to be sent, so that sending it again after a lost answer makes no second one. `text`
 * was made for that `link` and shows `count` things, `terms` are `{ to, days, views, pin }`.
 */
export async function prepared(credential, link, text, count, terms) {
  const secret = await secretOf(link, terms.pin);
  const key = await deviceKey();
  const note = { to: terms.to, count, key: toBase64url(link.key) };
  const body = {
    id: toBase64url(link.id), pupil: credential.pupil, school: credential.school, seq: credential.seq,
    index: credential.index, capability: toBase64url(await digestOf(await capabilityOf(link))),
    gate: terms.pin ? toBase64url(await digestOf(await proofOf(link, secret))) : null,
    content: toBase64url(await seal(link, secret, { shown: [text], to: terms.to })),
    note: toBase64url(key ? await sealNote(link, key, note) : crypto.getRandomValues(new Uint8Array(NO_NOTE))),
    days: terms.days, views: terms.views,
  };
  return (headers) => ask("/api/shares", body, headers);
}

/** What this device's holder noted about a share, `{ to, count, link }`; null if another device did. */
export async function noteOf(share) {
  try {
    const [id, content] = [share.id, share.note].map(fromBase64url);
    const { to, count, key } = await unsealNote({ id }, await deviceKey(), content);
    return { to, count, link: linkOf(`${share.id}.${key}`) };
  } catch {
    return null;
  }
}
