/**
 * The background: owns the host, lets in whom the gate knows, and hands their messages on.
 *
 * A worker sleeps and is woken by events, so every listener is registered here, at the top, synchronously. Nothing
 * here has to outlive a sleep: the granted sites are the browser's record, and a message can be opened again by
 * whoever has it.
 */

import { Deliveries } from "./deliveries.js";
import { refusal, roleOf } from "./gate.js";
import { Readings } from "./readings.js";
import { connectHost } from "../browser/native.js";
import { isMozilla } from "../browser/api.js";
import { onBegin, onChannel, ownId, ownOrigin } from "../browser/runtime.js";
import { isGranted, onSitesChanged, syncSites } from "../browser/sites.js";
import { language } from "../browser/words.js";
import { Host } from "../lib/host.js";
import { HOST_NAME } from "../lib/product.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("./gate.js").Role} Role
 */

const host = new Host({
  connect: () => connectHost(HOST_NAME),
  client: isMozilla ? "firefox" : "chromium",
  language: language(),
  onLost: (failure) => readings.hostLost(failure),
});
const readings = new Readings(host);
const deliveries = new Deliveries(host, readings);

/** Channels of content scripts, to be shut when their site's grant is taken back. @type {Set<Channel>} */
const contentChannels = new Set();

onChannel(serve);
onBegin(() => void syncSites());
onSitesChanged(() => {
  void syncSites();
  for (const channel of contentChannels) void shutUnlessGranted(channel);
});

/** @param {Channel} channel */
function serve(channel) {
  const admitted = roleOf(channel.sender, { id: ownId, origin: ownOrigin }, isGranted);
  // Messages that come before the gate has decided wait for it, in order.
  channel.onMessage((message) => void admitted.then((role) => pass(channel, role, message)));
  channel.onClose(() => leave(channel));
  void admitted.then((role) => {
    if (role === null) channel.close();
    if (role === "content") contentChannels.add(channel);
  });
}

/**
 * @param {Channel} channel
 * @param {Role | null} role
 * @param {any} message
 */
function pass(channel, role, message) {
  if (role === null) return;
  const why = refusal(message, role);
  if (why === null) {
    handle(channel, role, message);
  } else {
    console.warn(`Letterlock refused a message from ${channel.sender.url}: ${why}`);
    shut(channel);
  }
}

/**
 * @param {Channel} channel
 * @param {Role} role
 * @param {any} message  as the gate's table describes it
 */
function handle(channel, role, message) {
  switch (message.name) {
    case "mail.open":
      return void readings.open(channel, role === "page" ? "page" : "content", message);
    case "mail.chunk":
      return readings.chunk(channel, message) ? undefined : shut(channel);
    case "mail.failed":
      return readings.failed(channel);
    case "mail.panel":
      return readings.panel(channel);
    case "panel.claim":
      return void readings.claim(channel, message.token);
    case "part.fetch":
      return void deliveries.fetch(channel, message);
    case "part.more":
      return void deliveries.more(channel, message);
    case "part.stop":
      return deliveries.stop(channel, message);
  }
}

/** @param {Channel} channel */
async function shutUnlessGranted(channel) {
  if (!(await isGranted(channel.sender.url))) shut(channel);
}

/** @param {Channel} channel */
function shut(channel) {
  leave(channel);
  channel.close();
}

/** @param {Channel} channel */
function leave(channel) {
  contentChannels.delete(channel);
  deliveries.leave(channel);
  readings.leave(channel);
  readings.close(channel);
}
