/**
 * Whom a letter goes to: who can be encrypted to is said as they are typed, and what helps with the others.
 */

import { button, element } from "../elements.js";
import { say } from "../../browser/words.js";
import { addresses } from "../../lib/letter.js";

/** @typedef {import("../../lib/protocol.js").RecipientAnswer} RecipientAnswer */

/** Milliseconds after the last letter that was typed. */
const PAUSE = 350;
/** Addresses that the host is asked about at once. */
const ASKED = 100;

export class Recipients {
  /**
   * @param {HTMLInputElement[]} fields
   * @param {HTMLElement} place
   * @param {{ asking: import("../manage/asking.js").Asking, tell: (words: string) => void, fail: (thrown: unknown) => void, known: (everybody: boolean) => void }} page
   */
  constructor(fields, place, { asking, tell, fail, known }) {
    this.fields = fields;
    this.place = place;
    this.asking = asking;
    this.tell = tell;
    this.fail = fail;
    this.known = known;
    this.looked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    for (const field of fields) {
      field.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.look(), PAUSE);
      });
    }
  }

  /** Asks who can be encrypted to. */
  async look() {
    const turn = ++this.looked;
    const typed = this.fields.flatMap(({ value }) => addresses(value).map(({ address }) => address)).slice(0, ASKED);
    if (typed.length === 0) return this.place.replaceChildren();
    try {
      const { recipients } = await this.asking.ask("recipients", { addresses: typed });
      if (turn !== this.looked) return;
      this.place.replaceChildren(...recipients.map((/** @type {RecipientAnswer} */ each) => this.#chip(each)));
      this.known(recipients.every((/** @type {RecipientAnswer} */ { can_encrypt }) => can_encrypt));
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** @param {RecipientAnswer} recipient */
  #chip({ address, can_encrypt, reasons }) {
    const why = reasons.map(({ sentence, advice }) => `${sentence} ${advice}`.trim()).join(" ");
    const made = element("li", { "data-can": can_encrypt ? "yes" : "no", title: why }, element("bdi", {}, address), " · ", say(can_encrypt ? "write_can" : "write_cannot"));
    if (!can_encrypt) made.append(" ", button(say("people_lookup_do"), () => void this.#lookUp(address), { class: "button button--quiet" }));
    return made;
  }

  /** @param {string} address */
  async #lookUp(address) {
    try {
      this.tell(say("people_looking"));
      const { places } = await this.asking.ask("people_lookup", { address, dns: false });
      const found = places.flatMap((/** @type {{ certificates: unknown[] }} */ place) => place.certificates).length;
      this.tell(say(places.length ? "people_found" : "people_nowhere", String(found)));
      await this.look();
    } catch (thrown) {
      this.fail(thrown);
    }
  }
}
