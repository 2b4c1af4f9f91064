/**
 * The page for message files: a message is dropped, chosen or pasted, and gets the same verdict as in a mail client.
 */

import { element } from "./elements.js";
import { answerButtons } from "./answer-buttons.js";
import { claimed, token } from "./claimed.js";
import { PartFetcher } from "./fetch-part.js";
import { translate } from "./page.js";
import { partsView } from "./parts.js";
import { VerdictView } from "./verdict.js";
import { openChannel } from "../browser/runtime.js";
import { fetchAsPage } from "../browser/linked.js";
import { failureLine, say } from "../browser/words.js";
import { asMessage } from "../lib/bare-cms.js";
import { Failure } from "../lib/failure.js";
import { lockedKey } from "../lib/summary.js";
import { fromBase64 } from "../lib/octets.js";
import { blobSource } from "../lib/source.js";
import { visible } from "../lib/visible.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const drop = byId("drop");
const file = /** @type {HTMLInputElement} */ (byId("file"));
const pasting = byId("pasting");
const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
const partsPlace = byId("parts");
const heading = byId("heading");

/** The message last given. @type {Blob | null} */
let message = null;
/** @type {import("../browser/runtime.js").Channel | null} */
let channel = null;
/** What fetches for it. @type {PartFetcher | null} */
let fetching = null;

translate();
const view = new VerdictView(byId("verdict"), {
  again: () => message && check(message),
  issuers: () => channel?.post({ name: "issuers.fetch" }),
  receipt: () => channel?.post({ name: "receipt.ask" }),
  unlock: (what) => channel?.post({ name: "keys.ask", ...what }),
  evidence: () => fetching?.evidence() ?? Promise.reject(Failure.own("host_lost")),
});

/** @param {Blob} blob */
function check(blob) {
  message = blob;
  channel?.close();
  const mine = openChannel("check");
  channel = mine;
  const source = blobSource(blob);
  const parts = new PartFetcher(mine, () => mine === channel && check(blob));
  fetching = parts;
  byId("result").hidden = byId("verdict").hidden = false;
  heading.replaceChildren();
  partsPlace.replaceChildren();
  /** @type {import("../lib/shapes.js").ViewState} */
  let state = { phase: "checking" };
  view.show(state);

  mine.onMessage(async (said) => {
    if (mine !== channel) return;
    if (said.name === "pull") mine.post({ name: "mail.chunk", ...(await source.pull(said.max)) });
    if (said.name === "unlocked" && state.phase === "opened" && lockedKey(state.opened.verdict)) return check(blob);
    if (said.name !== "state") return;
    const fresh = state.phase !== "opened";
    state = said.state;
    view.show(state);
    if (state.phase === "opened" && fresh) showMessage(state.opened, parts);
  });
  mine.onClose(() => {
    if (mine === channel && state.phase === "checking") view.show({ phase: "failed", failure: Failure.own("stopped").data });
  });
  mine.post({ name: "mail.open", size: blob.size, hint: true });
}

/**
 * @param {import("../lib/shapes.js").Opened} opened
 * @param {PartFetcher} fetcher
 */
function showMessage(opened, fetcher) {
  const { headers } = opened.verdict;
  const shown = headers.protected ?? headers.outer;
  const rows = [
    [say("check_from"), shown.from.join(", ")],
    [say("check_subject"), shown.subject ?? ""],
  ];
  heading.replaceChildren(
    ...rows.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, element("bdi", {}, value)))),
  );
  partsPlace.replaceChildren(partsView(opened, fetcher, (part) => channel?.post({ name: "attached.open", part })), answerButtons((kind) => channel?.post({ name: "answer.ask", kind })));
}

/** The message that came as an attachment of another one. */
async function showAttached() {
  drop.hidden = true;
  byId("result").hidden = false;
  view.show({ phase: "checking" });
  try {
    const { part, blob } = await claimed((done, { size }) => view.show({ phase: "checking", done, total: size }));
    document.title = byId("title").textContent = part.name !== null ? say("check_attached_named", visible(part.name)) : say("check_attached");
    check(blob);
  } catch (thrown) {
    byId("verdict").hidden = true;
    partsPlace.replaceChildren(element("p", { role: "alert" }, failureLine(Failure.from(thrown))));
    drop.hidden = false;
  }
}

/** Octets of a linked mail: it comes in one piece. */
const LINKED = 64 * 1024 * 1024;

/**
 * The mail behind a link, on which the person opened this page: in which tab, and where.
 * @param {URLSearchParams} link
 */
async function showLinked(link) {
  const address = link.get("address") ?? "";
  const said = drop.querySelector(".drop__lead");
  if (said) said.textContent = say("check_linked");
  const octets = await fetchAsPage(Number(link.get("tab")), Number(link.get("frame")), address, LINKED).catch(() => null);
  if (octets !== null) return void give(new Blob([fromBase64(octets)]));
  if (said) said.textContent = say("check_link_failed");
}

/** A file, which may be a smime.p7m without its message. @param {Blob} blob */
async function give(blob) {
  check(await asMessage(blob));
}

const link = new URLSearchParams(location.search);
if (token) void showAttached();
if (link.has("address")) void showLinked(link);
byId("choose").addEventListener("click", () => file.click());
file.addEventListener("change", () => {
  const chosen = file.files?.[0];
  if (chosen) void give(chosen);
  file.value = "";
});

byId("paste").addEventListener("click", ({ currentTarget }) => {
  pasting.hidden = !pasting.hidden;
  /** @type {HTMLElement} */ (currentTarget).setAttribute("aria-expanded", String(!pasting.hidden));
  if (!pasting.hidden) text.focus();
});

pasting.addEventListener("submit", (event) => {
  event.preventDefault();
  // A text field has LF line ends; mail has CRLF, and signatures count on it (RFC 8551 §3.1.1).
  if (text.value.trim()) check(new Blob([text.value.replace(/\r?\n/g, "\r\n")]));
});

// The whole page takes a drop: whoever misses the field must not leave the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.dataset.over = "true";
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) drop.dataset.over = "false";
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.dataset.over = "false";
  const dropped = event.dataTransfer?.files[0];
  const words = event.dataTransfer?.getData("text/plain");
  if (dropped) void give(dropped);
  else if (words) check(new Blob([words.replace(/\r?\n/g, "\r\n")]));
});
