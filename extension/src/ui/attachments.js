/**
 * Saving what came with a mail: under a name that names a file and nothing else, with the progress of long ones.
 */

import { button, element } from "./elements.js";
import { say } from "../browser/words.js";

/** @typedef {import("../lib/shapes.js").Part} Part */

/** Progress is told of parts larger than this. In octets. */
const LONG = 1_000_000;

/**
 * The button that saves a part. While a long one is on its way, pressing it stops that.
 * @param {Part} part
 * @param {import("./fetch-part.js").Fetcher} fetcher
 * @param {(thrown: unknown) => void} onFailed
 */
export function saveButton(part, fetcher, onFailed) {
  const name = fileName(part);
  const words = say("part_save", name);
  /** @type {AbortController | null} */
  let stop = null;
  const made = button(words, async () => {
    if (stop) return stop.abort();
    const mine = (stop = new AbortController());
    made.disabled = part.size <= LONG;
    try {
      save(await fetcher.fetch(part.id, (done) => part.size > LONG && progress(done), mine.signal), name);
    } catch (thrown) {
      if (!mine.signal.aborted) onFailed(thrown);
    } finally {
      stop = null;
      made.textContent = words;
      made.disabled = false;
    }
  });
  /** @param {number} done  octets */
  const progress = (done) => stop?.signal.aborted === false && (made.textContent = say("part_saving", String(Math.floor((100 * done) / part.size))));
  return made;
}

/**
 * A file name that names a file in the download folder and nothing else.
 * @param {Pick<Part, "id" | "name" | "type">} part
 */
export function fileName(part) {
  // Separators and characters that are not seen: "invoice\u202Efdp.exe" would be read as "invoiceexe.pdf".
  const safe = (part.name ?? "").replace(/[\\/:*?"<>|\p{C}]/gu, "_").replace(/^[.\s]+|[.\s]+$/g, "");
  if (safe) return safe.slice(0, 200);
  const names = new Map([["text/plain", "message.txt"], ["text/html", "message.html"], ["message/rfc822", "message.eml"]]);
  return names.get(part.type) ?? `part-${part.id.replace(/[^\w-]/g, "-")}.bin`;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = element("a", { href: url, download: name });
  link.click();
  // The browser reads the blob after the click returned; there is no event for when it has.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
