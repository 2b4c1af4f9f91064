/**
 * Signing without the experiment: the message goes by way of a draft to the host, and signed into the Outbox.
 *
 * Encrypting is not done this way. A draft is in clear, and Thunderbird writes one before anybody can step in.
 *
 * When anything fails the message stays in its window, and nothing is in the Outbox.
 */

import * as plain from "../../browser/thunderbird-plain.js";
import { storedSource } from "../../browser/thunderbird.js";
import { failureWords, say } from "../../browser/words.js";
import { Failure } from "../../lib/failure.js";

/** What came of a message, for the page that says it. @typedef {{ signed: boolean, words: string }} Outcome */

export class Outbox {
  /**
   * @param {Pick<import("./writing.js").Writing, "protect">} writing
   * @param {(outcome: Outcome) => unknown} tell
   * @param {typeof plain} [thunderbird]
   */
  constructor(writing, tell, thunderbird = plain) {
    this.writing = writing;
    this.tell = tell;
    this.thunderbird = thunderbird;
  }

  /** Whether the message in a compose window is to be signed. @param {number} tab */
  async isOn(tab) {
    return plain.wantsSignature(await this.thunderbird.composed(tab));
  }

  /**
   * @param {number} tab
   * @param {boolean} on
   */
  switch(tab, on) {
    return this.thunderbird.wantSignature(tab, on, say(on ? "switch_sign_on" : "switch_sign_off"));
  }

  /**
   * Send was pressed. Thunderbird lets nobody save a draft before it has its answer, so that comes first.
   * @param {number} tab
   * @param {import("../../browser/thunderbird-plain.js").ComposeDetails} details
   * @returns {Promise<boolean>} whether the message stays
   */
  async beforeSend(tab, details) {
    if (!plain.wantsSignature(details)) return false;
    setTimeout(() => void this.send(tab), 0);
    return true;
  }

  /** @param {number} tab */
  async send(tab) {
    try {
      await this.switch(tab, false); // The wish is ours, and no part of the mail.
      const refused = await this.#signed(tab);
      if (refused) {
        await this.switch(tab, true);
        return this.tell({ signed: false, words: refused });
      }
      await this.thunderbird.closeTab(tab);
      this.tell({ signed: true, words: say("outbox_signed") });
    } catch (thrown) {
      await this.switch(tab, true).catch(() => {});
      const { sentence, advice } = failureWords(Failure.from(thrown));
      this.tell({ signed: false, words: say("outbox_refused", `${sentence} ${advice}`.trim()) });
    }
  }

  /**
   * @param {number} tab
   * @returns {Promise<string>} why it is not in the Outbox; empty: it is
   */
  async #signed(tab) {
    // What is refused stays as a draft, too: the window takes it for saved, and would close without asking.
    const { draft, isHere } = await this.thunderbird.savedDraft(tab);
    if (!isHere) return say("outbox_drafts_elsewhere");
    const wish = { sign: true, encrypt: false, draft: false, quotes: false, inClear: false };
    const answer = await this.writing.protect(wish, /** @type {File} */ (await storedSource(draft)));
    if ("refused" in answer) return say("outbox_refused", answer.refused);
    // The copy for Sent names those in Bcc: Thunderbird sends to them, and takes the field out.
    const kept = answer.made.find(({ role }) => role === "sent") ?? answer.made[0];
    await this.thunderbird.queue(kept.octets);
    await this.thunderbird.removeMessage(draft);
    return "";
  }
}
