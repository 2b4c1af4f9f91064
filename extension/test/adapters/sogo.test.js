/**
 * Claims about the SOGo adapter, against pages that a real SOGo made.
 */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { sogo } from "../../src/adapters/sogo/index.js";
import { exportAddress, fetchExport } from "../../src/adapters/sogo/source.js";
import { fixture, page } from "../support/dom.js";

const MAIL = "https://mail.muster.example/SOGo/so/bert/Mail/";
const BASE = `${MAIL}view#!/Mail/0/INBOX/3`;
const realFetch = globalThis.fetch;
/** @type {AbortController | null} */
let running = null;
afterEach(() => {
  globalThis.fetch = realFetch;
  running?.abort();
});

/** @param {string} html */
function start(html, url = BASE) {
  const window = page(html, url);
  const { document, MutationObserver, AbortController, FileReader, Blob } = window;
  Object.assign(globalThis, { MutationObserver, AbortController, FileReader, Blob });
  const end = new AbortController();
  running = end;
  /** @type {{ message: import("../../src/adapters/adapter.js").OpenMessage, signal: AbortSignal }[]} */
  const opened = [];
  /** @type {HTMLElement[]} */
  const buttons = [];
  sogo.start(
    {
      document,
      opened: (message, signal) => void opened.push({ message, signal }),
      writes: (button) => void buttons.push(button),
      list: { kinds: async () => ({}), badge: () => assert.fail("no list here") },
    },
    end.signal,
  );
  return { window, document, opened, buttons, end };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 120));

for (const name of ["message", "window"]) {
  test(`${name}: the open message is found, and the panel stands above its body, outside the mail`, () => {
    const { document, opened, end } = start(fixture(`sogo/${name}.html`));
    assert.ok(sogo.matches(document));
    assert.equal(opened.length, 1);
    const panel = document.createElement("div");
    opened[0].message.place(panel);
    const body = /** @type {HTMLElement} */ (panel.nextElementSibling);
    assert.equal(body.className, "msg-body");
    assert.equal(body.style.getPropertyPriority("isolation"), "important");
    end.abort();
    assert.equal(body.style.getPropertyValue("isolation"), "");
  });
}

test("SOGo's own words on the signature step back once the panel speaks, and come back afterwards", () => {
  const { document, opened, end } = start(fixture("sogo/message.html"));
  const own = /** @type {HTMLElement} */ (document.querySelector('[ng-show="viewer.message.signed"]'));
  assert.equal(own.style.display, "");
  opened[0].message.shown?.();
  assert.equal(own.style.display, "none");
  end.abort();
  assert.equal(own.style.display, "");
});

test("another message in the same page ends the first and opens the second, without a reload", async () => {
  const { window, document, opened } = start(fixture("sogo/message.html"));
  const view = /** @type {HTMLElement} */ (document.querySelector('[ui-view="message"]'));
  window.location.hash = "#!/Mail/0/INBOX/4";
  view.replaceChildren(...[...view.children].map((child) => child.cloneNode(true)));
  await settled();
  assert.equal(opened.length, 2);
  assert.ok(opened[0].signal.aborted);
  assert.ok(!opened[1].signal.aborted);
});

test("while the next message is on its way, its address has come already: the old view stays what it is", async () => {
  const { window, document, opened } = start(fixture("sogo/message.html"));
  window.location.hash = "#!/Mail/0/INBOX/4";
  document.body.append("something else changes");
  await settled();
  assert.equal(opened.length, 1);
  assert.ok(!opened[0].signal.aborted);
});

test("the list alone is SOGo, and no open message", () => {
  const { document, opened } = start(fixture("sogo/message.html"), `${MAIL}view#!/Mail/0/INBOX`);
  assert.ok(sogo.matches(document));
  assert.equal(opened.length, 0);
});

test("another page is not SOGo", () => {
  assert.ok(!sogo.matches(page("<body><p ng-app='SOGo.MailerUI'>Hello</p>").document));
});

test("the button for writing stands beside SOGo's own, and goes with the page", () => {
  const { document, buttons, end } = start(fixture("sogo/message.html"));
  assert.equal(buttons.length, 1);
  assert.equal(buttons[0].parentElement, document.querySelector(".sg-fab-bottom-center")?.parentElement);
  end.abort();
  assert.equal(buttons[0].parentElement, null);
  assert.equal(start(fixture("sogo/window.html")).buttons.length, 0, "a window of one message has none");
});

test("a message is asked for where SOGo's own download asks, with names of folders as SOGo writes them", () => {
  const asked = (/** @type {string} */ hash) => exportAddress(`${MAIL}view${hash}`)?.href;
  assert.equal(asked("#!/Mail/0/INBOX/3"), `${MAIL}0/folderINBOX/3/export`);
  const twice = (/** @type {string} */ name) => encodeURIComponent(encodeURIComponent(name));
  assert.equal(asked(`#!/Mail/1/${twice("Work & more/2026_a.b")}/7`), `${MAIL}1/folderWork_SP__AM__SP_more/folder_2026_U_a_D_b/7/export`);
  assert.equal(asked("#!/Mail/0/virtual/INBOX/3"), `${MAIL}0/folderINBOX/3/export`);
  assert.equal(exportAddress(`${MAIL}/UIxMailPopupView#!/Mail/0/INBOX/3`)?.href, `${MAIL}0/folderINBOX/3/export`);
  for (const hash of ["", "#!/Mail/0/INBOX", "#!/Mail/0/INBOX/new", "#!/Mail/0/%25/3", "#!/Calendar/day/3"]) {
    assert.equal(asked(hash), undefined, hash);
  }
  assert.equal(exportAddress("https://mail.muster.example/other#!/Mail/0/INBOX/3"), null);
});

/** @param {Response} response */
async function answer(response) {
  const { document, FileReader, Blob } = page("", BASE);
  Object.assign(globalThis, { FileReader, Blob });
  document.cookie = "XSRF-TOKEN=abc";
  /** @type {any} */
  let asked = null;
  globalThis.fetch = async (_address, options) => {
    asked = options;
    // jsdom's FileReader reads jsdom's blobs alone.
    const octets = await response.arrayBuffer();
    return /** @type {any} */ ({ ok: response.ok, status: response.status, headers: response.headers, blob: async () => new Blob([octets]) });
  };
  const blob = await fetchExport(new URL(`${MAIL}0/folderINBOX/3/export`), document, new globalThis.AbortController().signal);
  return { blob, asked };
}

test("the request carries the page's token, and line ends come back as the mail has them", async () => {
  const { blob, asked } = await answer(new Response("a\nb\n", { headers: { "Content-Type": "message/rfc822; charset=utf-8" } }));
  assert.equal(asked.method, "POST");
  assert.equal(asked.headers["X-XSRF-TOKEN"], "abc");
  assert.equal(blob.size, "a\r\nb\r\n".length);
});

test("a refusal is no source, whatever its status", async () => {
  const html = { "Content-Type": "text/html; charset=UTF-8" };
  const mail = { "Content-Type": "message/rfc822" };
  await assert.rejects(answer(new Response("<h1>Log in</h1>", { headers: html })), /text\/html/);
  await assert.rejects(answer(new Response("x", { status: 500, headers: mail })), /500/);
  await assert.rejects(answer(new Response("", { headers: mail })), /nothing/);
});
