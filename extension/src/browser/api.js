/**
 * The one place where the browsers' two names for the same interface meet. Nothing outside this folder says either.
 */

const named = /** @type {any} */ (globalThis).browser;

/**
 * Chromium older than its own `browser` finds an `<img name="browser">` of a mail under that name: the real one is
 * told by its function, which no element of a page has.
 * @type {typeof chrome}
 */
export const api = typeof named?.runtime?.getURL === "function" ? named : globalThis.chrome;

/** True where the browser is of the Mozilla family (Firefox, Thunderbird). */
export const isMozilla = api.runtime.getURL("").startsWith("moz-extension:");
