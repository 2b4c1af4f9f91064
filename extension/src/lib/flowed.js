/**
 * Plain text as its sender saw it: `format=flowed` (RFC 3676) put together again, and how deep each piece is quoted.
 */

/** Quotes are drawn no deeper than this; deeper ones are drawn as this deep. */
const DEPTH = 12;

/** So many changes of depth are drawn; beyond it nobody wrote the text for reading, and it is shown as it came. */
const PIECES = 2_000;

/**
 * A run of paragraphs of one quote depth, with line feeds between them.
 * @typedef {{ depth: number, text: string }} Piece
 */

/**
 * @param {string} text
 * @param {{ flowed?: boolean, delsp?: boolean }} [form]  as the part's Content-Type says
 * @returns {Piece[]}
 */
export function pieces(text, { flowed = false, delsp = false } = {}) {
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!flowed) return [{ depth: 0, text: whole }];
  const found = grouped(paragraphs(whole.split("\n"), delsp));
  return found.length > PIECES ? [{ depth: 0, text: whole }] : found;
}

/**
 * RFC 3676 §4.2, §4.5.
 * @param {string[]} lines
 * @param {boolean} delsp
 * @returns {Piece[]}  a paragraph each
 */
function paragraphs(lines, delsp) {
  /** @type {{ depth: number, words: string[] }[]} */
  const found = [];
  let open = false;
  for (const line of lines) {
    const quotes = /^>*/.exec(line)?.[0].length ?? 0;
    const stuffed = line.slice(quotes);
    const content = stuffed.startsWith(" ") ? stuffed.slice(1) : stuffed;
    const depth = Math.min(quotes, DEPTH);
    const last = found.at(-1);
    const isSignature = content === "-- ";
    // §4.5: a paragraph never crosses a change of quote depth, and a signature's line is never part of one.
    const goesOn = open && last?.depth === depth && !isSignature;
    open = content.endsWith(" ") && !isSignature;
    const words = open && delsp ? content.slice(0, -1) : content;
    if (goesOn) last?.words.push(words);
    else found.push({ depth, words: [words] });
  }
  return found.map(({ depth, words }) => ({ depth, text: words.join("") }));
}

/** @param {Piece[]} found */
function grouped(found) {
  /** @type {{ depth: number, texts: string[] }[]} */
  const groups = [];
  for (const { depth, text } of found) {
    const last = groups.at(-1);
    if (last?.depth === depth) last.texts.push(text);
    else groups.push({ depth, texts: [text] });
  }
  return groups.map(({ depth, texts }) => ({ depth, text: texts.join("\n") }));
}
