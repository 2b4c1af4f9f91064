/**
 * The shapes of the host's frames, as far as the extension counts on them (host/PROTOCOL.md).
 *
 * The host is ours, and still what comes out of its pipe is looked at before it is believed: another version, a
 * damaged installation or a wrapper script may speak there. A number that is none would poison the credit, a missing
 * field would throw in the middle of a conversation, and both would leave somebody waiting. Fields that are not known
 * are left alone: a newer minor of the protocol may bring them.
 */

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
const text = (value) => typeof value === "string";
/** @type {Check} */
const count = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Check} */
const some = (value) => count(value) && value > 0;
/** @type {Check} */
const object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {Check} */
const base64 = (value) => text(value) && value.length % 4 === 0 && !/[^A-Za-z0-9+/=]/.test(value);

/** @param {Record<string, Check>} fields @returns {Check} */
const shape = (fields) => (value) => object(value) && Object.entries(fields).every(([field, fits]) => fits(value[field]));

const failure = shape({ code: text, sentence: text, advice: text, facts: object });
const limits = shape({ chunk: some, requests: some });

/** @type {Readonly<Record<string, Check>>} */
const FRAMES = Object.freeze({
  hello: shape({ protocol: (value) => text(value) && /^\d+\.\d+$/.test(value) }),
  credit: shape({ id: text, octets: some }),
  progress: shape({ id: text, done: count, total: (value) => value === undefined || value === null || count(value) }),
  chunk: shape({ id: text, data: base64, last: (value) => typeof value === "boolean" }),
  reply: shape({ id: text, result: object }),
  update: shape({ message: text, result: shape({ verdict: object, parts: Array.isArray, message: text }) }),
  error: shape({ id: (value) => value === null || text(value), error: failure }),
});

/**
 * What is wrong with a frame of the host, for whoever mends the host.
 * @param {unknown} frame
 * @returns {string | null} null: nothing
 */
export function flaw(frame) {
  if (!object(frame)) return "a frame that is no object";
  const { type } = /** @type {{ type: unknown }} */ (frame);
  if (typeof type !== "string" || !Object.hasOwn(FRAMES, type)) return `a frame of unknown type ${String(type).slice(0, 64)}`;
  return FRAMES[type](frame) ? null : `a frame of type ${type} with a wrong field`;
}

/**
 * Whether a hello of our own major says what we count on. (Another major's may look different, and is refused for
 * its version.)
 * @param {any} hello
 */
export function isComplete(hello) {
  return limits(hello.limits) && Array.isArray(hello.operations);
}
