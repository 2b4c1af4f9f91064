/**
 * Claims about the layers: ui, content, background → adapters, browser, lib; adapters → browser, lib; browser → lib;
 * lib → nothing. Two files may use what others wrote (vendor): ui/html.js, which has mail made harmless by it,
 * and ui/write/pasted.js, which does the same with what comes into a letter.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { test } from "node:test";

const SRC = new URL("../src/", import.meta.url);
const MAY_IMPORT = {
  ui: ["adapters", "browser", "lib"],
  content: ["adapters", "browser", "lib"],
  background: ["adapters", "browser", "lib"],
  adapters: ["browser", "lib"],
  browser: ["lib"],
  lib: [],
};
const FOREIGN = { "ui/html.js": ["vendor"], "ui/write/pasted.js": ["vendor"] };

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".js") && !file.startsWith("vendor/"))
  .map((file) => ({ file, text: readFileSync(new URL(file, SRC), "utf8") }));

/** @param {string} text */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** What a module imports. @param {string} text */
function imports(text) {
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|\bimport\(\s*"([^"]+)"(?!\)\.)/gm)].map((match) => match[1] ?? match[2]);
}

for (const { file, text } of files) {
  test(`${file} imports only from its own layer and those below`, () => {
    const layer = /** @type {keyof typeof MAY_IMPORT} */ (file.split("/")[0]);
    for (const specifier of imports(text)) {
      assert.match(specifier, /^\.\.?\//, "nothing from elsewhere");
      const target = join(dirname(file), specifier).split("/")[0];
      const allowed = [layer, ...MAY_IMPORT[layer], .../** @type {Record<string, string[]>} */ (FOREIGN)[file] ?? []];
      assert.ok(allowed.includes(target), `${file} → ${specifier}`);
    }
  });
}

test("an adapter knows nothing of another", () => {
  for (const { file, text } of files.filter(({ file }) => file.startsWith("adapters/"))) {
    const own = file.split("/").slice(0, 2).join("/");
    for (const specifier of imports(text)) {
      const target = join(dirname(file), specifier);
      const sibling = target.startsWith("adapters/") && !target.startsWith(own) && !["adapters/adapter.js", "adapters/carrier.js"].includes(target);
      assert.ok(!sibling, `${file} → ${specifier}`);
    }
  }
});

test("only src/browser speaks to the browser's interface", () => {
  for (const { file, text } of files.filter(({ file }) => !file.startsWith("browser/"))) {
    assert.doesNotMatch(withoutComments(text), /\b(?:browser|chrome)\s*[.[]|globalThis\)?\.(?:browser|chrome)/, file);
  }
});

test("no text becomes markup", () => {
  for (const { file, text } of files) {
    assert.doesNotMatch(withoutComments(text), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser/, file);
  }
});
