/**
 * Where the add-on starts in Thunderbird. Thunderbird suspends it when nothing happens and starts it again for the
 * next event, so every listener is registered here, synchronously.
 */

import { source } from "../adapters/thunderbird/source.js";
import { Reading } from "../adapters/thunderbird/reading.js";
import { connectHost } from "../browser/native.js";
import { clearBar, onBarAction, onDisplayed, onSelected, onTabClosed, showBar } from "../browser/thunderbird.js";
import { language } from "../browser/words.js";
import { Host } from "../lib/host.js";
import { HOST_NAME } from "../lib/product.js";

const host = new Host({
  connect: () => connectHost(HOST_NAME),
  client: "thunderbird",
  language: language(),
  onLost: (failure) => reading.lost(failure),
});

const reading = new Reading({
  open: (mail, options) => host.open(mail, options),
  source,
  show: showBar,
  clear: clearBar,
});

onDisplayed((tab, message) => reading.displayed(tab, message));
onSelected((tab, message) => void reading.selected(tab, message));
onTabClosed((tab) => reading.closed(tab));

onBarAction((tab, message, action) => {
  if (action === "again") reading.again(tab);
});
