/**
 * Claims about formatted text: what is sent of it, as HTML and as plain text.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../support/dom.js";
import { isFormatted, linkTarget, picturesIn, toHtml, toText } from "../../src/lib/rich.js";

/** @param {string} html */
function tree(html) {
  return page(`<body>${html}</body>`).document.body;
}

test("nothing goes out but the elements that formatting needs", () => {
  const made = toHtml(
    tree(
      '<p style="color:red" class="x" onclick="x()">Hi <strong>there</strong><script>alert(1)</script><span id=y> you</span></p>' +
        '<a href="javascript:alert(1)">a</a><a href="https://x.example/?a=1&amp;b=%22">b</a><img src="https://x.example/p.png"><!-- c -->' +
        '<img src="blob:x" data-picture="1@x" alt="a &quot;roof&quot;"><svg><a href="https://y.example">s</a></svg>',
    ),
  );
  assert.equal(
    made,
    '<div>Hi <b>there</b>alert(1) you</div>a<a href="https://x.example/?a=1&amp;b=%22">b</a><img src="cid:1@x" alt="a &quot;roof&quot;">s',
  );
});

test("text that looks like markup stays text", () => {
  const { body } = page("<body></body>").document;
  body.append('<img src=x onerror="x()">&amp;  \u00a0');
  assert.equal(toHtml(body), "&lt;img src=x onerror=&quot;x()&quot;&gt;&amp;amp;&nbsp; &nbsp;");
  assert.equal(toText(body), '<img src=x onerror="x()">&amp;');
});

const TEXTS = /** @type {const} */ ([
  ["<p>One</p><p><br></p><p>Two</p>", "One\n\nTwo"],
  ["One<div>Two</div><div>Three<br>Four</div>", "One\nTwo\nThree\nFour"],
  ["<p>a  b\nc&nbsp;</p>", "a  b c"],
  ["<p>See</p><ul><li>one</li><li>two<ol><li>x</li><li>y</li></ol></li></ul>", "See\n- one\n- two\n  1. x\n  2. y"],
  ["<ol><li><p>a</p><p>b</p></li></ol>", "1. a\n   b"],
  ["<blockquote><p>x</p><blockquote>y<br>z</blockquote></blockquote><p>me</p>", "> x\n>> y\n>> z\nme"],
  ["<p>This <b>must </b>be <i>done</i></p>", "This *must* be /done/"],
  ['<p><a href="https://x.example/p">here</a>, <a href="https://x.example/">x.example</a>, <a href="mailto:a@b.example">Anna</a></p>', "here <https://x.example/p>, x.example, Anna <a@b.example>"],
  ['<p><img data-picture="1" alt="The roof"></p>', "[The roof]"],
  ["", ""],
]);

test("the plain text says the same", () => {
  for (const [html, text] of TEXTS) assert.equal(toText(tree(html)), text, html);
});

test("plain text is enough where nothing is formatted", () => {
  assert.equal(isFormatted(tree("<p>One</p><blockquote>Two<br></blockquote>")), false);
  for (const html of ["<p><b>x</b></p>", "<ul><li>x</li></ul>", "<blockquote><p><i>x</i></p></blockquote>", '<a href="https://x.example">x</a>']) {
    assert.equal(isFormatted(tree(html)), true, html);
  }
});

test("pictures are named", () => {
  assert.deepEqual(picturesIn(tree('<p><img data-picture="a"><img src="x"></p><img data-picture="b">')), ["a", "b"]);
});

test("a link leads to a page or a mailbox, and nowhere else", () => {
  assert.equal(linkTarget(" https://x.example/a "), "https://x.example/a");
  assert.equal(linkTarget("x.example/a"), "https://x.example/a");
  assert.equal(linkTarget("anna@muster.example"), "mailto:anna@muster.example");
  for (const none of ["javascript:alert(1)", "data:text/html,x", "x", "", "https://x.example/a b", 'https://x"', "//x.example"]) {
    assert.equal(linkTarget(none), null, none);
  }
});
