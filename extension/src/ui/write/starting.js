/**
 * What a new letter starts with, as the person set it for the address it is from; until they decide for this letter.
 */

import { startsWith } from "../../lib/starts.js";

export class Starting {
  /**
   * @param {import("../manage/asking.js").Asking} asking
   * @param {{ sign: HTMLInputElement, encrypt: HTMLInputElement }} switches
   * @param {() => void} changed   is told when a switch was set
   */
  constructor(asking, { sign, encrypt }, changed) {
    this.asking = asking;
    this.switches = { sign, encrypt };
    this.changed = changed;
    /** @type {{ writing: import("../../lib/starts.js").WritingDefault[] }} */
    this.settings = { writing: [] };
    this.settled = false;
    /** The letter is encrypted as soon as everybody can read it. */
    this.possible = false;
    for (const box of [sign, encrypt]) box.addEventListener("change", () => this.settle());
  }

  /** Somebody decided: the person, or the message that is answered. */
  settle() {
    this.settled = true;
  }

  /** Without an answer the letter starts as the page does. */
  async load() {
    this.settings = await this.asking.ask("settings_list").catch(() => this.settings);
  }

  /** @param {string} address   the letter is from */
  begin(address) {
    const start = startsWith(this.settings, address);
    if (this.settled || !start) return;
    this.switches.sign.checked = start.sign;
    this.switches.encrypt.checked = start.encrypt !== "never";
    this.possible = start.encrypt === "possible";
    this.changed();
  }

  /** @param {boolean} everybody   can be encrypted to */
  known(everybody) {
    if (this.settled || !this.possible) return;
    this.switches.encrypt.checked = everybody;
    this.changed();
  }
}
