"use strict";

/* The list of recipients in the strip of a compose window (strip.js): each with the certificate that is used, or with why
 * there is none and two buttons that help. It knows what is shown and what was pressed; it refuses to know more.
 */

/** @typedef {{ address: string, good: boolean, line: string, find: boolean }} Recipient */

this.LetterlockPeople = class {
  /**
   * @param {any} element  a list in the document, which this fills
   * @param {(key: string) => string} say
   * @param {{ onHelp: (action: "find" | "import", address: string) => void, leave: () => void }} needs
   *   `leave`: the button that was worked by the keyboard is there no more; the focus goes elsewhere
   */
  constructor(element, say, { onHelp, leave }) {
    this.element = element;
    this.say = say;
    this.onHelp = onHelp;
    this.leave = leave;
  }

  /**
   * Shows the list anew; who works it by the keyboard stays where they are.
   * @param {Recipient[]} recipients
   * @param {string} looking  the address that a certificate is being looked for
   */
  show(recipients, looking) {
    const held = this.element.getRootNode().activeElement;
    const { address } = held?.closest("li")?.dataset ?? {};
    this.element.replaceChildren(...recipients.map(each => this.#person(each, each.address === looking)));
    if (address !== undefined) {
      const same = [...this.element.children].find(each => each.dataset.address === address);
      const button = same?.querySelector(`[data-action="${held.dataset.action}"]`);
      button ? button.focus() : this.leave();
    }
  }

  #person({ address, good, line, find }, looking) {
    const item = this.#element("li", { "data-good": String(good), "data-address": address });
    const name = this.#element("bdi", { class: "address" });
    name.textContent = address;
    const words = this.#element("span", { class: "words" });
    words.textContent = looking ? this.say("people_looking") : line;
    item.append(name, words, ...(find ? ["find", "import"].map(action => this.#button(action, address, looking)) : []));
    return item;
  }

  #button(action, address, looking) {
    const button = this.#element("button", { type: "button", "data-action": action, "aria-disabled": String(looking) });
    button.textContent = this.say(`recipient_${action}`);
    button.addEventListener("click", event => event.isTrusted && this.onHelp(action, address));
    return button;
  }

  #element(name, attributes) {
    const element = this.element.ownerDocument.createElementNS("http://www.w3.org/1999/xhtml", name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    return element;
  }
};
