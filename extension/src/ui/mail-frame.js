/**
 * The frame that shows a mail's HTML.
 *
 * It is a page of ours without a script (mail.html), in a sandbox that runs none, submits nothing, opens nothing and
 * leads nowhere, under a policy that fetches nothing. It keeps our origin for one reason: so that the sanitised nodes
 * can be put into it as nodes. No markup is written, so that nothing is parsed a second time and could read otherwise;
 * styles are set one by one, so that no page of ours has to allow styles that are written in markup.
 *
 * What a mail draws ends at the edge of the frame, and the frame stands between lines that are ours.
 */

import { element } from "./elements.js";
import { restyled } from "./html.js";
import { ownUrl } from "../browser/runtime.js";
import { say } from "../browser/words.js";

/** The frame is as high as its mail, up to this; a longer one is scrolled in it. In pixels. */
const HIGHEST = 1_600;
const LOWEST = 48;

/**
 * @param {import("./html.js").Sanitised} mail
 * @param {object} options
 * @param {boolean} options.remote   a person asked for the pictures that somebody's server sends
 * @param {(at: number) => void} options.onLink   somebody wants to follow a link: its place in `mail.links`
 * @returns {{ frame: HTMLIFrameElement, ready: Promise<void> }}
 */
export function mailFrame(mail, { remote, onLink }) {
  const frame = element("iframe", {
    class: "part__frame",
    sandbox: "allow-same-origin",
    referrerpolicy: "no-referrer",
    // Not relative: in a mail page Chromium lets in only the address that the manifest hides (`use_dynamic_url`).
    src: ownUrl(remote ? "ui/mail-pictures.html" : "ui/mail.html"),
    title: say("part_frame"),
  });
  const ready = new Promise((/** @type {(value?: any) => void} */ resolve) => {
    frame.addEventListener("load", () => resolve(fill(frame, mail, { remote, onLink })), { once: true });
  });
  return { frame, ready };
}

/**
 * @param {HTMLIFrameElement} frame
 * @param {import("./html.js").Sanitised} mail
 * @param {{ remote: boolean, onLink: (at: number) => void }} options
 */
function fill(frame, mail, { remote, onLink }) {
  const page = frame.contentDocument;
  if (!page) return;
  page.documentElement.lang = document.documentElement.lang;
  page.title = say("part_frame");
  mail.links.forEach(({ element: link, link: { target } }, at) => {
    link.setAttribute("role", "link");
    link.setAttribute("tabindex", "0");
    link.setAttribute("title", target);
    link.addEventListener("click", () => onLink(at));
    link.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Enter") onLink(at);
    });
  });
  page.body.append(page.adoptNode(mail.content));
  for (const [styled, declarations] of mail.styles) {
    for (const [property, value] of declarations) styled.style.setProperty(property, value);
  }
  const { CSSStyleSheet } = /** @type {any} */ (page.defaultView);
  if (mail.sheets.length > 0) page.adoptedStyleSheets = mail.sheets.map((text) => restyled(text, new CSSStyleSheet()));
  for (const { element: image, address } of mail.embedded) showEmbedded(image, address);
  if (remote) for (const { element: image, address } of mail.remote) image.src = address;
  new ResizeObserver(() => fit(frame)).observe(page.body);
  fit(frame);
}

/** @param {HTMLIFrameElement} frame */
function fit(frame) {
  const height = frame.contentDocument?.body.scrollHeight ?? 0;
  frame.style.blockSize = `${Math.min(Math.max(Math.ceil(height), LOWEST), HIGHEST) + 2}px`;
}

/**
 * A picture that came with the mail. It is drawn from memory, and let go of as soon as it is drawn.
 * @param {HTMLImageElement} image
 * @param {Blob} picture
 */
export function showPicture(image, picture) {
  const address = URL.createObjectURL(picture);
  const done = () => URL.revokeObjectURL(address);
  image.addEventListener("load", done, { once: true });
  image.addEventListener("error", done, { once: true });
  image.src = address;
}

/**
 * @param {HTMLImageElement} image
 * @param {string} address  of `data:`
 */
function showEmbedded(image, address) {
  try {
    const [, type, text] = /** @type {RegExpExecArray} */ (/^data:([^;]+);base64,([^]*)$/i.exec(address));
    const octets = Uint8Array.from(atob(text.replace(/\s/g, "")), (character) => character.charCodeAt(0));
    showPicture(image, new Blob([octets], { type: type.toLowerCase() }));
  } catch {
    // No base64 after all: there is no picture.
  }
}
