/**
 * Claims about a smime.p7m that was saved without its message.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { asMessage } from "../../src/lib/bare-cms.js";

test("a bare ContentInfo becomes a message that holds its octets", async () => {
  const octets = Uint8Array.from({ length: 300 }, (_, at) => (at === 0 ? 0x30 : at === 1 ? 0x82 : at & 0xff));
  const text = await (await asMessage(new Blob([octets]))).text();
  const [head, body] = text.split("\r\n\r\n");
  assert.match(head, /^Content-Type: application\/pkcs7-mime; name=smime\.p7m$/m);
  assert.ok(body.split("\r\n").every((line) => line.length <= 76));
  assert.deepEqual(new Uint8Array(Buffer.from(body, "base64")), octets);
});

test("a message stays as it is, also one that begins like no message", async () => {
  for (const said of ["From: a@b.example\r\n\r\nx", "0: x\r\n\r\n", "0", ""]) {
    const blob = new Blob([said]);
    assert.equal(await asMessage(blob), blob);
  }
});
