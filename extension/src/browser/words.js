/**
 * The extension's own words in the language of the browser's interface.
 */

import { api } from "./api.js";
import { sessionLanguage } from "../lib/product.js";

/**
 * @param {string} key   a message of _locales
 * @param {...string} facts  inserted as text
 * @returns {string} empty if there is no such message
 */
export function say(key, ...facts) {
  return api.i18n.getMessage(key, facts);
}

/** The language the host shall answer in. */
export function language() {
  // The language the messages above really come in, which may differ from the browser's own.
  return sessionLanguage(api.i18n.getMessage("language") || api.i18n.getUILanguage());
}

/**
 * A failure in one line, for a place that shows text: its sentence as a sentence, and nothing marked as code.
 * @param {import("../lib/failure.js").FailureData} failure
 */
export function failureLine(failure) {
  const { sentence, advice } = failureWords(failure);
  return `${sentence.replace(/[^.!?:…]$/, "$&.")} ${advice}`.trim().replaceAll("`", "");
}

/**
 * The words of a failure: the host's own, or the extension's for the codes only it can give.
 * @param {import("../lib/failure.js").FailureData} failure
 * @returns {{ sentence: string, advice: string }}
 */
export function failureWords(failure) {
  if (failure.sentence) return { sentence: failure.sentence, advice: failure.advice };
  const older = failure.code === "protocol_mismatch" ? `_${failure.facts.older}` : "";
  const key = `failure_${failure.code}${older}`;
  return { sentence: say(key) || failure.code, advice: say(`${key}_advice`) };
}
