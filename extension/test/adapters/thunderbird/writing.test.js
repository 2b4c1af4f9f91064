/**
 * Claims about a message on its way out: Thunderbird's notes stay outside, nothing with a hole leaves, and what is missing
 * is said.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Failure } from "../../../src/lib/failure.js";
import { install } from "../../support/fake-browser.js";

install(JSON.parse(await readFile(new URL("../../../src/_locales/en/messages.json", import.meta.url), "utf8")), "en");
const { Writing, withoutNotes } = await import("../../../src/adapters/thunderbird/writing.js");

const WISH = { sign: true, encrypt: false, draft: false, quotes: false, inClear: false };
const NOTES = "X-Mozilla-Draft-Info: internal/draft;\r\n vcard=0\r\nX-Mozilla-Letterlock: sign\r\nX-Identity-Key: id1\r\n";
const MAIL = "From: anna@muster.example\r\nSubject: x\r\n\r\nFcc: no field\r\n";

/**
 * A host that says what it is told to say.
 * @param {Record<string, unknown>} says  by operation
 * @returns {any}
 */
function host(says) {
  const answer = async (/** @type {string} */ name) => {
    const said = says[name];
    if (said instanceof Failure) throw said;
    return said;
  };
  return {
    protect: () => answer("protect"),
    part: () => answer("part"),
    recipients: () => answer("recipients"),
    ask: answer,
    close: () => answer("close"),
  };
}

/** @param {string} code */
const locked = (code) => ({ code, sentence: "Said.", advice: "Do.", facts: {} });

async function* once(/** @type {string} */ text) {
  yield btoa(text);
}

test("Thunderbird's notes with their continuation lines are no part of the mail, and nothing of its text is one", async () => {
  const { notes, mail } = await withoutNotes(new Blob([NOTES + MAIL]));
  assert.equal(await notes.text(), NOTES);
  assert.equal(await mail.text(), MAIL);
});

test("what was made is handed on with the notes in front, whole", async () => {
  const made = [{ id: "1", role: "everybody", recipients: ["bea@muster.example"], size: 4 }];
  const writing = new Writing(host({ protect: { message: "m", made, problems: [] }, part: { chunks: once("made") } }));
  const answer = /** @type {any} */ (await writing.protect(WISH, new Blob([NOTES + MAIL])));
  assert.equal(await answer.made[0].octets.text(), `${NOTES}made`);
});

test("a message with a hole does not leave", async () => {
  const made = [{ id: "1", role: "everybody", recipients: [], size: 5 }];
  const writing = new Writing(host({ protect: { message: "m", made, problems: [] }, part: { chunks: once("made") } }));
  assert.ok("refused" in (await writing.protect(WISH, new Blob([MAIL]))));
});

for (const [code, unlocking] of /** @type {const} */ ([["vault_locked", true], ["sender_without_key", false]])) {
  test(`${code}: refused in the host's words; unlocking ${unlocking ? "helps" : "does not help"}`, async () => {
    const writing = new Writing(host({ protect: { message: null, made: [], problems: [locked(code)] } }));
    assert.deepEqual(await writing.protect(WISH, new Blob([MAIL])), { refused: "Said. Do.", locked: unlocking });
  });
}

test("a host that is gone makes nothing", async () => {
  const writing = new Writing(host({ protect: Failure.own("host_lost") }));
  const answer = /** @type {any} */ (await writing.protect(WISH, new Blob([MAIL])));
  assert.match(answer.refused, /\w/);
  assert.equal(answer.locked, false);
});

for (const [name, places, words] of /** @type {const} */ ([
  ["nobody to ask", [], /No directory is set up/],
  ["nothing found", [{ certificates: [], failure: null }], /No directory has a certificate/],
  ["a directory that does not answer", [{ certificates: [], failure: { sentence: "Silent.", advice: "" } }], /^Silent\.$/],
  ["found", [{ certificates: [{}], failure: null }], /^$/],
])) {
  test(`looking somebody up, ${name}: it is said`, async () => {
    assert.match(await new Writing(host({ people_lookup: { places } })).find("zoe@muster.example"), words);
  });
}

test("what a search came to stands beside the address it was for, and beside no other", async () => {
  const answer = (/** @type {string} */ address) => ({ address, can_encrypt: false, certificate: null, reasons: [locked("x")], others: [] });
  const writing = new Writing(host({ recipients: { all: false, recipients: [answer("a@x.example"), answer("b@x.example")] } }));
  const { recipients } = await writing.recipients("a@x.example\nb@x.example", { address: "b@x.example", words: "News." });
  assert.deepEqual(recipients.map(({ line }) => line), ["Said. Do.", "News. Said. Do."]);
});
