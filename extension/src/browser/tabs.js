/**
 * The tab in front, and pages of the extension in tabs of their own.
 */

import { api } from "./api.js";
import { channel } from "./runtime.js";
import { sitePattern } from "./sites.js";

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

/**
 * The tabs of a granted site, those in front first. Nothing is known of others.
 * @param {string} site  an origin
 * @returns {Promise<number[]>}
 */
export async function tabsOf(site) {
  const pattern = sitePattern(site);
  if (pattern === null || !(await api.permissions.contains({ origins: [pattern] }))) return [];
  const tabs = await api.tabs.query({ url: pattern });
  // Patterns of Firefox have no ports.
  const there = tabs.filter(({ url }) => url !== undefined && URL.canParse(url) && new URL(url).origin === site);
  return there.sort((one, other) => Number(other.active) - Number(one.active)).flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/**
 * A channel to the content script in a tab's top document. It closes at once where there is none.
 * @param {number} tab
 * @param {string} name
 * @returns {import("./runtime.js").Channel}
 */
export function callTab(tab, name) {
  return channel(api.tabs.connect(tab, { name, frameId: 0 }));
}

/**
 * The origins of granted sites that are open in a tab. Patterns do not do for that: those of Firefox have no ports.
 * @param {string[]} patterns
 * @returns {Promise<string[]>}
 */
export async function openSites(patterns) {
  const tabs = patterns.length ? await api.tabs.query({ url: patterns }) : [];
  return [...new Set(tabs.flatMap(({ url }) => (url !== undefined && URL.canParse(url) ? [new URL(url).origin] : [])))];
}
