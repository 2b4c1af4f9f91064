/**
 * Whom the person writes as. Only a mail program knows; in a browser there is nobody.
 */

import { api } from "./api.js";

const writing = /** @type {any} */ (api).letterlockCompose;

/** @returns {Promise<{ name: string, address: string }[]>} in the order of the accounts */
export async function identities() {
  return writing ? writing.identities() : [];
}
