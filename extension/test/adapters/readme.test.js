/**
 * Claims about the adapter in adapters/README.md: it works as it stands there.
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { page } from "../support/dom.js";

const SRC = new URL("../../src/", import.meta.url);
// With copies of what it imports, in a folder of its own: other tests read the sources at the same time.
const folder = mkdtempSync(join(tmpdir(), "letterlock-adapter-"));
after(() => rmSync(folder, { recursive: true }));
for (const name of ["adapters/tiny", "lib"]) mkdirSync(join(folder, name), { recursive: true });
for (const name of ["adapters/adapter.js", "lib/follow.js"]) copyFileSync(new URL(name, SRC), join(folder, name));
const [, code] = readFileSync(new URL("adapters/README.md", SRC), "utf8").match(/^```js\n([\s\S]*?)^```$/m) ?? [];
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
writeFileSync(join(folder, "adapters/tiny/index.js"), code ?? "");
const { tiny } = await import(pathToFileURL(join(folder, "adapters/tiny/index.js")).href);

test("it knows its page, finds the message and the next one, and fetches the source", async () => {
  const octets = Buffer.from("From: a@b.example\r\n\r\nHello\r\n");
  const asked = /** @type {string[]} */ ([]);
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const type = request.url === "/raw/8" ? "text/html" : "message/rfc822";
    response.writeHead(200, { "Content-Type": type, Connection: "close" }).end(octets);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  const html = '<main><article data-uid="7"><section>Hello</section></article></main>';
  assert.ok(tiny.matches(page(html, "https://mail.tiny.example/").document));
  assert.ok(!tiny.matches(page(html, "https://mail.other.example/").document));

  const { document, MutationObserver, AbortController } = page(html, `http://127.0.0.1:${port}/`);
  const Own = globalThis.AbortController;
  Object.assign(globalThis, { MutationObserver, AbortController });
  const end = new AbortController();
  /** @type {{ message: import("../../src/adapters/adapter.js").OpenMessage, signal: AbortSignal }[]} */
  const opened = [];
  const opens = (/** @type {any} */ message, /** @type {AbortSignal} */ signal) => void opened.push({ message, signal });
  tiny.start({ document, opened: opens, writes: () => {}, list: {} }, end.signal);
  const never = new Own().signal;
  assert.deepEqual(Buffer.from(await (await opened[0].message.source(never)).arrayBuffer()), octets);
  const panel = document.createElement("div");
  opened[0].message.place(panel);
  assert.equal(/** @type {HTMLElement} */ (panel.nextElementSibling).style.isolation, "isolate");

  const next = /** @type {HTMLElement} */ (document.querySelector("article")?.cloneNode(true));
  next.dataset.uid = "8";
  document.querySelector("main")?.replaceChildren(next);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(opened[0].signal.aborted);
  await assert.rejects(opened[1].message.source(never), /text\/html/);
  assert.deepEqual(asked, ["/raw/7", "/raw/8"]);
  end.abort();
  server.close();
});
