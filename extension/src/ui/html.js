/**
 * HTML of a mail, made harmless: DOMPurify leaves elements and attributes of a short list; then links, pictures and
 * styles lose whatever could reach out. What comes out is put into the frame of mail-frame.js, where no script could
 * run and nothing could be fetched anyway. Neither of the two trusts the other.
 */

import { PICTURE } from "../lib/choices.js";
import { LINKS, link } from "../lib/links.js";
import { visible } from "../lib/visible.js";
import DOMPurify from "../vendor/dompurify.js";

/**
 * @typedef {[property: string, value: string]} Declaration
 * @typedef {object} Sanitised
 * @property {DocumentFragment} content   of a document that fetches nothing; without any address in it
 * @property {{ element: Element, link: import("../lib/links.js").Link }[]} links
 * @property {{ element: HTMLImageElement, id: string }[]} inline   pictures that came along, by Content-ID
 * @property {{ element: HTMLImageElement, address: string }[]} embedded   pictures that stand in the text itself
 * @property {{ element: HTMLImageElement, address: string }[]} remote   pictures that somebody's server would send
 * @property {Map<HTMLElement, Declaration[]>} styles
 * @property {string[]} sheets   style sheets, as written
 */

const ELEMENTS =
  "a abbr address article aside b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption " +
  "figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong " +
  "sub sup table tbody td tfoot th thead time tr tt u ul var wbr";

const ATTRIBUTES =
  "align alt bgcolor border cellpadding cellspacing class color colspan dir face height href lang nowrap rowspan size span src start " +
  "style title valign width";

/** Style that only looks. Nothing that lays one thing over another, loads, or moves. */
const LOOKS =
  /^(color|background-color|direction|display|float|clear|line-height|letter-spacing|vertical-align|white-space(-collapse)?|list-style-type|table-layout|border-(?!image).+|(font|padding|text)-.+|margin-.+|(min-|max-)?(width|height))$/;

/** Values that fetch or compute; a backslash hides such names from whoever looks for them (CSS Syntax §4.3.7). */
const REACHING = /url|image|src\(|expression|var\(|attr\(|env\(|[\\@<{}]/i;

/** Selectors and declarations taken from one message's style sheets. */
const RULES = 2_000;

/** Values of attributes: of the schemes a mail may name, or of no scheme at all (DOMPurify's own rule, shortened). */
const VALUES = /^(?:(?:https?|mailto|cid):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;

const EMBEDDED = /^data:(image\/[a-z]+);base64,[a-z0-9+/=\s]*$/i;

/**
 * @param {string} html
 * @returns {Sanitised}
 */
export function sanitise(html) {
  /** @type {string[]} */
  const sheets = [];
  const purify = DOMPurify(/** @type {any} */ (window));
  purify.addHook("uponSanitizeElement", (node, { tagName }) => {
    if (tagName === "style" && sheets.length < 20) sheets.push(node.textContent ?? "");
  });
  const made = purify.sanitize(html, {
    ALLOWED_TAGS: ELEMENTS.split(" "),
    ALLOWED_ATTR: ATTRIBUTES.split(" "),
    ALLOWED_URI_REGEXP: VALUES,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    // An element named like a property of a document or form must not stand in its place.
    SANITIZE_DOM: true,
    RETURN_DOM_FRAGMENT: true,
    FORCE_BODY: true,
  });
  // A document without a body (a set of frames) has nothing to show.
  const content = made ?? document.implementation.createHTMLDocument("").createDocumentFragment();
  const styles = new Map();
  for (const element of content.querySelectorAll("[style]")) {
    const kept = declarations(scratch(element.getAttribute("style") ?? ""));
    element.removeAttribute("style");
    if (kept.length > 0) styles.set(element, kept);
  }
  showControls(content);
  return { content, links: unlink(content), ...pictures(content), styles, sheets };
}

/**
 * The rules of a style sheet that only look, for the window in which they will be used.
 * @param {string} text
 * @param {CSSStyleSheet} empty
 * @returns {CSSStyleSheet}
 */
export function restyled(text, empty) {
  const parsed = new CSSStyleSheet();
  parsed.replaceSync(text.replace(/<!--|-->/g, "")); // `@import` is left out by this
  let rules = 0;
  for (const rule of parsed.cssRules) {
    if (!(rule instanceof CSSStyleRule) || /[\\{}<@]/.test(rule.selectorText) || ++rules > RULES) continue;
    const kept = declarations(rule.style).map(([property, value]) => `${property}: ${value}`);
    if (kept.length > 0) empty.insertRule(`${rule.selectorText} { ${kept.join("; ")} }`, empty.cssRules.length);
  }
  return empty;
}

/** A declaration block, parsed in no document's name. @param {string} text */
function scratch(text) {
  const { style } = document.createElement("span");
  style.cssText = text;
  return style;
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {Declaration[]}
 */
function declarations(style) {
  return Array.from({ length: style.length }, (_, at) => style.item(at))
    .map((property) => /** @type {Declaration} */ ([property, style.getPropertyValue(property)]))
    .filter(([property, value]) => LOOKS.test(property) && value.length < 300 && !REACHING.test(value));
}

/** Links become words; where they lead is told beside the message. @param {DocumentFragment} content */
function unlink(content) {
  const found = [];
  for (const element of content.querySelectorAll("[href]")) {
    const target = link(element.textContent ?? "", element.getAttribute("href") ?? "");
    element.removeAttribute("href");
    if (element.localName === "a" && target && found.length < LINKS) found.push({ element, link: target });
  }
  return found;
}

/** @param {DocumentFragment} content */
function pictures(content) {
  /** @type {Pick<Sanitised, "inline" | "embedded" | "remote">} */
  const found = { inline: [], embedded: [], remote: [] };
  for (const element of content.querySelectorAll("[src]")) {
    const address = element.getAttribute("src")?.trim() ?? "";
    element.removeAttribute("src");
    if (element.localName !== "img") continue;
    const image = /** @type {HTMLImageElement} */ (element);
    if (/^cid:/i.test(address)) found.inline.push({ element: image, id: decoded(address.slice(4)) });
    else if (/^https?:/i.test(address)) found.remote.push({ element: image, address });
    else if (PICTURE.test(EMBEDDED.exec(address)?.[1].toLowerCase() ?? "")) found.embedded.push({ element: image, address });
  }
  return found;
}

/** Characters that turn others around are shown in HTML, too. @param {DocumentFragment} content */
function showControls(content) {
  const walker = content.ownerDocument.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const shown = visible(node.nodeValue ?? "");
    if (shown !== node.nodeValue) node.nodeValue = shown;
  }
}

/** @param {string} id */
function decoded(id) {
  try {
    return decodeURIComponent(id); // RFC 2392 §2
  } catch {
    return id;
  }
}
