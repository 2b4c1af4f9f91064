/**
 * Claims about text that cannot be translated: there is none, neither in the pages nor in what is made by scripts.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { JSDOM } from "jsdom";

const UI = new URL("../src/ui/", import.meta.url);
const files = readdirSync(UI, { recursive: true, encoding: "utf8" });

/** Names that are the same in every language. */
const NAMES = /^(Letterlock|TLS|STARTTLS|SHA-256|MIME|Python)$/;

/** Attributes that people read or hear. */
const READ = ["alt", "aria-label", "aria-description", "aria-roledescription", "label", "placeholder", "title"];

/** An example that nobody translates: an address, a domain, a file name. */
const EXAMPLE = /^(https?:\/\/)?([\w.@:/-]*\.(example|org))?$/;

/** @param {string} text */
const isWords = (text) => /\p{L}{2}/u.test(text) && !NAMES.test(text.trim());

for (const file of files.filter((name) => name.endsWith(".html"))) {
  test(`${file}: every text comes from the locale files`, () => {
    const { document } = new JSDOM(readFileSync(new URL(file, UI), "utf8")).window;
    for (const element of document.querySelectorAll("body *, title")) {
      if (element.matches("script, style")) continue;
      const own = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ textContent }) => textContent ?? "").join(" ");
      // The title of a document that says its words by itself is replaced before anybody sees it.
      const said = element.hasAttribute("data-words") ? "" : own;
      assert.ok(!isWords(said) || file.startsWith("mail"), `<${element.localName}> ${said.trim()}`);
      for (const name of READ) {
        const value = element.getAttribute(name) ?? "";
        assert.ok(!isWords(value) || EXAMPLE.test(value), `${name}="${value}"`);
      }
    }
  });
}

/** Functions whose arguments are shown, and how many come before the first of them. */
const SHOWS = { element: 2, button: 0, field: 0, folded: 0, form: 0, nothing: 0, tell: 0, twice: 0, append: 0, replaceChildren: 0 };

/**
 * What a script shows as a literal: arguments of functions that show, texts that are set, attributes that are read.
 * @param {string} code
 */
function literals(code) {
  // What is inserted into a template is looked at where it is made.
  for (let before; before !== code; ) [before, code] = [code, code.replace(/\$\{[^{}]*\}/g, "")];
  const set = [
    ...code.matchAll(/\b(?:textContent|innerText|title|placeholder|ariaLabel|alt)\s*=(?!=)\s*(["'`])((?:\\.|(?!\1).)*)\1/g),
    ...code.matchAll(/(?:\balt|"aria-label"|"aria-description"|\btitle|\bplaceholder):\s*(["'`])((?:\\.|(?!\1).)*)\1/g),
  ].map(([, , text]) => text);
  const shown = [...code.matchAll(/\b(\w+)\(/g)].flatMap(({ 0: call, 1: name, index }) =>
    Object.hasOwn(SHOWS, name) ? own(code, index + call.length, SHOWS[/** @type {keyof typeof SHOWS} */ (name)]) : [],
  );
  return [...set, ...shown].filter((text) => isWords(text) && !EXAMPLE.test(text));
}

/**
 * The strings among the arguments of a call itself, not those of calls, lists and objects in them.
 * @param {string} code
 * @param {number} start   behind its parenthesis
 * @param {number} before   arguments that are not looked at
 */
function own(code, start, before) {
  const found = [];
  const token = /(["'`])((?:\\.|(?!\1)[^])*)\1|[([{]|[)\]}]|,/g;
  token.lastIndex = start;
  for (let depth = 0, argument = 0, each; depth >= 0 && (each = token.exec(code)); ) {
    if (each[1] && depth === 0 && argument >= before) found.push(each[2]);
    else if (/^[([{]/.test(each[0])) depth++;
    else if (/^[)\]}]/.test(each[0])) depth--;
    else if (each[0] === "," && depth === 0) argument++;
  }
  return found;
}

for (const file of files.filter((name) => name.endsWith(".js"))) {
  test(`${file}: says nothing but what the locale files, the host or a mail say`, () => {
    const code = readFileSync(new URL(file, UI), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    assert.deepEqual(literals(code), []);
  });
}

test("a text that somebody forgot is found, wherever it stands", () => {
  const forgotten = ['place.textContent = "Not now";', 'element("p", {}, "Not now")', "button(`Not now ${name}`, act)", 'element("p", { class: "quiet" }, say("x"), "Not now")', 'element("img", { alt: "Not now" })', '{ "aria-label": `Not now: ${name}` }'];
  for (const code of forgotten) assert.equal(literals(code).length, 1, code);
  for (const code of ['element("p", {}, say("not_now"))', 'button(say("x"), act, { class: "button" })', 'place.textContent = `${one} ${other}`', 'if (name === "keys") {}']) {
    assert.deepEqual(literals(code), [], code);
  }
});
