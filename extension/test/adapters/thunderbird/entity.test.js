/**
 * Claims about the MIME entity that Thunderbird is given in place of what was encrypted: every part alone, nothing of it
 * able to end its own header or to be taken apart again.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { entity, sections } from "../../../src/adapters/thunderbird/entity.js";

/** @typedef {import("../../../src/lib/shapes.js").Part} Part */

/** @param {Partial<Part>} deviation @returns {Part} */
function part(deviation) {
  return /** @type {Part} */ ({ id: "1:1", type: "text/plain", charset: "utf-8", name: null, disposition: "inline", content_id: null, size: 3, ...deviation });
}

const body = async () => Buffer.from("abc").toString("base64");

/** @param {Part[]} parts */
const written = async (parts) => (await entity(parts, body)).entity.text();

test("one part is an entity by itself", async () => {
  assert.equal(
    await written([part({})]),
    'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: inline\r\n\r\nYWJj\r\n',
  );
});

test("alternatives stand together, with the image beside the HTML that shows it, and attachments after them", async () => {
  const made = await written([
    part({ id: "1:1.1.1", choices: ["1.1/1"] }),
    part({ id: "1:1.1.2", type: "text/html", choices: ["1.1/2"] }),
    part({ id: "1:1.1.3", type: "image/png", content_id: "<seal@x>", choices: ["1.1/2"] }),
    part({ id: "1:1.2", type: "application/pdf", disposition: "attachment", name: "März.pdf" }),
  ]);
  const kinds = [...made.matchAll(/Content-Type: ([\w/]+)/g)].map(([, type]) => type);
  assert.deepEqual(kinds, ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "application/pdf"]);
  assert.match(made, /Content-ID: <seal@x>\r\n/);
  assert.match(made, /filename\*=utf-8''M%C3%A4rz\.pdf/);
});

test("nothing that the sender chose ends a header field or begins another part", async () => {
  const made = await written([
    part({ type: "text/html\r\nX-Evil: 1", charset: 'utf-8"\r\nX-Evil: 2', name: "a\r\nX-Evil: 3", content_id: "x>\r\nX-Evil: 4", disposition: "attachment" }),
  ]);
  assert.doesNotMatch(made, /^X-Evil/m);
  assert.match(made, /^Content-Type: application\/octet-stream/);
});

test("what Thunderbird would take apart again is a file like any other", async () => {
  for (const type of ["application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted", "multipart/mixed"]) {
    assert.match(await written([part({ type, disposition: "attachment" })]), /^Content-Type: application\/octet-stream/);
  }
  assert.match(await written([part({ type: "message/rfc822", disposition: "attachment" })]), /^Content-Type: message\/rfc822/);
});

test("each hidden place has an entity of its own, and what is in clear has none", async () => {
  const found = await sections([part({ id: "1.1:1.1" }), part({ id: "1.1:1.2" }), part({ id: "1.2" })], body);
  assert.deepEqual(found.map((each) => each.part), ["1.1"]);
  assert.equal((await found[0].entity.text()).match(/YWJj/g)?.length, 2);
});

test("the place of each attachment is told, so that the letter can be had without them", async () => {
  const { entity: whole, files } = await entity(
    [
      part({ id: "1:1.1", type: "text/html" }),
      part({ id: "1:1.2", type: "image/png", content_id: "<seal@x>" }),
      part({ id: "1:1.3", type: "text/plain", name: "notes.txt", disposition: "attachment" }),
      part({ id: "1:1.4", type: "application/pdf", name: "a.pdf", disposition: "attachment" }),
    ],
    body,
  );
  const text = await whole.text();
  assert.deepEqual(files.map(({ name, type, from, end }) => [name, type, text.slice(from, end)]), [
    ["notes.txt", "text/plain", "YWJj\r\n"],
    ["a.pdf", "application/pdf", "YWJj\r\n"],
  ]);
  const letter = files.toReversed().reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
  assert.deepEqual([...letter.matchAll(/Content-Type: ([\w/]+)/g)].map(([, type]) => type), ["multipart/mixed", "multipart/related", "text/html", "image/png"]);
  assert.match(letter, /\r\n--=_[^\r\n]+--\r\n$/);
});
