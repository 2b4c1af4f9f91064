/**
 * What the add-on does in Thunderbird through published interfaces: the button in the toolbar and the entry in the menu
 * Tools, which lead to the pages for managing; and, where its experiment may not be used, verdicts on that button, and
 * signing through the Outbox.
 */

import { Outbox } from "../adapters/thunderbird/outbox.js";
import { clearButton, showOnButton } from "../adapters/thunderbird/plain.js";
import { keep, kept } from "../browser/keeping.js";
import { onBegin } from "../browser/runtime.js";
import * as plain from "../browser/thunderbird-plain.js";
import { say } from "../browser/words.js";
import { refusal } from "./gate.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../browser/thunderbird.js").BarContent} BarContent
 */

/** Says that something ends soon. White on it has at least 4.5 to 1. */
const NOTICE = { badge: "!", colour: "#814600" };

export class Plain {
  /**
   * Registers every listener, so it is made while the background starts.
   * @param {object} needs
   * @param {Pick<import("../adapters/thunderbird/writing.js").Writing, "protect">} needs.writing
   * @param {() => unknown} needs.manage                   opens the pages for managing
   * @param {(message: number) => unknown} needs.details   opens the details of a message
   * @param {{ show: (tab: number, message: number, content: BarContent) => Promise<boolean>,
   *   clear: (tab: number) => Promise<void>, displayedIn: (tab: number) => Promise<number | null> }} needs.bar
   */
  constructor({ writing, manage, details, bar }) {
    this.details = details;
    this.manage = manage;
    this.bar = bar;
    /** The message that each tab's button speaks of. @type {Map<number, number>} */
    this.said = new Map();
    /** What came of the last message that was to be signed. @type {import("../adapters/thunderbird/outbox.js").Outcome | null} */
    this.outcome = null;
    this.outbox = new Outbox(writing, (outcome) => this.#tell(outcome));
    plain.onButton((tab) => void this.pressed(tab));
    plain.inToolsMenu(say("manage_open"), manage);
    plain.onBeforeSend((tab, composed) => this.outbox.beforeSend(tab, composed));
    onBegin(() => void this.begin());
  }

  /** Whether the experiment may not be used. */
  async isLimited() {
    return (await plain.misfit()) !== null;
  }

  /** Says once for each version of Thunderbird that there is less than usual. */
  async begin() {
    const found = await plain.misfit();
    if (found === null || (await kept("limits")) === found.version) return;
    await keep("limits", found.version);
    await plain.openLimits("ui/limits.html");
  }

  /**
   * @param {number} tab
   * @param {number} message
   * @param {BarContent} content
   */
  async show(tab, message, content) {
    if (!(await this.isLimited()) && (await this.bar.show(tab, message, content))) return true;
    // Asked again: only with the window before it did the bar see what is not there.
    if (!(await this.isLimited())) return false;
    this.said.set(tab, message);
    return showOnButton(tab, message, content);
  }

  /** @param {number} tab */
  async clear(tab) {
    if (!(await this.isLimited())) return this.bar.clear(tab);
    this.said.delete(tab);
    return clearButton(tab);
  }

  /** @param {number} tab */
  async displayedIn(tab) {
    return (await this.isLimited()) ? plain.displayedIn(tab) : this.bar.displayedIn(tab);
  }

  /**
   * A tab shows another message: nothing said of the one before may stay on the button.
   * @param {number} tab
   * @param {number | null} message
   */
  changed(tab, message) {
    const before = this.said.get(tab);
    if (before === undefined || before === message) return;
    this.said.delete(tab);
    void clearButton(tab);
  }

  /** The button leads to the message that it speaks of, else to the pages for managing. @param {number} tab */
  async pressed(tab) {
    const message = (await this.isLimited()) ? await plain.displayedIn(tab) : null;
    if (message === null) await this.manage();
    else await this.details(message);
  }

  /** Certificates of the person's end soon, or no longer. @param {boolean} announced */
  announce(announced) {
    return plain.setButton(null, announced ? { title: say("notices_badge"), ...NOTICE } : null);
  }

  /**
   * The page for signing, which is also the popup in a compose window.
   * @param {Channel} channel
   */
  serve(channel) {
    channel.onMessage((message) => {
      if (refusal(message, "signing") !== null) return channel.close();
      void this.#answer(channel, message);
    });
  }

  /**
   * @param {Channel} channel
   * @param {any} message
   */
  async #answer(channel, message) {
    if (message.name === "signing.outcome") return channel.post({ name: "signing.outcome", outcome: this.outcome });
    if (message.name === "signing.set") await this.outbox.switch(message.tab, message.on);
    channel.post({ name: "signing.state", on: await this.outbox.isOn(message.tab) });
  }

  /** @param {import("../adapters/thunderbird/outbox.js").Outcome} outcome */
  #tell(outcome) {
    this.outcome = outcome;
    void plain.openLimits("ui/signing.html?outcome");
  }
}
