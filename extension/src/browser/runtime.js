/**
 * Channels between the parts of the extension, its own addresses, and its life.
 */

import { api } from "./api.js";

/**
 * Who is at the other end of a channel, as the browser (not the sender) says.
 * @typedef {object} Sender
 * @property {string} extension           id of the extension it belongs to
 * @property {string} url                 address of the document
 * @property {string} [origin]           of the document; "null" in a sandbox
 * @property {number | undefined} tab     undefined outside tabs (popup, background)
 * @property {number | undefined} frame   0 is the tab's top document
 */

/**
 * @typedef {object} Channel
 * @property {string} name
 * @property {Sender} sender
 * @property {(message: object) => void} post   does nothing once the channel is closed
 * @property {(listener: (message: any) => void) => void} onMessage
 * @property {(listener: () => void) => void} onClose   the other side went away
 * @property {() => void} close
 */

/** The extension's own id. */
export const ownId = api.runtime.id;

/** The extension's own origin, without a slash at the end. */
export const ownOrigin = api.runtime.getURL("").replace(/\/$/, "");

/** @param {string} path */
export function ownUrl(path) {
  return api.runtime.getURL(path);
}

/** Whether this is the extension for browsers, to which sites are granted; else it is the one for Thunderbird. */
export function readsWebmail() {
  // Thunderbird says that there are none where the manifest says nothing.
  return (api.runtime.getManifest().optional_host_permissions ?? []).length > 0;
}

/** This extension's version, and whose program it runs in. */
export function ownVersion() {
  return { extension: api.runtime.getManifest().version, program: navigator.userAgent };
}

/**
 * Calls the listener for every channel that another part of this extension opens. Call it while the worker starts,
 * synchronously: a channel that woke the worker is delivered only then.
 * @param {(channel: Channel) => void} listener
 */
export function onChannel(listener) {
  api.runtime.onConnect.addListener((port) => listener(channel(port)));
}

/**
 * Opens a channel to the background.
 * @param {string} name
 * @returns {Channel}
 */
export function openChannel(name) {
  return channel(api.runtime.connect({ name }));
}

/** @param {() => void} listener  called when the extension is installed or updated, and when the browser starts */
export function onBegin(listener) {
  api.runtime.onInstalled.addListener(() => listener());
  api.runtime.onStartup.addListener(() => listener());
}

/** @param {() => void} listener  called when the extension is installed: once, and not for an update of it */
export function onFirst(listener) {
  api.runtime.onInstalled.addListener(({ reason }) => reason === "install" && listener());
}

/**
 * @param {chrome.runtime.Port} port
 * @returns {Channel}
 */
export function channel(port) {
  let open = true;
  const { sender } = port;
  port.onDisconnect.addListener(() => {
    open = false;
    void api.runtime.lastError; // read, or Chromium logs it as unchecked
  });
  return {
    name: port.name,
    sender: {
      extension: sender?.id ?? "",
      url: sender?.url ?? "",
      origin: sender?.origin,
      tab: sender?.tab?.id,
      frame: sender?.frameId,
    },
    post: (message) => {
      if (!open) return;
      try {
        port.postMessage(message);
      } catch {
        open = false; // the page was put into the back/forward cache, or the extension was updated
      }
    },
    onMessage: (listener) => port.onMessage.addListener(listener),
    onClose: (listener) => port.onDisconnect.addListener(() => listener()),
    close: () => {
      open = false;
      port.disconnect();
    },
  };
}
