/**
 * The parts of a message that the mail program itself does not show (opaque-signed, encrypted) or that come from a
 * file: its text, each part of it as a document of its own, and what came along, to be looked at or saved.
 *
 * Parts are never put together: one that anybody could have added must not be able to carry away the text of another
 * ("EFAIL"). HTML is shown as mail-frame.js describes.
 */

import { saveButton } from "./attachments.js";
import { button, element } from "./elements.js";
import { sanitise } from "./html.js";
import { linksView } from "./links.js";
import { mailFrame, showPicture } from "./mail-frame.js";
import { textView } from "./text.js";
import { failureWords, say } from "../browser/words.js";
import { dangerOf, opensAs } from "../lib/attached.js";
import { PICTURE, choose, isText, pictureOf } from "../lib/choices.js";
import { Failure } from "../lib/failure.js";
import { linksIn } from "../lib/links.js";
import { visible } from "../lib/visible.js";

/**
 * @typedef {import("../lib/shapes.js").Part} Part
 * @typedef {import("../lib/shapes.js").Opened} Opened
 * @typedef {import("./fetch-part.js").Fetcher} Fetcher
 */

/** Text parts up to this many octets are shown at once; longer ones when asked for. */
const SHOWN_AT_ONCE = 256 * 1024;

/** No text field of a browser is comfortable beyond this; the rest is told to be saved. */
const SHOWN_AT_MOST = 4 * 1024 * 1024;

/** Pictures in a text that are fetched for it, and how large they may be. */
const PICTURES = 100;
const PICTURE_OCTETS = 16 * 1024 * 1024;

/**
 * @param {Pick<Opened, "parts" | "verdict">} opened
 * @param {Fetcher} fetcher
 * @param {((part: string) => void) | null} [open]   shows an attachment on a page of its own, where there are such pages
 * @returns {HTMLElement}
 */
export function partsView(opened, fetcher, open = null) {
  const view = element("section", { class: "parts", "aria-label": say("parts") });
  new Parts(view, opened, fetcher, open).show();
  return view;
}

class Parts {
  /**
   * @param {HTMLElement} view
   * @param {Pick<Opened, "parts" | "verdict">} opened
   * @param {Fetcher} fetcher
   * @param {((part: string) => void) | null} open
   */
  constructor(view, { parts, verdict }, fetcher, open) {
    this.view = view;
    this.parts = parts;
    this.verdict = verdict;
    this.fetcher = fetcher;
    this.open = open;
    this.plain = false;
    // Where nothing is signed there is nothing to say about it part by part.
    this.isSigned = verdict.signature.status !== "none";
  }

  show() {
    const { texts, files, hasPlain } = choose(this.parts, { plain: this.plain });
    /** Pictures that stand in a text need not stand beside it once more. @type {Set<Part>} */
    this.used = new Set();
    this.files = element("ul", { class: "files", "aria-label": say("parts_files"), hidden: files.length === 0 });
    this.files.append(...files.map((part) => element("li", { "data-part": part.id }, this.#article(part))));
    const plain = this.plain;
    const other = hasPlain && button(say(plain ? "parts_rich" : "parts_plain"), () => this.#toggle(), { class: "button button--quiet parts__form" });
    this.view.replaceChildren(...texts.map((part) => this.#article(part)), ...(other ? [other] : []), this.files);
  }

  #toggle() {
    this.plain = !this.plain;
    this.show();
    /** @type {HTMLElement | null} */ (this.view.querySelector(".parts__form"))?.focus();
  }

  /** @param {Part} part */
  #article(part) {
    const body = element("div", { class: "part__body" });
    const made = element(
      "article",
      { class: "part", "data-part": part.id, "data-type": part.type, "data-covered": String(part.covered || !this.isSigned) },
      element(
        "header",
        { class: "part__head" },
        element("bdi", { class: "part__name" }, part.name !== null ? visible(part.name) : isText(part) ? "" : say("part_unnamed")),
        element("span", { class: "part__facts" }, this.#facts(part)),
        this.#opener(part),
        saveButton(part, this.fetcher, (thrown) => body.replaceChildren(failed(thrown))),
      ),
      body,
    );
    const remark = isText(part) ? null : warning(part);
    if (remark) body.append(remark);
    if (isText(part)) {
      const show = () => this.#showText(part, body);
      if (part.size <= SHOWN_AT_ONCE) void show();
      else if (part.size <= SHOWN_AT_MOST) body.append(button(say("part_show"), () => void show()));
    } else if (PICTURE.test(part.type) && part.size <= PICTURE_OCTETS) {
      const show = button(say("part_show"), () => void attempt(body, () => this.#showImage(part, body)));
      show.setAttribute("aria-label", `${say("part_show")}: ${part.name ?? part.type}`);
      body.append(show);
    }
    return made;
  }

  /** What shows an attached message or a PDF. @param {Part} part */
  #opener(part) {
    const kind = isText(part) ? null : opensAs(part);
    if (!kind || !this.open) return null;
    const words = say(kind === "pdf" ? "part_open_pdf" : "part_open_message");
    return button(words, () => this.open?.(part.id), { "aria-label": `${words}: ${part.name ?? part.type}`, "data-opens": kind });
  }

  /** @param {Part} part */
  #facts(part) {
    const remark = this.isSigned ? say(part.covered ? "part_covered" : "part_uncovered") : "";
    const facts = isText(part) && part.name === null ? [] : [part.type, sizeOf(part.size)];
    return [...facts, remark].filter(Boolean).join(" · ");
  }

  /**
   * @param {Part} part
   * @param {HTMLElement} body
   */
  async #showText(part, body) {
    await attempt(body, async () => {
      const text = await this.fetcher.text(part.id);
      if (part.type === "text/html") await this.#showHtml(part, text, body, false);
      else {
        const { view } = linksView(linksIn(text));
        body.replaceChildren(textView(text, part), ...(view ? [view] : []));
      }
    });
  }

  /**
   * @param {Part} part
   * @param {string} html
   * @param {HTMLElement} body
   * @param {boolean} remote   a person asked for pictures from elsewhere
   */
  async #showHtml(part, html, body, remote) {
    const mail = sanitise(html);
    const { view, point } = linksView(mail.links.map(({ link }) => link));
    const { frame, ready } = mailFrame(mail, { remote, onLink: point });
    const again = () => void this.#showHtml(part, html, body, true);
    const remark = remote ? null : this.#remark(mail.remote.length, again);
    body.replaceChildren(...[remark, frame, view].filter((child) => child !== null));
    await ready;
    await Promise.all(mail.inline.slice(0, PICTURES).map(({ element, id }) => this.#inline(part, element, id)));
  }

  /**
   * @param {number} count   pictures from elsewhere
   * @param {() => void} load
   */
  #remark(count, load) {
    if (count === 0) return null;
    // Never for encrypted mail: an address can carry its text away, and that it was opened is told in any case.
    if (this.verdict.encryption.status !== "none") {
      return element("p", { class: "part__remark" }, say("pictures_never", String(count)));
    }
    return element(
      "div",
      { class: "part__remark" },
      element("p", {}, say("pictures_remote", String(count))),
      button(say("pictures_load"), load),
    );
  }

  /**
   * @param {Part} html
   * @param {HTMLImageElement} image
   * @param {string} id
   */
  async #inline(html, image, id) {
    const part = pictureOf(html, this.parts, id);
    if (!part || part.size > PICTURE_OCTETS) return;
    try {
      showPicture(image, new Blob([await this.fetcher.fetch(part.id)], { type: part.type }));
      this.used?.add(part);
      this.files?.querySelector(`[data-part="${CSS.escape(part.id)}"]`)?.remove();
      if (this.files) this.files.hidden = this.files.childElementCount === 0;
    } catch {
      // Its alternative text stands there, and it can still be saved.
    }
  }

  /**
   * @param {Part} part
   * @param {HTMLElement} body
   */
  async #showImage(part, body) {
    const image = element("img", { class: "part__picture", alt: part.name ?? "" });
    showPicture(image, new Blob([await this.fetcher.fetch(part.id)], { type: part.type }));
    body.replaceChildren(image);
  }
}

/**
 * @param {HTMLElement} body
 * @param {() => Promise<void>} action
 */
async function attempt(body, action) {
  try {
    await action();
  } catch (thrown) {
    body.replaceChildren(failed(thrown));
  }
}

/** @param {unknown} thrown */
function failed(thrown) {
  const words = failureWords(Failure.from(thrown));
  return element("p", { role: "alert" }, `${say("part_failed")} ${words.sentence} ${words.advice}`.replaceAll("`", ""));
}

/** What is said of files that do more than being looked at, above the button that saves them. */
const DANGERS = {
  program: "part_danger_program",
  macros: "part_danger_macros",
  page: "part_danger_page",
  container: "part_danger_container",
};

/**
 * @param {Part} part
 * @returns {HTMLElement | null}
 */
function warning(part) {
  const danger = dangerOf(part);
  return danger && element("p", { class: "part__warning", "data-danger": danger }, say(DANGERS[danger]));
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
