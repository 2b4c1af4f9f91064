/**
 * Saying a verdict where the experiment may not be used: on the button in the toolbar, for the tab it belongs to. Its
 * title names the message, because nothing but the background takes it away when the tab shows another.
 */

import { displayedIn, setButton, subjectOf } from "../../browser/thunderbird-plain.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../../browser/thunderbird.js").BarContent} BarContent
 * @typedef {import("../../browser/thunderbird-plain.js").Misfit} Misfit
 */

/** By tone: a sign, which says the same as the colour behind it (white on it: at least 4.5 to 1). */
const BADGES = { good: ["✓", "#0a6658"], danger: ["!!", "#a3122a"], caution: ["?", "#814600"], plain: ["…", "#4a5865"] };

/**
 * @param {number} tab
 * @param {number} message
 * @param {BarContent} content
 * @returns {Promise<boolean>} false if the message is no longer on display in that tab; then nothing is shown
 */
export async function showOnButton(tab, message, { tone, word, headline }) {
  const subject = await subjectOf(message);
  if ((await displayedIn(tab)) !== message) return false;
  const words = headline.map((phrase) => phrase.map(({ text }) => text).join("")).join(" · ");
  const [badge, colour] = BADGES[tone];
  await setButton(tab, { title: say("button_verdict", subject, [word, words].filter(Boolean).join(": ")), badge, colour });
  return true;
}

/** @param {number} tab */
export function clearButton(tab) {
  return setButton(tab, null);
}

/**
 * Why there is less than usual, in words for a person.
 * @param {Misfit} misfit
 */
export function why({ version, tried, absent, outside, missing }) {
  if (absent) return say("limits_absent");
  return outside ? say("limits_outside", version, tried) : say("limits_missing", version, missing.join(", "));
}
