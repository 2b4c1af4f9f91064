/**
 * Gmail: one page that never loads anew, with conversations of several messages. Each that is unfolded gets a panel of its
 * own; its element says which it is.
 */

import { putBefore } from "../adapter.js";
import { BODY, COMPOSE, HOST, ID, MESSAGE } from "./selectors.js";
import { fetchOriginal, originalAddress } from "./source.js";
import { follow } from "../../lib/follow.js";

/** @type {import("../adapter.js").Adapter} */
export const gmail = {
  name: "gmail",

  matches(document) {
    return document.location.hostname === HOST && document.location.pathname.startsWith("/mail/");
  },

  start({ document, opened, writes }, signal) {
    follow(document, COMPOSE, () => "button", (own, _name, end) => offerWriting(own, writes, end), signal);
    const addressOf = (/** @type {HTMLElement} */ message) =>
      // A message that is folded again keeps its element and loses its text.
      message.querySelector(BODY) === null
        ? null
        : (originalAddress(message.getAttribute(ID) ?? "", document.location.href)?.href ?? null);
    follow(document, MESSAGE, addressOf, (message, address, end) => {
      const body = /** @type {HTMLElement} */ (message.querySelector(BODY));
      opened(
        { source: (stop) => fetchOriginal(new URL(address), stop), place: (panel) => place(body, panel, end) },
        end,
      );
    }, signal);
  },
};

/**
 * A button like Gmail's own, below it.
 * @param {HTMLElement} own
 * @param {import("../adapter.js").MailPage["writes"]} writes
 * @param {AbortSignal} signal
 */
function offerWriting(own, writes, signal) {
  const button = own.ownerDocument.createElement("button");
  button.type = "button";
  button.style.cssText =
    "display: block; margin: 8px 0; padding: 8px 16px; border: 1px solid currentColor; border-radius: 16px; " +
    "background: none; color: inherit; font: inherit; cursor: pointer;";
  writes(button, signal);
  own.after(button);
  signal.addEventListener("abort", () => button.remove(), { once: true });
}

/**
 * Above the text and below the header. What a mail lays over others stays in the text (`isolation`).
 * @param {HTMLElement} body
 * @param {HTMLElement} panel
 * @param {AbortSignal} signal
 */
function place(body, panel, signal) {
  putBefore(panel, body);
  body.style.setProperty("isolation", "isolate", "important");
  signal.addEventListener("abort", () => body.style.removeProperty("isolation"), { once: true });
}
