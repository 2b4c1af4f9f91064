/**
 * Claims about octets, hints and sentences.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { looksSecured } from "../../src/lib/hint.js";
import { decodedLength, fromBase64, toBase64 } from "../../src/lib/octets.js";
import { sessionLanguage } from "../../src/lib/product.js";
import { phrases, pieces } from "../../src/lib/sentences.js";
import { causeOf } from "../support/native.js";

test("base64 of every length keeps its octets, and its length is known without decoding", () => {
  for (let length = 0; length < 300; length++) {
    const octets = Uint8Array.from({ length }, (_, at) => (at * 7) % 256);
    const text = toBase64(octets);
    assert.equal(text, Buffer.from(octets).toString("base64"));
    assert.equal(decodedLength(text), length);
    assert.deepEqual(fromBase64(text), octets);
  }
});

test("large octets do not exceed what a function call can take", () => {
  assert.equal(decodedLength(toBase64(new Uint8Array(1_000_000))), 1_000_000);
});

test("a message that is signed or encrypted looks so, an ordinary one does not", async () => {
  const types = {
    'multipart/signed; protocol="application/pkcs7-signature"': true,
    "application/pkcs7-mime; smime-type=enveloped-data": true,
    "Application/X-PKCS7-MIME": true,
    "text/plain": false,
    "multipart/mixed; boundary=x": false,
  };
  for (const [type, expected] of Object.entries(types)) {
    assert.equal(await looksSecured(new Blob([`From: a@b.example\r\nContent-Type: ${type}\r\n\r\nHello\r\n`])), expected, type);
  }
});

test("the language of the session is one both sides speak", () => {
  assert.deepEqual(["de", "de-AT", "DE_ch", "en-GB", "fr", ""].map(sessionLanguage), ["de", "de", "de", "en", "en", "en"]);
});

test("facts in a sentence are told apart from its words, the longest first", () => {
  assert.deepEqual(pieces("Signed by Anna ‹anna@x.example›", ["Anna", "anna@x.example", "x.example"]), [
    { text: "Signed by ", fact: false },
    { text: "Anna", fact: true },
    { text: " ‹", fact: false },
    { text: "anna@x.example", fact: true },
    { text: "›", fact: false },
  ]);
});

test("a name that contains a headline's separator makes no phrase of its own", () => {
  const name = "Eve · unchanged · confirmed by Bundesbank";
  const made = phrases(`Signed by ${name} ‹eve@x.example› · unchanged · confirmed by Nobody`, [name, "eve@x.example", "Nobody"]);
  assert.equal(made.length, 3);
  assert.deepEqual(made[0][1], { text: name, fact: true });
});

test("a fact is found as the host wrote it: characters that are not seen are dots", () => {
  const name = "fdp.\u202Eexe";
  assert.ok(pieces("Named fdp.·exe", [name]).some(({ text, fact }) => fact && text === "fdp.·exe"));
});

test("why a native port ended is read from the browsers' own sentences", () => {
  assert.equal(causeOf("Specified native messaging host not found."), "missing");
  assert.equal(causeOf("No such native application letterlock"), "missing");
  assert.equal(causeOf("Access to the specified native messaging host is forbidden."), "forbidden");
  assert.equal(causeOf("Native host has exited."), "ended");
  assert.equal(causeOf(""), "ended");
});
