/**
 * Buttons beside Roundcube's own for answering the message that is open. The preview pane's frame has none: they stand in the
 * page around it, and are there as long as the frame shows a message.
 */

import { ANSWERS, DROPDOWN } from "./selectors.js";

/**
 * @param {Document} document  of the message
 * @param {AbortSignal} signal
 * @returns {Partial<Record<import("../adapter.js").AnswerKind, HTMLElement>>}  without words
 */
export function answerButtons(document, signal) {
  /** @type {Partial<Record<import("../adapter.js").AnswerKind, HTMLElement>>} */
  const made = {};
  const toolbar = around(document);
  for (const [kind, selector] of Object.entries(ANSWERS)) {
    const own = toolbar?.querySelector(selector);
    if (!own) continue;
    const button = own.ownerDocument.createElement("a");
    // Without the classes by which Roundcube finds and switches its own; the icon comes with the name that is left.
    button.className = [...own.classList].filter((name) => !["disabled", "active", "pressed"].includes(name)).join(" ");
    button.setAttribute("role", "button");
    button.href = "#";
    const words = own.ownerDocument.createElement("span");
    words.className = "inner";
    button.append(words);
    const placed = beside(own, button);
    signal.addEventListener("abort", () => placed.remove(), { once: true });
    made[/** @type {import("../adapter.js").AnswerKind} */ (kind)] = button;
  }
  return made;
}

/**
 * Puts it after Roundcube's own, and into a box of the same kind where that has one: else it would float before it.
 * @param {Element} own
 * @param {HTMLElement} button
 * @returns {HTMLElement} what was put there
 */
function beside(own, button) {
  const box = own.closest(DROPDOWN);
  if (!box) {
    own.after(button);
    return button;
  }
  const placed = own.ownerDocument.createElement("span");
  placed.className = box.className;
  placed.append(button);
  box.after(placed);
  return placed;
}

/**
 * The page with the toolbar: the message's own, or the one around its frame where that is of the same site.
 * @param {Document} document
 * @returns {Document | null}
 */
function around(document) {
  const { defaultView } = document;
  if (!defaultView || defaultView.parent === defaultView) return document;
  try {
    return defaultView.parent.document;
  } catch {
    return null;
  }
}
