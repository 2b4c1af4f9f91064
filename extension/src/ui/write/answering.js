/**
 * What an answer begins with: recipients and subject as the host knows them, and the words of the message as a quote.
 *
 * The quote is plain text, of the one text that is shown first and of what came under the same protection: nothing that is
 * hidden in a mail, and no part that anybody could have added, gets its words out with an answer.
 */

import { QUOTED } from "./editor.js";
import { simplified } from "./pasted.js";
import { element } from "../elements.js";
import { PartFetcher } from "../fetch-part.js";
import { openChannel } from "../../browser/runtime.js";
import { say } from "../../browser/words.js";
import { choose, underOne } from "../../lib/choices.js";
import { Failure } from "../../lib/failure.js";
import { pieces } from "../../lib/flowed.js";
import { toText } from "../../lib/rich.js";
import { visible } from "../../lib/visible.js";

/**
 * @typedef {import("../../lib/protocol.js").Answering} Answer
 * @typedef {import("../../lib/shapes.js").Part} Part
 * @typedef {import("../../adapters/adapter.js").AnswerKind} AnswerKind
 */

/** More than this nobody quotes. In characters. */
const QUOTED_CHARACTERS = 100_000;
/** Quotes within quotes. */
const DEEPEST = 12;
const ELLIPSIS = "[…]";

export class Answering {
  /**
   * @param {PartFetcher} fetcher
   * @param {{ kind: AnswerKind, answer: Answer, parts: Part[] }} begun
   */
  constructor(fetcher, { kind, answer, parts }) {
    this.fetcher = fetcher;
    this.kind = kind;
    this.answer = answer;
    this.parts = parts;
  }

  /**
   * Claims the answer that a token names.
   * @param {string} token
   * @returns {Promise<Answering>}
   */
  static claim(token) {
    const channel = openChannel("write");
    const fetcher = new PartFetcher(channel);
    return new Promise((resolve, reject) => {
      channel.onMessage(({ name, failure, ...begun }) => {
        if (name !== "answer") return;
        if (failure) reject(new Failure(failure));
        else resolve(new Answering(fetcher, /** @type {any} */ (begun)));
      });
      channel.onClose(() => reject(Failure.own("host_lost")));
      channel.post({ name: "answer.claim", token });
    });
  }

  /** What the text begins with: room for the answer, and the quote. @returns {Promise<Node[]>} */
  async quote() {
    const { texts } = choose(this.parts, { plain: true });
    const [first] = texts;
    const quoted = first ? texts.filter((part) => underOne(part, first)) : [];
    const lines = (await Promise.all(quoted.map((part) => this.#lines(part)))).flat();
    const whole = cut(lines);
    const head = this.kind === "forward" ? this.#forwarded() : [element("div", {}, say("answer_wrote", this.#date(), this.answer.author))];
    const body = this.kind === "forward" ? quotes(whole) : [element("blockquote", {}, ...quotes(whole))];
    const blank = () => element("div", {}, element("br"));
    return [blank(), blank(), element("div", { [QUOTED]: true }, ...head, ...(whole.length ? body : []))];
  }

  /**
   * The files that come along with what is forwarded.
   * @param {number} most  octets
   * @returns {Promise<{ files: File[], left: number }>}  `left`: how many are too large
   */
  async files(most) {
    const { files } = choose(this.parts, { plain: true });
    let room = most;
    const taken = files.filter(({ size }) => {
      if (size > room) return false;
      room -= size;
      return true;
    });
    const fetched = await Promise.all(taken.map(async (part) => new File([await this.fetcher.fetch(part.id)], part.name ?? say("part_unnamed"), { type: part.type })));
    return { files: fetched, left: files.length - taken.length };
  }

  /** The message as it came. @returns {Promise<File>} */
  async whole() {
    const name = this.answer.subject.replace(/^Fwd: /, "").replace(/[\\/:*?"<>|\p{Cc}]+/gu, " ").trim().slice(0, 100);
    return new File([await this.fetcher.fetch("raw")], `${name || say("answer_message")}.eml`, { type: "message/rfc822" });
  }

  /** @param {Part} part @returns {Promise<import("../../lib/flowed.js").Piece[]>}  a line each */
  async #lines(part) {
    const text = visible(await this.fetcher.text(part.id));
    const html = part.type === "text/html";
    const flowed = part.type === "text/plain" && part.format === "flowed";
    const found = html ? pieces(toText(element("div", {}, simplified(text)))) : pieces(text, { flowed, delsp: part.delsp === true });
    return found.flatMap(({ depth, text: run }) => run.trimEnd().split("\n").map((each) => unquoted(each, depth)));
  }

  #forwarded() {
    const { author, subject } = this.answer;
    const facts = [
      ["answer_from", author],
      ["answer_date", this.#date()],
      ["answer_subject", subject.replace(/^Fwd: /, "")],
    ];
    return [element("div", {}, `-------- ${say("answer_forwarded")} --------`), ...facts.filter(([, fact]) => fact).map(([words, fact]) => line(`${say(words)}: ${fact}`)), element("div", {}, element("br"))];
  }

  #date() {
    const { date } = this.answer;
    return date ? new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" }).format(new Date(date)) : "";
  }
}

/** A line that is quoted already, as programs have always marked it. @param {string} text @param {number} depth */
function unquoted(text, depth) {
  const [marks] = /^(?:> ?)*/.exec(text) ?? [""];
  const quoted = marks.replaceAll(" ", "").length;
  return { depth: depth + quoted, text: quoted ? text.slice(marks.length) : text };
}

/** @param {{ depth: number, text: string }[]} lines */
function cut(lines) {
  let room = QUOTED_CHARACTERS;
  const kept = lines.filter(({ text }) => (room -= text.length + 1) >= 0);
  return kept.length < lines.length ? [...kept, { depth: 0, text: ELLIPSIS }] : kept;
}

/**
 * Lines, those of one depth together in so many quotes.
 * @param {{ depth: number, text: string }[]} lines
 * @returns {Node[]}
 */
function quotes(lines) {
  /** @type {{ depth: number, nodes: Node[] }[]} */
  const groups = [];
  for (const { depth, text } of lines) {
    if (groups.at(-1)?.depth !== depth) groups.push({ depth, nodes: [] });
    groups.at(-1)?.nodes.push(line(text));
  }
  return groups.flatMap(({ depth, nodes }) => (depth === 0 ? nodes : [nested(depth, nodes)]));
}

/** @param {number} depth @param {Node[]} nodes */
function nested(depth, nodes) {
  let made = element("blockquote", {}, ...nodes);
  for (let left = Math.min(depth, DEEPEST) - 1; left > 0; left--) made = element("blockquote", {}, made);
  return made;
}

/** @param {string} text */
function line(text) {
  return element("div", {}, text.trim() ? text : element("br"));
}
