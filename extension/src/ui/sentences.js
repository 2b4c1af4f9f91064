/**
 * Sentences on their way into the document.
 *
 * A sentence of the host contains names and addresses out of the mail, which an attacker chose. They are text, and
 * each is isolated (`<bdi>`), so that right-to-left letters in a name cannot reorder the words around it.
 */

import { element } from "./elements.js";
import { say } from "../browser/words.js";

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
 * Splits a sentence into the host's own words and the facts in it.
 * @param {string} text
 * @param {Iterable<unknown>} facts
 * @returns {{ text: string, fact: boolean }[]}
 */
export function pieces(text, facts) {
  const known = [...new Set([...facts].flat().filter((fact) => fact !== null && fact !== undefined).map(written))]
    .filter((fact) => fact.length > 1)
    .sort((one, other) => other.length - one.length);
  /** @type {{ text: string, fact: boolean }[]} */
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
 * A sentence with its facts isolated.
 * @param {string} text
 * @param {Iterable<unknown>} [facts]
 * @returns {HTMLElement}
 */
export function sentence(text, facts = []) {
  const nodes = pieces(text, facts).map((piece) => (piece.fact ? element("bdi", {}, piece.text) : piece.text));
  return element("bdi", { class: "sentence" }, ...nodes);
}

/**
 * A headline in its phrases, which the host separates by " · ". A separator inside a name does not count.
 * @param {string} text
 * @param {Iterable<unknown>} facts
 * @returns {HTMLElement[]}
 */
export function phrases(text, facts) {
  /** @type {(string | Node)[][]} */
  const groups = [[]];
  for (const piece of pieces(text, facts)) {
    if (piece.fact) {
      groups[groups.length - 1].push(element("bdi", {}, piece.text));
      continue;
    }
    piece.text.split(" · ").forEach((words, index) => {
      if (index > 0) groups.push([]);
      if (words) groups[groups.length - 1].push(words);
    });
  }
  return groups.map((nodes) => element("bdi", { class: "phrase" }, ...nodes));
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

/**
 * Everything in a verdict that the mail's author or a certificate chose.
 * @param {import("../lib/shapes.js").Verdict} verdict
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
