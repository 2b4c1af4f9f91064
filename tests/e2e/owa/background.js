// Stands in for Microsoft's extension: passes what a page says to the native host, and back to the page it is for.
// One native port serves all pages; each page's port has a number, as in the dialect.
const HOST = "com.microsoft.outlook.smime.chromenativeapp";
const pages = new Map();
let native = null;
let count = 0;

function host() {
  if (native) {
    return native;
  }
  native = chrome.runtime.connectNative(HOST);
  native.onMessage.addListener((message) => {
    const page = pages.get(message.portId) ?? (message.messageType ? null : [...pages.values()].at(-1));
    page?.postMessage(message);
  });
  native.onDisconnect.addListener(() => {
    const why = chrome.runtime.lastError?.message ?? "gone";
    native = null;
    for (const page of pages.values()) {
      page.postMessage({ disconnected: why });
    }
  });
  return native;
}

chrome.runtime.onConnect.addListener((page) => {
  const portId = `port-${++count}`;
  pages.set(portId, page);
  page.onMessage.addListener((message) => host().postMessage({ ...message, portId }));
  page.onDisconnect.addListener(() => pages.delete(portId));
});
