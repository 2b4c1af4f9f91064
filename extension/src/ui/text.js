/**
 * Plain text of a mail: each line in its own direction, characters that turn others around made visible, flowed lines
 * put together, quotes set apart.
 */

import { element } from "./elements.js";
import { pieces } from "../lib/flowed.js";
import { visible } from "../lib/visible.js";

/**
 * @param {string} text
 * @param {import("../lib/shapes.js").Part} part
 * @returns {HTMLElement}
 */
export function textView(text, part) {
  const flowed = part.type === "text/plain" && part.format === "flowed";
  const found = pieces(visible(text), { flowed, delsp: part.delsp === true });
  const [only] = found;
  if (found.length <= 1) return element("pre", { dir: "auto", tabindex: "0", class: "text" }, only?.text ?? "");
  const drawn = found.map(({ depth, text }) => element("pre", { dir: "auto", class: "text__piece", "data-depth": String(depth) }, text));
  return element("div", { class: "text", tabindex: "0" }, ...drawn);
}
