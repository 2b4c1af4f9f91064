/**
 * What every page of the extension does first: its language, and its words from the locale files.
 */

import { language, say } from "../browser/words.js";

/** Fills the elements that name their words: `data-words` for the text, `data-words-<attribute>` for an attribute. */
export function translate() {
  document.documentElement.lang = language();
  for (const place of document.querySelectorAll("[data-words]")) {
    place.textContent = say(/** @type {HTMLElement} */ (place).dataset.words ?? "");
  }
  for (const place of document.querySelectorAll("[data-words-label]")) {
    place.setAttribute("aria-label", say(/** @type {HTMLElement} */ (place).dataset.wordsLabel ?? ""));
  }
}
