/**
 * What a person is told of a verdict without a click: beside the headline one reason, and what to do. One choice for
 * the panel, the pages and Thunderbird's bar.
 */

/**
 * @typedef {import("./shapes.js").Verdict} Verdict
 * @typedef {import("./shapes.js").Reason} Reason
 */

/** Reasons that say what a headline has said already. @type {Readonly<Record<string, readonly string[]>>} */
const TOLD = Object.freeze({
  signature_mismatch: ["address_not_named"],
  encryption_locked: ["vault_locked"],
  encryption_card_locked: ["token_pin_needed"],
});

/**
 * The subject that the sender wrote, where the mail program shows another one.
 * @param {Verdict} verdict
 * @returns {string}  empty where there is nothing to say
 */
export function trueSubject({ headers }) {
  const differs = headers.differences.some(({ name }) => name === "Subject");
  return (differs && headers.protected?.subject) || "";
}

/**
 * @param {Verdict} verdict
 * @returns {{ reason: string, facts: unknown[], advice: string }} empty strings where there is nothing to say; `facts`
 *   are those of the reason
 */
export function summary({ signature, encryption, headline, reasons }) {
  const { advice } = headline;
  // Remarks on a good signature are for the details: what is shown often must not look like a warning.
  const calm = signature.status === "valid" && ["none", "decrypted"].includes(encryption.status);
  const [first] = reasons;
  if (calm || first === undefined) return { reason: "", facts: [], advice };
  // Nothing is said twice: an untrusted signature has its reason in the headline, a mismatch both its addresses.
  const told = headline.sentence.includes(first.sentence) || TOLD[headline.code]?.includes(first.code);
  const words = [told ? "" : first.sentence, first.advice === advice ? "" : first.advice];
  return { reason: words.filter(Boolean).join(" "), facts: Object.values(first.facts), advice };
}

/** What a signer or a recipient says beside the message: a person wants to know it, and it is no warning. */
const ASIDES = [
  "receipt_requested",
  "receipt_received",
  "receipt_confirms",
  "receipt_for_unknown",
  "receipt_from_other",
  "receipt_does_not_fit",
  "receipt_malformed",
  "security_label",
  "security_label_malformed",
];

/**
 * Receipts and labels, which are told without a click whatever the signature is worth.
 * @param {Verdict} verdict
 * @returns {Reason[]}  those that `summary` has not said
 */
export function asides(verdict) {
  const said = summary(verdict).reason;
  return verdict.reasons.filter(({ code, sentence }) => ASIDES.includes(code) && !said.includes(sentence));
}

/**
 * Whether the mail program itself cannot show the content: an opaque signature or an encryption hides it.
 * @param {Verdict} verdict
 */
export function hidesContent({ layers }) {
  return layers.some(({ form }) => form === "opaque");
}

/**
 * Whether the host will renew the verdict.
 * @param {Verdict} verdict
 */
export function isPending({ reasons }) {
  return reasons.some(({ code }) => code === "revocation_pending");
}

/** Reasons that end when the vault is unlocked. */
const VAULT = ["vault_locked", "vault_locked_may_match"];

/**
 * What has to be unlocked before a mail for the person can be read.
 * @param {Verdict} verdict
 * @returns {{ token: string } | null}  by the serial number or the label of a smart card; empty: the vault; null: nothing
 */
export function lockedKey({ reasons }) {
  const card = reasons.find(({ code }) => code === "token_pin_needed");
  if (card) return { token: String(card.facts.serial || card.facts.token) };
  return reasons.some(({ code }) => VAULT.includes(code)) ? { token: "" } : null;
}
