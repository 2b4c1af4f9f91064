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
 * @typedef {{ size: number, type: string, charset: string | null, name: string | null }} PartInfo
 */

/**
 * What a verdict view shows. Plain data: it crosses the channel from the background.
 * @typedef {{ phase: "checking", done?: number, total?: number | null }
 *   | { phase: "opened", opened: Opened, notice?: import("./failure.js").FailureData | null }
 *   | { phase: "failed", failure: import("./failure.js").FailureData }} ViewState
 */

export {};
