/**
 * A MIME entity (RFC 2045) of the parts that the host found in an encrypted message, for Thunderbird to show as its own.
 *
 * It is made anew and not copied: what is between the parts of the original (an encrypted part inside of clear HTML,
 * layers of signatures, a header that claims something) never reaches Thunderbird, and each part stays alone.
 */

/**
 * @typedef {import("../../lib/shapes.js").Part} Part
 * @typedef {{ part: Part } | { kind: string, nodes: Node[] }} Node
 *
 * An attachment: where in the entity it begins (with its boundary), where its base64 begins, and where it ends.
 * @typedef {{ name: string, type: string, start: number, from: number, end: number }} File
 * @typedef {{ entity: Blob, files: File[] }} Entity
 * @typedef {{ pieces: string[], length: number, files: File[] }} Written
 */

const PLAIN_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

/** What Thunderbird would take apart again: the host has done that, or has its reasons. */
const OPENED = /^(multipart\/.*|application\/(x-)?pkcs7-mime)$/i;

/** Every transport takes lines of this length (RFC 2045 §6.8). */
const LINE = 76;

/**
 * An entity for each place in the message that hides its content. The host names a part by that place, a colon, and where
 * in there it stands; what has no colon is in clear, and Thunderbird shows it itself.
 * @param {Part[]} parts
 * @param {(part: Part) => Promise<string>} body  base64 of a part's octets
 * @returns {Promise<({ part: string } & Entity)[]>}
 */
export async function sections(parts, body) {
  const places = new Set(parts.filter(({ id }) => id.includes(":")).map(placeOf));
  return Promise.all([...places].map(async (place) => ({ part: place, ...(await entity(parts.filter((part) => placeOf(part) === place), body)) })));
}

/** @param {Part} part */
function placeOf({ id }) {
  return id.split(":")[0];
}

/**
 * @param {Part[]} parts
 * @param {(part: Part) => Promise<string>} body
 * @returns {Promise<Entity>}
 */
export async function entity(parts, body) {
  /** @type {Written} */
  const written = { pieces: [], length: 0, files: [] };
  await write(arranged(grouped(parts, 0)), body, written, 0);
  return { entity: new Blob(written.pieces), files: written.files };
}

/**
 * Alternatives together, everything else in its order.
 * @param {Part[]} parts
 * @param {number} depth  of nested alternatives
 * @returns {Node[]}
 */
function grouped(parts, depth) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {Map<string, Map<string, Part[]>>} */
  const groups = new Map();
  for (const part of parts) {
    const choice = part.choices?.[depth];
    if (choice === undefined) {
      nodes.push({ part });
      continue;
    }
    const group = choice.replace(/\d+$/, "");
    let choices = groups.get(group);
    if (!choices) {
      choices = new Map();
      groups.set(group, choices);
      nodes.push({ kind: `alternative ${group}`, nodes: [] });
    }
    choices.set(choice, [...(choices.get(choice) ?? []), part]);
  }
  return nodes.map((node) => {
    if ("part" in node) return node;
    const choices = groups.get(node.kind.slice("alternative ".length)) ?? new Map();
    return { kind: "alternative", nodes: [...choices.values()].map((each) => arranged(grouped(each, depth + 1))) };
  });
}

/**
 * Images that HTML shows beside it (RFC 2387), the rest one after the other.
 * @param {Node[]} nodes
 * @returns {Node}
 */
function arranged(nodes) {
  const shown = nodes.findIndex(hasHtml);
  const images = shown < 0 ? [] : nodes.filter((node) => "part" in node && node.part.content_id && !isHtml(node.part));
  const others = nodes.flatMap((node, index) => {
    if (index === shown && images.length) return [{ kind: "related", nodes: [node, ...images] }];
    return images.includes(node) ? [] : [node];
  });
  return others.length === 1 ? others[0] : { kind: "mixed", nodes: others };
}

/** @param {Node} node @returns {boolean} */
function hasHtml(node) {
  return "part" in node ? isHtml(node.part) : node.nodes.some(hasHtml);
}

/** @param {Part} part */
function isHtml({ type, disposition }) {
  return type === "text/html" && disposition === "inline";
}

/**
 * @param {Node} node
 * @param {(part: Part) => Promise<string>} body
 * @param {Written} written
 * @param {number} start  where the node with its boundary begins
 * @param {string} [kind]  of what it stands in
 */
async function write(node, body, written, start, kind = "") {
  /** @param {string[]} pieces  of ASCII */
  const put = (...pieces) => {
    for (const piece of pieces) {
      written.pieces.push(piece);
      written.length += piece.length;
    }
  };
  if ("part" in node) {
    const { part } = node;
    put(head(part));
    const from = written.length;
    // NOTE: without an end to its last line libmime shows nothing of a part.
    put(lines(await body(part)), "\r\n");
    if (isFile(part) && kind !== "related") written.files.push({ name: part.name ?? "", type: typeOf(part), start, from, end: written.length });
    return;
  }
  const boundary = `=_${crypto.randomUUID()}`;
  put(`Content-Type: multipart/${node.kind}; boundary="${boundary}"\r\n\r\n`);
  for (const each of node.nodes) {
    const begin = written.length;
    put(`--${boundary}\r\n`);
    await write(each, body, written, begin, node.kind);
  }
  put(`--${boundary}--\r\n`);
}

/** What is no text of the letter itself. @param {Part} part */
function isFile({ type, disposition }) {
  return disposition !== "inline" || !/^text\/(plain|html)$/.test(type);
}

/** @param {Part} part */
function typeOf({ type }) {
  return PLAIN_TYPE.test(type) && !OPENED.test(type) ? type : "application/octet-stream";
}

/** @param {Part} part */
function head(part) {
  const { type, charset, name, disposition, content_id, format, delsp } = part;
  const text = type === "text/plain" && format === "flowed" ? `; format=flowed${delsp ? "; delsp=yes" : ""}` : "";
  const set = charset ? `; charset=${quoted(charset)}` : "";
  const called = name ? `;\r\n filename*=utf-8''${percent(name)}` : "";
  return [
    `Content-Type: ${typeOf(part)}${set}${text}`,
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: ${disposition}${called}`,
    ...(content_id ? [`Content-ID: <${content_id.replace(/[<>\s]/g, "")}>`] : []),
    "\r\n",
  ].join("\r\n");
}

/** @param {string} text  of a charset; nothing in it may end the field */
function quoted(text) {
  return `"${text.replace(/[^\w.:+-]/g, "")}"`;
}

/** RFC 2231 §4. @param {string} name */
function percent(name) {
  return encodeURIComponent(name.replace(/[\ud800-\udfff]/gu, "�")).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @param {string} base64 */
function lines(base64) {
  return (base64.match(new RegExp(`.{1,${LINE}}`, "g")) ?? []).join("\r\n");
}
