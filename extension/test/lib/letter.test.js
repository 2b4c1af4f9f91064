/**
 * Claims about letters: what was typed arrives, in lines that every server carries, and nothing in it ends a line.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addresses, compose } from "../../src/lib/letter.js";

const LETTER = { from: "anna@muster.example", to: "bert@beispiel.example", cc: "", bcc: "", subject: "Roof", text: "Ready.", files: [] };

// Node has no FileReader: the little that octets.js asks of one.
Object.assign(globalThis, {
  FileReader: class {
    /** @param {Blob} blob */
    async readAsDataURL(blob) {
      this.result = `data:;base64,${Buffer.from(await blob.arrayBuffer()).toString("base64")}`;
      this.onload();
    }
    onload() {}
  },
});

/** @param {Partial<import("../../src/lib/letter.js").Letter>} [other] */
async function written(other = {}) {
  return (await compose({ ...LETTER, ...other })).text();
}

/** @param {string} message */
function header(message) {
  return message.slice(0, message.indexOf("\r\n\r\n"));
}

test("addresses are cut at commas and semicolons outside of quotation marks", () => {
  assert.deepEqual(addresses('"Muster, Anna" <anna@muster.example>; bert@beispiel.example,,'), [
    { name: "Muster, Anna", address: "anna@muster.example" },
    { name: "", address: "bert@beispiel.example" },
  ]);
  assert.deepEqual(addresses(" , "), []);
});

test("every line is ASCII, short, and ends in CRLF", async () => {
  const file = new File([new Uint8Array(100_000)], "Plan – Nordhalle.pdf", { type: "application/pdf" });
  const message = await written({
    to: "Jürgen Groß <juergen@beispiel.example>",
    subject: "Schlüssel für das Nordtor ".repeat(20),
    text: "Grüße\n.\nFrom here\r\ntrailing   ",
    files: [file],
  });
  assert.doesNotMatch(message, /[^\x20-\x7e\r\n]/);
  for (const line of message.split("\r\n")) {
    assert.ok(line.length <= 300, line);
    assert.doesNotMatch(line, /[\r\n]/);
  }
});

test("nothing that was typed makes a header field of its own", async () => {
  const evil = "x\r\nBcc: eve@example.org\u2028Reply-To: eve@example.org";
  const file = new File(["x"], "a\r\nX-Evil: 1.txt", { type: "text/html\r\nX-Evil: 1" });
  const message = await written({ subject: evil, to: `bert@beispiel.example\r\nX-Evil: 1`, cc: evil, files: [file] });
  const names = message.split("\r\n").filter((line) => /^(Bcc|X-Evil|Reply-To):/.test(line));
  assert.deepEqual(names, []);
});

test("empty fields are left out, and names are quoted", async () => {
  const made = header(await written({ from: 'Anna "A." Muster <anna@muster.example>' }));
  assert.match(made, /^From: "Anna \\"A\.\\" Muster" <anna@muster\.example>\r\nTo: bert@beispiel\.example\r\nSubject: Roof\r\n/);
  assert.doesNotMatch(made, /Cc|Bcc/);
});

test("a message goes as it is where every server carries its lines, and else as a file", async () => {
  const whole = "From: a@b\r\nSubject: x\r\n\r\nBody\r\n";
  const carried = await written({ files: [new File([whole], "x.eml", { type: "message/rfc822" })] });
  assert.ok(carried.includes(`Content-Type: message/rfc822\r\nContent-Disposition: attachment;\r\n filename="x.eml"\r\n\r\n${whole}`));
  for (const other of ["x", "From: a@b\n\nx", "From: a@b\r\n\r\nü", `From: a@b\r\n\r\n${"x".repeat(999)}\r\n`, "From: a@b\r\n\r\na\rb"]) {
    const message = await written({ files: [new File([other], "x.eml", { type: "message/rfc822" })] });
    assert.match(message, /Content-Type: application\/octet-stream\r\n/, other);
  }
  for (const type of ["multipart/mixed", "MULTIPART/x", "message/partial"]) {
    assert.match(await written({ files: [new File([whole], "x.eml", { type })] }), /Content-Type: application\/octet-stream\r\n/);
  }
});

test("formatted text goes with the same as plain text before it, and its pictures beside it", async () => {
  const file = new File(["x"], "roof.png", { type: "image/png" });
  const made = await written({ html: "<div>R<b>ea</b>dy.</div>", pictures: [{ file, id: "1@letterlock" }], files: [new File(["y"], "y.txt", { type: "text/plain" })] });
  const types = [...made.matchAll(/^Content-Type: ([\w/]+)/gm)].map(([, type]) => type);
  assert.deepEqual(types, ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "text/plain"]);
  assert.match(made, /Content-ID: <1@letterlock>\r\nContent-Disposition: inline;\r\n filename="roof\.png"/);
  const html = Buffer.from(made.split("text/html; charset=utf-8")[1].split("\r\n\r\n")[1].split("--")[0], "base64").toString();
  assert.match(html, /<body><div>R<b>ea<\/b>dy\.<\/div><\/body>/);
  for (const line of made.split("\r\n")) assert.ok(line.length <= 300, line);
});

test("an answer names what it answers, and nothing that is no identifier", async () => {
  const made = header(await written({ inReplyTo: "<1@b>", references: ["<0@b>", "<x>\r\nBcc: eve@example.org", "<1@b>"] }));
  assert.match(made, /\r\nIn-Reply-To: <1@b>\r\nReferences: <0@b>\r\n <1@b>\r\n/);
  assert.doesNotMatch(made, /eve/);
});
