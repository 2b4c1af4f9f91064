/**
 * HTML from elsewhere (the clipboard, a mail that is quoted, a draft) on its way into the editor: DOMPurify leaves the elements
 * that formatting needs, and what each becomes here has no address but a link's, and no picture but one of the letter's own.
 */

import { PICTURE_ID, linkTarget } from "../../lib/rich.js";
import DOMPurify from "../../vendor/dompurify.js";

const KEPT = "a b blockquote br div em i img li ol p strong u ul";
/** Blocks of other kinds become lines. */
const BLOCKS = "address article aside dd dl dt figcaption footer h1 h2 h3 h4 h5 h6 header main pre section table tr";
const REMOVED = ["style", "script", "title", "template", "noscript"];

/**
 * @param {string} html
 * @param {{ pictures?: boolean }} [wish]  `pictures`: those of a draft, which are named by `cid:`
 * @returns {DocumentFragment}
 */
export function simplified(html, { pictures = false } = {}) {
  const made = DOMPurify(/** @type {any} */ (window)).sanitize(html, {
    ALLOWED_TAGS: `${KEPT} ${BLOCKS}`.split(" "),
    ALLOWED_ATTR: ["href", "src", "alt"],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto|cid):/i,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    FORBID_CONTENTS: REMOVED,
    RETURN_DOM_FRAGMENT: true,
    FORCE_BODY: true,
  });
  const content = document.createDocumentFragment();
  if (made) content.append(document.importNode(made, true));
  for (const block of content.querySelectorAll(BLOCKS.replaceAll(" ", ", "))) {
    const line = document.createElement("div");
    line.append(...block.childNodes);
    block.replaceWith(line);
  }
  for (const link of content.querySelectorAll("a")) {
    const target = linkTarget(link.getAttribute("href") ?? "");
    if (target) link.setAttribute("href", target);
    else link.replaceWith(...link.childNodes);
  }
  for (const image of content.querySelectorAll("img")) named(image, pictures);
  runTogether(content);
  for (const element of content.querySelectorAll("[href]:not(a)")) element.removeAttribute("href");
  return content;
}

/**
 * @param {HTMLImageElement} image
 * @param {boolean} keep
 */
function named(image, keep) {
  const [, id] = /^cid:(.{1,200})$/i.exec(image.getAttribute("src") ?? "") ?? [];
  image.removeAttribute("src");
  if (keep && id) image.setAttribute(PICTURE_ID, id);
  else image.remove();
}

/** Line ends in the source of HTML are spaces, and between its blocks nothing. @param {DocumentFragment} content */
function runTogether(content) {
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    const words = text.data.replace(/[ \t]*[\r\n\t][ \r\n\t]*/g, " ");
    if (words === " " && text.data !== " ") text.remove();
    else if (words !== text.data) text.data = words;
  }
}
