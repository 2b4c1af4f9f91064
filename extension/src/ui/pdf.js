/**
 * The page that shows a PDF which came with a mail, in the browser's own viewer below a line of ours.
 *
 * The viewer is a document of the browser's: in Chromium a process of its own, in Firefox one with the origin of its
 * viewer. Neither can reach this page or the extension's interface (tests/e2e/test_attachments.py tries). What is handed
 * to it has the one type application/pdf, and begins as a PDF does: nothing else is ever rendered under an address of ours.
 */

import { fileName, save } from "./attachments.js";
import { claimed } from "./claimed.js";
import { button, element } from "./elements.js";
import { translate } from "./page.js";
import { failureLine, say } from "../browser/words.js";
import { isPdf } from "../lib/attached.js";
import { Failure } from "../lib/failure.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

translate();
try {
  const { part, blob } = await claimed((done, { size }) => {
    byId("said").textContent = say("pdf_progress", String(Math.floor((100 * done) / Math.max(size, 1))));
  });
  const name = fileName(part);
  document.title = byId("name").textContent = name;
  byId("save").append(button(say("part_save", name), () => save(blob, name)));
  if (await isPdf(blob)) {
    const address = URL.createObjectURL(new Blob([blob], { type: "application/pdf" }));
    byId("said").replaceWith(element("iframe", { src: address, title: name }));
  } else {
    byId("said").textContent = say("pdf_none");
  }
} catch (thrown) {
  byId("said").textContent = failureLine(Failure.from(thrown));
}
