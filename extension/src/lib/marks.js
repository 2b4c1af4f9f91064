/**
 * How each headline looks: icon, tone, and the one word a screen reader hears for the icon. One table for panel,
 * pages and Thunderbird. The host decides what the headline is; here it only gets its clothes.
 */

/**
 * @typedef {"good" | "danger" | "caution" | "plain"} Tone
 * @typedef {{ icon: string, tone: Tone, word: string }} Mark  `word` is a key of the locale files
 */

/** @type {Readonly<Record<string, Mark>>} */
const MARKS = Object.freeze({
  signature_none: { icon: "sheet", tone: "plain", word: "status_none" },
  signature_valid: { icon: "seal-whole", tone: "good", word: "status_valid" },
  signature_mismatch: { icon: "seal-mismatch", tone: "danger", word: "status_mismatch" },
  signature_untrusted: { icon: "seal-dashed", tone: "caution", word: "status_untrusted" },
  signature_unchecked: { icon: "seal-dashed", tone: "caution", word: "status_unchecked" },
  signature_partial: { icon: "seal-partial", tone: "caution", word: "status_partial" },
  signature_invalid: { icon: "seal-broken", tone: "danger", word: "status_invalid" },
  encryption_decrypted: { icon: "envelope-sealed", tone: "plain", word: "status_decrypted" },
  encryption_locked: { icon: "envelope-locked", tone: "caution", word: "status_locked" },
  encryption_card_locked: { icon: "envelope-locked", tone: "caution", word: "status_card_locked" },
  encryption_undecryptable: { icon: "envelope-locked", tone: "caution", word: "status_undecryptable" },
  encryption_failed: { icon: "envelope-locked", tone: "caution", word: "status_undecryptable" },
  encryption_refused: { icon: "envelope-locked", tone: "danger", word: "status_refused" },
});

/** Nothing could be found out: no host, no source. */
export const UNAVAILABLE = Object.freeze({ icon: "plug", tone: "plain", word: "status_unavailable" });

/**
 * @param {import("../lib/shapes.js").Verdict} verdict
 * @returns {Mark}
 */
export function markOf(verdict) {
  // A newer host may have headlines this extension does not know yet; the status is older than any of them.
  const { headline, encryption, signature } = verdict;
  const closed = ["undecryptable", "refused"].includes(encryption.status);
  return MARKS[headline.code] ?? MARKS[closed ? `encryption_${encryption.status}` : `signature_${signature.status}`];
}

/**
 * @param {string} status  of one signer
 * @returns {Mark}
 */
export function markOfStatus(status) {
  return MARKS[`signature_${status}`] ?? MARKS.signature_invalid;
}
