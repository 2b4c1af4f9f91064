/**
 * What an adapter for a mail client is. It knows where that client keeps a message and where a panel may stand; it
 * knows nothing of signatures, and nothing of the background.
 */

/** @typedef {"reply" | "reply_all" | "forward"} AnswerKind */

/**
 * A message that a person has opened.
 * @typedef {object} OpenMessage
 * @property {string} [id]   names the message as `Foreseen` does
 * @property {(signal: AbortSignal) => Promise<Blob>} source   fetches the raw message, octet by octet as received
 * @property {(panel: HTMLElement) => void} place              puts the panel's element where it belongs
 * @property {() => void} [shown]                              the panel has something to say: what the client itself says
 *   of a message that it cannot show may step back
 * @property {Partial<Record<AnswerKind, HTMLElement>>} [answers]   buttons of the adapter's making that stand beside the
 *   client's own for answering this message: they get their words, and open the page for writing with its text quoted
 */

/**
 * A message that a page will show, as its address says before anything of the page is there. What the page then shows
 * counts: under another name, nothing of this is used.
 * @typedef {object} Foreseen
 * @property {string} id
 * @property {((signal: AbortSignal) => Promise<Blob>) | null} source   null: not to be had yet, but the panel can load
 */

/**
 * What an adapter needs to mark a list of messages.
 * @typedef {object} MailList
 * @property {() => Promise<Record<string, string>>} kinds   by the client's own name of a message: "signed" or "smime"
 * @property {(kind: string) => HTMLElement} badge           to be put beside a subject
 */

/**
 * @typedef {object} MailPage
 * @property {Document} document
 * @property {(message: OpenMessage, signal: AbortSignal) => void} opened  to be called when a message is opened;
 *   the signal aborts when it is closed
 * @property {(button: HTMLElement, signal: AbortSignal) => void} writes  to be given a button of the adapter's making,
 *   that stands where the client has its own for a new message: it gets its words, and opens the page for writing
 * @property {MailList} list   for pages that list messages
 */

/**
 * @typedef {object} Adapter
 * @property {string} name
 * @property {(document: Document) => boolean} matches
 * @property {(document: Document) => Foreseen | null} [foresee]   what the page's address alone says; saves the time that
 *   the page takes to build itself
 * @property {(page: MailPage, signal: AbortSignal) => void} start   everything it sets up ends with the signal
 * @property {(document: Document) => import("./carrier.js").Carrier} [carrier]   where finished messages can be sent through the client itself
 */

/** Marks the badge of a message in a list; also for whoever looks for one. */
export const BADGE = "data-letterlock-badge";

/**
 * Puts the panel before an element. A frame that is moved loads anew, unless it is moved like this (where the browser
 * knows how).
 * @param {HTMLElement} panel
 * @param {Element} before
 */
export function putBefore(panel, before) {
  const parent = /** @type {(Element & { moveBefore?: (node: Node, child: Node) => void }) | null} */ (before.parentElement);
  if (panel.isConnected && parent?.moveBefore) parent.moveBefore(panel, before);
  else before.before(panel);
}
