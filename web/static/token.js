// What was scanned, typed or pasted, and what of it is sent: never a link, never more than needed.
const LINK = /^https?:\/\/([^/#?\s]{1,255})\/v\/?#([0-9]+)$/i;
const DIGITS = /^[0-9]{20,1450}$/;
const SD_JWT = /^[A-Za-z0-9_.~-]+~$/;

/**
 * @returns {{send: string, elsewhere: string|null}|null} what to send and, if it is a link to
 * another site, that site's host; null for something that is not ours.
 */
export function understand(input, ownHosts) {
  const text = input.trim();
  const link = LINK.exec(text);
  if (link) {
    const host = link[1].toLowerCase();
    return { send: link[2], elsewhere: ownHosts.includes(host) ? null : host };
  }
  if (DIGITS.test(text) || SD_JWT.test(text)) return { send: text, elsewhere: null };
  const code = text.replace(/[\s\u2013-]/g, "");
  if (/^[0-9A-Za-z]{16}$/.test(code)) return { send: code.toUpperCase(), elsewhere: null };
  return null;
}
