// Days and moments as pages of the workbench write and take them: dd/mm/yyyy, on Viet Nam's clock.
// A browser's own field for dates follows the browser's language; 06/03 must not be a day in June.
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short", timeStyle: "short",
});
const WRITTEN = [
  /^(?<date>\d{1,2})[/. -](?<month>\d{1,2})[/. -](?<year>\d{4})$/,
  /^(?<date>\d{2})(?<month>\d{2})(?<year>\d{4})$/,
  /^(?<year>\d{4})-(?<month>\d{2})-(?<date>\d{2})$/,
];

/** An ISO day as people write it; "–" for none. */
export const day = (iso) => (iso ? iso.split("-").reverse().join("/") : "–");

/** A day as people type it (dd/mm/yyyy, d-m-yyyy, ddmmyyyy, ISO) as an ISO day; null for what is none. */
export function typedDay(typed) {
  const found = WRITTEN.map((form) => form.exec(typed.trim())?.groups).find(Boolean);
  if (!found) return null;
  const iso = `${found.year}-${found.month.padStart(2, "0")}-${found.date.padStart(2, "0")}`;
  const real = new Date(`${iso}T00:00:00Z`); // 31/02 becomes a day in March, or none
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(iso) ? iso : null;
}

/** What an input for a day has beside its name. */
export const DAY = { inputmode: "numeric", autocomplete: "off", maxlength: "10", placeholder: "dd/mm/yyyy" };

/** Write a day that was typed some other way as dd/mm/yyyy when its field is left. */
export function tidied(input) {
  input.addEventListener("change", () => {
    const iso = typedDay(input.value);
    if (iso) input.value = day(iso);
  });
  return input;
}

/** Seconds since 1970 as day and time; "–" for none. */
export const moment = (seconds) => (seconds ? MOMENT.format(seconds * 1000).replace(",", "") : "–");
