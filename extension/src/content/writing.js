/**
 * The button for writing in a mail page: it opens a page of the extension's own. Nothing of what is written there comes
 * into this process.
 */

import { openChannel } from "../browser/runtime.js";
import { say } from "../browser/words.js";

/**
 * @param {HTMLElement} button  as the adapter made it
 * @param {AbortSignal} signal
 */
export function writes(button, signal) {
  const words = button.querySelector("span") ?? button;
  words.textContent = say("write_title");
  button.title = say("write_title");
  button.addEventListener(
    "click",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      // A script of the page may press it as often as it likes: only a person opens anything.
      if (!event.isTrusted) return;
      const channel = openChannel("write");
      channel.post({ name: "write.open" });
      // Left open until the background has it: a worker that sleeps is woken by it first.
      setTimeout(() => channel.close(), 10_000);
    },
    { signal },
  );
}
