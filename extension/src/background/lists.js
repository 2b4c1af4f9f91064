/**
 * What the list of a mail page knows about its messages: which are signed or encrypted. It is the page's own word, read
 * in the page's world for our content script there, and shown as a hint only.
 */

import { listedTypes } from "../adapters/roundcube/page-state.js";

/** How each mail client is asked, by adapter. @type {Readonly<Record<string, () => Record<string, string>>>} */
const ASKED = Object.freeze({ roundcube: listedTypes });

/** What a media type says. An application/pkcs7-mime may be either, and only opening it tells. */
const KINDS = new Map([
  ["multipart/signed", "signed"],
  ["application/pkcs7-mime", "smime"],
  ["application/x-pkcs7-mime", "smime"],
]);

/** Messages in one list. */
const MOST = 1_000;

export class Lists {
  /**
   * @param {(tab: number, frame: number, ask: () => any) => Promise<unknown>} runInPage
   * @param {() => Promise<boolean>} wanted   whether the person wants badges in lists at all
   */
  constructor(runInPage, wanted) {
    this.runInPage = runInPage;
    this.wanted = wanted;
  }

  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {{ adapter: string }} list
   */
  async kinds(channel, { adapter }) {
    const { tab, frame } = channel.sender;
    const ask = Object.hasOwn(ASKED, adapter) ? ASKED[adapter] : null;
    /** @type {Record<string, string>} */
    const kinds = {};
    if (ask && tab !== undefined && frame !== undefined && (await this.wanted())) {
      const said = await this.runInPage(tab, frame, ask).catch(() => null);
      for (const [uid, type] of Object.entries(said ?? {}).slice(0, MOST)) {
        const kind = typeof type === "string" ? KINDS.get(type.toLowerCase()) : undefined;
        if (kind && /^[\w.-]{1,40}$/.test(uid)) kinds[uid] = kind;
      }
    }
    channel.post({ name: "kinds", kinds });
  }
}
