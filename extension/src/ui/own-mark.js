/**
 * The person's own mark on the screen: a stripe in its colour and the words, by which a genuine frame is known.
 */

import { element } from "./elements.js";
import { say } from "../browser/words.js";

/**
 * @param {HTMLElement} place
 * @param {import("../lib/own-mark.js").OwnMark | null} mark
 * @param {string} [style]  class names beside its own
 */
export function showMark(place, mark, style = "") {
  place.hidden = mark === null;
  place.className = `own-mark ${style}`.trim();
  place.dataset.colour = mark?.colour ?? "";
  place.replaceChildren(
    element("span", { class: "own-mark__stripe", "aria-hidden": "true" }),
    element("span", { class: "off-screen" }, `${say("mark_yours")}: `),
    element("bdi", { class: "own-mark__words" }, mark?.words ?? ""),
  );
  place.title = mark ? say("mark_about") : "";
}
