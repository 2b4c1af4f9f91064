/**
 * The form in which the person's own mark is chosen: a colour and two words.
 */

import { button, element } from "./elements.js";
import { showMark } from "./own-mark.js";
import { openChannel } from "../browser/runtime.js";
import { say } from "../browser/words.js";
import { COLOURS, drawMark, ownMark } from "../lib/own-mark.js";

/**
 * @param {(words: string) => void} tell  what became of it; empty: what was said is over
 * @returns {HTMLFormElement}
 */
export function markForm(tell) {
  const words = element("input", {
    type: "text",
    id: "mark-words",
    maxlength: "40",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "mark-note",
    required: true,
  });
  const preview = element("p", { class: "mark-form__preview" });
  const form = element(
    "form",
    { id: "mark-form", class: "mark-form" },
    element("fieldset", {}, element("legend", {}, say("mark_colour")), element("div", { class: "mark-form__colours" }, ...COLOURS.map(colourChoice))),
    element("label", { for: "mark-words" }, say("mark_words")),
    words,
    element("p", { id: "mark-note", class: "mark-form__note" }, say("mark_note")),
    preview,
    element(
      "div",
      { class: "actions" },
      element("button", { type: "submit", class: "button button--main" }, say("mark_keep")),
      button(say("mark_draw"), () => {
        tell("");
        fill(drawMark(say("mark_first_words").split(" "), say("mark_second_words").split(" ")));
      }),
    ),
  );

  const wish = () => ({ colour: new FormData(form).get("colour"), words: words.value });
  const show = () => showMark(preview, ownMark(wish()), "mark-form__preview");
  /** @param {import("../lib/own-mark.js").OwnMark} mark */
  const fill = (mark) => {
    words.value = mark.words;
    for (const radio of form.querySelectorAll("input")) if (radio.type === "radio") radio.checked = radio.value === mark.colour;
    show();
  };
  form.addEventListener("input", () => {
    tell("");
    show();
  });

  const channel = openChannel("mark");
  channel.onMessage(({ name, mark, chosen }) => {
    if (name !== "mark") return;
    if (mark && chosen !== false) fill(mark);
    if (chosen === true) tell(say("mark_kept"));
    if (chosen === false) tell(say("mark_refused"));
  });
  channel.post({ name: "mark.show" });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    channel.post({ name: "mark.choose", ...wish() });
  });
  return form;
}

/** @type {Record<string, string>} */
const NAMES = {
  teal: say("colour_teal"),
  blue: say("colour_blue"),
  violet: say("colour_violet"),
  rose: say("colour_rose"),
  red: say("colour_red"),
  orange: say("colour_orange"),
  olive: say("colour_olive"),
  brown: say("colour_brown"),
};

/** @param {string} colour */
function colourChoice(colour) {
  return element(
    "label",
    { "data-colour": colour },
    element("input", { type: "radio", name: "colour", value: colour, required: true }),
    element("span", { class: "own-mark__stripe", "aria-hidden": "true" }),
    NAMES[colour],
  );
}
