/**
 * The native port: starts a host process and carries frames to and from it.
 */

import { api } from "./api.js";

/**
 * Why a port ended. The browsers give a sentence and nothing else, so there is no way but to read it: Chromium
 * "Specified native messaging host not found." and "Access to the specified native messaging host is forbidden.",
 * Firefox "No such native application letterlock". Any other wording, also a future one, is `ended`, and then the
 * host's hello tells whether it ever ran.
 * @param {string} sentence
 * @returns {"missing" | "forbidden" | "ended"}
 */
export function causeOf(sentence) {
  if (/host not found|No such native application/i.test(sentence)) return "missing";
  if (/forbidden/i.test(sentence)) return "forbidden";
  return "ended";
}

/**
 * @param {string} name
 * @returns {import("../lib/session.js").HostPort}
 */
export function connectHost(name) {
  const port = api.runtime.connectNative(name);
  let closed = false;
  return {
    post: (frame) => {
      if (!closed) port.postMessage(frame);
    },
    onFrame: (listener) => port.onMessage.addListener(listener),
    onEnd: (listener) =>
      port.onDisconnect.addListener((ended) => {
        if (closed) return;
        closed = true;
        // Chromium reports through runtime.lastError, Firefox on the port.
        const error = api.runtime.lastError ?? /** @type {any} */ (ended).error;
        listener(causeOf(error?.message ?? ""));
      }),
    close: () => {
      if (closed) return;
      closed = true;
      port.disconnect();
    },
  };
}
