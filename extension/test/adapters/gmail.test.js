/**
 * Claims about the Gmail adapter, against a page written by hand and a server on this computer that answers as Gmail's
 * address for originals is known to.
 */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";
import { gmail } from "../../src/adapters/gmail/index.js";
import { fetchOriginal, originalAddress } from "../../src/adapters/gmail/source.js";
import { fixture, page } from "../support/dom.js";

const BASE = "https://mail.google.com/mail/u/1/#inbox/FMfcgz";

/** @type {AbortController | null} */
let running = null;
const closing = new Set();
afterEach(() => {
  running?.abort();
  for (const server of closing) server.close();
  closing.clear();
});

/** @param {string} html */
function start(html) {
  const { document, MutationObserver, AbortController } = page(html, BASE);
  Object.assign(globalThis, { MutationObserver, AbortController });
  const end = new AbortController();
  running = end;
  /** @type {{ message: import("../../src/adapters/adapter.js").OpenMessage, signal: AbortSignal }[]} */
  const opened = [];
  /** @type {HTMLElement[]} */
  const buttons = [];
  gmail.start(
    {
      document,
      opened: (message, signal) => void opened.push({ message, signal }),
      writes: (button) => void buttons.push(button),
      list: { kinds: async () => ({}), badge: () => assert.fail("no list here") },
    },
    end.signal,
  );
  return { document, opened, buttons, end };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

test("every unfolded message of a conversation has a panel of its own; one that a mail imitates has none", () => {
  const { document, opened, end } = start(fixture("gmail/conversation.html"));
  assert.ok(gmail.matches(document));
  assert.equal(opened.length, 2);
  for (const [at, id] of ["first", "third"].entries()) {
    const panel = document.createElement("div");
    opened[at].message.place(panel);
    const body = /** @type {HTMLElement} */ (panel.nextElementSibling);
    assert.equal(body.id, id);
    assert.equal(body.style.getPropertyPriority("isolation"), "important");
  }
  end.abort();
  assert.equal(document.getElementById("first")?.style.getPropertyValue("isolation"), "");
});

test("a message that is unfolded is checked, and one that is folded again is closed", async () => {
  const { document, opened } = start(fixture("gmail/conversation.html"));
  const second = document.querySelectorAll(".adn")[1];
  const body = second.appendChild(document.createElement("div"));
  body.className = "ii gt";
  await settled();
  assert.equal(opened.length, 3);
  body.remove();
  await settled();
  assert.ok(opened[2].signal.aborted);
  assert.ok(!opened[0].signal.aborted);
});

test("the button for writing stands below Gmail's own, and goes with the page", () => {
  const { document, buttons, end } = start(fixture("gmail/conversation.html"));
  assert.equal(buttons[0].previousElementSibling, document.querySelector(".T-I-KE"));
  end.abort();
  assert.equal(buttons[0].parentElement, null);
});

test("another site is not Gmail, whatever stands in it", () => {
  assert.ok(!gmail.matches(page(fixture("gmail/conversation.html"), "https://mail.google.com.evil.example/mail/u/0/").document));
  assert.ok(!gmail.matches(page("", "https://mail.google.com/chat/u/0/").document));
});

test("the original is asked for by id, in the account of the tab", () => {
  const address = originalAddress("18c0ffee00000001", BASE);
  assert.equal(address?.href, "https://mail.google.com/mail/u/1/?view=att&th=18c0ffee00000001&attid=0&disp=comp&safe=1&zw=");
  assert.equal(originalAddress("18c0ffee00000001", "https://mail.google.com/mail/")?.pathname, "/mail/u/0/");
  assert.equal(originalAddress("../../x", BASE), null);
  assert.equal(originalAddress("18c0ffee00000001", "https://evil.example/mail/u/0/"), null);
});

/**
 * @param {(address: URL, response: import("node:http").ServerResponse) => void} answer
 * @returns {Promise<URL>}
 */
async function server(answer) {
  const made = createServer((request, response) => answer(new URL(request.url ?? "", "http://127.0.0.1"), response));
  closing.add(made);
  await new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (made.address());
  return new URL(`http://127.0.0.1:${port}/mail/u/1/?${originalAddress("18c0ffee00000001", BASE)?.searchParams}`);
}

const never = () => new globalThis.AbortController().signal;

test("a source arrives octet by octet", async () => {
  const octets = Buffer.from(Uint8Array.from({ length: 256 }, (_, at) => at));
  const address = await server(({ searchParams }, response) => {
    assert.equal(searchParams.get("view"), "att");
    response.writeHead(200, { "Content-Type": "message/rfc822", Connection: "close" }).end(octets);
  });
  assert.deepEqual(Buffer.from(await (await fetchOriginal(address, never())).arrayBuffer()), octets);
});

test("a page to log in is no source, whatever its status, nor is what comes from elsewhere", async () => {
  const refused = async (/** @type {Parameters<typeof server>[0]} */ answer) => fetchOriginal(await server(answer), never());
  const head = { Connection: "close" };
  await assert.rejects(refused((_, to) => to.writeHead(200, { ...head, "Content-Type": "text/html" }).end("<p>Sign in")), /text\/html/);
  await assert.rejects(refused((_, to) => to.writeHead(404, { ...head, "Content-Type": "text/plain" }).end("x")), /404/);
  await assert.rejects(refused((_, to) => to.writeHead(200, { ...head, "Content-Type": "text/plain" }).end()), /nothing/);
  await assert.rejects(
    refused(({ pathname }, to) =>
      pathname === "/login"
        ? to.writeHead(200, { ...head, "Content-Type": "text/plain" }).end("Sign in")
        : to.writeHead(302, { ...head, Location: "/login" }).end(),
    ),
    /200 text\/plain/,
  );
});
