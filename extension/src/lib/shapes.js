/**
 * The shapes of what the host says, by the names the rest of the extension uses (they are generated from the host's
 * own models into protocol.d.ts; this file only renames), and the state a view shows.
 */

/**
 * @typedef {import("./protocol.js").Opened} Opened
 * @typedef {import("./protocol.js").Verdict} Verdict
 * @typedef {import("./protocol.js").Signer} Signer
 * @typedef {import("./protocol.js").Reason} Reason
 * @typedef {import("./protocol.js").Moment} Moment
 * @typedef {import("./protocol.js").Part} Part
 * @typedef {import("./protocol.js").CertificateSummary} CertificateSummary
 * @typedef {import("./protocol.js").VaultStatus} VaultStatus
 * @typedef {import("./protocol.js").TokenList} TokenList
 * @typedef {import("./protocol.js").Recipients} Recipients
 * @typedef {import("./protocol.js").RecipientAnswer} RecipientAnswer
 * @typedef {import("./protocol.js").Protected} Protected
 * @typedef {import("./protocol.js").MadeMessage} MadeMessage
 * @typedef {Omit<import("./protocol.js").ProtectParams, "size">} Wish
 * @typedef {{ size: number, type: string, charset: string | null, name: string | null }} PartInfo
 */

/**
 * A smart card as the page for its PIN needs to know it; null where it is not there.
 * @typedef {{ label: string, padded: boolean, blocked: boolean, locked: boolean } | null} TokenStatus
 *   `padded`: its reader has keys of its own for the PIN; `blocked`: it takes no PIN any more
 *
 * What a verdict view shows. Plain data: it crosses the channel from the background.
 * @typedef {{ phase: "checking", done?: number, total?: number | null, encrypted?: boolean }
 *   | { phase: "opened", opened: Opened, notice?: import("./failure.js").FailureData | null }
 *   | { phase: "failed", failure: import("./failure.js").FailureData }} ViewState
 */

export {};
