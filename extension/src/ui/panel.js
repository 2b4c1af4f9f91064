/**
 * The panel: shows the verdict inside a mail page, in a frame that the page cannot read.
 *
 * Anybody can put this page into a frame. It shows something only once the background has accepted its token, which
 * the content script gave it; messages from elsewhere carry no token that the background knows.
 */

import { answerButtons } from "./answer-buttons.js";
import { PartFetcher } from "./fetch-part.js";
import { showMark } from "./own-mark.js";
import { translate } from "./page.js";
import { VerdictView } from "./verdict.js";
import { openChannel } from "../browser/runtime.js";
import { Failure } from "../lib/failure.js";
import { hidesContent, lockedKey } from "../lib/summary.js";

/** Tokens tried on one load of this page. Our content script needs one; a page that guesses gets no more. */
const ATTEMPTS = 20;

/** How long to wait for the first good one. Nobody shall look at "Checking" for ever. In milliseconds. */
const UNCLAIMED = 10_000;

const place = /** @type {HTMLElement} */ (document.getElementById("verdict"));
const markPlace = /** @type {HTMLElement} */ (document.getElementById("mark"));
const partsPlace = /** @type {HTMLElement} */ (document.getElementById("parts"));

translate();
const view = new VerdictView(place, {
  again: () => contentScript?.postMessage({ again: true }),
  issuers: () => current?.post({ name: "issuers.fetch" }),
  receipt: () => current?.post({ name: "receipt.ask" }),
  unlock: (what) => current?.post({ name: "keys.ask", ...what }),
  evidence: () => fetcher?.evidence() ?? Promise.reject(Failure.own("host_lost")),
});

/** The private port to the content script that put us here. @type {MessagePort | null} */
let contentScript = null;
let attempts = 0;
/** The reading now shown. @type {import("../browser/runtime.js").Channel | null} */
let current = null;
/** What fetches for it. @type {PartFetcher | null} */
let fetcher = null;

setTimeout(() => {
  if (current === null) view.show({ phase: "failed", failure: Failure.own("stopped").data });
}, UNCLAIMED);

window.addEventListener("message", ({ data, ports }) => {
  if (typeof data?.token !== "string" || ports.length !== 1 || ++attempts > ATTEMPTS) return;
  claim(data.token, ports[0]);
});

/**
 * @param {string} token
 * @param {MessagePort} port
 */
function claim(token, port) {
  const channel = openChannel("panel");
  const parts = new PartFetcher(channel, () => channel === current && port.postMessage({ again: true }));
  /** @type {import("../lib/shapes.js").ViewState} */
  let state = { phase: "checking" };
  channel.onMessage((said) => {
    if (said.name === "accepted") {
      accept(channel, port);
      fetcher = parts;
    }
    if (said.name === "mark" && channel === current) showMark(markPlace, said.mark);
    if (said.name === "unlocked" && channel === current && state.phase === "opened" && lockedKey(state.opened.verdict)) {
      port.postMessage({ again: true });
    }
    if (said.name !== "state" || channel !== current) return;
    const fresh = state.phase !== "opened";
    state = said.state;
    view.show(state);
    // In the panel's own timeline, which no page can read: tests/benchmarks/webmail.py looks there.
    if (state.phase === "opened" && fresh) performance.mark("verdict");
    if (state.phase === "opened" && fresh) void showParts(state.opened, parts);
  });
  channel.onClose(() => {
    if (channel !== current) return;
    // The background went away. A verdict stays true; a check that was under way begins again by itself or not at all.
    const failure = Failure.own("stopped").data;
    setTimeout(() => {
      if (channel === current && state.phase === "checking") view.show({ phase: "failed", failure });
    }, 1500);
  });
  channel.post({ name: "panel.claim", token });
}

/**
 * @param {import("../browser/runtime.js").Channel} channel
 * @param {MessagePort} port
 */
function accept(channel, port) {
  attempts = 0;
  current?.close();
  contentScript?.close();
  current = channel;
  contentScript = port;
  partsPlace.replaceChildren();
  tellHeight();
}

/**
 * The content of mail that the mail page itself cannot show.
 * @param {import("../lib/shapes.js").Opened} opened
 * @param {PartFetcher} fetcher
 */
async function showParts(opened, fetcher) {
  if (!hidesContent(opened.verdict) || opened.parts.length === 0) return;
  const channel = current;
  // Loaded where it is needed: most signed mail is shown by the mail page, and its verdict must not wait for a sanitiser.
  const { partsView } = await import("./parts.js");
  if (channel !== current) return;
  // The mail client's own buttons have nothing to answer: it shows none of it.
  const answer = answerButtons((kind) => current?.post({ name: "answer.ask", kind }));
  partsPlace.replaceChildren(partsView(opened, fetcher, (part) => channel?.post({ name: "attached.open", part })), answer);
}

function tellHeight() {
  contentScript?.postMessage({ height: document.documentElement.getBoundingClientRect().height });
}

new ResizeObserver(tellHeight).observe(document.documentElement);
