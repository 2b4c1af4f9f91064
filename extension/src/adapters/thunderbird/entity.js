/**
 * A MIME entity (RFC 2045) of the parts that the host found in an encrypted message, for Thunderbird to show as its own.
 *
 * It is made anew and not copied: what is between the parts of the original (an encrypted part inside of clear HTML,
 * layers of signatures, a header that claims something) never reaches Thunderbird, and each part stays alone.
 */

/**
 * @typedef {import("../../lib/shapes.js").Part} Part
 * @typedef {{ part: Part } | { kind: string, nodes: Node[] }} Node
 */

/** Every transport takes lines of this length (RFC 2045 §6.8). */
const LINE = 76;

/**
 * @param {Part[]} parts
 * @param {(part: Part) => Promise<string>} body  base64 of a part's octets
 * @returns {Promise<Blob>}
 */
export async function entity(parts, body) {
  /** @type {BlobPart[]} */
  const pieces = [];
  await write(arranged(grouped(parts, 0)), body, pieces);
  return new Blob(pieces);
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
 * @param {BlobPart[]} pieces
 */
async function write(node, body, pieces) {
  if ("part" in node) {
    // NOTE: without an end to its last line libmime shows nothing of a part.
    pieces.push(head(node.part), lines(await body(node.part)), "\r\n");
    return;
  }
  const boundary = `=_${crypto.randomUUID()}`;
  pieces.push(`Content-Type: multipart/${node.kind}; boundary="${boundary}"\r\n\r\n`);
  for (const each of node.nodes) {
    pieces.push(`--${boundary}\r\n`);
    await write(each, body, pieces);
  }
  pieces.push(`--${boundary}--\r\n`);
}

/** @param {Part} part */
function head({ type, charset, name, disposition, content_id, format, delsp }) {
  const text = type === "text/plain" && format === "flowed" ? `; format=flowed${delsp ? "; delsp=yes" : ""}` : "";
  const set = charset ? `; charset=${quoted(charset)}` : "";
  const called = name ? `;\r\n filename*=utf-8''${percent(name)}` : "";
  return [
    `Content-Type: ${/^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "application/octet-stream"}${set}${text}`,
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
