/**
 * Sentences on their way into the document. The facts in them were chosen by somebody else: they are text, and each is
 * isolated (`<bdi>`), so that right-to-left letters in a name cannot reorder the words around it.
 */

import { element } from "./elements.js";
import * as sentences from "../lib/sentences.js";

/** @typedef {import("../lib/sentences.js").Piece} Piece */

/**
 * A sentence with its facts isolated.
 * @param {string} text
 * @param {Iterable<unknown>} [facts]
 * @returns {HTMLElement}
 */
export function sentence(text, facts = []) {
  return element("bdi", { class: "sentence" }, ...nodes(sentences.pieces(text, facts)));
}

/**
 * A headline in its phrases, which the host separates by " · ".
 * @param {string} text
 * @param {Iterable<unknown>} facts
 * @returns {HTMLElement[]}
 */
export function phrases(text, facts) {
  return sentences.phrases(text, facts).map((phrase) => element("bdi", { class: "phrase" }, ...nodes(phrase)));
}

/** @param {Piece[]} pieces */
function nodes(pieces) {
  return pieces.map(({ text, fact }) => (fact ? element("bdi", {}, text) : text));
}
