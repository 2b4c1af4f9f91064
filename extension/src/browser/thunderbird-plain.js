/**
 * What Thunderbird's published interfaces offer beside the experiment: the button in the toolbar, the menu, and, in the
 * package without an experiment, the Outbox.
 */

import { api } from "./api.js";
import { ownUrl } from "./runtime.js";

/**
 * Why the add-on may not use its experiment. `absent`: the package has none; `outside`: this is no version that it was
 * tried with (`tried`); `missing`: what it uses and what is not there.
 * @typedef {{ version: string, tried: string, absent: boolean, outside: boolean, missing: string[] }} Misfit
 */

/**
 * The parts of Thunderbird's interface that are used here.
 * @typedef {object} Messenger
 * @property {{ misfit(): Promise<Omit<Misfit, "absent"> | null> }} [letterlockFit]
 * @property {{ getBrowserInfo(): Promise<{ version: string }> }} runtime
 * @property {{ getDisplayedMessages(tab: number): Promise<{ messages: { id: number }[] }> }} messageDisplay
 * @property {{ getSelectedMessages(tab: number): Promise<{ messages: { id: number }[] }> }} mailTabs
 * @property {{ get(id: number): Promise<{ subject: string }>,
 *   getRaw(id: number, options: { data_format: "File" }): Promise<File>,
 *   import(file: File, folder: string, properties: object): Promise<{ id: number }>,
 *   delete(ids: number[], options: { deletePermanently: boolean }): Promise<void> }} messages
 * @property {{ query(info: { specialUse: string[], accountId?: string }): Promise<{ id: string, accountId: string }[]> }} folders
 * @property {{ get(id: string): Promise<{ type: string } | null> }} accounts
 * @property {{ onBeforeSend?: { addListener(listener: (tab: { id: number }, details: ComposeDetails) => unknown): void },
 *   getComposeDetails(tab: number): Promise<ComposeDetails>,
 *   setComposeDetails(tab: number, details: Partial<ComposeDetails>): Promise<void>,
 *   saveMessage(tab: number, options: { mode: "draft" }): Promise<{ messages: { id: number, folder: { accountId: string } }[] }> }} [compose]
 * @property {{ setBadgeText(details: object): Promise<void>, setTitle(details: object): Promise<void> }} [composeAction]
 * @property {{ create(entry: { id: string, title: string, contexts: string[] }, done: () => void): unknown,
 *   onClicked: { addListener(listener: (clicked: { menuItemId: string | number }) => void): void } }} menus
 *
 * @typedef {{ customHeaders: { name: string, value: string }[], identityId?: string }} ComposeDetails
 */

const messenger = /** @type {Messenger} */ (/** @type {unknown} */ (api));

/** Whether the package brings no experiment. */
export const isPlain = messenger.letterlockFit === undefined;

/** @returns {Promise<Misfit | null>} null: everything may be used */
export async function misfit() {
  const found = await messenger.letterlockFit?.misfit();
  if (found === null) return null;
  if (found !== undefined) return { ...found, absent: false };
  const { version } = await messenger.runtime.getBrowserInfo();
  return { version, tried: "", absent: true, outside: false, missing: [] };
}

/**
 * The one message that a tab displays, or that is selected in it where Thunderbird displays none.
 * @param {number} tab
 * @returns {Promise<number | null>}
 */
export async function displayedIn(tab) {
  // A three-pane tab is asked for what is selected: it waits for ever for a message that it cannot display.
  const found = await messenger.mailTabs.getSelectedMessages(tab).catch(() => messenger.messageDisplay.getDisplayedMessages(tab).catch(() => null));
  return found?.messages.length === 1 ? found.messages[0].id : null;
}

/** @param {number} message @returns {Promise<string>} */
export async function subjectOf(message) {
  return (await messenger.messages.get(message)).subject;
}

// The button in the toolbar.

/**
 * Says something on the button, for a tab or for all.
 * @param {number | null} tab
 * @param {{ title: string, badge: string, colour: string } | null} said  null: what is said where there is nothing to say
 */
export async function setButton(tab, said) {
  const where = tab === null ? {} : { tabId: tab };
  const { action } = api;
  try {
    await Promise.all([
      action.setTitle({ ...where, title: said?.title ?? /** @type {any} */ (null) }),
      action.setBadgeText({ ...where, text: said?.badge ?? /** @type {any} */ (null) }),
      action.setBadgeBackgroundColor({ ...where, color: said?.colour ?? /** @type {any} */ (null) }),
    ]);
  } catch {
    // The tab was closed meanwhile.
  }
}

/** @param {(tab: number) => void} listener  called when the button is pressed */
export function onButton(listener) {
  api.action.onClicked.addListener((tab) => {
    if (tab.id !== undefined) listener(tab.id);
  });
}

/**
 * Puts an entry into the menu Tools.
 * @param {string} title
 * @param {() => void} listener
 */
export function inToolsMenu(title, listener) {
  // A woken background finds its entry there: Thunderbird keeps it.
  messenger.menus.create({ id: "letterlock-tools", title, contexts: ["tools_menu"] }, () => void api.runtime.lastError);
  messenger.menus.onClicked.addListener(({ menuItemId }) => {
    if (menuItemId === "letterlock-tools") listener();
  });
}

// Writing without an experiment. The wish to sign is kept in the message itself, where it outlives a suspended background.

const WISH = { name: "X-Letterlock", value: "sign" };

/** @param {ComposeDetails} details */
const others = ({ customHeaders }) => customHeaders.filter(({ name }) => name !== WISH.name);

/** @param {ComposeDetails} details */
export function wantsSignature({ customHeaders }) {
  return customHeaders.some(({ name, value }) => name === WISH.name && value === WISH.value);
}

/** @param {number} tab */
export async function composed(tab) {
  return /** @type {Required<Messenger>} */ (messenger).compose.getComposeDetails(tab);
}

/**
 * @param {number} tab
 * @param {boolean} wanted
 * @param {string} title  of the button in the compose window
 */
export async function wantSignature(tab, wanted, title) {
  const { compose, composeAction } = /** @type {Required<Messenger>} */ (messenger);
  await compose.setComposeDetails(tab, { customHeaders: [...others(await compose.getComposeDetails(tab)), ...(wanted ? [WISH] : [])] });
  await composeAction.setBadgeText({ tabId: tab, text: wanted ? "✓" : "" });
  await composeAction.setTitle({ tabId: tab, title });
}

/**
 * Calls the listener when somebody presses Send, where the package may look at what is sent. The message stays where the
 * listener answers true.
 * @param {(tab: number, details: ComposeDetails) => Promise<boolean>} listener
 */
export function onBeforeSend(listener) {
  messenger.compose?.onBeforeSend?.addListener(async ({ id }, details) => ({ cancel: await listener(id, details) }));
}

/**
 * Has Thunderbird write the message in a compose window, as a draft.
 * @param {number} tab
 * @returns {Promise<{ draft: number, isHere: boolean }>}  `isHere`: it is on this computer, and on no server
 */
export async function savedDraft(tab) {
  const { compose } = /** @type {Required<Messenger>} */ (messenger);
  const [{ id, folder }] = (await compose.saveMessage(tab, { mode: "draft" })).messages;
  const account = await messenger.accounts.get(folder.accountId);
  return { draft: id, isHere: ["none", "local", "pop3"].includes(account?.type ?? "") };
}

/** Puts a finished message into the Outbox. @param {Blob} octets */
export async function queue(octets) {
  const [outbox] = await messenger.folders.query({ specialUse: ["outbox"] });
  await messenger.messages.import(new File([octets], "letterlock.eml"), outbox.id, { read: true });
}

/** @param {number} message */
export function removeMessage(message) {
  return messenger.messages.delete([message], { deletePermanently: true });
}

/** @param {number} tab */
export function closeTab(tab) {
  return api.tabs.remove(tab);
}

/** The compose window that a popup of ours stands over. @returns {Promise<number | null>} */
export async function composeTab() {
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab?.id ?? null;
}

/** A page of ours, by path, in a window of its own. @param {string} path */
export async function openLimits(path) {
  await api.windows.create({ url: ownUrl(path), type: "popup", width: 640, height: 560 });
}
