/**
 * The buttons for writing and answering in a mail page: they open a page of the extension's own. Nothing of what is written
 * or quoted there comes into this process.
 */

import { openChannel } from "../browser/runtime.js";
import { say } from "../browser/words.js";

/** @typedef {import("../adapters/adapter.js").AnswerKind} AnswerKind */

/** @type {Readonly<Record<AnswerKind, string>>} */
const ANSWER_WORDS = Object.freeze({ reply: "answer_reply", reply_all: "answer_reply_all", forward: "answer_forward" });

/**
 * @param {HTMLElement} button  as the adapter made it
 * @param {AbortSignal} signal
 */
export function writes(button, signal) {
  label(button, say("write_title"));
  pressed(button, signal, () => {
    const channel = openChannel("write");
    channel.post({ name: "write.open" });
    // Left open until the background has it: a worker that sleeps is woken by it first.
    setTimeout(() => channel.close(), 10_000);
  });
}

/**
 * @param {Partial<Record<AnswerKind, HTMLElement>>} buttons  as the adapter made them
 * @param {AbortSignal} signal
 * @param {(kind: AnswerKind) => void} answer
 */
export function answers(buttons, signal, answer) {
  for (const kind of /** @type {AnswerKind[]} */ (Object.keys(ANSWER_WORDS))) {
    const button = buttons[kind];
    if (!button) continue;
    // It stands beside the client's own, which says the rest.
    label(button, say(ANSWER_WORDS[kind]), say("answer_securely"));
    pressed(button, signal, () => answer(kind));
  }
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 * @param {string} [short]  where there is no room for it
 */
function label(button, text, short = text) {
  const words = button.querySelector("span") ?? button;
  words.textContent = short;
  button.title = text;
  if (short !== text) button.setAttribute("aria-label", text);
}

/**
 * Calls the listener when a person presses a button, with the mouse or with a key. A mail client's own handling of keys
 * (Roundcube's list takes Enter wherever it is pressed) gets none of it: so the key itself is the press, and not the click
 * that would follow.
 * @param {HTMLElement} button
 * @param {AbortSignal} signal
 * @param {() => void} act
 */
function pressed(button, signal, act) {
  /** @param {Event} event */
  const press = (event) => {
    event.preventDefault();
    event.stopPropagation();
    // A script of the page may press it as often as it likes: only a person opens anything.
    if (event.isTrusted) act();
  };
  button.addEventListener("click", press, { signal });
  button.addEventListener(
    "keydown",
    (event) => {
      if ((event.key !== "Enter" && event.key !== " ") || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      press(event);
    },
    { signal },
  );
}
