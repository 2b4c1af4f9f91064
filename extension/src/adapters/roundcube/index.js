/**
 * Roundcube: a message is a page of its own or the preview pane's frame, and both are loaded afresh for each message.
 */

import { environment } from "./environment.js";
import { BEFORE, BODY, ENV, READING_ACTIONS } from "./selectors.js";
import { fetchSource, sourceAddress } from "./source.js";

/** @type {import("../adapter.js").Adapter} */
export const roundcube = {
  name: "roundcube",

  matches(document) {
    return environment(document) !== null;
  },

  start({ document, opened }, signal) {
    const env = environment(document);
    if (env === null || !READING_ACTIONS.includes(String(env[ENV.action]))) return;
    if (document.querySelector(BODY) === null) return;
    const address = sourceAddress(env, document.location.href);
    opened(
      {
        source: (stop) =>
          address ? fetchSource(address, stop) : Promise.reject(new Error("no message in the page's state")),
        place: (panel) => place(document, panel),
      },
      signal,
    );
  },
};

/**
 * Above attachments and body, below the header: the body is the mail's, and could imitate a panel.
 * @param {Document} document
 * @param {HTMLElement} panel
 */
function place(document, panel) {
  for (const selector of BEFORE) {
    const before = document.querySelector(selector);
    if (before?.parentElement) {
      before.before(panel);
      return;
    }
  }
}
