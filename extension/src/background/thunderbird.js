/**
 * Where the add-on starts in Thunderbird. Thunderbird suspends it when nothing happens and starts it again for the
 * next event, so every listener is registered here, synchronously, and nothing depends on what was known before.
 */

import { Deliveries } from "./deliveries.js";
import { Expiry } from "./expiry.js";
import { refusal } from "./gate.js";
import { Keys } from "./keys.js";
import { Manager } from "./manager.js";
import { Receipts } from "./receipts.js";
import { Plain } from "./thunderbird-plain.js";
import { sections } from "../adapters/thunderbird/entity.js";
import { Reading } from "../adapters/thunderbird/reading.js";
import { source } from "../adapters/thunderbird/source.js";
import { Writing } from "../adapters/thunderbird/writing.js";
import { connectHost } from "../browser/native.js";
import { onChannel, ownId, ownUrl } from "../browser/runtime.js";
import * as thunderbird from "../browser/thunderbird.js";
import { language, say } from "../browser/words.js";
import { Failure } from "../lib/failure.js";
import { Host } from "../lib/host.js";
import { blobToBase64, fromBase64 } from "../lib/octets.js";
import { HOST_NAME } from "../lib/product.js";
import { blobSource } from "../lib/source.js";
import { isPending, lockedKey } from "../lib/summary.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../lib/shapes.js").ViewState} ViewState
 */

const DETAILS = ownUrl("ui/thunderbird.html");
const UNLOCK = ownUrl("ui/unlock.html");
const RECEIPT = ownUrl("ui/receipt.html");
const SIGNING = ownUrl("ui/signing.html");
const MANAGE = ownUrl("ui/manage.html");
/** Of the window in which people's certificates are managed. */
const MANAGE_SIZE = { width: 900, height: 700 };
/** Of the window in which a passphrase or a PIN is typed. */
const UNLOCK_SIZE = { width: 560, height: 460 };

/** What may make somebody one who can be encrypted to, or not any more. */
const CHANGES_RECIPIENTS = /^(?:people|key|trust)_(?!list|check|notices|read)/;

const host = new Host({
  connect: () => connectHost(HOST_NAME),
  client: "thunderbird",
  language: language(),
  onLost(failure) {
    reading.lost(failure);
    // With the host the keys are gone.
    void thunderbird.forgetContent();
  },
});

const reading = new Reading({
  open: openDisplayed,
  source,
  show: (tab, message, said) => plain.show(tab, message, said),
  clear: (tab) => plain.clear(tab),
  explain: async (message, note) => !(await plain.isLimited()) && thunderbird.explainContent(message, note),
  displayedIn: (tab) => plain.displayedIn(tab),
});

const keys = new Keys(host, {
  openPage: (path) => thunderbird.openWindow(ownUrl(path), UNLOCK_SIZE),
  onUnlocked,
});
const manager = new Manager(host, {
  onUnlocked,
  onLocked() {
    void thunderbird.forgetContent().then(() => reading.locked());
  },
});

/** What each details window shows: there, parts of it are fetched. @type {Map<Channel, string>} */
const messages = new Map();
const deliveries = new Deliveries(host, { of: (channel) => ({ message: messages.get(channel) ?? null }) });
/** What each details window says. @type {WeakMap<Channel, import("../lib/shapes.js").Verdict>} */
const verdicts = new WeakMap();
const receipts = new Receipts(
  host,
  {
    shownIn: (channel) => {
      const [message, verdict] = [messages.get(channel), verdicts.get(channel)];
      return message && verdict ? { message, verdict } : null;
    },
  },
  (path) => thunderbird.openWindow(ownUrl(path), UNLOCK_SIZE),
);

/** The details windows, each by what shows its message anew. @type {Set<() => void>} */
const details = new Set();

thunderbird.onDisplayed((tab, message) => {
  plain.changed(tab, message);
  reading.displayed(tab, message);
});
thunderbird.onSelected((tab, message) => {
  plain.changed(tab, message);
  void reading.selected(tab, message);
});
thunderbird.onMessageTab((tab) => void reading.tabOpened(tab));
thunderbird.onTabClosed((tab) => reading.closed(tab));
thunderbird.onBarAction((tab, message, action) => {
  if (action === "again") reading.again(tab, message);
  if (action === "details") void openDetails(message);
  if (action === "receipt") void offerReceipt(message);
  if (action === "unlock") void unlock(tab, message);
});

const writing = new Writing(host);

const plain = new Plain({
  writing,
  manage: () => thunderbird.openWindow(MANAGE, MANAGE_SIZE),
  details: (message) => openDetails(message),
  bar: { show: thunderbird.showBar, clear: thunderbird.clearBar, displayedIn: thunderbird.displayedIn },
});
const expiry = new Expiry(host, (announced) => plain.announce(announced));

thunderbird.onProtect((wish, file) => writing.protect(wish, file));
thunderbird.onRecipients(async (window, addresses) => thunderbird.describeRecipients(window, await writing.recipients(addresses)));
thunderbird.onRecipientAction(async (window, action, address, addresses) => {
  if (action === "opened") return takeDefaults();
  if (action === "unlock") return keys.ask({ token: "" });
  if (action === "import") return thunderbird.openWindow(`${MANAGE}?for=${encodeURIComponent(address)}#people`, MANAGE_SIZE);
  if (action !== "find") return;
  const news = { address, words: await writing.find(address) };
  await thunderbird.describeRecipients(window, await writing.recipients(addresses, news));
});
thunderbird.onShortcut(async (tab, name) => {
  const message = await plain.displayedIn(tab);
  if (message === null) await thunderbird.pressSwitch(tab, name);
  else if (name === "details") await openDetails(message);
});
thunderbird.onMenu({ check: say("menu_check"), proof: say("menu_proof") }, (item, message) => void openDetails(message, item === "proof"));

// Installed, or woken up, with messages on display.
void thunderbird.messageTabs().then((tabs) => tabs.forEach((tab) => void reading.found(tab)));

onChannel((channel) => {
  // Only the add-on's own pages are answered, at the top of their windows; nothing else of the add-on asks.
  const { extension, url, frame } = channel.sender;
  const page = extension === ownId && frame === 0 ? url.split(/[?#]/)[0] : "";
  if (page === DETAILS && channel.name === "details") serveDetails(channel);
  else if (page === UNLOCK && channel.name === "keys") serveKeys(channel);
  else if (page === MANAGE && channel.name === "manage") serveManage(channel);
  else if (page === RECEIPT && channel.name === "receipt") serveReceipt(channel);
  else if (page === SIGNING && channel.name === "signing") plain.serve(channel);
  else channel.close();
});

/** @param {Channel} channel */
function serveDetails(channel) {
  /** @type {(() => void) | null} */
  let again = null;
  channel.onMessage((said) => {
    if (typeof said?.name === "string") return serveParts(channel, said);
    const { message, issuers, unlock } = said;
    if (typeof unlock === "string") return void keys.ask({ token: unlock });
    if (!Number.isSafeInteger(message) || message <= 0) return;
    if (again) details.delete(again);
    again = () => void tell(channel, message, issuers === true);
    details.add(again);
    again();
  });
  channel.onClose(() => {
    if (again) details.delete(again);
    deliveries.leave(channel);
    keep(channel, null);
  });
}

/**
 * @param {Channel} channel
 * @param {any} message
 */
function serveParts(channel, message) {
  if (refusal(message, "page") !== null) return channel.close();
  if (message.name === "receipt.ask") receipts.ask(channel);
  else if (message.name === "part.fetch") void deliveries.fetch(channel, message);
  else if (message.name === "evidence.fetch") void deliveries.evidence(channel, message);
  else if (message.name === "part.more") void deliveries.more(channel, message);
  else if (message.name === "part.stop") deliveries.stop(channel, message);
}

/**
 * The host keeps a message for as long as a details window shows it.
 * @param {Channel} channel
 * @param {string | null} message
 */
function keep(channel, message) {
  const before = messages.get(channel);
  if (before && before !== message) void host.close(before);
  if (message) messages.set(channel, message);
  else messages.delete(channel);
}

/** What mail starts with, as the person has set it. Without a host it stays as it was. */
async function takeDefaults() {
  const { writing: defaults } = await host.ask("settings_list", {}).catch(() => ({ writing: null }));
  if (defaults) await thunderbird.setDefaults(defaults);
}

/** Something was managed; open compose windows follow. @param {string} operation */
function changed(operation) {
  if (CHANGES_RECIPIENTS.test(operation)) void thunderbird.renewRecipients();
  if (operation === "settings_change") void takeDefaults();
}

/**
 * @param {number} message
 * @param {boolean} [proof]  save the proof of it at once
 */
async function openDetails(message, proof = false) {
  await thunderbird.openWindow(`${DETAILS}?message=${message}${proof ? "&proof" : ""}`);
}

/** Keys were unlocked: what is on display tries again. */
function onUnlocked() {
  reading.unlocked();
  for (const again of details) again();
  void thunderbird.composeUnlocked();
}

/** @param {Channel} channel */
function serveManage(channel) {
  channel.onMessage((message) => {
    if (refusal(message, "manage") !== null) return channel.close();
    if (message.name === "host.stop") manager.stop(channel, message);
    else void manager.ask(channel, "manage", message).then(() => changed(message.operation));
  });
  channel.onClose(() => manager.leave(channel));
}

/** @param {Channel} channel */
function serveReceipt(channel) {
  channel.onMessage((message) => {
    if (refusal(message, "receipt") !== null) return channel.close();
    if (message.name === "receipt.claim") receipts.claim(channel, message.token);
    else void receipts.give(channel);
  });
}

/**
 * Leads from the bar to the page on which a receipt is given. The host keeps the message for that page.
 * @param {number} message
 */
async function offerReceipt(message) {
  const opened = await open(blobSource(await source(message)), { signal: new AbortController().signal, onProgress() {}, onUpdate() {}, kept: true });
  if (opened.message !== null && receipts.offer({ message: opened.message, verdict: opened.verdict }) === false) void host.close(opened.message);
}

/** @param {Channel} channel */
function serveKeys(channel) {
  channel.onMessage((message) => {
    if (refusal(message, "keys") === null) void keys.serve(channel, message);
    else channel.close();
  });
}

/**
 * Leads to where the key is unlocked that a message needs.
 * @param {number} tab
 * @param {number} message
 */
async function unlock(tab, message) {
  let key = reading.lockedKey(tab, message);
  if (!key) {
    // Woken up by the button, and knowing nothing of the message.
    const opened = await open(blobSource(await source(message)), { signal: new AbortController().signal, onProgress() {}, onUpdate() {} });
    key = lockedKey(opened.verdict);
  }
  if (key) await keys.ask(key);
  else reading.displayed(tab, message);
}

/**
 * Opens a mail through the host. Thunderbird itself shows its parts, so the host keeps it only until its verdict is
 * final or nobody looks at it any more; a details window keeps it by itself.
 * @param {import("../lib/session.js").Source} mail
 * @param {Omit<Parameters<import("../adapters/thunderbird/reading.js").Open>[1], "message" | "onReload"> & { issuers?: boolean, kept?: boolean }} options
 */
async function open(mail, { signal, onProgress, onUpdate, issuers = false, kept = false }) {
  /** @param {import("../lib/shapes.js").Opened} renewed */
  const renew = (renewed) => {
    if (!kept && !isPending(renewed.verdict)) void host.close(renewed.message ?? "");
    if (!signal.aborted) onUpdate(renewed);
  };
  let opened = await host.open(mail, { signal, onProgress, onUpdate: renew });
  void expiry.look();
  const { message } = opened;
  if (message === null) return opened;
  try {
    if (issuers) opened = await host.issuers(message, { signal });
  } catch (thrown) {
    void host.close(message);
    throw thrown;
  }
  if (kept && !signal.aborted) return opened;
  if (isPending(opened.verdict) && !signal.aborted) signal.addEventListener("abort", () => void host.close(message), { once: true });
  else void host.close(message);
  return opened;
}

/**
 * Opens a mail that is on display, and gives Thunderbird what was encrypted in it.
 * @type {import("../adapters/thunderbird/reading.js").Open}
 */
async function openDisplayed(mail, options) {
  if (await plain.isLimited()) return open(mail, options);
  const { signal, message: displayed, onReload } = options;
  const opened = await open(mail, { ...options, kept: true });
  const { message } = opened;
  if (message === null) return opened;
  const close = () => void host.close(message);
  void giveContent(displayed, message, opened, onReload).finally(() => {
    if (isPending(opened.verdict) && !signal.aborted) signal.addEventListener("abort", close, { once: true });
    else close();
  });
  return opened;
}

/**
 * @param {number} displayed  Thunderbird's number for the message
 * @param {string} message    the host's name for it
 * @param {import("../lib/shapes.js").Opened} opened
 * @param {() => void} onReload
 */
async function giveContent(displayed, message, { verdict, parts }, onReload) {
  if (verdict.encryption.status === "undecryptable" || verdict.encryption.status === "refused") return;
  const encrypted = verdict.encryption.status === "decrypted";
  const state = await thunderbird.contentState(displayed);
  // What is only signed goes this way where Thunderbird asks for it (in one piece with its signature). What was encrypted
  // may be opened before Thunderbird gets round to asking.
  if (state === "shown" || (state === "ordinary" && !encrypted)) return;
  try {
    const found = await sections(parts, (part) => partOf(message, part));
    if (found.length === 0) return;
    onReload();
    await thunderbird.reveal(displayed, { sections: found, subject: verdict.headers.protected?.subject ?? "", encrypted });
  } catch (thrown) {
    console.error("Letterlock: the content of a message was not fetched:", thrown);
  }
}

/**
 * A part's octets in base64.
 * @param {string} message
 * @param {import("../lib/shapes.js").Part} part
 */
async function partOf(message, part) {
  const { chunks } = await host.part(message, part.id);
  /** @type {BlobPart[]} */
  const pieces = [];
  for await (const chunk of chunks) pieces.push(fromBase64(chunk));
  return blobToBase64(new Blob(pieces));
}

/**
 * Tells a details page everything about a message, from the beginning.
 * @param {Channel} channel
 * @param {number} message
 * @param {boolean} issuers  whether the person wants missing certificates to be fetched
 */
async function tell(channel, message, issuers) {
  const gone = new AbortController();
  channel.onClose(() => gone.abort());
  /** @param {ViewState} state */
  const post = (state) => channel.post(state);
  post({ phase: "checking" });
  try {
    const mail = blobSource(await source(message));
    const onProgress = (/** @type {number} */ done, /** @type {number | null} */ total) =>
      post({ phase: "checking", done, total });
    const show = (/** @type {import("../lib/shapes.js").Opened} */ opened) => {
      verdicts.set(channel, opened.verdict);
      post({ phase: "opened", opened });
    };
    const opened = await open(mail, { signal: gone.signal, onProgress, onUpdate: show, issuers, kept: true });
    if (gone.signal.aborted) return;
    keep(channel, opened.message);
    show(opened);
  } catch (thrown) {
    post({ phase: "failed", failure: Failure.from(thrown) });
  }
}
