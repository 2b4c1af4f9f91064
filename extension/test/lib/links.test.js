/**
 * Claims about where a mail leads.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LINKS, link, linksIn } from "../../src/lib/links.js";

test("only addresses of the web and of mail are told; nothing that runs", () => {
  const addresses = ["https://a.example/x", "HTTP://A.example", "mailto:anna@muster.example", "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//a.example", "relative", "blob:x", "chrome-extension://x/y", "view-source:https://a.example", "https://"];
  assert.deepEqual(addresses.map((address) => link("x", address)?.target ?? null), [
    "https://a.example/x", "http://a.example/", "mailto:anna@muster.example", ...Array(10).fill(null),
  ]);
});

test("words that name another host than the link leads to are told", () => {
  /** @type {[string, string, boolean][]} */
  const cases = [
    ["www.bank.example", "https://evil.example/", true],
    ["https://bank.example/login", "https://bank.example.evil.example/login", true],
    ["Go to bank.example now", "https://evil.example/", true],
    ["bank.example", "https://www.bank.example/", false],
    ["www.bank.example", "https://bank.example/", false],
    ["bank.example", "https://login.bank.example/x", false],
    ["Click here", "https://evil.example/", false],
    ["bänk.example", "https://xn--bnk-qla.example/", false],
    ["bank.example", "https://bank.example@evil.example/", true],
    ["bank\u202e.example", "https://bank.example/", false],
  ];
  for (const [words, target, differs] of cases) assert.equal(link(words, target)?.differs, differs, words + " → " + target);
});

test("a name that looks like another is told as what it is", () => {
  assert.equal(link("x", "https://аррӏе.example/")?.host, "xn--80ak6aa92e.example");
});

test("addresses in a text are found, each once, without the punctuation after them", () => {
  const found = linksIn("See https://a.example/x. (https://b.example/y) https://a.example/x, <https://c.example> javascript:x");
  assert.deepEqual(found.map(({ target }) => target), ["https://a.example/x", "https://b.example/y", "https://c.example/"]);
  assert.equal(linksIn(Array.from({ length: 2_000 }, (_, at) => `https://a.example/${at}`).join(" ")).length, LINKS);
});
