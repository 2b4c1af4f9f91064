/**
 * Sentences of the host, taken apart into its own words and the facts in them.
 *
 * A sentence contains names and addresses out of the mail, which an attacker chose. Whoever shows it keeps them apart
 * from the words around them, so that right-to-left letters in a name reorder nothing, and a name that contains the
 * separator of a headline's phrases makes no phrase of its own.
 */

/**
 * @typedef {{ text: string, fact: boolean }} Piece
 */

/** As long as the host lets a fact be (letterlock.words.FACT_CHARACTERS). */
const FACT_CHARACTERS = 300;

/**
 * A fact as the host writes it into a sentence: shortened, and without characters that are not seen.
 * @param {unknown} fact
 */
function written(fact) {
  const text = String(fact).replace(/[\p{C}\p{Z}]/gu, (character) => (character === " " ? " " : "·"));
  const characters = [...text];
  return characters.length <= FACT_CHARACTERS ? text : characters.slice(0, FACT_CHARACTERS - 1).join("") + "…";
}

/**
 * @param {string} text
 * @param {Iterable<unknown>} facts
 * @returns {Piece[]}
 */
export function pieces(text, facts) {
  const known = [...new Set([...facts].flat().filter((fact) => fact !== null && fact !== undefined).map(written))]
    .filter((fact) => fact.length > 1)
    .sort((one, other) => other.length - one.length);
  /** @type {Piece[]} */
  const found = [];
  let words = "";
  for (let at = 0; at < text.length; ) {
    const fact = known.find((candidate) => text.startsWith(candidate, at));
    if (fact === undefined) {
      words += text[at++];
      continue;
    }
    if (words) found.push({ text: words, fact: false });
    words = "";
    found.push({ text: fact, fact: true });
    at += fact.length;
  }
  if (words) found.push({ text: words, fact: false });
  return found;
}

/**
 * A headline in its phrases, which the host separates by " · ".
 * @param {string} text
 * @param {Iterable<unknown>} facts
 * @returns {Piece[][]}
 */
export function phrases(text, facts) {
  /** @type {Piece[][]} */
  const groups = [[]];
  for (const piece of pieces(text, facts)) {
    if (piece.fact) {
      groups[groups.length - 1].push(piece);
      continue;
    }
    piece.text.split(" · ").forEach((words, index) => {
      if (index > 0) groups.push([]);
      if (words) groups[groups.length - 1].push({ text: words, fact: false });
    });
  }
  return groups;
}

/**
 * Everything in a verdict that the mail's author or a certificate chose.
 * @param {import("./shapes.js").Verdict} verdict
 * @returns {unknown[]}
 */
export function factsOf(verdict) {
  const { headers, signers, reasons } = verdict;
  return [
    headers.outer.from,
    headers.protected?.from ?? [],
    ...signers.flatMap((signer) => [
      signer.addresses,
      signer.certificate?.name,
      signer.certificate?.issuer,
      signer.path?.anchor?.name,
    ]),
    ...reasons.flatMap((reason) => Object.values(reason.facts)),
  ].flat();
}
