/**
 * What the bar says: in the host's words where it has answered, in the extension's own where it has not.
 */

import { failureWords, say } from "../../browser/words.js";
import { markOf, UNAVAILABLE } from "../../lib/marks.js";
import { factsOf, phrases, pieces } from "../../lib/sentences.js";
import { lockedKey, summary, trueSubject } from "../../lib/summary.js";

/**
 * @typedef {import("../../browser/thunderbird.js").BarContent} BarContent
 * @typedef {import("../../browser/thunderbird.js").Piece} Piece
 * @typedef {import("../../lib/failure.js").FailureData} FailureData
 * @typedef {import("../../lib/shapes.js").Verdict} Verdict
 * @typedef {import("../../lib/shapes.js").ViewState} ViewState
 */

/** Longer than any honest sentence; the experiment refuses more. */
const TEXT_CHARACTERS = 2000;
const PIECES = 64;
const PHRASES = 16;

/**
 * @param {ViewState} state
 * @returns {BarContent | null} null for ordinary mail, of which there is nothing to say
 */
export function content(state) {
  switch (state.phase) {
    case "checking":
      return checking(state);
    case "failed":
      return failed(state.failure);
    case "opened":
      return opened(state.opened.verdict, state.notice ?? null);
  }
}

/**
 * What stands in place of the content of a message that cannot be shown.
 * @param {ViewState} state
 * @returns {string}  empty where the content is there, or is on its way
 */
export function withheld(state) {
  const closed = state.phase === "opened" && ["undecryptable", "refused"].includes(state.opened.verdict.encryption.status);
  const said = closed || state.phase === "failed" ? content(state) : null;
  if (!said) return "";
  const text = (/** @type {Piece[]} */ line) => line.map((piece) => piece.text).join("");
  // The rest stands in the bar; nothing is said twice.
  return said.headline.map(text).join("\n\n");
}

/** @param {Extract<ViewState, { phase: "checking" }>} state */
function checking({ done, total, encrypted }) {
  const share = total ? ` ${Math.floor((100 * (done ?? 0)) / total)} %` : "";
  return bar("checking", { icon: "spinner", tone: "plain", word: "" }, [own(say(encrypted ? "decrypting" : "checking") + share)]);
}

/**
 * @param {Verdict} verdict
 * @param {FailureData | null} notice
 */
function opened(verdict, notice) {
  const { headline, reasons } = verdict;
  if (headline.code === "signature_none" && reasons.length === 0) return null;
  const facts = factsOf(verdict);
  const { reason, advice } = summary(verdict);
  const lines = [reason, advice].filter(Boolean).map((words) => sentence(words, facts));
  const subject = trueSubject(verdict);
  // What was encrypted stands in the place of the subject itself; what somebody changed outside stands beside it.
  const decrypted = verdict.encryption.status === "decrypted";
  if (subject && !decrypted) lines.unshift([...own(`${say("true_subject")} `), { text: subject, kind: "fact" }]);
  if (notice) lines.push(own(`${failureWords(notice).sentence} ${say("notice_still_holds")}`));
  const buttons = [{ action: "details", label: say("details") }];
  const key = lockedKey(verdict);
  if (key) buttons.unshift({ action: "unlock", label: key.token ? say("unlock_card") : say("unlock_keys") });
  if (reasons.some(({ code }) => code === "receipt_requested")) buttons.push({ action: "receipt", label: say("receipt_look") });
  if (notice) buttons.push({ action: "again", label: say("check_again") });
  const said = phrases(headline.sentence, facts).map((phrase) => phrase.map(kinded));
  const shown = bar(headline.code, markOf(verdict), said, lines, buttons);
  return subject && decrypted ? { ...shown, subject: subject.slice(0, TEXT_CHARACTERS) } : shown;
}

/** @param {FailureData} failure */
function failed(failure) {
  const words = failureWords(failure);
  return bar(
    failure.code,
    UNAVAILABLE,
    [sentence(words.sentence, Object.values(failure.facts))],
    words.advice ? [own(words.advice)] : [],
    [{ action: "again", label: say("check_again") }],
  );
}

/**
 * @param {string} code
 * @param {{ icon: string, tone: BarContent["tone"], word: string }} mark
 * @param {Piece[][]} headline
 * @param {Piece[][]} [lines]
 * @param {{ action: string, label: string }[]} [buttons]
 * @returns {BarContent}
 */
function bar(code, { icon, tone, word }, headline, lines = [], buttons = []) {
  return {
    code,
    tone,
    icon,
    word: word && say(word),
    headline: headline.slice(0, PHRASES).map(bounded),
    lines: lines.map(bounded),
    buttons,
  };
}

/** @param {string} text @param {unknown[]} facts @returns {Piece[]} */
function sentence(text, facts) {
  return pieces(text, facts).map(kinded);
}

/** @param {import("../../lib/sentences.js").Piece} piece @returns {Piece} */
function kinded({ text, fact }) {
  return { text, kind: fact ? "fact" : "words" };
}

/** Our own words, with commands in backquotes. @param {string} text @returns {Piece[]} */
function own(text) {
  return text.split("`").map((part, index) => ({ text: part, kind: index % 2 ? "code" : "words" }));
}

/** @param {Piece[]} said @returns {Piece[]} */
function bounded(said) {
  return said.slice(0, PIECES).map(({ text, kind }) => ({ text: text.slice(0, TEXT_CHARACTERS), kind }));
}
