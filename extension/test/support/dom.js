/**
 * A document without a browser (jsdom), for modules that make or read one.
 */

import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const SRC = new URL("../../src/", import.meta.url);

/**
 * @param {string} html
 * @param {string} [url]
 */
export function page(html, url = "https://mail.muster.example/") {
  return new JSDOM(html, { url }).window;
}

/** @param {string} path  below test/fixtures */
export function fixture(path) {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url), "utf8");
}

/**
 * A parsed messages.json.
 * @param {string} language
 * @returns {Record<string, { message: string, description: string, placeholders?: Record<string, { content: string, example?: string }> }>}
 */
export function locale(language) {
  return JSON.parse(readFileSync(new URL(`_locales/${language}/messages.json`, SRC), "utf8"));
}

/** Makes the window's document the one that `document` means. @param {any} window */
export function enter(window) {
  const { document, Node, NodeFilter, HTMLElement } = window;
  Object.assign(globalThis, { window, document, Node, NodeFilter, HTMLElement });
}
