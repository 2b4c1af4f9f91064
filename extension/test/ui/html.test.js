/**
 * Claims about HTML that was made harmless. That nothing is fetched and nothing runs is shown by the browsers
 * (tests/e2e/test_hostile_html.py); here, that nothing is left which could.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, page } from "../support/dom.js";
import { MARK, hostile } from "../support/hostile-html.js";

enter(page("<!doctype html><html lang=en><body></body></html>"));
const { sanitise } = await import("../../src/ui/html.js");

const ELEMENTS = new Set(
  "a abbr address article aside b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr".split(" "),
);
const ATTRIBUTES = new Set("align alt bgcolor border cellpadding cellspacing class color colspan dir face height lang nowrap rowspan size span start title valign width".split(" "));
const CASES = hostile("https://exfil.example");

/** @param {string} html */
function left(html) {
  const { content, styles } = sanitise(html);
  const elements = [...content.querySelectorAll("*")];
  const attributes = elements.flatMap((element) => [...element.attributes].map(({ name }) => name));
  return {
    elements: elements.map(({ localName }) => localName).filter((name) => !ELEMENTS.has(name)),
    attributes: attributes.filter((name) => !ATTRIBUTES.has(name)),
    declarations: [...styles.values()].flat(),
    content,
  };
}

test("the corpus is large, and its cases differ", () => {
  assert.ok(CASES.length > 400, String(CASES.length));
  assert.equal(new Set(CASES.map(({ html }) => html)).size, CASES.length);
});

test("of hostile HTML only harmless elements, attributes and declarations are left", () => {
  for (const { name, html } of CASES) {
    const { elements, attributes, declarations, content } = left(html);
    assert.deepEqual(elements, [], name);
    assert.deepEqual(attributes, [], name);
    for (const [property, value] of declarations) {
      assert.doesNotMatch(`${property}: ${value}`, /url|image|exfil|position|z-index|transform|inset|animation|--/i, name);
    }
    assert.equal(content.ownerDocument.defaultView, null, "a document without a window, which fetches nothing");
  }
  assert.ok(!(MARK in globalThis) && !(MARK in window));
});

test("what letters are made of is kept", () => {
  const html =
    '<h1 align="center">Offer</h1><p style="color: red; font-weight: bold; margin-left: 9px">Dear <b>Bert</b></p>' +
    '<table width="100%" cellpadding="4" bgcolor="#ffee00" border="1"><tr><td colspan="2" style="background: #eee; text-align: right">x</td></tr></table>' +
    '<ul><li>one</li></ul><blockquote dir="rtl">שלום</blockquote><font face="Arial" size="2" color="#123456">x</font>';
  const { content, styles } = sanitise(html);
  assert.equal(content.querySelectorAll("h1, p, b, table, td, ul, li, blockquote, font").length, 9);
  assert.equal(content.querySelector("table")?.getAttribute("bgcolor"), "#ffee00");
  assert.equal(content.querySelector("td")?.getAttribute("colspan"), "2");
  const [paragraph] = content.querySelectorAll("p");
  const kept = Object.fromEntries(styles.get(paragraph) ?? []);
  assert.deepEqual(kept, { color: "red", "font-weight": "bold", "margin-left": "9px" });
  assert.equal(content.querySelector("[style]"), null, "styles are set one by one, not written");
});

test("links are taken out and told with their true target", () => {
  const { content, links } = sanitise('<a href="https://evil.example/x">www.bank.example</a> <a href="javascript:x">y</a> <a name="z">z</a>');
  assert.deepEqual(links.map(({ link }) => link), [{ words: "www.bank.example", target: "https://evil.example/x", host: "evil.example", differs: true }]);
  assert.equal(content.querySelector("[href]"), null);
});

test("pictures are sorted by where they come from, and none keeps its address", () => {
  const png = "data:image/png;base64,iVBORw0KGgo=";
  const html = `<img src="cid:a%40b" width="20" alt="own"><img src="${png}"><img src="https://x.example/1"><img src="HTTP://x.example/2"><img src="data:image/svg+xml;base64,PHN2Zz4="><img src="file:///x"><img src="blob:x"><img src="relative"><img src="//x.example/3">`;
  const { content, inline, embedded, remote } = sanitise(html);
  assert.deepEqual(inline.map(({ id }) => id), ["a@b"]);
  assert.deepEqual(embedded.map(({ address }) => address), [png]);
  assert.deepEqual(remote.map(({ address }) => address), ["https://x.example/1", "HTTP://x.example/2"]);
  assert.equal(content.querySelector("[src]"), null);
  assert.equal(content.querySelector("img")?.getAttribute("width"), "20");
});

test("style sheets are handed on as text, to be read rule by rule", () => {
  const { content, sheets } = sanitise("<html><head><style>p { color: red }</style></head><body><p>x</p></body></html>");
  assert.deepEqual(sheets, ["p { color: red }"]);
  assert.equal(content.querySelector("style"), null);
  assert.equal(content.textContent?.trim(), "x");
});

test("characters that turn others around are shown in HTML, too", () => {
  const { content } = sanitise("<p>invoice\u202efdp.exe <bdo dir=rtl>exe</bdo></p>");
  assert.equal(content.querySelector("p")?.textContent, "invoice⟦RLO⟧fdp.exe exe");
  assert.equal(content.querySelector("bdo"), null);
});
