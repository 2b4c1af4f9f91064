/**
 * The parts of a message that the mail program itself does not show (opaque-signed, encrypted) or that come from a
 * file: text as text, everything else to be saved. Nothing of a mail becomes markup here; HTML is shown as its source.
 */

import { button, element } from "./elements.js";
import { Failure } from "../lib/failure.js";
import { failureWords, say } from "../browser/words.js";

/**
 * @typedef {import("../lib/shapes.js").Part} Part
 * @typedef {(part: string) => Promise<Blob>} FetchPart
 */

/** Text parts up to this many octets are shown at once; longer ones when asked for. */
const SHOWN_AT_ONCE = 256 * 1024;

/** No text field of a browser is comfortable beyond this; the rest is told to be saved. */
const SHOWN_AT_MOST = 4 * 1024 * 1024;

/**
 * @param {Part[]} parts
 * @param {FetchPart} fetchPart
 * @returns {HTMLElement}
 */
export function partsView(parts, fetchPart) {
  return element(
    "section",
    { class: "parts", "aria-label": say("parts") },
    ...parts.map((part) => partView(part, fetchPart)),
  );
}

/**
 * @param {Part} part
 * @param {FetchPart} fetchPart
 */
function partView(part, fetchPart) {
  const isText = part.type.startsWith("text/") && part.disposition === "inline";
  const body = element("div", { class: "part__body" });
  const remark = say(part.covered ? "part_covered" : "part_uncovered");
  const made = element(
    "article",
    { class: "part", "data-part": part.id, "data-type": part.type, "data-covered": String(part.covered) },
    element(
      "header",
      { class: "part__head" },
      element("bdi", { class: "part__name" }, part.name ?? (isText ? "" : say("part_unnamed"))),
      element("span", { class: "part__facts" }, [part.type, sizeOf(part.size), remark].join(" · ")),
      saveButton(part, fetchPart, body),
    ),
    body,
  );
  if (!isText) return made;
  const isPlain = part.type === "text/plain";
  if (isPlain && part.size <= SHOWN_AT_ONCE) void showText(part, fetchPart, body);
  else if (part.size <= SHOWN_AT_MOST) {
    const show = button(say("part_show"), () => void showText(part, fetchPart, body));
    body.append(...(isPlain ? [show] : [show, element("span", { class: "part__facts" }, say("part_html"))]));
  }
  return made;
}

/**
 * @param {Part} part
 * @param {FetchPart} fetchPart
 * @param {HTMLElement} body
 */
async function showText(part, fetchPart, body) {
  await attempt(body, async () => {
    const octets = await (await fetchPart(part.id)).arrayBuffer();
    body.replaceChildren(element("pre", { dir: "auto", tabindex: "0" }, decoderFor(part.charset).decode(octets)));
  });
}

/**
 * @param {string | null} charset  as the mail says; unknown names are read as UTF-8 rather than not at all
 */
function decoderFor(charset) {
  try {
    return new TextDecoder(charset ?? "utf-8");
  } catch {
    return new TextDecoder();
  }
}

/**
 * @param {Part} part
 * @param {FetchPart} fetchPart
 * @param {HTMLElement} body
 */
function saveButton(part, fetchPart, body) {
  const name = fileName(part);
  const made = button(say("part_save", name), () => {
    made.disabled = true;
    void attempt(body, async () => save(await fetchPart(part.id), name)).finally(() => (made.disabled = false));
  });
  return made;
}

/**
 * A file name that names a file in the download folder and nothing else.
 * @param {Part} part
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
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = element("a", { href: url, download: name });
  link.click();
  // The browser reads the blob after the click returned; there is no event for when it has.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {HTMLElement} body
 * @param {() => Promise<void>} action
 */
async function attempt(body, action) {
  try {
    await action();
  } catch (thrown) {
    const words = failureWords(Failure.from(thrown));
    body.replaceChildren(element("p", { role: "alert" }, `${say("part_failed")} ${words.sentence} ${words.advice}`.replaceAll("`", "")));
  }
}

/** @param {number} octets */
function sizeOf(octets) {
  const [unit, value] = octets < 1000 ? ["byte", octets] : octets < 1e6 ? ["kilobyte", octets / 1e3] : ["megabyte", octets / 1e6];
  return new Intl.NumberFormat(document.documentElement.lang || undefined, {
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "long" : "short",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
