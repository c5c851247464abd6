// The page's own texts, in the language chosen. They come with the page as data.
const data = JSON.parse(document.getElementById("data").textContent);
const languages = ["vi", "en"];

export const site = data.site;
export let language = "vi";

/** The sentence for a code, with {name} replaced from `params`. */
export const text = (code, params = {}) => sentence(language, code, params);

/** What a field is called; some are called otherwise in some kinds of document. */
export const label = (name, kind) =>
  text(`field.${name}_${kind}` in data.texts.vi ? `field.${name}_${kind}` : `field.${name}`);

/** The same in both languages, as the server gives sentences. */
export const both = (code, params = {}) =>
  Object.fromEntries(languages.map((lang) => [lang, sentence(lang, code, params)]));

/** Sentences that came after the page, by language and code. */
export function learn(more) {
  for (const lang of languages) Object.assign(data.texts[lang], more[lang]);
}

function sentence(lang, code, params) {
  const template = data.texts[lang][code] ?? code;
  return template.replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? "–"));
}

/** A sentence that the server gave in both languages. */
export const said = (bilingual) => bilingual[language];
export const saidOtherwise = (bilingual) => bilingual[language === "vi" ? "en" : "vi"];
export const otherLanguage = () => (language === "vi" ? "en" : "vi");

/** Put every fixed text of the page into `chosen`, and remember the choice on this device. */
export function speak(chosen) {
  language = languages.includes(chosen) ? chosen : "vi";
  document.documentElement.lang = language;
  document.title = `${text(data.title)} · ${text("page.name")}`;
  for (const node of document.querySelectorAll("[data-text]")) {
    node.textContent = text(node.dataset.text);
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
  }
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === language));
  }
  try {
    localStorage.setItem("language", language);
  } catch {
    // Private windows may refuse to remember; the page works without.
  }
}

export function remembered() {
  try {
    return localStorage.getItem("language") ?? "vi";
  } catch {
    return "vi";
  }
}

/**
 * What every page does with its frame: speak the remembered language, say whether this is a
 * specimen, and let the language be switched; `redraw` then draws again what the page built itself.
 */
export function frame(redraw = () => {}) {
  speak(remembered());
  document.getElementById("specimen").hidden = !site.specimen;
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.lang);
      redraw();
    });
  }
}
