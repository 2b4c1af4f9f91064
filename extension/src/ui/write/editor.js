/**
 * The text of a letter, with formatting. What is typed stays in this page; what goes out of it is written by lib/rich.js,
 * whatever the browser's own editing has put into the tree.
 */

import { simplified } from "./pasted.js";
import { button, element } from "../elements.js";
import { say } from "../../browser/words.js";
import { PICTURE } from "../../lib/choices.js";
import { PICTURE_ID, isFormatted, linkTarget, picturesIn, toHtml, toText } from "../../lib/rich.js";

/**
 * What the bar does, by the browser's names for it. `state`: pressed where it holds already.
 * @type {readonly { command: string, words: string, state?: boolean, style?: string }[]}
 */
const COMMANDS = [
  { command: "bold", words: "edit_bold", state: true, style: "bold" },
  { command: "italic", words: "edit_italic", state: true, style: "italic" },
  { command: "insertUnorderedList", words: "edit_list", state: true },
  { command: "insertOrderedList", words: "edit_numbers", state: true },
];

/** Marks what was quoted when the letter began. */
export const QUOTED = "data-quoted";

export class Editor {
  /**
   * @param {HTMLElement} place    is typed in
   * @param {HTMLElement} toolbar
   * @param {() => void} onChange
   */
  constructor(place, toolbar, onChange) {
    this.place = place;
    this.toolbar = toolbar;
    this.onChange = onChange;
    /** The pictures in the text, by their names. @type {Map<string, File>} */
    this.pictures = new Map();
    /** Where a link is to be put. @type {Range | null} */
    this.range = null;
    // Lines are paragraphs in both browsers, and formatting is elements, not styles.
    document.execCommand("defaultParagraphSeparator", false, "div");
    document.execCommand("styleWithCSS", false, "false");
    this.#buildToolbar();
    place.addEventListener("paste", (event) => this.#paste(event));
    place.addEventListener("drop", (event) => this.#drop(event));
    place.addEventListener("input", () => this.onChange());
    place.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        this.#askForLink();
      }
    });
    document.addEventListener("selectionchange", () => this.#showState());
  }

  /** What is sent: null for the HTML where plain text says as much. */
  content() {
    const used = picturesIn(this.place);
    const pictures = [...new Set(used)].flatMap((id) => {
      const file = this.pictures.get(id);
      return file ? [{ id, file }] : [];
    });
    return { text: toText(this.place), html: isFormatted(this.place) ? toHtml(this.place) : null, pictures };
  }

  /** Everything, to be kept and begun with again. */
  draft() {
    return toHtml(this.place);
  }

  get empty() {
    return this.place.textContent?.trim() === "" && picturesIn(this.place).length === 0;
  }

  /** @param {...Node} nodes  that are made here, or by `simplified` */
  begin(...nodes) {
    this.place.replaceChildren(...nodes);
    for (const image of this.place.querySelectorAll("img")) this.#showPicture(image);
  }

  /**
   * What was kept.
   * @param {string} html
   * @param {Map<string, File>} pictures
   */
  goOn(html, pictures) {
    this.pictures = pictures;
    this.begin(simplified(html, { pictures: true }));
  }

  /** Takes away what was quoted. */
  withoutQuote() {
    for (const quoted of this.place.querySelectorAll(`[${QUOTED}]`)) quoted.remove();
    this.onChange();
  }

  /** The caret before everything. */
  focus() {
    this.place.focus();
    getSelection()?.collapse(this.place.firstChild ?? this.place, 0);
  }

  /** @param {File} file */
  addPicture(file) {
    const id = `${crypto.randomUUID()}@letterlock`;
    this.pictures.set(id, file);
    const image = element("img", { [PICTURE_ID]: id, alt: file.name });
    this.#showPicture(image);
    const range = this.#selected() ?? document.createRange();
    if (!this.place.contains(range.startContainer)) range.selectNodeContents(this.place);
    range.collapse(false);
    range.insertNode(image);
    range.setStartAfter(image);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    this.onChange();
  }

  /** @param {HTMLImageElement} image */
  #showPicture(image) {
    const file = this.pictures.get(image.getAttribute(PICTURE_ID) ?? "");
    if (!file) return image.remove();
    const url = URL.createObjectURL(file);
    image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
    image.src = url;
  }

  // --- The bar ---

  #buildToolbar() {
    for (const { command, words, style = "" } of COMMANDS) {
      this.#tool(say(words), () => this.#run(command), { "data-command": command, "data-style": style, "aria-pressed": "false" });
    }
    this.#tool(say("edit_quote"), () => this.#quote(), { "data-command": "quote", "aria-pressed": "false" });
    this.#tool(say("edit_link"), () => this.#askForLink(), { "data-command": "link" });
    this.#tool(say("edit_plain"), () => this.#plain(), { "data-command": "plain" });
    // One stop of the Tab key for all of them, arrows within (ARIA Authoring Practices, toolbar).
    this.toolbar.addEventListener("keydown", (event) => {
      const tools = this.#tools();
      const at = tools.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: tools.length - 1 - at }[event.key];
      if (step === undefined || at < 0) return;
      event.preventDefault();
      this.#reach(tools[(at + step + tools.length) % tools.length]).focus();
    });
    this.#reach(this.#tools()[0]);
  }

  /**
   * @param {string} words
   * @param {() => void} act
   * @param {Record<string, string>} attributes
   */
  #tool(words, act, attributes) {
    const tool = button(words, act, { class: "button button--quiet", tabindex: "-1", ...attributes });
    // The selection stays where it is.
    tool.addEventListener("mousedown", (event) => event.preventDefault());
    this.toolbar.append(tool);
  }

  #tools() {
    return /** @type {HTMLButtonElement[]} */ ([...this.toolbar.querySelectorAll("button[data-command]")]);
  }

  /** @param {HTMLButtonElement} tool */
  #reach(tool) {
    for (const each of this.#tools()) each.tabIndex = each === tool ? 0 : -1;
    return tool;
  }

  #showState() {
    const range = this.#selected();
    if (!range) return;
    for (const { command } of COMMANDS) this.#press(command, document.queryCommandState(command));
    this.#press("quote", this.#quoteAround(range) !== null);
  }

  /** @param {string} command @param {boolean} on */
  #press(command, on) {
    this.toolbar.querySelector(`[data-command="${command}"]`)?.setAttribute("aria-pressed", String(on));
  }

  /** @param {string} command @param {string} [value] */
  #run(command, value) {
    if (!this.#selected()) this.place.focus();
    document.execCommand(command, false, value);
    this.#showState();
    this.onChange();
  }

  #quote() {
    const range = this.#selected();
    this.#run(range && this.#quoteAround(range) ? "outdent" : "indent");
  }

  #plain() {
    this.#run("removeFormat");
    this.#run("unlink");
  }

  // --- Links ---

  #askForLink() {
    if (this.toolbar.querySelector("form")) return;
    this.range = this.#selected()?.cloneRange() ?? null;
    const address = element("input", { type: "text", inputmode: "url", spellcheck: "false", autocomplete: "off", "aria-label": say("edit_link_address"), placeholder: "https://" });
    const row = element("form", { class: "link" }, address, element("button", { type: "submit", class: "button" }, say("edit_link_set")), button(say("edit_link_cancel"), () => end(), { class: "button button--quiet" }));
    const end = () => {
      row.remove();
      this.#comeBack();
    };
    row.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      const target = linkTarget(address.value);
      if (!target) {
        address.setAttribute("aria-invalid", "true");
        return;
      }
      end();
      this.#link(target);
    });
    row.addEventListener("keydown", (event) => {
      if (event.key === "Escape") end();
    });
    this.toolbar.append(row);
    address.focus();
  }

  /** @param {string} target */
  #link(target) {
    const range = this.#selected();
    if (!range || range.collapsed) return this.#insert(element("a", { href: target }, target));
    this.#run("createLink", target);
  }

  #comeBack() {
    this.place.focus();
    if (!this.range) return;
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(this.range);
  }

  // --- What comes from elsewhere ---

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const { clipboardData } = event;
    if (!clipboardData) return;
    event.preventDefault();
    this.#take(clipboardData);
  }

  /** @param {DragEvent} event */
  #drop(event) {
    const { dataTransfer } = event;
    // Files that are no pictures are attached, by whoever is around the editor.
    if (!dataTransfer || [...dataTransfer.files].some(({ type }) => !PICTURE.test(type))) return;
    event.preventDefault();
    event.stopPropagation();
    this.place.focus();
    this.#take(dataTransfer);
  }

  /** @param {DataTransfer} data */
  #take(data) {
    const pictures = [...data.files].filter(({ type }) => PICTURE.test(type));
    const html = data.getData("text/html");
    if (pictures.length > 0) for (const file of pictures) this.addPicture(file);
    else if (html) this.#insert(simplified(html));
    else this.#run("insertText", data.getData("text/plain"));
  }

  /**
   * The browser puts it in, so that it can be undone. It is written anew before: elements without attributes but a link's
   * address, and text.
   * @param {Node} content
   */
  #insert(content) {
    const holder = element("div", {}, content);
    this.#run("insertHTML", toHtml(holder));
  }

  /** The selection, if it is in the text. @returns {Range | null} */
  #selected() {
    const selection = getSelection();
    const range = selection?.rangeCount ? selection.getRangeAt(0) : null;
    return range && this.place.contains(range.commonAncestorContainer) ? range : null;
  }

  /** @param {Range} range */
  #quoteAround({ commonAncestorContainer: node }) {
    const around = (node instanceof Element ? node : node.parentElement)?.closest("blockquote") ?? null;
    return around && this.place.contains(around) ? around : null;
  }
}
