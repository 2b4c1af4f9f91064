/**
 * What an adapter is that sends: finished messages go through the mail client itself, with the session of whoever is
 * logged in. What is given to it is signed or encrypted, and goes to the client's server as it is; it does not come into
 * the page.
 */

/**
 * Whom a message is for. `recipients` are addresses alone, and everybody who gets it may learn of them.
 * @typedef {{ sender: string, recipients: readonly string[], messageId: string }} Envelope
 */

/**
 * @typedef {object} Carrier
 * @property {(signal: AbortSignal) => Promise<string[]>} addresses   those that the client can send from, in lower case
 * @property {(message: Blob, envelope: Envelope, signal: AbortSignal) => Promise<Prepared>} prepare   everything before
 *   the request that sends; rejects where nothing is sent
 * @property {(message: Blob, copy: { messageId: string, again: boolean }, signal: AbortSignal) => Promise<void>} keep
 *   puts a copy into the folder for sent mail, as read. `again`: look whether it is there first
 */

/**
 * A message that could be sent at once.
 * @typedef {object} Prepared
 * @property {() => Promise<void>} submit   sends it: resolves where the client's server has taken it, rejects with
 *   `Refused` where it certainly has not, and with anything else where nobody knows
 * @property {() => Promise<void>} done     removes what was prepared; never rejects
 */

/** The client did not do it, for certain. The message is the client's own word, or what is the matter. */
export class Refused extends Error {
  /** @param {string} words */
  constructor(words) {
    super(words.slice(0, 200));
    this.name = "Refused";
  }
}
