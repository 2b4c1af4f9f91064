/**
 * SOGo: one page that never loads anew. The address says which message is open, and the view of a message is made afresh
 * for each; a message can also have a window of its own.
 */

import { putBefore } from "../adapter.js";
import { BODY, COMPOSE, COMPOSE_PLACE, MAIL, MESSAGE, OWN_WORDS } from "./selectors.js";
import { exportAddress, fetchExport } from "./source.js";
import { follow } from "../../lib/follow.js";

/** @type {import("../adapter.js").Adapter} */
export const sogo = {
  name: "sogo",

  matches(document) {
    return document.querySelector(MAIL) !== null;
  },

  start({ document, opened, writes }, signal) {
    follow(document, COMPOSE, () => "button", (own, _name, end) => offerWriting(own, writes, end), signal);
    follow(document, `${MESSAGE} ${BODY}`, addressOf(document), (body, address, end) => {
      opened(
        {
          source: (stop) => fetchExport(new URL(address), document, stop),
          place: (panel) => place(body, panel, end),
          shown: () => hide(body.closest(MESSAGE), end),
        },
        end,
      );
    }, signal);
  },
};

/**
 * Which message a view shows: the one that the address names when the view comes. Afterwards the address may already be
 * that of the next message, which is not there yet ("back", a link); a verdict on that one must not stand here.
 * @param {Document} document
 */
function addressOf(document) {
  /** @type {WeakMap<HTMLElement, string | null>} */
  const first = new WeakMap();
  return (/** @type {HTMLElement} */ view) => {
    if (!first.has(view)) first.set(view, exportAddress(document.location.href)?.href ?? null);
    return first.get(view) ?? null;
  };
}

/**
 * A button above SOGo's own, which floats over the list.
 * @param {HTMLElement} own
 * @param {import("../adapter.js").MailPage["writes"]} writes
 * @param {AbortSignal} signal
 */
function offerWriting(own, writes, signal) {
  const button = own.ownerDocument.createElement("button");
  button.type = "button";
  button.className = `md-button md-raised md-primary ${COMPOSE_PLACE}`;
  button.style.cssText = "bottom: 84px; z-index: 1; margin: 0; padding: 0 1em; text-transform: none;";
  writes(button, signal);
  own.after(button);
  signal.addEventListener("abort", () => button.remove(), { once: true });
}

/**
 * Above the body and below the header. What a mail lays over others stays in the body (`isolation`).
 * @param {HTMLElement} body
 * @param {HTMLElement} panel
 * @param {AbortSignal} signal
 */
function place(body, panel, signal) {
  putBefore(panel, body);
  body.style.setProperty("isolation", "isolate", "important");
  signal.addEventListener("abort", () => body.style.removeProperty("isolation"), { once: true });
}

/**
 * One message, one verdict: SOGo's own line on a signature steps back where the panel speaks.
 * @param {Element | null} message
 * @param {AbortSignal} signal
 */
function hide(message, signal) {
  for (const words of /** @type {NodeListOf<HTMLElement>} */ (message?.querySelectorAll(OWN_WORDS) ?? [])) {
    words.style.setProperty("display", "none", "important");
    signal.addEventListener("abort", () => words.style.removeProperty("display"), { once: true });
  }
}
