/**
 * Which parts of a message are its text, which stand for the same and are left out, and which come along.
 *
 * Of a multipart/alternative one alternative is shown: the last that can be (RFC 2046 §5.1.4), or the first plain one for
 * whoever wants that. Nothing is lost: what is neither shown nor another form of what is shown comes along as a file.
 */

/** @typedef {import("./shapes.js").Part} Part */

/**
 * @typedef {object} Chosen
 * @property {Part[]} texts    shown, each as a document of its own, in the order of the message
 * @property {Part[]} files    everything else that is not another form of a text
 * @property {boolean} hasPlain      some text shown as HTML is there as plain text, too
 */

/** Pictures as a browser draws them. SVG is a document, not a picture. */
export const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;

/** @param {Part} part */
export function isText(part) {
  return part.type.startsWith("text/") && part.type !== "text/calendar" && part.disposition === "inline";
}

/**
 * @param {Part[]} parts
 * @param {{ plain?: boolean }} [wish]
 * @returns {Chosen}
 */
export function choose(parts, { plain = false } = {}) {
  const rich = winners(parts, false);
  const simple = winners(parts, true);
  const wins = plain ? simple : rich;
  const isWinner = (/** @type {Part} */ part) => choicesOf(part).every((choice) => wins.get(groupOf(choice)) === choice);
  const texts = parts.filter((part) => isText(part) && isWinner(part));
  const files = parts.filter((part) => !isText(part) && (isWinner(part) || !isShownElsewhere(part)));
  const hasPlain = [...rich].some(([group, choice]) => simple.get(group) !== choice);
  return { texts, files, hasPlain };
}

/**
 * The alternative of each multipart/alternative that is shown.
 * @param {Part[]} parts
 * @param {boolean} plain
 * @returns {Map<string, string>}  by the id of the multipart
 */
function winners(parts, plain) {
  /** @type {Map<string, string>} */
  const wins = new Map();
  const offered = parts.filter(isText);
  for (const part of plain ? [...offered].reverse() : offered) {
    for (const choice of choicesOf(part)) {
      const group = groupOf(choice);
      if (!plain || part.type === "text/plain" || !wins.has(group)) wins.set(group, choice);
    }
  }
  return wins;
}

/** A picture of an HTML alternative that is not shown. @param {Part} part */
function isShownElsewhere(part) {
  return part.content_id !== null && PICTURE.test(part.type);
}

/** @param {Part} part */
function choicesOf(part) {
  return part.choices ?? []; // an older host says nothing of them
}

/** @param {string} choice */
function groupOf(choice) {
  return choice.slice(0, choice.lastIndexOf("."));
}

/**
 * The picture that an HTML part means by a `cid:` address (RFC 2392): one that came under the same protection. A picture
 * that anybody could have added must not stand in a text that somebody signed or encrypted.
 * @param {Part} html
 * @param {Part[]} parts
 * @param {string} id   Content-ID without angle brackets
 * @returns {Part | undefined}
 */
export function pictureOf(html, parts, id) {
  return parts.find((part) => part.content_id === id && PICTURE.test(part.type) && underOne(part, html));
}

/**
 * Whether two parts came under the same protection.
 * @param {Part} one
 * @param {Part} other
 */
export function underOne(one, other) {
  return one.covered === other.covered && layerOf(one) === layerOf(other);
}

/** What a part came out of: ids inside an opaque layer begin with the id of that layer. @param {Part} part */
function layerOf(part) {
  return part.id.slice(0, part.id.lastIndexOf(":") + 1);
}
