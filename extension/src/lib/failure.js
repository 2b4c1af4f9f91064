/**
 * A failure as it reaches a person: the host's coded errors, and the few that only the extension can notice.
 *
 * The host's failures bring their own sentence and advice. The extension's own (no host, a silent host, …) have
 * none: `browser/words.js` finds their words in the locale files by code.
 */

/**
 * @typedef {object} FailureData
 * @property {string} code       stable, for programs
 * @property {string} sentence   for a person; empty if the extension itself has the words
 * @property {string} advice     what helps; may be empty
 * @property {"mail" | "client" | "user" | "host"} fault
 * @property {Record<string, unknown>} facts
 */

export class Failure extends Error {
  /** @param {FailureData} data */
  constructor(data) {
    super(data.sentence ? `${data.code}: ${data.sentence}` : data.code);
    this.name = "Failure";
    this.data = data;
  }

  get code() {
    return this.data.code;
  }

  /**
   * One of the extension's own failures.
   * @param {OwnCode} code
   * @param {Record<string, unknown>} [facts]
   */
  static own(code, facts = {}) {
    return new Failure({ code, sentence: "", advice: "", fault: FAULT_OF[code], facts });
  }

  /**
   * Anything that was thrown, as failure data that can cross a message channel.
   * @param {unknown} thrown
   * @returns {FailureData}
   */
  static from(thrown) {
    if (thrown instanceof Failure) return thrown.data;
    if (thrown instanceof DOMException && thrown.name === "AbortError") return Failure.own("stopped").data;
    const where = thrown instanceof Error ? thrown.message : String(thrown);
    return Failure.own("extension_error", { where }).data;
  }
}

/**
 * The codes that only the extension gives. Each has `failure_<code>` and `failure_<code>_advice` in every locale;
 * a test checks that.
 * @type {Readonly<Record<OwnCode, FailureData["fault"]>>}
 */
export const FAULT_OF = Object.freeze({
  /** The browser knows no native host of our name. */
  host_missing: "host",
  /** The browser knows it, and this extension is not among those it may be started for. */
  host_forbidden: "host",
  /** It was started and ended before it said hello. */
  host_broken: "host",
  /** It ended while it was being used. */
  host_lost: "host",
  /** It runs and answers nothing. */
  host_silent: "host",
  /** Host and extension speak different protocol majors (the host's own code for it). `facts.older` names who is behind. */
  protocol_mismatch: "client",
  /** It lacks an operation that this extension needs. */
  host_older: "host",
  /** The mail page did not hand out the message's source. */
  source_unavailable: "client",
  /** No tab shows the webmail that is to send, or its site was not granted. */
  webmail_not_open: "user",
  /** It is open, and nobody is logged in there, or it does not answer. */
  webmail_not_ready: "user",
  /** The mail page was granted no access, or is not what it says it is. */
  not_allowed: "client",
  /** The attachment that a page was opened for is not to be had any more: the mail it came with was closed. */
  attachment_gone: "user",
  /** A person, or a page that went away, stopped the request. */
  stopped: "user",
  /** A mistake in the extension itself. */
  extension_error: "client",
});

/**
 * @typedef {"host_missing" | "host_forbidden" | "host_broken" | "host_lost" | "host_silent" | "host_older" | "protocol_mismatch"
 *   | "source_unavailable" | "webmail_not_open" | "webmail_not_ready" | "not_allowed" | "attachment_gone" | "stopped"
 *   | "extension_error"} OwnCode
 */
