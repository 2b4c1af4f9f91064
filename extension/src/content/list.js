/**
 * The list of a mail page, as an adapter marks it: what it knows of its messages, and the badge.
 */

import { BADGE } from "../adapters/adapter.js";
import { openChannel } from "../browser/runtime.js";
import { say } from "../browser/words.js";

/**
 * @param {string} adapter
 * @returns {import("../adapters/adapter.js").MailList}
 */
export function mailList(adapter) {
  return { kinds: () => askKinds(adapter), badge };
}

/**
 * @param {string} adapter
 * @returns {Promise<Record<string, string>>}
 */
async function askKinds(adapter) {
  const channel = openChannel("list");
  try {
    return await new Promise((resolve) => {
      channel.onMessage((said) => said.name === "kinds" && resolve(said.kinds));
      channel.onClose(() => resolve({}));
      channel.post({ name: "list.kinds", adapter });
    });
  } finally {
    channel.close();
  }
}

/**
 * A word beside the subject. It stands in the page, which could write it as well: so it says what a message is called,
 * never what its signature is worth.
 * @param {string} kind
 */
function badge(kind) {
  const made = document.createElement("span");
  made.setAttribute(BADGE, kind);
  made.textContent = say(kind === "signed" ? "badge_signed" : "badge_smime");
  made.title = say("badge_about");
  made.style.cssText =
    "display: inline-block; margin-inline-end: 0.5em; padding: 0 0.5em; border: 1px solid currentColor; border-radius: 0.7em; " +
    "font-size: 0.75em; font-weight: normal; line-height: 1.4; text-decoration: none;";
  return made;
}
