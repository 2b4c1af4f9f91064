/**
 * What a link in a page leads to, fetched as the page itself would: with its session, and by its rights.
 */

import { api } from "./api.js";

/**
 * Fetches an address from within a page that the person has let us into.
 * @param {number} tab
 * @param {number} frame
 * @param {string} address
 * @param {number} most   octets
 * @returns {Promise<string | null>} base64; null: the page does not get it, or it is too large
 */
export async function fetchAsPage(tab, frame, address, most) {
  const [done] = await api.scripting.executeScript({
    target: { tabId: tab, frameIds: [frame] },
    args: [address, most],
    func: fetchHere,
  });
  return typeof done?.result === "string" ? done.result : null;
}

/**
 * Runs in the page, alone: nothing outside of it is there.
 * @param {string} address
 * @param {number} most
 * @returns {Promise<string | null>}
 */
async function fetchHere(address, most) {
  try {
    const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    const blob = await response.blob();
    if (!response.ok || blob.size === 0 || blob.size > most) return null;
    // By a FileReader for Firefox's sake (lib/octets.js says why).
    return await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => {
        const url = /** @type {string} */ (reader.result);
        resolve(url.slice(url.indexOf(",") + 1));
      };
      reader.onerror = () => resolve(null);
      reader.readAsDataURL(blob);
    });
  } catch {
    return null;
  }
}
