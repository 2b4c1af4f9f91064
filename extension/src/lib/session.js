/**
 * One connection to one host process: a port, the conversation over it, and the time-outs.
 *
 * Everything asked of a session ends: with the host's answer, with a time-out, or with the loss of the port. A host
 * that answers nothing never leaves anybody waiting. (Chromium drops well-framed invalid JSON of a host without
 * telling anybody, so a time-out is the only way to notice.)
 */

import { Conversation } from "./conversation.js";
import { Failure } from "./failure.js";
import { decodedLength } from "./octets.js";

/**
 * A native port as `browser/native.js` makes it; tests make their own.
 * @typedef {object} HostPort
 * @property {(frame: object) => void} post
 * @property {(listener: (frame: unknown) => void) => void} onFrame
 * @property {(listener: (cause: "missing" | "forbidden" | "ended") => void) => void} onEnd  not called after `close`
 * @property {() => void} close
 */

/**
 * A message being uploaded. `pull` hands over at most `max` octets as base64; the caller never asks twice at once.
 * @typedef {object} Source
 * @property {number | null} size  octets, if known
 * @property {(max: number) => Promise<{ data: string, last: boolean }>} pull
 */

/**
 * @typedef {object} Timeouts  in milliseconds
 * @property {number} hello    from the start of the process to its hello
 * @property {number} silence  without any frame about a request that waits for the host
 */

/** A cold Python start on a busy machine takes seconds; the longest step of the host reports progress. @type {Timeouts} */
export const TIMEOUTS = { hello: 10_000, silence: 20_000 };

/**
 * @typedef {object} Waiting  one request under way
 * @property {(result: any) => void} resolve
 * @property {(failure: unknown) => void} reject
 * @property {() => void} credited           wakes the upload
 * @property {(() => void) | null} arrived   wakes the reader of a download
 * @property {{ data: string, last: boolean }[]} chunks
 * @property {unknown} ended                 why it ended, once it has
 * @property {ReturnType<typeof setTimeout> | undefined} timer
 * @property {((done: number, total: number | null) => void) | undefined} onProgress
 * @property {number} framesBefore           frames of the host seen when the wait began
 */

export class Session {
  /**
   * @param {HostPort} port
   * @param {object} options
   * @param {string} options.client
   * @param {string} options.language
   * @param {Timeouts} [options.timeouts]
   * @param {(failure: Failure) => void} [options.onLost]
   * @param {(message: string, result: any) => void} [options.onUpdate]  the verdict on an opened message was renewed
   */
  constructor(port, { client, language, timeouts = TIMEOUTS, onLost = () => {}, onUpdate = () => {} }) {
    this.port = port;
    this.timeouts = timeouts;
    this.onLost = onLost;
    this.onUpdate = onUpdate;
    this.conversation = new Conversation({ client, language });
    /** @type {Map<string, Waiting>} */
    this.waiting = new Map();
    /** @type {Failure | null} */
    this.failure = null;
    this.frames = 0;
    /** @type {{ resolve: () => void, reject: (failure: Failure) => void }} */
    let settle;
    /** Resolves with the host's hello. @type {Promise<void>} */
    this.opened = new Promise((resolve, reject) => (settle = { resolve, reject }));
    this.opened.catch(() => {}); // whoever asks awaits it; nobody asking is no error
    // @ts-expect-error: the executor above has run
    this.settle = settle;
    this.helloTimer = setTimeout(() => this.#end(Failure.own("host_silent")), timeouts.hello);
    port.onFrame((frame) => this.#receive(frame));
    port.onEnd((cause) => this.#ended(cause));
  }

  /** Whether requests may be made, or will be able to. */
  get alive() {
    return this.failure === null;
  }

  /** What the host granted us in its hello. */
  get limits() {
    if (this.conversation.hello === null) throw new Error("no limits before hello");
    return this.conversation.hello.limits;
  }

  /**
   * Whether the host knows an operation: an older one lacks some.
   * @param {string} operation
   */
  offers(operation) {
    return this.conversation.hello?.operations.includes(operation) ?? false;
  }

  /**
   * Whether the host knows what this version of the protocol brought.
   * @param {number} major
   * @param {number} minor
   */
  speaks(major, minor) {
    const [theirs, own] = (this.conversation.hello?.protocol ?? "0.0").split(".").map(Number);
    return theirs === major && own >= minor;
  }

  /**
   * A request without streams, or with an upload.
   * @param {string} operation
   * @param {Record<string, unknown>} params
   * @param {{ source?: Source, signal?: AbortSignal, onProgress?: Waiting["onProgress"] }} [options]
   * @returns {Promise<any>} the result
   */
  async ask(operation, params, { source, signal, onProgress } = {}) {
    const { id, reply } = this.#begin(operation, params, { signal, onProgress });
    if (source) this.#upload(id, source).catch((thrown) => this.#abandon(id, thrown));
    return reply;
  }

  /**
   * A request whose reply is followed by chunks. The reader's pace is the host's: credit is granted as chunks are read.
   * @param {string} operation
   * @param {Record<string, unknown>} params
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<{ result: any, chunks: AsyncGenerator<string, void, void> }>} chunks are base64
   */
  async download(operation, params, { signal } = {}) {
    const { id, reply } = this.#begin(operation, params, { signal, downloads: true });
    const result = await reply;
    // Two chunks under way hide the round trip: one travels while the other is read.
    if (this.conversation.streams.has(id)) this.port.post(this.conversation.grant(id, 2 * this.limits.chunk));
    return { result, chunks: this.#chunks(id) };
  }

  /** Ends the connection on our side. The host ends at the end of its input. */
  close() {
    this.#end(Failure.own("stopped"), { quietly: true });
  }

  /**
   * @param {string} operation
   * @param {Record<string, unknown>} params
   * @param {{ signal?: AbortSignal, downloads?: boolean, onProgress?: Waiting["onProgress"] }} options
   * @returns {{ id: string, reply: Promise<any> }}
   */
  #begin(operation, params, { signal, downloads = false, onProgress }) {
    if (this.failure) throw this.failure;
    signal?.throwIfAborted();
    const { id, frame } = this.conversation.request(operation, params, { downloads });
    const reply = new Promise((resolve, reject) => {
      this.waiting.set(id, {
        resolve,
        reject,
        onProgress,
        credited: () => {},
        arrived: null,
        chunks: [],
        ended: null,
        timer: undefined,
        framesBefore: this.frames,
      });
    });
    signal?.addEventListener("abort", () => this.#abandon(id, signal.reason), { once: true });
    this.port.post(frame);
    this.#expect(id);
    return { id, reply };
  }

  /**
   * @param {string} id
   * @param {Source} source
   */
  async #upload(id, source) {
    for (;;) {
      const waiting = this.waiting.get(id);
      if (waiting === undefined) return;
      const room = this.conversation.room(id);
      if (room === 0) {
        await new Promise((/** @type {(value?: any) => void} */ resolve) => (waiting.credited = resolve));
        continue;
      }
      // While the source is read, the host has nothing to answer: its clock stands still.
      clearTimeout(waiting.timer);
      const { data, last } = await source.pull(Math.min(room, this.limits.chunk));
      if (!this.waiting.has(id)) return;
      this.port.post(this.conversation.chunk(id, data, last));
      this.#expect(id);
      if (last) return;
    }
  }

  /**
   * @param {string} id
   * @returns {AsyncGenerator<string, void, void>}
   */
  async *#chunks(id) {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) throw this.failure ?? Failure.own("stopped");
    try {
      for (;;) {
        const chunk = waiting.chunks.shift();
        if (chunk === undefined) {
          if (waiting.ended) throw waiting.ended;
          this.#expect(id);
          await new Promise((/** @type {(value?: any) => void} */ resolve) => (waiting.arrived = resolve));
          continue;
        }
        yield chunk.data;
        if (chunk.last) return;
        const octets = decodedLength(chunk.data);
        if (octets > 0 && this.conversation.streams.has(id)) this.port.post(this.conversation.grant(id, octets));
      }
    } finally {
      // A reader that stops early frees the host, too.
      if (this.conversation.streams.has(id)) this.#abandon(id, Failure.own("stopped"));
      this.#forget(id);
    }
  }

  /** @param {unknown} frame */
  #receive(frame) {
    if (this.failure) return;
    this.frames++;
    const event = this.conversation.receive(frame);
    switch (event.kind) {
      case "ready":
        clearTimeout(this.helloTimer);
        this.port.post(this.conversation.greeting());
        this.settle.resolve();
        return;
      case "refused":
        this.#end(event.failure);
        return;
      case "complaint":
        console.warn("Letterlock host:", event.failure.message);
        return;
      case "broken":
        console.error("Letterlock host broke the protocol:", event.why);
        this.#end(Failure.own("host_broken", { why: event.why }));
        return;
      case "late":
        return;
      case "update":
        this.onUpdate(event.message, event.result);
        return;
    }
    const waiting = this.waiting.get(event.id);
    if (waiting === undefined) return;
    this.#expect(event.id);
    switch (event.kind) {
      case "credit":
        waiting.credited();
        return;
      case "progress":
        waiting.onProgress?.(event.done, event.total);
        return;
      case "chunk":
        clearTimeout(waiting.timer);
        waiting.chunks.push({ data: event.data, last: event.last });
        waiting.arrived?.();
        return;
      case "reply":
        clearTimeout(waiting.timer);
        waiting.resolve(event.result);
        if (!this.conversation.streams.has(event.id)) this.#forget(event.id);
        return;
      case "error":
        this.#fail(event.id, event.failure);
    }
  }

  /** (Re)starts the clock of a request that waits for the host. @param {string} id */
  #expect(id) {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.framesBefore = this.frames;
    waiting.timer = setTimeout(() => {
      const failure = Failure.own("host_silent");
      // Silent about everything: the process hangs, and the next request deserves a new one.
      if (waiting.framesBefore === this.frames) this.#end(failure);
      else this.#abandon(id, failure);
    }, this.timeouts.silence);
  }

  /**
   * Gives a request up from our side.
   * @param {string} id
   * @param {unknown} why
   */
  #abandon(id, why) {
    if (!this.waiting.has(id)) return;
    if (this.conversation.streams.has(id) && !this.failure) this.port.post(this.conversation.cancel(id));
    this.#fail(id, why);
  }

  /**
   * @param {string} id
   * @param {unknown} why
   */
  #fail(id, why) {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.#forget(id);
    waiting.ended = why;
    waiting.reject(why);
    waiting.credited();
    waiting.arrived?.();
  }

  /** @param {string} id */
  #forget(id) {
    clearTimeout(this.waiting.get(id)?.timer);
    this.waiting.delete(id);
  }

  /** @param {"missing" | "forbidden" | "ended"} cause */
  #ended(cause) {
    if (cause === "missing") this.#end(Failure.own("host_missing"));
    else if (cause === "forbidden") this.#end(Failure.own("host_forbidden"));
    else this.#end(Failure.own(this.conversation.state === "ready" ? "host_lost" : "host_broken"));
  }

  /**
   * @param {Failure} failure
   * @param {{ quietly?: boolean }} [manner]
   */
  #end(failure, { quietly = false } = {}) {
    if (this.failure) return;
    this.failure = failure;
    clearTimeout(this.helloTimer);
    this.port.close();
    this.settle.reject(failure);
    for (const id of [...this.waiting.keys()]) this.#fail(id, failure);
    if (!quietly) this.onLost(failure);
  }
}
