/**
 * Protocol 1 from the client's side, without input or output (host/PROTOCOL.md).
 *
 * A conversation is fed the host's frames and says what each means; its other methods make the client's frames. It
 * keeps the rules: hello first, ids in use, credit in both directions. It knows no port, no clock and no browser, so
 * the golden conversations of tests/transcripts can be replayed through it frame by frame.
 */

import { decodedLength } from "./octets.js";
import { Failure } from "./failure.js";
import { flaw, isComplete } from "./frames.js";
import { PRODUCT_VERSION, PROTOCOL_VERSION } from "./product.js";

/**
 * @typedef {{ frame_in: number, frame_out: number, chunk: number, requests: number, message: number,
 *   open_messages: number }} Limits
 * @typedef {{ protocol: string, product: string, operations: string[], limits: Limits }} HostHello
 * @typedef {Record<string, any>} Frame
 */

/**
 * What a frame of the host means.
 * @typedef {{ kind: "ready", hello: HostHello }
 *   | { kind: "refused", failure: Failure }
 *   | { kind: "credit", id: string }
 *   | { kind: "progress", id: string, done: number, total: number | null }
 *   | { kind: "chunk", id: string, data: string, last: boolean }
 *   | { kind: "reply", id: string, result: any }
 *   | { kind: "update", message: string, result: any }
 *   | { kind: "error", id: string, failure: Failure }
 *   | { kind: "complaint", failure: Failure }
 *   | { kind: "late", id: string }
 *   | { kind: "broken", why: string }} Event
 */

/**
 * @typedef {object} Stream  one request that has not ended
 * @property {string} operation
 * @property {boolean} downloads     the reply is followed by chunks
 * @property {number} mayUpload      octets the host lets us send
 * @property {boolean} uploaded      our last chunk is sent
 * @property {number} mayDownload    octets we let the host send
 * @property {boolean} replied
 */

export class Conversation {
  /**
   * @param {{ client: string, language: string }} session  who speaks, and the language of the answers
   */
  constructor({ client, language }) {
    this.client = client;
    this.language = language;
    /** @type {"waiting" | "ready" | "refused"} */
    this.state = "waiting";
    /** @type {HostHello | null} */
    this.hello = null;
    /** @type {Map<string, Stream>} */
    this.streams = new Map();
    this.counter = 0;
  }

  // --- What the client says ---------------------------------------------------------------------------------------

  /** Our hello, due once the host's has been received. @returns {Frame} */
  greeting() {
    return {
      type: "hello",
      protocol: PROTOCOL_VERSION,
      product: PRODUCT_VERSION,
      client: this.client,
      language: this.language,
    };
  }

  /**
   * @param {string} operation
   * @param {Record<string, unknown>} params
   * @param {{ downloads?: boolean }} [shape]
   * @returns {{ id: string, frame: Frame }}
   */
  request(operation, params, { downloads = false } = {}) {
    if (this.state !== "ready") throw new Error(`no request while ${this.state}`);
    const id = `${operation}-${++this.counter}`;
    this.streams.set(id, {
      operation,
      downloads,
      mayUpload: 0,
      uploaded: false,
      mayDownload: 0,
      replied: false,
    });
    return { id, frame: { type: "request", id, operation, params } };
  }

  /** Octets that may be sent for a request now. @param {string} id */
  room(id) {
    return this.streams.get(id)?.mayUpload ?? 0;
  }

  /**
   * @param {string} id
   * @param {string} data  base64
   * @param {boolean} last
   * @returns {Frame}
   */
  chunk(id, data, last) {
    const stream = this.#stream(id);
    const octets = decodedLength(data);
    if (stream.uploaded) throw new Error(`${id}: a chunk after the last`);
    if (octets > stream.mayUpload) throw new Error(`${id}: ${octets} octets, ${stream.mayUpload} allowed`);
    stream.mayUpload -= octets;
    stream.uploaded = last;
    return { type: "chunk", id, data, last };
  }

  /**
   * Lets the host send `octets` more.
   * @param {string} id
   * @param {number} octets
   * @returns {Frame}
   */
  grant(id, octets) {
    this.#stream(id).mayDownload += octets;
    return { type: "credit", id, octets };
  }

  /**
   * Ends a request early. What the host still says about it is `late`.
   * @param {string} id
   * @returns {Frame}
   */
  cancel(id) {
    this.streams.delete(id);
    return { type: "cancel", id };
  }

  // --- What the host says -----------------------------------------------------------------------------------------

  /**
   * @param {unknown} frame
   * @returns {Event}
   */
  receive(frame) {
    const why = flaw(frame);
    if (why !== null) return { kind: "broken", why };
    const said = /** @type {Frame} */ (frame);
    if (said.type === "hello") return this.#greeted(/** @type {any} */ (said));
    if (said.type === "error" && said.id === null) return this.#complained(new Failure(said.error));
    if (said.type === "update") return { kind: "update", message: said.message, result: said.result };
    const stream = this.streams.get(said.id);
    if (stream === undefined) return { kind: "late", id: said.id };
    switch (said.type) {
      case "credit":
        if (!Number.isSafeInteger(stream.mayUpload + said.octets)) return { kind: "broken", why: `${said.id}: endless credit` };
        stream.mayUpload += said.octets;
        return { kind: "credit", id: said.id };
      case "progress":
        return { kind: "progress", id: said.id, done: said.done, total: said.total ?? null };
      case "chunk":
        return this.#received(said, stream);
      case "reply":
        if (stream.replied) return { kind: "broken", why: `${said.id}: a second reply` };
        stream.replied = true;
        if (!stream.downloads) this.streams.delete(said.id);
        return { kind: "reply", id: said.id, result: said.result };
      default:
        this.streams.delete(said.id);
        return { kind: "error", id: said.id, failure: new Failure(said.error) };
    }
  }

  /**
   * @param {HostHello} hello
   * @returns {Event}
   */
  #greeted(hello) {
    if (this.state !== "waiting") return { kind: "broken", why: "a second hello" };
    // The rule for versions: the same major works, anything else ends in one clear sentence.
    const theirs = Number.parseInt(hello.protocol, 10);
    const ours = Number.parseInt(PROTOCOL_VERSION, 10);
    if (theirs !== ours) {
      this.state = "refused";
      const older = theirs < ours ? "host" : "extension";
      const facts = { host: hello.protocol, client: PROTOCOL_VERSION, older };
      return { kind: "refused", failure: Failure.own("protocol_mismatch", facts) };
    }
    if (!isComplete(hello)) return { kind: "broken", why: "a hello without limits" };
    this.hello = hello;
    this.state = "ready";
    return { kind: "ready", hello };
  }

  /**
   * An error that belongs to no request: before the hello it is the host's refusal to talk to us at all.
   * @param {Failure} failure
   * @returns {Event}
   */
  #complained(failure) {
    if (this.state === "ready") return { kind: "complaint", failure };
    this.state = "refused";
    return { kind: "refused", failure };
  }

  /**
   * @param {Frame} said
   * @param {Stream} stream
   * @returns {Event}
   */
  #received(said, stream) {
    const octets = decodedLength(said.data);
    if (!stream.downloads || !stream.replied) return { kind: "broken", why: `${said.id}: a chunk before the reply` };
    if (octets > stream.mayDownload) return { kind: "broken", why: `${said.id}: a chunk beyond the credit` };
    stream.mayDownload -= octets;
    if (said.last) this.streams.delete(said.id);
    return { kind: "chunk", id: said.id, data: said.data, last: said.last };
  }

  /** @param {string} id */
  #stream(id) {
    const stream = this.streams.get(id);
    if (stream === undefined) throw new Error(`${id} has ended`);
    return stream;
  }
}
