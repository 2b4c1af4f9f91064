/**
 * Claims about a message's source: what Thunderbird adds is taken away, and nothing else.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { install } from "../../support/fake-browser.js";

install({}, "en");
const { mayBeProtected, withoutNotes } = await import("../../../src/adapters/thunderbird/source.js");

const NOTES = `X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1${" ".repeat(80)}\n`;
const MAIL = "From: Anna Muster <anna@muster.example>\r\nSubject: Gr\u00fc\u00dfe\r\n\r\nAt noon?\r\n";

/** @param {string} stored */
const cut = async (stored) => (await withoutNotes(new Blob([stored]))).text();

test("Thunderbird's own lines in front of a message are no part of it", async () => {
  assert.equal(await cut(NOTES + MAIL), MAIL);
});

test("a message without such lines stays as it is", async () => {
  assert.equal(await cut(MAIL), MAIL);
});

test("a field of that name which somebody sent ends in CRLF and stays", async () => {
  const sent = `X-Mozilla-Status: 0001\r\n${MAIL}`;
  assert.equal(await cut(sent), sent);
  assert.equal(await cut(NOTES + sent), sent);
});

test("octets that are no UTF-8 are not touched", async () => {
  const octets = new Uint8Array([0x53, 0x75, 0x62, 0x3a, 0xff, 0xfe, 0x0d, 0x0a, 0x80]);
  const stored = new Blob([NOTES, octets]);
  assert.deepEqual(new Uint8Array(await (await withoutNotes(stored)).arrayBuffer()), octets);
});

test("a mail that names S/MIME's media types may be protected, another may not", async () => {
  const signed = 'Content-Type: multipart/signed; protocol="Application/PKCS7-Signature"; boundary=b\r\n\r\n';
  assert.equal(await mayBeProtected(new Blob([signed])), true);
  assert.equal(await mayBeProtected(new Blob(["Content-Type: application/x-pkcs7-mime\r\n\r\n"])), true);
  assert.equal(await mayBeProtected(new Blob([MAIL])), false);
});
