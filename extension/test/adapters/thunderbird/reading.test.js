/**
 * Claims about reading: each message is opened once it is on display, and an answer reaches only the message it is of.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { mock, test } from "node:test";
import { Failure } from "../../../src/lib/failure.js";
import { install } from "../../support/fake-browser.js";
import { opened, reason } from "../../support/samples.js";

install(JSON.parse(await readFile(new URL("../../../src/_locales/en/messages.json", import.meta.url), "utf8")), "en");
const { Reading } = await import("../../../src/adapters/thunderbird/reading.js");

const SIGNED = "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n";
const PLAIN = "Content-Type: text/plain\r\n\r\nAt noon?\r\n";

/**
 * A reading whose host answers when the test says so.
 * @param {{ mail?: string }} [deviation]
 */
function desk({ mail = SIGNED } = {}) {
  /** @type {{ signal: AbortSignal, renew: (opened: any) => void, answer: (answer?: any) => void, fail: (failure: Failure) => void }[]} */
  const asked = [];
  /** @type {string[]} */
  const shown = [];
  /** @type {string[]} */
  const explained = [];
  const reading = new Reading({
    open: (_source, { signal, onUpdate }) =>
      new Promise((resolve, reject) => asked.push({ signal, renew: onUpdate, answer: (answer = opened()) => resolve(answer), fail: reject })),
    source: async () => new Blob([mail]),
    show: async (tab, message, { code }) => {
      shown.push(`${tab}/${message} ${code}`);
      return true;
    },
    clear: async (tab) => void shown.push(`${tab} cleared`),
    explain: async (message, note) => void explained.push(`${message} ${note}`),
    displayedIn: async (tab) => 100 + tab,
  });
  return { reading, asked, shown, explained };
}

/** Lets everything happen that needs no timer. */
async function settled() {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

test("a displayed message is opened and its verdict shown", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  await settled();
  asked[0].answer();
  await settled();
  assert.deepEqual(shown, ["1/7 signature_valid"]);
});

test("an answer that comes after the tab shows something else is dropped, and the request is stopped", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  await settled();
  reading.displayed(1, 8);
  await settled();
  assert.equal(asked[0].signal.aborted, true);
  asked[0].answer();
  asked[1].answer();
  await settled();
  assert.deepEqual(shown, ["1/8 signature_valid"]);
});

test("a message that is closed, or one of several, gets no verdict", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  reading.displayed(2, 8);
  await settled();
  reading.displayed(1, null);
  reading.closed(2);
  asked.forEach(({ answer }) => answer());
  await settled();
  assert.deepEqual(shown, []);
});

test("once a key is unlocked, the mail that waited for one is opened again, and no other", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  reading.displayed(2, 8);
  await settled();
  const locked = reason("token_pin_needed", "It wants its PIN.", "", { token: "Karte", serial: "0815" });
  asked[0].answer(opened({ reasons: [locked], headline: { code: "encryption_card_locked", sentence: "Locked", advice: "" } }));
  asked[1].answer();
  await settled();
  assert.deepEqual(reading.lockedKey(1, 7), { token: "0815" });
  assert.equal(reading.lockedKey(1, 6), null, "another message");
  assert.equal(reading.lockedKey(2, 8), null, "nothing locked");
  reading.unlocked();
  await settled();
  assert.equal(asked.length, 3);
  asked[2].answer();
  await settled();
  assert.deepEqual(shown.slice(2), ["1/7 signature_valid"]);
});

test("two tabs do not disturb each other", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  reading.displayed(2, 8);
  await settled();
  asked[1].answer();
  asked[0].answer();
  await settled();
  assert.deepEqual(shown.sort(), ["1/7 signature_valid", "2/8 signature_valid"]);
});

test("only an answer that takes its time is preceded by \"Checking\"", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { reading, asked, shown } = desk();
    reading.displayed(1, 7);
    await settled();
    mock.timers.tick(299);
    await settled();
    assert.deepEqual(shown, []);
    mock.timers.tick(1);
    await settled();
    asked[0].answer();
    await settled();
    assert.deepEqual(shown, ["1/7 checking", "1/7 signature_valid"]);
  } finally {
    mock.timers.reset();
  }
});

test("what is selected is opened when it is displayed, and once; if it never is, after a while", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { reading, asked } = desk();
    void reading.selected(1, 7);
    reading.displayed(1, 7);
    await settled();
    mock.timers.tick(1000);
    await settled();
    assert.equal(asked.length, 1);

    void reading.selected(1, 8);
    reading.displayed(1, 7); // a late report of the message before
    await settled();
    assert.equal(asked.length, 1);
    mock.timers.tick(1000);
    await settled();
    assert.equal(asked.length, 2);
  } finally {
    mock.timers.reset();
  }
});

test("a tab whose message is never displayed is asked what it should display", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { reading, asked, shown } = desk();
    void reading.tabOpened(1);
    void reading.tabOpened(2);
    reading.displayed(2, 8);
    mock.timers.tick(1000);
    await settled();
    assert.equal(asked.length, 2);
    asked.forEach(({ answer }) => answer());
    await settled();
    assert.deepEqual(shown.sort(), ["1/101 signature_valid", "2/8 signature_valid"]);
  } finally {
    mock.timers.reset();
  }
});

test("a failure is told where S/MIME may be involved, and not of ordinary mail", async () => {
  for (const [mail, expected] of /** @type {[string, string[]][]} */ ([[SIGNED, ["1/7 host_missing"]], [PLAIN, []]])) {
    const { reading, asked, shown } = desk({ mail });
    reading.displayed(1, 7);
    await settled();
    asked[0].fail(Failure.own("host_missing"));
    await settled();
    assert.deepEqual(shown, expected);
  }
});

test("the loss of the host is told beside every verdict on display", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  reading.displayed(2, 8);
  await settled();
  asked[0].answer();
  await settled();
  reading.lost(Failure.own("host_lost"));
  await settled();
  assert.deepEqual(shown, ["1/7 signature_valid", "1/7 signature_valid"]);
  assert.equal(reading.tabs.get(1)?.state?.phase, "opened");
});

test("a renewed verdict is shown above its message, and never above another", async () => {
  const { reading, asked, shown } = desk();
  reading.displayed(1, 7);
  reading.displayed(2, 8);
  await settled();
  asked[0].answer();
  asked[1].answer();
  await settled();
  const renewed = opened({ signature: { status: "invalid", covers: [] }, headline: { code: "signature_invalid", sentence: "Changed.", advice: "" } });
  asked[0].renew(renewed);
  await settled();
  assert.deepEqual(shown.slice(2), ["1/7 signature_invalid"]);
  reading.displayed(2, 9);
  await settled();
  asked[1].renew(renewed);
  await settled();
  assert.deepEqual(shown.slice(3), []);
});

test("why a content is not there stands in its place, and Thunderbird's loading it for that is no news", async () => {
  const { reading, asked, explained } = desk();
  reading.displayed(1, 7);
  await settled();
  asked[0].answer(opened({ encryption: { status: "undecryptable", authenticated: false }, headline: { code: "encryption_undecryptable", sentence: "Not for you", advice: "Ask." } }));
  await settled();
  assert.deepEqual(explained, ["7 Not for you"]);
  reading.displayed(1, 7);
  await settled();
  assert.equal(asked.length, 1, "it is not opened again");
});

test("once keys are locked, what was decrypted is opened again, and nothing else", async () => {
  const { reading, asked } = desk();
  reading.displayed(1, 7);
  reading.displayed(2, 8);
  await settled();
  asked[0].answer(opened({ encryption: { status: "decrypted", authenticated: true } }));
  asked[1].answer();
  await settled();
  reading.locked();
  await settled();
  assert.equal(asked.length, 3);
});
