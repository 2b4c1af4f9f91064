/**
 * Buttons for answering the message that is shown. They open the page for writing, in a tab of its own, where its text is
 * quoted.
 */

import { button, element } from "./elements.js";
import { say } from "../browser/words.js";

/**
 * @param {(kind: import("../adapters/adapter.js").AnswerKind) => void} answer
 * @returns {HTMLElement}
 */
export function answerButtons(answer) {
  return element(
    "div",
    { class: "actions answer", role: "group", "aria-label": say("answer_buttons") },
    button(say("answer_reply"), () => answer("reply")),
    button(say("answer_reply_all"), () => answer("reply_all")),
    button(say("answer_forward"), () => answer("forward")),
  );
}
