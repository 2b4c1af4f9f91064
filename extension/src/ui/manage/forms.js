/**
 * What the views of the manage page are made of: labelled fields, files in both directions, cards and findings.
 */

import { button, day, element } from "../elements.js";
import { sentence } from "../sentences.js";
import { say } from "../../browser/words.js";
import { blobToBase64, fromBase64 } from "../../lib/octets.js";

/** @typedef {import("../elements.js").Child} Child */

/** Files are carried in one frame of the protocol; keys and certificates have some thousand octets. */
export const FILE_OCTETS = 512 * 1024;

let named = 0;

/**
 * A field with its label. `control` gets the id that the label points at, if it has none.
 * @template {HTMLElement} Control
 * @param {string} words
 * @param {Control} control
 * @param {{ note?: string, line?: boolean }} [look]
 */
export function field(words, control, { note = "", line = false } = {}) {
  control.id ||= `field-${++named}`;
  const label = element("label", { for: control.id }, words);
  const hint = note ? element("p", { class: "quiet", id: `${control.id}-note` }, note) : null;
  if (hint) control.setAttribute("aria-describedby", hint.id);
  return element("div", { class: line ? "field field--line" : "field" }, ...(line ? [control, label] : [label, control]), hint);
}

/**
 * @param {string} type
 * @param {Record<string, string | boolean>} [attributes]
 */
export function input(type, attributes = {}) {
  return element("input", { type, autocomplete: "off", spellcheck: "false", ...attributes });
}

/**
 * @param {readonly (readonly [string, string])[]} choices  value and words
 * @param {string} [chosen]
 */
export function choice(choices, chosen) {
  return element("select", {}, ...choices.map(([value, words]) => element("option", { value, selected: value === chosen }, words)));
}

/**
 * A form that does one thing. While it works it cannot be sent again.
 * @param {string} words   what sending it does
 * @param {Node[]} fields
 * @param {() => Promise<unknown>} act
 */
export function form(words, fields, act) {
  const send = element("button", { type: "submit", class: "button button--main" }, words);
  const made = element("form", {}, ...fields, element("div", { class: "actions" }, send));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send.disabled = true;
    void act().finally(() => (send.disabled = false));
  });
  return made;
}

/**
 * Something rarely needed, behind its name.
 * @param {string} words
 * @param {...Child} children
 */
export function folded(words, ...children) {
  return element("details", {}, element("summary", {}, words), ...children);
}

/**
 * Facts in two columns; what is empty is left out.
 * @param {[string, Child][]} facts
 */
export function facts(facts) {
  const shown = facts.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return element("dl", {}, ...shown.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

/**
 * What the host has to say, with its advice.
 * @param {readonly import("../../lib/shapes.js").Reason[]} reasons
 */
export function findings(reasons) {
  const line = (/** @type {import("../../lib/shapes.js").Reason} */ reason) =>
    element("li", { "data-code": reason.code }, sentence(`${reason.sentence} ${reason.advice}`.trim(), Object.values(reason.facts)));
  return element("ul", { class: "findings" }, ...reasons.map(line));
}

/**
 * When a certificate begins and ends to be in force.
 * @param {{ not_before: string, not_after: string }} certificate
 */
export function validity(certificate) {
  return element("span", {}, day(certificate.not_before), " – ", day(certificate.not_after));
}

/**
 * A fingerprint as people compare it: in groups of four.
 * @param {string} sha256
 */
export function fingerprint(sha256) {
  return element("code", {}, sha256.match(/.{1,4}/g)?.join(" ") ?? "");
}

/**
 * A button that asks once more before it does what cannot be undone.
 * @param {string} words
 * @param {string} sure    what pressing it again does
 * @param {() => void} act
 */
export function twice(words, sure, act) {
  let asked = false;
  const made = button(words, () => {
    if (asked) return act();
    asked = true;
    made.textContent = sure;
    made.classList.remove("button--quiet");
  }, { class: "button button--quiet" });
  made.addEventListener("blur", () => {
    asked = false;
    made.textContent = words;
    made.classList.add("button--quiet");
  });
  return made;
}

/**
 * The file that was chosen, for the host.
 * @param {HTMLInputElement} control
 * @returns {Promise<{ file: string, name: string } | null>} null: none, or one that is none of ours by its size
 */
export async function chosenFile(control) {
  const file = control.files?.[0];
  if (!file || file.size > FILE_OCTETS) return null;
  return { file: await blobToBase64(file), name: file.name.slice(0, 255) };
}

/**
 * Hands the person a file.
 * @param {string} name
 * @param {Blob} blob
 */
export function saveFile(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = element("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {string} base64 */
export function blobOf(base64) {
  return new Blob([fromBase64(base64)], { type: "application/octet-stream" });
}

/** What is shown where there is nothing. @param {string} words */
export function nothing(words) {
  return element("p", { class: "quiet" }, words);
}

/** The words for a file that is not taken. */
export function noFile() {
  return say("manage_no_file");
}

/**
 * A part of a view under its heading.
 * @param {string} key   of its heading
 * @param {...Node} children
 */
export function section(key, ...children) {
  const id = `${key.replaceAll("_", "-")}-title`;
  return element("section", { "aria-labelledby": id }, element("h2", { id }, say(key)), ...children);
}
