/**
 * Claims about how the panel loads.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const UI = new URL("../../src/ui/", import.meta.url);

/**
 * A module and all that it imports before it runs.
 * @param {URL} module
 * @param {Set<string>} found
 */
function imported(module, found = new Set()) {
  if (found.has(module.href)) return found;
  found.add(module.href);
  for (const [, path] of readFileSync(module, "utf8").matchAll(/^(?:import|export)[^;]*? from "([^"]+)";/gms)) imported(new URL(path, module), found);
  return found;
}

test("the page asks for all modules of the panel at once: each level of imports would cost a verdict time", () => {
  const html = readFileSync(new URL("panel.html", UI), "utf8");
  const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => new URL(path, UI).href);
  const needed = imported(new URL("panel.js", UI));
  needed.delete(new URL("panel.js", UI).href);
  assert.deepEqual(preloaded.sort(), [...needed].sort());
});

test("the sanitiser is loaded for mail that the panel itself shows, and not for every verdict", () => {
  const needed = [...imported(new URL("panel.js", UI))];
  assert.ok(!needed.some((url) => url.includes("dompurify")));
  assert.ok([...imported(new URL("parts.js", UI))].some((url) => url.includes("dompurify")));
});
