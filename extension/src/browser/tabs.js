/**
 * The tab in front, and pages of the extension in tabs of their own.
 */

import { api } from "./api.js";

/**
 * The address of the tab a toolbar popup was opened over; known through `activeTab`, which that click granted.
 * @returns {Promise<string>} empty where there is none
 */
export async function activeAddress() {
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab?.url ?? "";
}

/** @param {string} path  of a page of the extension */
export function openPage(path) {
  return api.tabs.create({ url: api.runtime.getURL(path) });
}
