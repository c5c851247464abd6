// Days and moments as pages of the workbench write them: dd/mm/yyyy, on Viet Nam's clock.
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short", timeStyle: "short",
});

/** An ISO day as people write it; "–" for none. */
export const day = (iso) => (iso ? iso.split("-").reverse().join("/") : "–");

/** Seconds since 1970 as day and time; "–" for none. */
export const moment = (seconds) => (seconds ? MOMENT.format(seconds * 1000).replace(",", "") : "–");
