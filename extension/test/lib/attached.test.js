/**
 * Claims about attachments: what is called dangerous, and what may be looked at on a page of ours.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { dangerOf, isPdf, opensAs } from "../../src/lib/attached.js";

/** @param {string | null} name @param {string} [type] */
const part = (name, type = "application/octet-stream") => ({ name, type, size: 1_000 });

test("the end of a name decides what a file does, whatever its type says and however it is written", () => {
  const names = {
    "invoice.pdf.exe": "program",
    "INVOICE.PDF.SCR ": "program",
    "invoice.exe. .": "program",
    "invoice.e\u200dxe": "program",
    "invoice.\uff45xe": "program",
    "invoice\u202efdp.exe": "program",
    "offer.docm": "macros",
    "offer.xls": "macros",
    "login.HTML": "page",
    "logo.svg": "page",
    "photos.iso": "container",
    "photos.zip": "container",
    "offer.docx": null,
    "photo.jpeg": null,
    exe: null,
  };
  for (const [name, danger] of Object.entries(names)) assert.equal(dangerOf(part(name, "application/pdf")), danger, name);
});

test("a file without a name is what its type says", () => {
  assert.deepEqual([dangerOf(part(null, "text/html")), dangerOf(part(null, "image/png")), dangerOf(part("offer", "image/svg+xml"))], ["page", null, "page"]);
});

test("messages and PDFs are looked at; nothing that is called otherwise, and nothing without end", () => {
  assert.equal(opensAs(part("offer.eml")), "message");
  assert.equal(opensAs(part(null, "message/rfc822")), "message");
  assert.equal(opensAs(part("offer.pdf", "application/pdf")), "pdf");
  assert.equal(opensAs(part("offer.PDF")), "pdf");
  assert.equal(opensAs(part("offer.pdf", "text/html")), null);
  assert.equal(opensAs(part("offer.html", "application/pdf")), null);
  assert.equal(opensAs(part("offer.exe", "message/rfc822")), null);
  assert.equal(opensAs({ ...part("offer.pdf", "application/pdf"), size: 1e9 }), null);
});

test("a PDF begins as one", async () => {
  assert.ok(await isPdf(new Blob(["%PDF-1.7\n..."])));
  assert.ok(await isPdf(new Blob(["x".repeat(1_000), "%PDF-1.7"])));
  for (const other of ["", "<html>", `${"x".repeat(1_024)}%PDF-1.7`]) assert.ok(!(await isPdf(new Blob([other]))), other.slice(0, 9));
});
