/**
 * The entry of the extension in the menu that a link has.
 */

import { api } from "./api.js";
import { onBegin } from "./runtime.js";
import { say } from "./words.js";

const OPEN_LINK = "open-link";

/**
 * Call it while the worker starts, synchronously.
 * @param {(link: { tab: number, frame: number, address: string }) => void} chosen  by a person, in that tab: the choice
 *   lets us into it (`activeTab`), until it goes elsewhere
 */
export function onLinkChosen(chosen) {
  // Menus outlive the worker, and the browser where it is Chromium.
  onBegin(() =>
    api.contextMenus.removeAll(() =>
      api.contextMenus.create({ id: OPEN_LINK, title: say("menu_open_link"), contexts: ["link"] }),
    ),
  );
  api.contextMenus.onClicked.addListener((info, tab) => {
    if (info.menuItemId !== OPEN_LINK || tab?.id === undefined || !info.linkUrl) return;
    chosen({ tab: tab.id, frame: info.frameId ?? 0, address: info.linkUrl });
  });
}
