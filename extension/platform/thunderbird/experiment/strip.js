"use strict";

/* The strip in one compose window: the switches Sign and Encrypt, and what is known of the recipients. compose.js loads
 * this file and says what happens beyond the window.
 *
 * The state of the switches lives here and not in the background, which Thunderbird suspends: what is seen is what is
 * done. The moment somebody presses Send or Save, the state is written into the message as the field X-Letterlock, which
 * sending.js takes out again. This file knows one window and who is written to in it; it refuses to know who can be
 * encrypted to, which the background says.
 *
 * The names used of the compose window, which is no published interface: gMsgCompose, gCurrentIdentity,
 * gComposeNotification, #composeContentBox, #recipientsContainer, mail-address-pill, #button-send, #msgSubject, the
 * events compose-from-changed and compose-send-message.
 */

const COMPOSE_FIELD = "X-Letterlock";
const COMPOSE_HTML = "http://www.w3.org/1999/xhtml";
/** Says of a draft which switches were on; kept outside of what is encrypted, as Thunderbird's own notes are. */
const DRAFT_FIELD = "X-Mozilla-Letterlock";
const WINDOW_STYLE = "chrome://letterlock-compose/content/window.css";
const COMPOSE_STYLE = "chrome://letterlock-compose/content/strip.css";

/** A person types an address letter by letter. */
const TYPING_MS = 250;

/** The strip in one compose window. */
this.LetterlockStrip = class {
  /**
   * @param {any} window
   * @param {(key: string, ...facts: string[]) => string} say
   * @param {{ People: any, onRecipients: Function, onAction: Function,
   *   startsWith: (address: string) => { sign: boolean, encrypt: string },
   *   original: (uri: string) => { shown: boolean, subject: string } | null, head: (uri: string) => Promise<string> }} needs
   *   `People`: of people.js; `original`: see reading.js; `head`: the header of a message
   */
  constructor(window, say, { People, onRecipients, onAction, startsWith, original, head }) {
    this.window = window;
    this.say = say;
    this.People = People;
    this.onRecipients = onRecipients;
    this.onAction = onAction;
    this.startsWith = startsWith;
    this.id = window.docShell.outerWindowID;
    this.original = original(window.gMsgCompose.originalMsgURI);
    this.quotes = this.original !== null;
    this.sign = this.encrypt = this.possible = false;
    /** The switches that the person has pressed: no setting changes them any more. */
    this.pressed = new Set();
    /** What the background said of the addresses that stand in the window; null: nothing yet. */
    this.known = null;
    this.asked = "";
    /** The address that a certificate is being looked for, and what was said of one that none was found for. */
    this.looking = "";
    this.#build();
    this.begin();
    this.#putSubject();
    void this.#continue(head);
    // Elsewhere the person may have set something else meanwhile.
    this.onAction(this.id, "opened", "", "");
  }

  /** The subject inside of the message that is answered, where Thunderbird knows only the one outside. */
  #putSubject() {
    const field = this.window.document.getElementById("msgSubject");
    if (this.original?.subject && field.value.includes("[...]")) {
      field.value = field.value.replace("[...]", () => this.original.subject);
      field.dispatchEvent(new this.window.Event("input", { bubbles: true }));
    }
  }

  /** A draft or a template is opened: what was on when it was kept is on again. @param {(uri: string) => Promise<string>} head */
  async #continue(head) {
    const { type, originalMsgURI } = this.window.gMsgCompose;
    const { Draft, Template, EditTemplate } = Ci.nsIMsgCompType;
    if (![Draft, Template, EditTemplate].includes(type) || !originalMsgURI) {
      return;
    }
    const kept = new RegExp(`^${DRAFT_FIELD}: sign\\r?$`, "im").test(await head(originalMsgURI));
    if (kept && !this.sign && !this.pressed.has("sign")) {
      this.press("sign");
    }
  }

  // --- The switches ---

  /** As the person has set it for the address that is written from; a text out of an encrypted message stays encrypted. */
  begin() {
    const { sign, encrypt } = this.startsWith(this.window.gCurrentIdentity?.email ?? "");
    if (!this.pressed.has("sign")) {
      this.sign = sign;
    }
    if (!this.pressed.has("encrypt")) {
      this.possible = encrypt === "possible" && !this.quotes;
      this.encrypt = encrypt === "always" || this.quotes;
    }
    this.asked = "";
    this.#recipientsChanged();
    this.#show();
  }

  /** A switch was pressed, or the button for the list of recipients. @param {string} name sign, encrypt or details */
  press(name) {
    if (name === "details") {
      this.#unfold();
      return;
    }
    this[name] = !this[name];
    this.pressed.add(name);
    if (name === "encrypt") {
      // The person decides now, not the list of recipients.
      this.possible = false;
    }
    this.#show();
    this.#ask();
  }

  /** What the background found out. @param {any} found `Description` of compose.json */
  describe(found) {
    if (found.asked !== this.asked) {
      return; // Of what stood there before.
    }
    this.known = found;
    this.looking = "";
    if (this.possible && !found.failed) {
      this.encrypt = found.everybody;
    }
    this.#show();
  }

  /** Somebody pressed Send or Save. @param {any} event cancelled where it must not go on */
  #sending(event) {
    const { Now, Later, Background } = Ci.nsIMsgCompDeliverMode;
    const leaves = [Now, Later, Background].includes(event.detail.msgType);
    const fields = this.window.gMsgCompose.compFields;
    fields.deleteHeader(COMPOSE_FIELD);
    fields.deleteHeader(DRAFT_FIELD);
    if (!leaves && this.sign) {
      fields.setHeader(DRAFT_FIELD, "sign");
    }
    const { Draft, Template, EditTemplate, EditAsNew } = Ci.nsIMsgCompType;
    if (this.original?.shown === false && [Draft, Template, EditTemplate, EditAsNew].includes(this.window.gMsgCompose.type)) {
      // In place of its text Thunderbird has our note: saved, that would replace the draft.
      event.preventDefault();
      this.tell(this.say("original_not_open"));
      return;
    }
    if (leaves && this.possible && (this.known === null || this.known.failed)) {
      event.preventDefault();
      this.tell(this.known?.failed || this.say("recipients_unsettled"));
      this.#ask();
      return;
    }
    let inClear = false;
    if (leaves && this.quotes && !this.encrypt) {
      inClear = this.#mayLeaveInClear();
      if (!inClear) {
        event.preventDefault();
        return;
      }
    }
    const encrypt = leaves ? this.encrypt : this.#keepsSecret();
    const words = [
      ...(this.sign ? ["sign"] : []),
      ...(encrypt ? ["encrypt"] : []),
      ...(this.quotes ? ["quotes"] : []),
      ...(inClear ? ["in-clear"] : []),
    ];
    if (this.sign || encrypt) {
      fields.setHeader(COMPOSE_FIELD, [...words, `window=${this.id}`].join(" "));
    }
  }

  /** Whether what is kept meanwhile is encrypted: also where the message may yet be, or has words that were. */
  #keepsSecret() {
    const somebodyMissing = this.known?.recipients.some(each => !each.good) ?? false;
    return this.encrypt || this.quotes || (this.possible && !somebodyMissing);
  }

  /** Asks before words that were encrypted leave in clear. Escape, and closing the question, are its second button. */
  #mayLeaveInClear() {
    const { prompt } = Services;
    const flags =
      prompt.BUTTON_POS_0 * prompt.BUTTON_TITLE_IS_STRING +
      prompt.BUTTON_POS_1 * prompt.BUTTON_TITLE_CANCEL +
      prompt.BUTTON_POS_1_DEFAULT;
    const words = [this.say("quote_title"), this.say("quote_in_clear")];
    return prompt.confirmEx(this.window, ...words, flags, this.say("send_in_clear"), null, null, null, {}) === 0;
  }

  /** Says why nothing left. @param {string} label  @param {boolean} [locked] unlocking the keys would help */
  tell(label, locked = false) {
    this.untell();
    const box = this.window.gComposeNotification;
    // Returning true keeps the notice: it goes when the keys are unlocked.
    const unlock = { label: this.say("unlock_keys"), callback: () => (this.onAction(this.id, "unlock", "", this.asked), true) };
    void box.appendNotification("letterlock", { label, priority: box.PRIORITY_CRITICAL_MEDIUM }, locked ? [unlock] : []);
  }

  /** Takes that away: it does not hold any more. */
  untell() {
    const box = this.window.gComposeNotification;
    const old = box.getNotificationWithValue("letterlock");
    if (old) {
      box.removeNotification(old);
    }
  }

  // --- The recipients ---

  #addresses() {
    const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
    const pills = [...this.window.document.querySelectorAll("#recipientsContainer mail-address-pill")];
    const found = pills.flatMap(each =>
      MailServices.headerParser.parseEncodedHeaderW(each.fullAddress ?? each.emailAddress).map(one => one.email)
    );
    return [...new Set(found.filter(Boolean))];
  }

  #recipientsChanged() {
    const now = this.#addresses().join("\n");
    if (now === this.asked && this.known) {
      return;
    }
    this.asked = now;
    this.known = null;
    this.window.clearTimeout(this.timer);
    this.timer = this.window.setTimeout(() => this.#ask(), TYPING_MS);
    this.#show();
  }

  /** Asks who can be encrypted to, where that matters to anybody. */
  #ask() {
    if (this.asked && (this.encrypt || this.possible || !this.list.hidden)) {
      this.onRecipients(this.id, this.asked);
    }
  }

  /** Somebody's certificate came or went: what is known is old. */
  renew() {
    this.looking = "";
    this.#ask();
  }

  // --- What is seen ---

  #build() {
    const { document } = this.window;
    this.host = this.#element("div", { id: "letterlock-strip" });
    const root = this.host.attachShadow({ mode: "open" });
    const style = this.#element("link", { rel: "stylesheet", href: COMPOSE_STYLE });
    const box = this.#element("section", { class: "strip", "aria-label": "Letterlock" });
    this.switches = ["sign", "encrypt"].map(name => {
      const button = this.#element("button", { type: "button", "data-switch": name, "aria-pressed": "false" });
      button.addEventListener("click", event => event.isTrusted && this.press(name));
      return button;
    });
    this.line = this.#element("p", { class: "line", role: "status" });
    this.more = this.#element("button", { type: "button", class: "more", "aria-expanded": "false" });
    this.more.textContent = this.say("recipients_show");
    this.more.addEventListener("click", event => event.isTrusted && this.#unfold());
    this.list = this.#element("ul", { class: "people", hidden: "" });
    this.people = new this.People(this.list, this.say, {
      onHelp: (action, address) => this.#help(action, address),
      leave: () => this.more.focus(),
    });
    box.append(...this.switches, this.line, this.more, this.list);
    root.append(style, box);
    document.getElementById("composeContentBox").before(this.host);
    this.window.windowUtils.loadSheetUsingURIString(WINDOW_STYLE, this.window.windowUtils.AUTHOR_SHEET);

    this.observer = new this.window.MutationObserver(() => this.#recipientsChanged());
    this.observer.observe(document.getElementById("recipientsContainer"), { childList: true, subtree: true });
    this.onSending = event => this.#sending(event);
    this.onFrom = () => this.begin();
    this.window.addEventListener("compose-send-message", this.onSending);
    this.window.addEventListener("compose-from-changed", this.onFrom);
    this.sendButton = document.getElementById("button-send");
    this.sendLabel = this.sendButton?.label;
  }

  #unfold() {
    this.list.hidden = !this.list.hidden;
    this.more.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#ask();
  }

  #show() {
    for (const button of this.switches) {
      const name = button.dataset.switch;
      const on = this[name];
      button.setAttribute("aria-pressed", String(on));
      button.textContent = this.say(`switch_${name}_${on ? "on" : "off"}`);
    }
    const missing = this.known?.recipients.filter(each => !each.good) ?? [];
    this.host.dataset.tone = this.encrypt && (missing.length || this.known?.failed) ? "caution" : "plain";
    this.line.textContent = this.#words(missing);
    this.people.show(this.known?.recipients ?? [], this.looking);
    if (this.sendButton) {
      const how = [this.sign && "signed", this.encrypt && "encrypted"].filter(Boolean).join("_");
      this.sendButton.label = how ? this.say(`send_${how}`) : this.sendLabel;
    }
  }

  #words(missing) {
    if (this.known?.failed) {
      return this.encrypt || this.possible ? this.known.failed : "";
    }
    if (!this.encrypt && !this.possible) {
      return "";
    }
    if (!this.asked) {
      return this.say("recipients_none");
    }
    if (this.known === null) {
      return this.say("recipients_checking");
    }
    return missing.length
      ? this.say(this.encrypt ? "recipients_missing" : "recipients_missing_clear", missing.map(each => each.address).join(", "))
      : this.say("recipients_all");
  }

  /** The person wants something done about an address. */
  #help(action, address) {
    if (this.looking) {
      return;
    }
    if (action === "find") {
      this.looking = address;
      this.#show();
    }
    this.onAction(this.id, action, address, this.asked);
  }

  remove() {
    this.observer.disconnect();
    this.window.clearTimeout(this.timer);
    this.window.removeEventListener("compose-send-message", this.onSending);
    this.window.removeEventListener("compose-from-changed", this.onFrom);
    if (this.sendButton) {
      this.sendButton.label = this.sendLabel;
    }
    this.host.remove();
    this.window.windowUtils.removeSheetUsingURIString(WINDOW_STYLE, this.window.windowUtils.AUTHOR_SHEET);
  }

  #element(name, attributes) {
    const element = this.window.document.createElementNS(COMPOSE_HTML, name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    return element;
  }
};
