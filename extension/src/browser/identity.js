/**
 * Signing in at a provider in a window of the browser's own, which leads back to an address that only this extension
 * gets. The permission is asked for when it is first needed.
 */

import { api, isMozilla } from "./api.js";

/** Asks the person for the permission. Call it at once in the handler of a click. @returns {Promise<boolean>} */
export function requestSignIn() {
  // Firefox gives it at installation, without a word, and knows no asking for it.
  return isMozilla ? Promise.resolve(true) : api.permissions.request({ permissions: ["identity"] });
}

/** Where the provider leads the browser back to; it is registered there. */
export function redirectAddress() {
  // Without the permission there is no function yet; Chromium's address is known all the same.
  return api.identity?.getRedirectURL() ?? `https://${api.runtime.id}.chromiumapp.org/`;
}

/**
 * @param {string} url  where the person signs in
 * @returns {Promise<string | undefined>} the whole address that the browser was led back to; undefined: it was closed
 */
export async function signInAt(url) {
  try {
    return await api.identity.launchWebAuthFlow({ url, interactive: true });
  } catch {
    // The browsers' sentences differ, and all mean the same: the window was closed, or led nowhere.
    return undefined;
  }
}
