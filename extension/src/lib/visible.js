/**
 * Characters that change how others are read, made visible: whoever reads "invoice‮fdp.exe" shall see why it looks like
 * a PDF. Marks of direction that Hebrew and Arabic text needs (U+200E, U+200F, U+061C) move no other text and stay.
 */

/** Names of the characters that embed, override and isolate (UAX #9 §2.1 to §2.4). @type {Readonly<Record<string, string>>} */
const NAMES = Object.freeze({
  "\u202a": "LRE",
  "\u202b": "RLE",
  "\u202c": "PDF",
  "\u202d": "LRO",
  "\u202e": "RLO",
  "\u2066": "LRI",
  "\u2067": "RLI",
  "\u2068": "FSI",
  "\u2069": "PDI",
});

// eslint-disable-next-line no-control-regex -- control characters are what it is about
const UNSEEN = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * @param {string} text
 * @returns {string}
 */
export function visible(text) {
  return text.replace(UNSEEN, (character) => `\u27e6${NAMES[character] ?? codePoint(character)}\u27e7`);
}

/** @param {string} character */
function codePoint(character) {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
