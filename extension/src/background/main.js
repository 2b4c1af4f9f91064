/**
 * The background: owns the host, lets in whom the gate knows, and hands their messages on.
 *
 * A worker sleeps and is woken by events, so every listener is registered here, at the top, synchronously. Nothing
 * here has to outlive a sleep: the granted sites are the browser's record, the person's mark is kept in a database, and
 * a message can be opened again by whoever has it.
 */

import { Attached } from "./attached.js";
import { Carriers } from "./carriers.js";
import { Deliveries } from "./deliveries.js";
import { Expiry } from "./expiry.js";
import { roleOf } from "./gate.js";
import { Keys } from "./keys.js";
import { Letters } from "./letters.js";
import { Lists } from "./lists.js";
import { Manager } from "./manager.js";
import { OwnMarks } from "./own-marks.js";
import { Readings } from "./readings.js";
import { Receipts } from "./receipts.js";
import { Reception } from "./reception.js";
import { connectHost } from "../browser/native.js";
import { isMozilla } from "../browser/api.js";
import { setBadge } from "../browser/badge.js";
import { keep, kept } from "../browser/keeping.js";
import { onBegin, onChannel, onFirst, ownId, ownOrigin } from "../browser/runtime.js";
import { onLinkChosen } from "../browser/menus.js";
import { callTab, openPage, tabsOf } from "../browser/tabs.js";
import { isGranted, onSitesChanged, runInPage, syncSites } from "../browser/sites.js";
import { language, say } from "../browser/words.js";
import { Host } from "../lib/host.js";
import { NO_BADGES, WELCOMED } from "../lib/kept-names.js";
import { HOST_NAME } from "../lib/product.js";

const host = new Host({
  connect: () => connectHost(HOST_NAME),
  client: isMozilla ? "firefox" : "chromium",
  language: language(),
  onLost: (failure) => readings.hostLost(failure),
});
const readings = new Readings(host);
const letters = new Letters(host, openPage);
const attached = new Attached(readings, openPage);
const deliveries = new Deliveries(host, { of: (view) => readings.of(view) ?? letters.of(view) ?? attached.of(view) });
const expiry = new Expiry(host, setBadge);

const keys = new Keys(host, { openPage, onUnlocked });
const receipts = new Receipts(host, readings, openPage);
const carriers = new Carriers(host, { find: tabsOf, call: (tab) => callTab(tab, "carry") });
const manager = new Manager(host, { onUnlocked, carriers });

// What cannot be read was not changed.
const lists = new Lists(runInPage, () => kept(NO_BADGES).then((off) => off !== true, () => true));

const marks = new OwnMarks({
  kept,
  keep,
  words: () => [say("mark_first_words").split(" "), say("mark_second_words").split(" ")],
  frames: () => [...reception.here].filter(([, role]) => role === "panel" || role === "page").map(([channel]) => channel),
});

const reception = new Reception({
  roleOf: ({ sender }) => roleOf(sender, { id: ownId, origin: ownOrigin }, isGranted),
  handle,
  leave(channel) {
    manager.leave(channel);
    deliveries.leave(channel);
    letters.leave(channel);
    readings.leave(channel);
    readings.close(channel);
  },
});

onChannel((channel) => reception.serve(channel));
onBegin(() => void syncSites());
onFirst(() => void welcome());
// The page for message files fetches it: what a link leads to may be large, and the person waits there.
onLinkChosen((link) => void openPage(`ui/check.html?${new URLSearchParams(Object.entries(link).map(([name, value]) => [name, String(value)]))}`));
onSitesChanged(() => {
  void syncSites();
  void reception.review();
});

/**
 * @param {import("../browser/runtime.js").Channel} channel
 * @param {import("./gate.js").Role} role
 * @param {any} message  as the gate's table describes it
 * @returns {boolean | void} false: it was not asked for, or not deserved
 */
function handle(channel, role, message) {
  switch (message.name) {
    case "mail.open":
      return void readings.open(channel, role === "page" ? "page" : "content", message).then(() => expiry.look());
    case "mail.chunk":
      return readings.chunk(channel, message);
    case "mail.failed":
      return readings.failed(channel);
    case "mail.panel":
      return readings.panel(channel);
    case "list.kinds":
      return void lists.kinds(channel, message);
    case "panel.claim":
      // Only a frame that our content script put there gets the mark: a page could show what it sees in another.
      if (!readings.claim(channel, message.token)) return false;
      return void marks.tell(channel);
    case "mark.show":
      return void marks.tell(channel);
    case "mark.choose":
      return void marks.choose(channel, message);
    case "issuers.fetch":
      return void readings.fetchIssuers(channel);
    case "receipt.ask":
      return receipts.ask(channel);
    case "receipt.claim":
      return receipts.claim(channel, message.token);
    case "receipt.give":
      return void receipts.give(channel);
    case "keys.ask":
      return void keys.ask(message);
    case "keys.status":
    case "keys.unlock":
    case "keys.notices":
    case "token.status":
    case "token.unlock":
      return void keys.serve(channel, message);
    case "answer.ask":
      return letters.ask(readings.shownIn(channel), message.kind);
    case "mail.answer":
      return letters.ask(readings.openedBy(channel), message.kind);
    case "answer.claim":
      return void letters.claim(channel, message.token);
    case "draft.open":
      return void letters.openDraft(channel, message.draft);
    case "host.upload":
      return void manager.upload(channel, message);
    case "host.ask":
      return void manager.ask(channel, role === "write" ? "write" : "manage", message);
    case "host.send":
      return void manager.send(channel, message);
    case "host.chunk":
      return manager.chunk(channel, message);
    case "outlook.last":
      return void host.lastInOutlook().then(
        (last) => channel.post({ name: "outlook", ...last }),
        () => {}, // what is wrong with the host is said where somebody waits for it
      );
    case "write.open":
      return void openPage("ui/write.html");
    case "webmail.look":
      return void manager.look(channel, message);
    case "host.stop":
      return manager.stop(channel, message);
    case "attached.open":
      return attached.open(channel, message.part);
    case "attached.claim":
      return attached.claim(channel, message.token);
    case "part.fetch":
      return void deliveries.fetch(channel, message);
    case "evidence.fetch":
      return void deliveries.evidence(channel, message);
    case "part.more":
      return void deliveries.more(channel, message);
    case "part.stop":
      return deliveries.stop(channel, message);
  }
}

/** Leads somebody who has just installed this to the first steps: once, whatever the browser calls an installation. */
async function welcome() {
  if (await kept(WELCOMED).catch(() => true)) return;
  await keep(WELCOMED, true).catch(() => {});
  await openPage("ui/manage.html#welcome");
}

/** Keys were unlocked: whoever shows a mail that needs one tries again. */
function onUnlocked() {
  for (const [channel, role] of reception.here) if (role === "panel" || role === "page") channel.post({ name: "unlocked" });
}
