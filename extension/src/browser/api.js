/**
 * The one place where the browsers' two names for the same interface meet. Nothing outside this folder says either.
 */

/** @type {typeof chrome} */
export const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;

/** True where the browser is of the Mozilla family (Firefox, Thunderbird). */
export const isMozilla = api.runtime.getURL("").startsWith("moz-extension:");
