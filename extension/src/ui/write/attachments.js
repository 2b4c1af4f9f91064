/**
 * The files of a letter, as they are attached, dropped, or come along with what is forwarded.
 */

import { button, element } from "../elements.js";
import { say } from "../../browser/words.js";

/** A host takes mail up to this size, and the tab has to hold it. */
export const FILES_OCTETS = 40 * 1024 * 1024;

export class Attachments {
  /**
   * @param {HTMLElement} list
   * @param {() => void} onChange
   */
  constructor(list, onChange) {
    this.list = list;
    this.onChange = onChange;
    /** @type {File[]} */
    this.files = [];
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.#become([...this.files, ...files]);
  }

  /** @param {Iterable<File>} files */
  remove(files) {
    const gone = new Set(files);
    this.#become(this.files.filter((each) => !gone.has(each)));
  }

  /** Octets of all of them. */
  get size() {
    return this.files.reduce((sum, { size }) => sum + size, 0);
  }

  /** @param {File[]} files */
  #become(files) {
    this.files = files;
    const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
    this.list.replaceChildren(
      ...files.map((file) =>
        element(
          "li",
          {},
          element("bdi", {}, file.name),
          ` (${size.format(Math.ceil(file.size / 1000))}) `,
          button(say("write_detach"), () => this.remove([file]), { class: "button button--quiet", "aria-label": `${say("write_detach")}: ${file.name}` }),
        ),
      ),
    );
    this.onChange();
  }
}
