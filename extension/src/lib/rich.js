/**
 * A formatted text, as a tree of nodes: what of it may be sent, as HTML and as plain text.
 *
 * It is written here, element by element, and nothing else of the tree goes out: no style, no class, no address of
 * another kind than a link's. The plain text says the same to whoever reads no HTML.
 */

/**
 * What is asked of a node; a browser's has it all.
 * @typedef {object} TreeNode
 * @property {number} nodeType
 * @property {string} nodeName
 * @property {string | null} nodeValue
 * @property {Iterable<TreeNode>} childNodes
 * @property {(name: string) => string | null} [getAttribute]
 */

const TEXT = 3;
const ELEMENT = 1;

/**
 * Elements that are sent, and what each is called then. A paragraph is a line, as it is in the editor and in the plain text:
 * readers put no space around it.
 * @type {Readonly<Record<string, string>>}
 */
const SENT = Object.freeze({
  P: "div", DIV: "div", BR: "br", B: "b", STRONG: "b", I: "i", EM: "i", U: "u", UL: "ul", OL: "ol", LI: "li", A: "a", BLOCKQUOTE: "blockquote", IMG: "img",
}); // prettier-ignore

const BLOCKS = new Set(["P", "DIV", "UL", "OL", "LI", "BLOCKQUOTE"]);
const LISTS = new Set(["UL", "OL"]);

/** What cannot be said as well without HTML. */
const FORMATS = new Set(["B", "STRONG", "I", "EM", "U", "UL", "OL", "A", "IMG"]);

/** How plain text has always marked it. @type {Readonly<Record<string, string>>} */
const MARKS = Object.freeze({ B: "*", STRONG: "*", I: "/", EM: "/", U: "_" });

/** Names the picture that an `<img>` of the editor shows. */
export const PICTURE_ID = "data-picture";

/** Where a link may lead. @param {string} address @returns {string | null} null: nowhere */
export function linkTarget(address) {
  const typed = address.trim();
  if (/^(https?:\/\/|mailto:)[^\s<>"]+$/i.test(typed)) return typed;
  if (/^[^\s<>"@:/]+@[^\s<>"@:/]+\.[^\s<>"@:/]+$/.test(typed)) return `mailto:${typed}`;
  return /^[^\s<>":/]+\.[^\s<>"]+$/.test(typed) ? `https://${typed}` : null;
}

/** @param {TreeNode} root @returns {boolean} whether plain text would say less */
export function isFormatted(root) {
  return [...root.childNodes].some((node) => FORMATS.has(node.nodeName) || isFormatted(node));
}

/** @param {TreeNode} root @returns {string[]} the pictures in it, by their names */
export function picturesIn(root) {
  return [...root.childNodes].flatMap((node) => {
    const id = node.nodeName === "IMG" ? node.getAttribute?.(PICTURE_ID) : null;
    return id ? [id] : picturesIn(node);
  });
}

/** @param {TreeNode} root @returns {string} its content, without the element itself */
export function toHtml(root) {
  return [...root.childNodes].map(html).join("");
}

/** @param {TreeNode} node @returns {string} */
function html(node) {
  // Spaces that were typed stay.
  if (node.nodeType === TEXT) return escape(node.nodeValue ?? "").replace(/ {2}/g, "&nbsp; ");
  if (node.nodeType !== ELEMENT) return "";
  const name = SENT[node.nodeName];
  const inner = toHtml(node);
  if (name === undefined) return inner;
  if (name === "br") return "<br>";
  if (name === "img") return image(node);
  if (name === "a") return anchor(node, inner);
  return `<${name}>${inner}</${name}>`;
}

/** @param {TreeNode} node */
function image(node) {
  const id = node.getAttribute?.(PICTURE_ID);
  return id ? `<img src="cid:${escape(id)}" alt="${escape(node.getAttribute?.("alt") ?? "")}">` : "";
}

/** @param {TreeNode} node @param {string} inner */
function anchor(node, inner) {
  const target = linkTarget(node.getAttribute?.("href") ?? "");
  return target ? `<a href="${escape(target)}">${inner}</a>` : inner;
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"\u00a0]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each] ?? "&nbsp;");
}

/** @param {TreeNode} root @returns {string} lines, separated by line feeds */
export function toText(root) {
  return lines(root, isFormatted(root)).join("\n").replace(/\u00a0/g, " ").replace(/[ \t]+$/gm, "").replace(/^\n+|\n+$/g, "");
}

/**
 * The lines of a block. Words and inline elements run together until a block or a break ends their line.
 * @param {TreeNode} block
 * @param {boolean} marked  bold and italic are marked
 * @returns {string[]}
 */
function lines(block, marked) {
  /** @type {string[]} */
  const done = [];
  let open = "";
  const end = () => {
    if (open !== "") done.push(open);
    open = "";
  };
  for (const node of block.childNodes) {
    if (BLOCKS.has(node.nodeName)) {
      end();
      done.push(...blockLines(node, marked));
    } else {
      const [first, ...others] = inline(node, marked).split("\n");
      open += first;
      for (const other of others) {
        done.push(open);
        open = other;
      }
    }
  }
  end();
  return done;
}

/** @param {TreeNode} node @param {boolean} marked @returns {string[]} */
function blockLines(node, marked) {
  if (LISTS.has(node.nodeName)) return items(node, marked);
  const inner = lines(node, marked);
  if (node.nodeName === "BLOCKQUOTE") return inner.map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`));
  return inner.length > 0 ? inner : [""];
}

/** @param {TreeNode} list @param {boolean} marked @returns {string[]} */
function items(list, marked) {
  let number = 0;
  return [...list.childNodes].flatMap((item) => {
    if (LISTS.has(item.nodeName)) return items(item, marked).map((line) => `  ${line}`);
    if (item.nodeName !== "LI") return [];
    const mark = list.nodeName === "OL" ? `${++number}. ` : "- ";
    return lines(item, marked).map((line, at) => (at === 0 ? mark : " ".repeat(mark.length)) + line);
  });
}

/** @param {TreeNode} node @param {boolean} marked @returns {string} */
function inline(node, marked) {
  if (node.nodeType === TEXT) return (node.nodeValue ?? "").replace(/[\n\t\r]+/g, " ");
  if (node.nodeType !== ELEMENT) return "";
  if (node.nodeName === "BR") return "\n";
  if (node.nodeName === "IMG") return node.getAttribute?.("alt") ? `[${node.getAttribute("alt")}]` : "";
  const inner = [...node.childNodes].map((child) => inline(child, marked)).join("");
  if (node.nodeName === "A") return link(inner, linkTarget(node.getAttribute?.("href") ?? ""));
  const mark = marked ? MARKS[node.nodeName] : undefined;
  const words = inner.trim();
  return mark && words ? inner.replace(words, () => `${mark}${words}${mark}`) : inner;
}

/** @param {string} words @param {string | null} target */
function link(words, target) {
  if (!target || [target, target.replace(/^mailto:|^https?:\/\/|\/$/g, "")].includes(words.trim())) return words;
  return `${words} <${target.replace(/^mailto:/, "")}>`;
}
