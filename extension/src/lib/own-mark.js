/**
 * The person's own mark: a colour and two words that stand in every genuine frame of ours. A mail page can draw a frame
 * that looks like ours, and cannot know these. Drawn by lot at first, and chosen by the person when they like.
 */

/** @typedef {{ colour: string, words: string }} OwnMark */

/** Names of colours; own-mark.css has their values. */
export const COLOURS = Object.freeze(["teal", "blue", "violet", "rose", "red", "orange", "olive", "brown"]);

/** Long enough for two words in any language. */
export const WORDS_LENGTH = 40;

/**
 * What somebody says is a mark, cleaned; null where it is none.
 * @param {any} said
 * @returns {OwnMark | null}
 */
export function ownMark(said) {
  if (!COLOURS.includes(said?.colour) || typeof said.words !== "string") return null;
  // Only what can be seen and compared: letters and figures of any script, and spaces between them.
  const words = said.words.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}' -]/gu, "").replace(/\s+/g, " ").trim();
  return words.length >= 3 && words.length <= WORDS_LENGTH ? { colour: said.colour, words } : null;
}

/**
 * A mark by lot.
 * @param {string[]} first    words to draw one of
 * @param {string[]} second
 * @param {(below: number) => number} [lot]
 * @returns {OwnMark}
 */
export function drawMark(first, second, lot = fairLot) {
  return { colour: COLOURS[lot(COLOURS.length)], words: `${first[lot(first.length)]} ${second[lot(second.length)]}` };
}

/** @param {number} below  no more than 2^16; so the few values left over do not matter to anybody who guesses */
function fairLot(below) {
  return crypto.getRandomValues(new Uint32Array(1))[0] % below;
}
