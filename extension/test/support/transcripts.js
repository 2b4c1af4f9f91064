/**
 * Golden conversations (tests/transcripts/README.md) for the extension's side.
 */

import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../../../tests/transcripts/", import.meta.url);

/**
 * @typedef {{ from: "client" | "host", frame?: any, exit?: number, end?: boolean }} Step
 * @typedef {{ name: string, about: string, steps: Step[] }} Transcript
 */

/** @returns {Transcript[]} */
export function transcripts() {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => transcript(name));
}

/**
 * @param {string} name  of the file
 * @returns {Transcript}
 */
export function transcript(name) {
  const { about, conversation } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
  return { name, about, steps: conversation.map((/** @type {any} */ step) => ({ ...step, frame: filled(step.frame) })) };
}

/**
 * A frame with its placeholders replaced by values that fit.
 * @param {any} value
 * @returns {any}
 */
function filled(value) {
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0].startsWith("$")) return placeholder(keys[0], value[keys[0]]);
  return Object.fromEntries(keys.map((key) => [key, filled(value[key])]));
}

/**
 * @param {string} kind
 * @param {any} content
 */
function placeholder(kind, content) {
  switch (kind) {
    case "$base64":
      return Buffer.from(text(content)).toString("base64");
    case "$bind":
    case "$ref":
    case "$any":
      return content;
    case "$has":
      return filled(content);
    default:
      throw new Error(`unknown placeholder ${kind}`);
  }
}

/** @param {any} content */
function text(content) {
  if (typeof content === "string") return content;
  return content.map((/** @type {any} */ piece) => (typeof piece === "string" ? piece : piece[0].repeat(piece[1]))).join("");
}
