/**
 * The shapes of what the host says, by the names the rest of the extension uses. They are generated from the host's
 * own models into protocol.d.ts; this file only renames.
 */

/**
 * @typedef {import("./protocol.d.ts").Opened} Opened
 * @typedef {import("./protocol.d.ts").Verdict} Verdict
 * @typedef {import("./protocol.d.ts").Signer} Signer
 * @typedef {import("./protocol.d.ts").Reason} Reason
 * @typedef {import("./protocol.d.ts").Part} Part
 * @typedef {{ size: number, type: string, charset: string | null, name: string | null }} PartInfo
 */

export {};
