/**
 * What the bar says: in the host's words where it has answered, in the extension's own where it has not.
 */

import { say } from "../../browser/words.js";

/**
 * @typedef {import("../../browser/thunderbird.js").BarContent} BarContent
 * @typedef {import("../../lib/shapes.js").Verdict} Verdict
 * @typedef {import("../../lib/failure.js").FailureData} FailureData
 */

/**
 * @param {number | null} share  of the mail that is done, where the host has told
 * @returns {BarContent}
 */
export function checking(share) {
  const headline = say("bar_checking");
  return { status: "checking", headline: share === null ? headline : `${headline} ${Math.round(share * 100)} %` };
}

/**
 * The icon and colours that go with a headline. The host picks the headline; nothing is decided here.
 * @type {Readonly<Record<string, BarContent["status"]>>}
 */
const STATUS_OF = Object.freeze({
  signature_valid: "valid",
  signature_mismatch: "mismatch",
  signature_untrusted: "untrusted",
  signature_partial: "partial",
  signature_invalid: "invalid",
  encryption_decrypted: "decrypted",
  encryption_undecryptable: "undecryptable",
  encryption_refused: "refused",
});

/**
 * @param {Verdict} verdict
 * @returns {BarContent | null} null for ordinary mail, of which there is nothing to say
 */
export function opened({ headline, reasons }) {
  if (headline.code === "signature_none" && reasons.length === 0) return null;
  const status = STATUS_OF[headline.code] ?? "failed";
  // Remarks on a good signature are for the details. An untrusted one has its reason in the headline already.
  const reason = status === "valid" ? undefined : reasons.find(({ sentence }) => !headline.sentence.includes(sentence));
  return {
    status,
    headline: headline.sentence,
    reason: sentences(reason?.sentence ?? "", headline.advice),
    buttons: [{ action: "details", label: say("bar_details") }],
  };
}

/**
 * @param {FailureData} failure
 * @returns {BarContent}
 */
export function failed({ code, sentence, advice }) {
  const missing = code === "host_missing" || code === "host_forbidden";
  const buttons = [{ action: "again", label: say("bar_again") }];
  if (missing) buttons.unshift({ action: "install", label: say("bar_install") });
  return {
    status: missing ? "missing" : "failed",
    headline: sentence || say(`failure_${code}`) || say("failure_extension_error"),
    reason: sentence ? advice : say(`failure_${code}_advice`),
    buttons,
  };
}

/** @param {...string} said */
function sentences(...said) {
  return said
    .filter(Boolean)
    .map((one) => (/[.!?]$/.test(one) ? one : `${one}.`))
    .join(" ");
}
