/**
 * Sentences on their way into the document. The facts in them were chosen by somebody else: they are text, and each is
 * isolated (`<bdi>`), so that right-to-left letters in a name cannot reorder the words around it.
 */

import { element, moment } from "./elements.js";
import * as sentences from "../lib/sentences.js";

/** @typedef {import("../lib/sentences.js").Piece} Piece */

/** How the host writes a point in time. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * A sentence with its facts isolated, and points in time as the reader writes them.
 * @param {string} text
 * @param {Iterable<unknown>} [facts]
 * @returns {HTMLElement}
 */
export function sentence(text, facts = []) {
  const shown = sentences
    .pieces(text, facts)
    .map((piece) => (piece.fact && MOMENT.test(piece.text) ? moment(piece.text) : node(piece)));
  return element("bdi", { class: "sentence" }, ...shown);
}

/**
 * A headline in its phrases, which the host separates by " · ".
 * @param {string} text
 * @param {Iterable<unknown>} facts
 * @returns {HTMLElement[]}
 */
export function phrases(text, facts) {
  return sentences.phrases(text, facts).map((phrase) => element("bdi", { class: "phrase" }, ...phrase.map(node)));
}

/** @param {Piece} piece */
function node({ text, fact }) {
  return fact ? element("bdi", {}, text) : text;
}
