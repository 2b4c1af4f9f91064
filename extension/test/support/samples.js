/**
 * Replies of the host for every status, as the gallery and the unit tests show them. Each sample states what it is;
 * everything else comes from the good message.
 */

/** @typedef {import("../../src/lib/shapes.js").Opened} Opened */

/** @param {Partial<import("../../src/lib/shapes.js").CertificateSummary>} [deviation] */
export function certificate(deviation = {}) {
  return {
    subject: "CN=Anna Muster,O=Muster AG",
    name: "Anna Muster",
    issuer: "CN=Muster AG internal CA,O=Muster AG",
    serial: "2a7f41c09e15b3d8",
    not_before: "2026-01-10T00:00:00Z",
    not_after: "2028-01-10T00:00:00Z",
    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    key: "RSA, 3072 bits",
    addresses: ["anna@muster.example"],
    ...deviation,
  };
}

const issuing = certificate({
  subject: "CN=Muster AG internal CA,O=Muster AG",
  name: "Muster AG internal CA",
  issuer: "CN=Muster AG root,O=Muster AG",
  sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
  not_after: "2032-05-01T00:00:00Z",
  addresses: [],
});

const root = certificate({
  subject: "CN=Muster AG root,O=Muster AG",
  name: "Muster AG root",
  issuer: "CN=Muster AG root,O=Muster AG",
  sha256: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13",
  not_after: "2040-05-01T00:00:00Z",
  addresses: [],
});

/** @type {NonNullable<import("../../src/lib/shapes.js").Signer["path"]>["anchor"]} */
const anchor = { name: "Muster AG root", sha256: root.sha256, source: "user" };

/** @param {Partial<import("../../src/lib/shapes.js").Signer>} [deviation] */
function signer(deviation = {}) {
  return /** @type {import("../../src/lib/shapes.js").Signer} */ ({
    status: "valid",
    certificate: certificate(),
    addresses: ["anna@muster.example"],
    signing_time: "2026-11-24T08:59:12Z",
    checked_at: "2026-11-24T09:14:03Z",
    digest_algorithm: "SHA-256",
    signature_algorithm: "RSA PKCS#1 v1.5",
    path: { valid: true, reasons: [], chain: [certificate(), issuing, root], anchor },
    reasons: [],
    times: [
      time({ kind: "signed", at: "2026-11-24T08:59:12Z", label: "Signed", note: "by the signer's own clock" }),
      time({ kind: "checked", at: "2026-11-24T09:14:03Z", label: "Checked", proven: true, counts: true }),
    ],
    ...deviation,
  });
}

/**
 * @param {Partial<import("../../src/lib/shapes.js").Moment>} deviation
 * @returns {import("../../src/lib/shapes.js").Moment}
 */
export function time(deviation) {
  return { kind: "signed", at: null, by: null, proven: false, counts: false, label: "", note: "", reason: null, ...deviation };
}

/**
 * @param {string} code
 * @param {string} sentence
 * @param {string} [advice]
 * @param {import("../../src/lib/shapes.js").Reason["facts"]} [facts]
 * @returns {import("../../src/lib/shapes.js").Reason}
 */
export function reason(code, sentence, advice = "", facts = {}) {
  return { code, facts, sentence, advice };
}

const headerSet = {
  from: ["anna@muster.example"],
  sender: [],
  reply_to: [],
  to: ["bert@muster.example"],
  cc: [],
  subject: "The signed contract",
  date: "Tue, 24 Nov 2026 09:59:12 +0100",
};

/** @type {import("../../src/lib/shapes.js").Part[]} */
const parts = [
  {
    id: "1.1",
    type: "text/plain",
    charset: "utf-8",
    name: null,
    disposition: "inline",
    content_id: null,
    size: 46,
    covered: true,
  },
  {
    id: "1.2",
    type: "application/pdf",
    charset: null,
    name: "contract.pdf",
    disposition: "attachment",
    content_id: null,
    size: 482133,
    covered: true,
  },
];

/**
 * @param {Partial<import("../../src/lib/shapes.js").Verdict>} [deviation]
 * @returns {Opened}
 */
export function opened(deviation = {}) {
  return {
    verdict: {
      signature: { status: "valid", covers: ["1"] },
      encryption: { status: "none", authenticated: false },
      headline: {
        code: "signature_valid",
        sentence: "Signed by Anna Muster ‹anna@muster.example› · unchanged · confirmed by Muster AG root",
        advice: "",
      },
      reasons: [],
      signers: [signer()],
      layers: [{ kind: "signed", form: "multipart", part: "1", status: "valid" }],
      headers: { outer: headerSet, protected: null, differences: [] },
      ...deviation,
    },
    parts,
    message: "m1",
  };
}

/** @param {string} code @param {string} sentence @param {string} [advice] */
const headline = (code, sentence, advice = "") => ({ code, sentence, advice });

const unknownIssuer = reason(
  "issuer_unknown",
  "The certificate comes from Other Ltd CA, which you have not accepted yet.",
  "If you know this issuer, ask it for its certificate and accept it.",
  { issuer: "Other Ltd CA" },
);

const forgeable = reason(
  "signature_algorithm_refused",
  "The signature uses MD5, which has been broken for years: anybody can forge it, so it was not checked.",
  "Tell the sender that their mail program signs in an unsafe way.",
  { algorithm: "MD5" },
);

const stranger = certificate({ name: "Xaver Other", issuer: "CN=Other Ltd CA", addresses: ["x@other.example"] });

/** @type {Record<string, Opened>} */
export const SAMPLES = {
  valid: opened(),
  valid_with_remark: opened({
    encryption: { status: "decrypted", authenticated: true },
    reasons: [reason("revocation_not_checked", "Whether the certificate was revoked was not checked.")],
    layers: [{ kind: "signed", form: "opaque", part: "1", status: "valid" }],
  }),
  mismatch: opened({
    signature: { status: "mismatch", covers: ["1"] },
    headline: headline(
      "signature_mismatch",
      "Signed by somebody other than the sender: sent as ‹ceo@muster.example›, signed by ‹x@other.example›",
      "Do not act on it before you have asked the sender another way.",
    ),
    reasons: [
      reason(
        "address_not_named",
        "The mail comes from ‹ceo@muster.example›, and the certificate is for ‹x@other.example›.",
        "Do not act on it before you have asked the sender another way.",
        { address: "ceo@muster.example", addresses: ["x@other.example"] },
      ),
    ],
    signers: [
      signer({
        status: "mismatch",
        certificate: stranger,
        addresses: ["x@other.example"],
        path: { valid: true, reasons: [], chain: [stranger, issuing, root], anchor },
      }),
    ],
    headers: { outer: { ...headerSet, from: ["ceo@muster.example"] }, protected: null, differences: [] },
  }),
  untrusted: opened({
    signature: { status: "untrusted", covers: ["1"] },
    headline: headline(
      "signature_untrusted",
      `Unchanged, but nobody you trust says who signed it · ${unknownIssuer.sentence}`,
      "Read it like an unsigned mail until that is settled.",
    ),
    reasons: [unknownIssuer],
    signers: [
      signer({
        status: "untrusted",
        certificate: stranger,
        addresses: ["x@other.example"],
        path: { valid: false, reasons: [unknownIssuer], chain: [stranger], anchor: null },
      }),
    ],
  }),
  unchecked: opened({
    signature: { status: "untrusted", covers: ["1"] },
    headline: headline(
      "signature_unchecked",
      `The signature could not be checked · ${forgeable.sentence}`,
      "Read it like an unsigned mail.",
    ),
    reasons: [forgeable],
    signers: [signer({ status: "untrusted", digest_algorithm: "MD5", reasons: [forgeable] })],
  }),
  partial: opened({
    signature: { status: "partial", covers: ["1.1"] },
    headline: headline(
      "signature_partial",
      "Only a part of this mail is signed",
      "Treat everything outside the signed part like an unsigned mail.",
    ),
    reasons: [
      reason(
        "signature_covers_part",
        "Something in this mail stands outside the signed part; anybody on the way can have added it.",
        "Mailing lists add such footers.",
      ),
    ],
    signers: [signer({ status: "partial" })],
  }),
  invalid: opened({
    signature: { status: "invalid", covers: [] },
    headline: headline("signature_invalid", "Changed on the way, or forged", "Do not act on it; ask the sender another way."),
    reasons: [
      reason(
        "content_changed",
        "The content is not what was signed: it was changed afterwards (its SHA-256 checksum differs).",
        "Do not act on it; ask the sender another way.",
        { digest: "SHA-256" },
      ),
    ],
    signers: [signer({ status: "invalid" })],
    headers: {
      outer: headerSet,
      protected: { ...headerSet, subject: "Contract" },
      differences: [{ name: "Subject", outer: "The signed contract", protected: "Contract" }],
    },
  }),
  undecryptable: opened({
    signature: { status: "none", covers: [] },
    encryption: { status: "undecryptable", authenticated: false },
    headline: headline(
      "encryption_undecryptable",
      "This mail was encrypted for a certificate you do not have here",
      "Open it where that certificate is.",
    ),
    signers: [],
    layers: [{ kind: "encrypted", form: "opaque", part: "1", status: "undecryptable" }],
  }),
  none: opened({
    signature: { status: "none", covers: [] },
    headline: headline("signature_none", "Not signed."),
    signers: [],
    layers: [],
  }),
};
