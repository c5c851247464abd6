// Dates and times as Vietnamese papers write them, and as people type them.

/** Date and time in Vietnamese time: dd/mm/yyyy HH:mm. */
export function localTime(date) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(date);
  const at = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return `${at.day}/${at.month}/${at.year} ${at.hour}:${at.minute}`;
}

/**
 * A birth date typed as 07/02/2008, 7-2-2008, 07022008, 2/2008 or 2008, as ISO 8601 (with reduced
 * precision where the paper has no more); null for a day that does not exist.
 */
export function isoDate(typed) {
  const solid = /^(\d{2})(\d{2})(\d{4})$/.exec(typed.trim());
  const parts = solid ? solid.slice(1) : typed.trim().split(/\s*[/.\-\s]\s*/);
  if (parts.length > 3 || !parts.every((part) => /^\d{1,4}$/.test(part))) return null;
  const [year, month, day] = parts.map(Number).reverse();
  if (year < 1900 || year > 2199) return null;
  const made = new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  if (month !== undefined && made.getUTCMonth() !== month - 1) return null;
  if (day !== undefined && made.getUTCDate() !== day) return null;
  return made.toISOString().slice(0, [4, 7, 10][parts.length - 1]);
}
