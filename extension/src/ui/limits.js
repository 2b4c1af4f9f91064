/**
 * The page that says what Letterlock can do where its experiment may not be used, and why. Shown once for each version of
 * Thunderbird.
 */

import { translate } from "./page.js";
import { why } from "../adapters/thunderbird/plain.js";
import { misfit } from "../browser/thunderbird-plain.js";
import { say } from "../browser/words.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

translate();
const found = await misfit();
byId("why").textContent = found ? why(found) : say("limits_none");
byId("writing").textContent = say(found?.absent ? "limits_writing_outbox" : "limits_writing_not");
