/**
 * Claims about what others wrote and this ships: it is what the package manager brought, octet for octet.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const VENDOR = new URL("../src/vendor/", import.meta.url);
const PACKAGE = new URL("../node_modules/dompurify/", import.meta.url);

test("DOMPurify is the module of its package, unchanged, with its licence", () => {
  for (const [own, theirs] of [["dompurify.js", "dist/purify.es.mjs"], ["LICENSE.dompurify", "LICENSE"]]) {
    assert.ok(readFileSync(new URL(own, VENDOR)).equals(readFileSync(new URL(theirs, PACKAGE))), own);
  }
  assert.deepEqual(readdirSync(VENDOR).sort(), ["LICENSE.dompurify", "dompurify.d.ts", "dompurify.js"]);
});

test("its version is pinned, and the same in the package file, the package and the file", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { version } = JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8"));
  assert.deepEqual(dependencies, { dompurify: version });
  assert.match(readFileSync(new URL("dompurify.js", VENDOR), "utf8").slice(0, 100), new RegExp(`DOMPurify ${version.replaceAll(".", "\\.")} `));
});
