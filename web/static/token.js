// What was scanned, typed or pasted, and what of it is sent: never a link, never more than needed.
import { looksLikeCode, parse } from "./lookup.js";

const LINK = /^https?:\/\/([^/#?\s]{1,255})\/v\/?#([0-9]+)$/i;
const DIGITS = /^[0-9]{20,1450}$/;
const SD_JWT = /^[A-Za-z0-9_.~-]+~$/;
const LONGEST = 65_536; // characters that the server takes

/**
 * @returns {{send: string, elsewhere: string|null}|{fault: string}|null} what to send and, if it is
 * a link to another site, that site's host; what is wrong with a mistyped look-up code; null for
 * something that is not ours.
 */
export function understand(input, ownHosts) {
  const text = input.slice(0, LONGEST + 1).trim();
  if (text.length > LONGEST) return null;
  const link = LINK.exec(text);
  if (link) {
    const host = link[1].toLowerCase();
    return { send: link[2], elsewhere: ownHosts.includes(host) ? null : host };
  }
  if (DIGITS.test(text) || SD_JWT.test(text)) return { send: text, elsewhere: null };
  if (!looksLikeCode(text)) return null;
  const { code, fault } = parse(text);
  return fault ? { fault } : { send: code, elsewhere: null };
}
