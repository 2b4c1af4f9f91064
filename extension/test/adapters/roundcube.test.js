/**
 * Claims about the Roundcube adapter, against pages that a real Roundcube made.
 */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { environment, leadingObject } from "../../src/adapters/roundcube/environment.js";
import { roundcube } from "../../src/adapters/roundcube/index.js";
import { fetchSource, sourceAddress } from "../../src/adapters/roundcube/source.js";
import { fixture, page } from "../support/dom.js";

const BASE = "http://127.0.0.1:9000/?_task=mail&_action=show&_uid=4&_mbox=INBOX";
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** @type {import("../../src/adapters/adapter.js").MailList} */
const LIST = { kinds: () => Promise.reject(new Error("no list here")), badge: () => assert.fail("no list here") };

/** @param {string} html */
function start(html) {
  const { document, MutationObserver } = page(html, BASE);
  Object.assign(globalThis, { MutationObserver });
  /** @type {import("../../src/adapters/adapter.js").OpenMessage[]} */
  const opened = [];
  const end = new AbortController();
  /** @type {HTMLElement[]} */
  const buttons = [];
  const writes = (/** @type {HTMLElement} */ button) => void buttons.push(button);
  roundcube.start({ document, opened: (message) => void opened.push(message), writes, list: LIST }, end.signal);
  return { document, opened, buttons, end };
}

for (const name of ["show", "preview", "show-opaque"]) {
  test(`${name}: the open message is found, and the panel stands above attachments and body, outside the mail`, () => {
    const { document, opened } = start(fixture(`roundcube/${name}.html`));
    assert.ok(roundcube.matches(document));
    assert.equal(opened.length, 1);
    const panel = document.createElement("div");
    opened[0].place(panel);
    assert.equal(panel.previousElementSibling?.id, "message-header");
    assert.equal(panel.nextElementSibling?.id, "message-content");
    assert.ok(!document.querySelector("#messagebody")?.contains(panel));
  });
}

test("the mail gets a stacking context, so that no box of it lies above the panel; it goes with the message", () => {
  const { document } = page(fixture("roundcube/show.html"), BASE);
  const end = new AbortController();
  const place = (/** @type {import("../../src/adapters/adapter.js").OpenMessage} */ message) => message.place(document.createElement("div"));
  roundcube.start({ document, opened: place, writes: () => {}, list: LIST }, end.signal);
  const content = /** @type {HTMLElement} */ (document.querySelector("#message-content"));
  assert.equal(content.style.getPropertyPriority("isolation"), "important");
  end.abort();
  assert.equal(content.style.getPropertyValue("isolation"), "");
});

test("what Roundcube says of a message it cannot show steps back once the panel speaks, and only then", () => {
  const notices = [];
  for (const name of ["show-opaque", "show"]) {
    const { document, opened } = start(fixture(`roundcube/${name}.html`));
    opened[0].place(document.createElement("div"));
    const notice = /** @type {HTMLElement | null} */ (document.querySelector("#messagebody .part-notice"));
    assert.equal(notice?.style.display ?? "", "");
    opened[0].shown?.();
    if (notice) notices.push(notice.style.display);
  }
  assert.deepEqual(notices, ["none"]);
});

test("a message is foreseen by the address of the preview pane and the token of the page around it", () => {
  const around = page(fixture("roundcube/list.html"), "http://127.0.0.1:9000/?_task=mail&_mbox=INBOX");
  const address = "http://127.0.0.1:9000/?_task=mail&_uid=4&_mbox=INBOX&_framed=1&_action=preview";
  const within = (/** @type {string} */ url, /** @type {unknown} */ parent) =>
    /** @type {Document} */ (/** @type {unknown} */ ({ location: new URL(url), defaultView: { parent } }));
  const token = environment(around.document)?.request_token;
  const foreseen = roundcube.foresee?.(within(address, around));
  assert.equal(new URL(foreseen?.id ?? "").search, `?_task=mail&_action=viewsource&_uid=4&_mbox=INBOX&_save=1&_token=${token}`);
  assert.ok(foreseen?.source);
  assert.deepEqual(roundcube.foresee?.(within(address, null)), { id: "", source: null }, "no page around it");
  const foreign = { get document() { throw new DOMException("another site's", "SecurityError"); } };
  assert.deepEqual(roundcube.foresee?.(within(address, foreign)), { id: "", source: null });
  assert.equal(roundcube.foresee?.(within("http://127.0.0.1:9000/?_task=mail&_mbox=INBOX", around)), null, "a list");
});

test("what is foreseen and what the page then shows have one name", () => {
  const url = "http://127.0.0.1:9000/?_task=mail&_uid=4&_mbox=INBOX&_framed=1&_action=preview";
  const { document, MutationObserver } = page(fixture("roundcube/preview.html"), url);
  Object.assign(globalThis, { MutationObserver });
  const around = { document };
  const early = /** @type {Document} */ (/** @type {unknown} */ ({ location: new URL(url), defaultView: { parent: around } }));
  /** @type {import("../../src/adapters/adapter.js").OpenMessage[]} */
  const opened = [];
  const end = new AbortController();
  roundcube.start({ document, opened: (message) => void opened.push(message), writes: () => {}, list: LIST }, end.signal);
  const uid = environment(document)?.uid;
  assert.equal(opened[0].id?.replace(`_uid=${uid}`, "_uid=4"), roundcube.foresee?.(early)?.id);
});

test("the message list is Roundcube, and no open message", () => {
  const { document, opened } = start(fixture("roundcube/list.html"));
  assert.ok(roundcube.matches(document));
  assert.equal(opened.length, 0);
});

test("another page is not Roundcube", () => {
  const { document } = page("<body><script>rcmail.set_env({});</script><p id=messagebody></p></body>");
  assert.ok(!roundcube.matches(document), "a script in the body is not the page's state");
  assert.ok(!roundcube.matches(page("<p>Hello</p>").document));
});

test("the source's address asks for the message as received, with the page's token", () => {
  const env = environment(page(fixture("roundcube/show.html"), BASE).document) ?? {};
  const address = sourceAddress(env, BASE);
  assert.deepEqual(Object.fromEntries(address?.searchParams ?? []), {
    _task: "mail",
    _action: "viewsource",
    _uid: "4",
    _mbox: "INBOX",
    _save: "1",
    _token: env.request_token,
  });
  assert.equal(address?.origin, "http://127.0.0.1:9000");
});

test("a state that names no message, or a foreign server, gives no address", () => {
  const env = { uid: "4", mailbox: "INBOX", request_token: "t", comm_path: "./?_task=mail" };
  assert.equal(sourceAddress({ ...env, uid: undefined }, BASE), null);
  assert.equal(sourceAddress({ ...env, request_token: "" }, BASE), null);
  assert.equal(sourceAddress({ ...env, comm_path: "https://evil.example/" }, BASE), null);
  assert.equal(sourceAddress({ ...env, comm_path: "blob:http://127.0.0.1:9000/5c2a" }, BASE), null);
  assert.equal(sourceAddress({ ...env, comm_path: "/roundcube/?_task=mail" }, BASE)?.pathname, "/roundcube/");
});

test("folders with any name are asked for by that name", () => {
  const env = { uid: "7", mailbox: "Work & more/Ü+1", request_token: "t", comm_path: "/" };
  assert.equal(sourceAddress(env, BASE)?.searchParams.get("_mbox"), "Work & more/Ü+1");
});

/** @param {Response} response */
function answer(response) {
  globalThis.fetch = async () => response;
  return fetchSource(new URL(BASE), new AbortController().signal);
}

test("a source arrives octet by octet", async () => {
  const octets = Uint8Array.from({ length: 256 }, (_, at) => at);
  const blob = await answer(new Response(octets, { headers: { "Content-Type": "text/plain;charset=UTF-8" } }));
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), octets);
});

test("a refusal is no source, whatever its status", async () => {
  const html = { "Content-Type": "text/html; charset=UTF-8" };
  await assert.rejects(answer(new Response("<h1>Invalid request</h1>", { headers: html })), /text\/html/);
  await assert.rejects(answer(new Response("x", { status: 500, headers: { "Content-Type": "text/plain" } })), /500/);
  await assert.rejects(answer(new Response("", { headers: { "Content-Type": "text/plain" } })), /nothing/);
  await assert.rejects(answer(new Response(new Uint8Array([120]))), /Roundcube answered/);
});

test("the state is read as far as its own end, whatever follows", () => {
  assert.deepEqual(leadingObject('{"a":{"b":"}"},"c":"\\"}"});\nrcmail.add_label({"x":1});'), { a: { b: "}" }, c: '"}' });
  assert.equal(leadingObject("[1]"), null);
  assert.equal(leadingObject('{"a":'), null);
  assert.equal(leadingObject("{a:1}"), null);
});

test("the button for writing stands below Roundcube's own, and goes with the page", () => {
  const { document, buttons, end } = start(fixture("roundcube/list.html"));
  assert.equal(buttons.length, 1);
  assert.equal(buttons[0].previousElementSibling, document.querySelector("#taskmenu a.compose"));
  end.abort();
  assert.equal(buttons[0].parentElement, null);
  assert.equal(start(fixture("roundcube/preview.html")).buttons.length, 0, "the frame of the preview has no menu");
});
