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
 * @property {{ onSelectedMessagesChanged: Event<(tab: Tab, list: MessageList) => void> }} mailTabs
 * @property {{ getRaw(id: number, options: { data_format: "File" }): Promise<File> }} messages
 * @property {{ show(tab: number, message: number, content: BarContent): Promise<boolean>,
 *   displayed(tab: number): Promise<number | null>,
 *   clear(tab: number): Promise<void>,
 *   onAction: Event<(tab: number, message: number, action: string) => void> }} letterlockBar
 * @typedef {{ id: number }} Tab
 * @typedef {{ messages: { id: number }[] }} MessageList
 */

/**
 * @template {Function} Listener
 * @typedef {{ addListener(listener: Listener): void }} Event
 */

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
  messenger.letterlockBar.onAction.addListener(listener);
}

/**
 * Opens a page of the add-on in a window of its own.
 * @param {string} url
 * @param {{ width: number, height: number }} [size]
 */
export async function openWindow(url, { width, height } = { width: 720, height: 820 }) {
  await api.windows.create({ url, type: "popup", width, height });
}

/** @param {MessageList} list */
function only({ messages }) {
  return messages.length === 1 ? messages[0].id : null;
}
