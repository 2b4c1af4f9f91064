/**
 * Roundcube: a message is a page of its own or the preview pane's frame, and both are loaded afresh for each message. The
 * list is filled as the person goes through it.
 */

import { answerButtons } from "./answering.js";
import { RoundcubeCarrier } from "./carrier.js";
import { putBefore } from "../adapter.js";
import { environment } from "./environment.js";
import { markList } from "./list.js";
import { BEFORE, BODY, COMPOSE, COMPOSE_OFF, ENV, LIST_ACTIONS, ONLY_NOTICE, READING_ACTIONS } from "./selectors.js";
import { fetchSource, foreseenEnvironment, sourceAddress } from "./source.js";

/** @type {import("../adapter.js").Adapter} */
export const roundcube = {
  name: "roundcube",

  carrier: (document) => new RoundcubeCarrier(document),

  matches(document) {
    return environment(document) !== null;
  },

  foresee(document) {
    const env = foreseenEnvironment(document);
    if (env === null) return null;
    const address = sourceAddress(env, document.location.href);
    return { id: address?.href ?? "", source: address && ((stop) => fetchSource(address, stop)) };
  },

  start({ document, opened, writes, list }, signal) {
    offerWriting(document, writes, signal);
    const env = environment(document);
    if (env !== null && env[ENV.task] === "mail" && LIST_ACTIONS.includes(String(env[ENV.action] ?? ""))) {
      markList(document, list, signal);
      return;
    }
    if (env === null || !READING_ACTIONS.includes(String(env[ENV.action]))) return;
    if (document.querySelector(BODY) === null) return;
    const address = sourceAddress(env, document.location.href);
    opened(
      {
        id: address?.href,
        source: (stop) =>
          address ? fetchSource(address, stop) : Promise.reject(new Error("no message in the page's state")),
        place: (panel) => place(document, panel, signal),
        shown: () => hideNotice(document, signal),
        answers: answerButtons(document, signal),
      },
      signal,
    );
  },
};

/**
 * A button like Roundcube's own, below it.
 * @param {Document} document
 * @param {import("../adapter.js").MailPage["writes"]} writes
 * @param {AbortSignal} signal
 */
function offerWriting(document, writes, signal) {
  const own = document.querySelector(COMPOSE);
  if (own === null) return;
  const button = document.createElement("a");
  button.className = own.className;
  button.classList.remove(COMPOSE_OFF);
  button.setAttribute("role", "button");
  button.href = "#";
  const words = document.createElement("span");
  words.className = "inner";
  button.append(words);
  writes(button, signal);
  own.after(button);
  signal.addEventListener("abort", () => button.remove(), { once: true });
}

/**
 * Above attachments and body, below the header: the body is the mail's, and could imitate a panel.
 * @param {Document} document
 * @param {HTMLElement} panel
 * @param {AbortSignal} signal
 */
function place(document, panel, signal) {
  for (const selector of BEFORE) {
    const before = document.querySelector(selector);
    if (before?.parentElement) {
      putBefore(panel, before);
      keepBelow(/** @type {HTMLElement} */ (before), signal);
      return;
    }
  }
}

/**
 * Takes away Roundcube's own word on a message of which it shows nothing: the panel shows it, or says better why not.
 * @param {Document} document
 * @param {AbortSignal} signal
 */
function hideNotice(document, signal) {
  const notice = /** @type {HTMLElement | null} */ (document.querySelector(ONLY_NOTICE));
  if (notice === null) return;
  notice.style.setProperty("display", "none", "important");
  signal.addEventListener("abort", () => notice.style.removeProperty("display"), { once: true });
}

/**
 * Keeps what is in an element below the panel. Roundcube lets a mail place boxes where it likes (`position: absolute`,
 * any `z-index`), so it could lay a forged verdict over the true one. A stacking context of its own ends that: no
 * number in it counts outside.
 * @param {HTMLElement} element
 * @param {AbortSignal} signal
 */
function keepBelow(element, signal) {
  element.style.setProperty("isolation", "isolate", "important");
  signal.addEventListener("abort", () => element.style.removeProperty("isolation"), { once: true });
}
