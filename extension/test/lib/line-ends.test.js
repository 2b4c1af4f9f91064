/**
 * Claims about the line ends of mail.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../support/dom.js";
import { withMailLineEnds } from "../../src/lib/line-ends.js";

const { FileReader, Blob } = page("");
Object.assign(globalThis, { FileReader, Blob });

/** @param {Uint8Array<ArrayBuffer> | string} octets */
async function mended(octets) {
  const blob = /** @type {any} */ (await withMailLineEnds(new Blob([octets])));
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(/** @type {ArrayBuffer} */ (reader.result)));
    reader.readAsArrayBuffer(blob);
  });
}

test("a lone LF becomes CRLF, and nothing else is touched", async () => {
  assert.deepEqual(await mended("a\nb\r\nc\rd\n\n"), new TextEncoder().encode("a\r\nb\r\nc\rd\r\n\r\n"));
});

test("octets that are no text stay as they are", async () => {
  const octets = Uint8Array.from({ length: 256 }, (_, at) => at).filter((octet) => octet !== 10);
  assert.deepEqual(await mended(octets), octets);
});
