/**
 * The page on which the person's own mark is chosen: a colour and two words.
 */

import { element } from "./elements.js";
import { showMark } from "./own-mark.js";
import { translate } from "./page.js";
import { openChannel } from "../browser/runtime.js";
import { say } from "../browser/words.js";
import { COLOURS, drawMark, ownMark } from "../lib/own-mark.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (byId("form"));
const words = /** @type {HTMLInputElement} */ (byId("words"));
const said = byId("said");
const channel = openChannel("mark");

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

translate();
byId("colours").append(
  ...COLOURS.map((colour) =>
    element(
      "label",
      { "data-colour": colour },
      element("input", { type: "radio", name: "colour", value: colour, required: true }),
      element("span", { class: "own-mark__stripe", "aria-hidden": "true" }),
      NAMES[colour],
    ),
  ),
);

const wish = () => ({ colour: new FormData(form).get("colour"), words: words.value });
const preview = () => showMark(byId("preview"), ownMark(wish()));

/** @param {import("../lib/own-mark.js").OwnMark} mark */
function fill(mark) {
  words.value = mark.words;
  for (const choice of form.querySelectorAll("input[type=radio]")) {
    const radio = /** @type {HTMLInputElement} */ (choice);
    radio.checked = radio.value === mark.colour;
  }
  preview();
}

form.addEventListener("input", () => {
  said.textContent = "";
  preview();
});
byId("draw").addEventListener("click", () => {
  said.textContent = "";
  fill(drawMark(say("mark_first_words").split(" "), say("mark_second_words").split(" ")));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  channel.post({ name: "mark.choose", ...wish() });
});

channel.onMessage(({ name, mark, chosen }) => {
  if (name !== "mark") return;
  if (mark && chosen !== false) fill(mark);
  if (chosen === true) said.textContent = say("mark_kept");
  if (chosen === false) said.textContent = say("mark_refused");
});
channel.post({ name: "mark.show" });
