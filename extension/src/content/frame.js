/**
 * The panel's frame in a mail page: an extension page, in a shadow tree the page cannot open.
 *
 * What the page gets is an element that takes up room. It cannot read the frame (another origin), its address (a
 * closed shadow tree), or what is said between here and the frame (a private port). It can remove or cover the frame,
 * or draw one of its own; what it cannot do is to make ours say something.
 */

import { isMozilla } from "../browser/api.js";
import { ownOrigin, ownUrl } from "../browser/runtime.js";
import { say } from "../browser/words.js";

/** The page's own states of the element, for anybody who looks: it says whether a panel is there, not what it says. */
const STATE = "data-letterlock";

/** Higher than any screen; a bound all the same. In pixels. */
const MAX_HEIGHT = 20_000;

export class PanelFrame {
  /**
   * @param {object} options
   * @param {() => void} options.onLoad    the frame is (again) ready for a token
   * @param {() => void} options.onAgain   the person wants the message checked once more
   * @param {AbortSignal} options.signal
   */
  constructor({ onLoad, onAgain, signal }) {
    this.element = document.createElement("div");
    this.element.setAttribute(STATE, "checking");
    this.element.style.cssText = "all: initial; display: none;";
    this.frame = document.createElement("iframe");
    this.frame.title = say("verdict_region");
    // Firefox lets a frame copy after a click anyway, and would warn of a name it does not know.
    if (!isMozilla) this.frame.allow = "clipboard-write";
    this.frame.style.cssText = "display: block; inline-size: 100%; block-size: 0; border: 0; color-scheme: light dark;";
    this.frame.src = ownUrl("ui/panel.html");
    this.onAgain = onAgain;
    /** @type {MessagePort | null} */
    this.port = null;
    this.frame.addEventListener("load", onLoad, { signal });
    this.hide();
    this.element.attachShadow({ mode: "closed" }).append(this.frame);
    signal.addEventListener("abort", () => this.remove(), { once: true });
  }

  /**
   * Gives the frame the token by which it finds its reading, and a private port.
   * @param {string} token
   */
  hand(token) {
    const { port1, port2 } = new MessageChannel();
    this.port?.close();
    this.port = port1;
    port1.onmessage = ({ data }) => this.#said(data);
    // Delivered only if the frame still holds a page of ours: the page can navigate any frame in it.
    this.frame.contentWindow?.postMessage({ token }, ownOrigin, [port2]);
  }

  /** Has the frame load while the page itself is still loading: it has no place yet. */
  wait() {
    // Outside of the page's own boxes, and as wide as it is likely to become: it measures itself.
    this.element.style.cssText = "all: initial; display: block; position: fixed; inset: 0 0 auto; block-size: 0; overflow: hidden; visibility: hidden;";
    document.documentElement.append(this.element);
  }

  /** @param {(element: HTMLElement) => void} place  puts the element where it belongs */
  put(place) {
    this.hide();
    place(this.element);
  }

  /** Not `display: none`: the frame must load and measure itself while it waits to be shown. */
  hide() {
    this.element.style.cssText = "all: initial; display: block; block-size: 0; overflow: hidden; visibility: hidden;";
  }

  show() {
    this.element.setAttribute(STATE, "shown");
    // Above its neighbours, which the adapter keeps together at 0, and below the mail client's own menus.
    this.element.style.cssText = "all: initial; display: block; position: relative; z-index: 1; margin: 8px 0;";
  }

  /** Nothing to see: the element stays, empty, and says so. */
  empty() {
    this.port?.close();
    this.frame.remove();
    this.element.setAttribute(STATE, "none");
    this.element.style.cssText = "all: initial; display: none;";
  }

  remove() {
    this.port?.close();
    this.element.remove();
  }

  /** @param {any} said  by our own page, through the private port */
  #said(said) {
    if (typeof said?.height === "number" && said.height >= 0) {
      this.frame.style.blockSize = `${Math.min(Math.ceil(said.height), MAX_HEIGHT)}px`;
    } else if (said?.again === true) {
      this.onAgain();
    }
  }
}
