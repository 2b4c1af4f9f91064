/**
 * Mail sites: which the person granted, and the content script that runs there. The browser's list of granted
 * origins is the only record; there is no second one that could differ from it.
 */

import { api, isMozilla } from "./api.js";

const SCRIPT = "sites";
const START = "content/main.js";

/**
 * The match pattern of a site, or null for an address that cannot be one. Only https, and http on this computer.
 * @param {string} url
 * @returns {string | null}
 */
export function sitePattern(url) {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, host } = new URL(url);
  const local = hostname === "localhost" || hostname === "127.0.0.1";
  if (protocol !== "https:" && !(protocol === "http:" && local)) return null;
  // Firefox knows no ports in match patterns.
  return `${protocol}//${isMozilla ? hostname : host}/*`;
}

/** Whether the person (or an administrator's build) granted the site of this address. @param {string} url */
export async function isGranted(url) {
  const pattern = sitePattern(url);
  return pattern !== null && api.permissions.contains({ origins: [pattern] });
}

/** Asks the person for a site. Call it at once in the handler of a click. @param {string} pattern */
export function requestSite(pattern) {
  return api.permissions.request({ origins: [pattern] });
}

/**
 * The sites that are granted, and which of them an administrator's package asked for: those cannot be given back.
 * @returns {Promise<{ pattern: string, name: string, fixed: boolean }[]>}
 */
export async function grantedSites() {
  const { origins = [] } = await api.permissions.getAll();
  // Firefox asks the person for these as well.
  const fixed = isMozilla ? [] : (api.runtime.getManifest().host_permissions ?? []);
  return origins.map((pattern) => ({ pattern, name: pattern.replace(/^https:\/\/|\/\*$/g, ""), fixed: fixed.includes(pattern) }));
}

/** Gives a site back. @param {string} pattern */
export function removeSite(pattern) {
  return api.permissions.remove({ origins: [pattern] });
}

/** @param {() => void} listener */
export function onSitesChanged(listener) {
  api.permissions.onAdded.addListener(() => listener());
  api.permissions.onRemoved.addListener(() => listener());
}

let running = Promise.resolve();

/**
 * Makes the registered content script agree with the granted sites, and starts it in pages of them that are already
 * open. Registrations outlast the browser, but not an update of the extension, so this runs at every start.
 */
export function syncSites() {
  running = running.then(register, register);
  return running;
}

async function register() {
  const { origins: matches = [] } = await api.permissions.getAll();
  const [registered] = await api.scripting.getRegisteredContentScripts({ ids: [SCRIPT] });
  if (matches.length === 0) {
    if (registered) await api.scripting.unregisterContentScripts({ ids: [SCRIPT] });
    return;
  }
  /** @type {chrome.scripting.RegisteredContentScript} */
  const script = { id: SCRIPT, js: [START], matches, allFrames: true, runAt: "document_start" };
  if (registered) await api.scripting.updateContentScripts([script]);
  else await api.scripting.registerContentScripts([script]);
  const tabs = await api.tabs.query({ url: matches });
  await Promise.allSettled(
    tabs.map((tab) =>
      api.scripting.executeScript({ target: { tabId: /** @type {number} */ (tab.id), allFrames: true }, files: [START] }),
    ),
  );
}

/**
 * Runs a function in a page's own world, where the page's variables are, and so are its tricks: the answer is the page's.
 * @param {number} tab
 * @param {number} frame
 * @param {() => any} ask  it sees nothing but the page
 * @returns {Promise<unknown>}
 */
export async function runInPage(tab, frame, ask) {
  const [done] = await api.scripting.executeScript({ target: { tabId: tab, frameIds: [frame] }, world: "MAIN", func: ask });
  return done?.result;
}
