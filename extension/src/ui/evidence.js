/**
 * Saving a message as evidence: a button, and beside it what became of it.
 */

import { fileName, save } from "./attachments.js";
import { button, element } from "./elements.js";
import { failureWords, say } from "../browser/words.js";
import { Failure } from "../lib/failure.js";

/**
 * Makes evidence of the message that is shown.
 * @typedef {() => Promise<{ blob: Blob, name: string | null }>} Evidence
 */

/**
 * @param {Evidence} evidence
 * @returns {HTMLElement[]} the button, and a line that says what happened
 */
export function evidenceButton(evidence) {
  const told = element("p", { class: "advice", role: "status", "aria-live": "polite" });
  const made = button(say("evidence_save"), async () => {
    made.disabled = true;
    told.textContent = say("evidence_saving");
    try {
      const { blob, name } = await evidence();
      const safe = fileName({ id: "evidence", name, type: "application/vnd.etsi.asic-e+zip" });
      save(blob, safe);
      told.textContent = say("evidence_saved", safe);
    } catch (thrown) {
      const words = failureWords(Failure.from(thrown));
      told.textContent = `${words.sentence} ${words.advice}`;
    } finally {
      made.disabled = false;
    }
  });
  made.classList.add("button--quiet");
  made.dataset.does = "evidence";
  return [made, told];
}
