/**
 * What only Thunderbird has: displayed messages, their source, and the bar over them (the add-on's own experiment,
 * platform/thunderbird/experiment).
 */

import { api } from "./api.js";

/**
 * What the bar says.
 * @typedef {object} BarContent
 * @property {string} code         for programs: a headline's code, a failure's, or "checking"
 * @property {"good" | "danger" | "caution" | "plain"} tone
 * @property {string} icon         of ui/icons, or "spinner"
 * @property {string} word         what the icon stands for
 * @property {string} [subject]    the one inside of an encrypted message, in place of the outer one
 * @property {Piece[][]} headline  its phrases, the most important first
 * @property {Piece[][]} [lines]   what stands below it
 * @property {{ action: string, label: string }[]} [buttons]
 *
 * @typedef {{ text: string, kind: "words" | "fact" | "code" }} Piece  a fact was chosen by somebody else
 */

/**
 * The parts of Thunderbird's interface that are used here.
 * @typedef {object} Messenger
 * @property {{ onMessagesDisplayed: Event<(tab: Tab, list: MessageList) => void> }} messageDisplay
 * @property {{ create(item: { id: string, title: string, contexts: string[] }, created: () => void): void,
 *   onClicked: Event<(clicked: { menuItemId: string, selectedMessages?: MessageList }) => void> }} menus
 * @property {{ onSelectedMessagesChanged: Event<(tab: Tab, list: MessageList) => void> }} mailTabs
 * @property {{ getRaw(id: number, options: { data_format: "File" }): Promise<File> }} messages
 * @property {{ show(tab: number, message: number, content: BarContent): Promise<boolean>,
 *   displayed(tab: number): Promise<number | null>,
 *   clear(tab: number): Promise<void>,
 *   onAction: Event<(tab: number, message: number, action: string) => void> }} letterlockBar
 * @property {{ describe(window: number, description: Recipients): Promise<void>,
 *   renew(): Promise<void>,
 *   unlocked(): Promise<void>,
 *   press(tab: number, name: string): Promise<void>,
 *   setDefaults(defaults: WritingDefault[]): Promise<void>,
 *   onRecipients: Event<(window: number, addresses: string) => void>,
 *   onAction: Event<(window: number, action: string, address: string, addresses: string) => void> }} letterlockCompose
 * @property {{ state(message: number): Promise<"waiting" | "shown" | "ordinary">,
 *   reveal(message: number, content: Content): Promise<boolean>, explain(message: number, note: string): Promise<boolean>,
 *   forget(): Promise<void> }} letterlockReading
 * @property {{ onProtect: Event<(wish: Outgoing, file: File) => Promise<Protected>> }} letterlockSending
 *
 * What an encrypted message contains: by the MIME part that is replaced, a MIME entity; and the subject inside.
 * @typedef {{ sections: ({ part: string } & import("../adapters/thunderbird/entity.js").Entity)[], subject: string,
 *   encrypted: boolean }} Content
 *
 * What is known of the recipients in a compose window, for its strip.
 * @typedef {{ asked: string, everybody: boolean, failed: string,
 *   recipients: { address: string, good: boolean, line: string, find: boolean }[] }} Recipients
 *
 * What mail from an address starts with.
 * @typedef {import("../lib/protocol.js").WritingDefault} WritingDefault
 *
 * What is wanted of a message that is about to leave, or to be kept as a draft; and what it became.
 * @typedef {{ sign: boolean, encrypt: boolean, draft: boolean, quotes: boolean, inClear: boolean }} Outgoing
 * @typedef {{ made: { role: string, recipients: string[], octets: Blob }[] } | { refused: string, locked: boolean }} Protected
 * @typedef {{ id: number }} Tab
 * @typedef {{ messages: { id: number }[] }} MessageList
 */

/**
 * @template {Function} Listener
 * @typedef {{ addListener(listener: Listener): void }} Event
 */

// The package without an experiment has no bar, no strip and no hook: nothing is to be heard from them there.

/** Thunderbird's words for a three-pane tab, and for a tab or window with one message. */
const MESSAGE_TABS = ["mail", "messageDisplay"];

const messenger = /** @type {Messenger} */ (/** @type {unknown} */ (api));

/**
 * Calls the listener when other messages than before are on display in a tab. No message has id 0.
 * @param {(tab: number, message: number | null) => void} listener  null: none, or more than one
 */
export function onDisplayed(listener) {
  messenger.messageDisplay.onMessagesDisplayed.addListener((tab, list) => listener(tab.id, only(list)));
}

/**
 * Calls the listener when others are selected in a three-pane tab, which comes before they are on display, and
 * also where they never are: of a message it has no key for, Thunderbird shows an error page instead.
 * @param {(tab: number, message: number | null) => void} listener
 */
export function onSelected(listener) {
  messenger.mailTabs.onSelectedMessagesChanged.addListener((tab, list) => listener(tab.id, only(list)));
}

/**
 * Calls the listener when a tab or window for a single message opens, before the message is there.
 * @param {(tab: number) => void} listener
 */
export function onMessageTab(listener) {
  api.tabs.onCreated.addListener((tab) => {
    if (tab.id !== undefined && /** @type {any} */ (tab).type === "messageDisplay") listener(tab.id);
  });
}

/** The tabs and windows that can display a message. @returns {Promise<number[]>} */
export async function messageTabs() {
  const tabs = await api.tabs.query({});
  return tabs.flatMap((tab) => (tab.id !== undefined && MESSAGE_TABS.includes(/** @type {any} */ (tab).type) ? [tab.id] : []));
}

/** @param {(tab: number) => void} listener */
export function onTabClosed(listener) {
  api.tabs.onRemoved.addListener((tab) => listener(tab));
}

/**
 * A message's source as Thunderbird keeps it. It may begin with Thunderbird's own X-Mozilla lines.
 * @param {number} message
 * @returns {Promise<Blob>}
 */
export function storedSource(message) {
  return messenger.messages.getRaw(message, { data_format: "File" });
}

/**
 * @param {number} tab
 * @param {number} message
 * @param {BarContent} content
 * @returns {Promise<boolean>} false if the message is no longer on display in that tab; then nothing is shown
 */
export function showBar(tab, message, content) {
  return messenger.letterlockBar.show(tab, message, content);
}

/**
 * The message that a tab displays, or would if Thunderbird could.
 * @param {number} tab
 */
export function displayedIn(tab) {
  return messenger.letterlockBar.displayed(tab);
}

/** @param {number} tab */
export function clearBar(tab) {
  return messenger.letterlockBar.clear(tab);
}

/** @param {(tab: number, message: number, action: string) => void} listener */
export function onBarAction(listener) {
  messenger.letterlockBar?.onAction.addListener(listener);
}

/**
 * Opens a page of the add-on in a window of its own.
 * @param {string} url
 * @param {{ width: number, height: number }} [size]
 */
export async function openWindow(url, { width, height } = { width: 720, height: 820 }) {
  await api.windows.create({ url, type: "popup", width, height });
}

/**
 * Whether Thunderbird waits for the content of an encrypted message, or has been given it.
 * @param {number} message
 */
export function contentState(message) {
  return messenger.letterlockReading.state(message);
}

/**
 * Gives Thunderbird the content of an encrypted message, which it loads again where it is on display.
 * @param {number} message
 * @param {Content} content
 */
export function reveal(message, content) {
  return messenger.letterlockReading.reveal(message, content);
}

/**
 * Says in place of a message's content why it is not there.
 * @param {number} message
 * @param {string} note
 */
export function explainContent(message, note) {
  return messenger.letterlockReading.explain(message, note);
}

/** Has Thunderbird forget every decrypted message. */
export function forgetContent() {
  return messenger.letterlockReading?.forget();
}

/**
 * Calls the listener for each message that is to be signed or encrypted before it leaves. Without an answer it stays.
 * @param {(wish: Outgoing, file: File) => Promise<Protected>} listener
 */
export function onProtect(listener) {
  messenger.letterlockSending?.onProtect.addListener(listener);
}

/** @param {(window: number, addresses: string) => void} listener  called as recipients are typed, one a line */
export function onRecipients(listener) {
  messenger.letterlockCompose?.onRecipients.addListener(listener);
}

/**
 * @param {(window: number, action: string, address: string, addresses: string) => void} listener  called when something
 *   is to be done about a recipient, with all of that window, one a line
 */
export function onRecipientAction(listener) {
  messenger.letterlockCompose?.onAction.addListener(listener);
}

/**
 * Calls the listener for each shortcut of the manifest that is pressed.
 * @param {(tab: number, name: string) => void} listener
 */
export function onShortcut(listener) {
  api.commands.onCommand.addListener((name, tab) => {
    if (tab?.id !== undefined) listener(tab.id, name);
  });
}

/**
 * Puts items into the context menu of messages in lists, and calls the listener when one is chosen for a message.
 * @param {Record<string, string>} items  what each is called
 * @param {(item: string, message: number) => void} listener
 */
export function onMenu(items, listener) {
  // Kept by Thunderbird while this sleeps, so every start but the first finds them there: that is no error.
  for (const [id, title] of Object.entries(items)) {
    messenger.menus.create({ id, title, contexts: ["message_list"] }, () => void api.runtime.lastError);
  }
  messenger.menus.onClicked.addListener(({ menuItemId, selectedMessages }) => {
    const message = selectedMessages && only(selectedMessages);
    if (message) listener(menuItemId, message);
  });
}

/**
 * Presses a switch of the strip in a compose tab. Nothing happens in others.
 * @param {number} tab
 * @param {string} name  of the manifest's shortcuts
 */
export function pressSwitch(tab, name) {
  return messenger.letterlockCompose?.press(tab, name);
}

/**
 * @param {number} window
 * @param {Recipients} description
 */
export function describeRecipients(window, description) {
  return messenger.letterlockCompose.describe(window, description);
}

/** @param {WritingDefault[]} defaults  what mail starts with from now on */
export function setDefaults(defaults) {
  return messenger.letterlockCompose?.setDefaults(defaults);
}

/** Has every compose window ask for its recipients again. */
export function renewRecipients() {
  return messenger.letterlockCompose?.renew();
}

/** Takes away what compose windows say of messages that did not leave for locked keys. */
export function composeUnlocked() {
  return messenger.letterlockCompose?.unlocked();
}

/** @param {MessageList} list */
function only({ messages }) {
  return messages.length === 1 ? messages[0].id : null;
}
