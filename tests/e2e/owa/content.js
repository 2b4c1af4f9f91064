// Between the page and the extension, as Microsoft's content script is.
const port = chrome.runtime.connect();
window.addEventListener("message", (event) => {
  if (event.source === window && event.data?.to === "smime") {
    port.postMessage(event.data.message);
  }
});
port.onMessage.addListener((message) => window.postMessage({ from: "smime", message }, window.origin));
document.documentElement.dataset.smime = "ready";
