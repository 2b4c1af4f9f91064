/**
 * The sign on the toolbar button that there is something to read in its menu.
 */

import { api } from "./api.js";
import { say } from "./words.js";

/** @param {boolean} shown */
export async function setBadge(shown) {
  await api.action.setBadgeText({ text: shown ? "!" : "" });
  await api.action.setTitle({ title: shown ? say("notices_badge") : say("extension_name") });
}
