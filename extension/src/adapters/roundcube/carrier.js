/**
 * Sending through Roundcube itself, with the session of whoever is logged in and no mail password: the finished message
 * is imported into Drafts, octet by octet, and then resent from there ("bounce") to the recipients that it is for.
 *
 * Roundcube's page is not touched and none of its code is called; the requests are those that it makes itself. Nothing of
 * what they answer is believed but that and what Roundcube did.
 */

import { leadingObject } from "./environment.js";
import { ENV, ENVIRONMENT_CALL, FOLDER_CLASSES, IDENTITIES, IDENTITY, IDENTITY_CHOICES, REFUSAL_PAGE } from "./selectors.js";
import { Refused } from "../carrier.js";

/** Octets looked at in one piece; what is looked for is short, and looked for across the seam. */
const PIECE = 4 * 1024 * 1024;
const SEAM = 256;
/** Seconds for a request that sends nothing large. */
const QUICK = 60;

/**
 * What Roundcube's import would change: it takes a line that begins with "From " after an empty one for the beginning of
 * the next message, and takes a ">" away before others.
 */
const CHANGED = /(?:^|\n)[ \t\v\0]*\r?\nFrom .|\n>+From /;

/** @implements {Carrier} */
export class RoundcubeCarrier {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
  }

  /** @param {AbortSignal} signal */
  async addresses(signal) {
    await this.#session(signal);
    const page = await this.#page({ _task: "settings", _action: "identities" }, signal);
    return addressesIn(IDENTITIES.exec(page)?.[0] ?? "");
  }

  /**
   * @param {Blob} message
   * @param {import("../carrier.js").Envelope} envelope
   * @param {AbortSignal} signal
   */
  async prepare(message, envelope, signal) {
    const session = await this.#session(signal);
    const uid = await this.#import(session, session.drafts, message, envelope.messageId, signal);
    const form = await this.#page({ _task: "mail", _action: "bounce", _uid: uid, _mbox: session.drafts, _framed: "1" }, signal);
    const choices = [...(IDENTITY_CHOICES.exec(form)?.[0] ?? "").matchAll(IDENTITY)];
    const own = choices.find(([, , words]) => addressesIn(words).includes(envelope.sender.toLowerCase()))?.[1];
    if (own === undefined) {
      await this.#remove(session, session.drafts, uid);
      throw new Refused(`no identity ${envelope.sender}`);
    }
    return {
      submit: () => this.#resend(session, uid, own, envelope),
      done: () => this.#remove(session, session.drafts, uid),
    };
  }

  /**
   * @param {Blob} message
   * @param {{ messageId: string, again: boolean }} copy
   * @param {AbortSignal} signal
   */
  async keep(message, { messageId, again }, signal) {
    const session = await this.#session(signal);
    if (session.sent === "") throw new Refused("no folder for sent mail");
    // An earlier attempt may have come further than anybody knows.
    const known = again ? await this.#find(session, session.sent, messageId, signal) : null;
    const uid = known ?? (await this.#import(session, session.sent, message, messageId, signal));
    await this.#post(session, { _task: "mail", _action: "mark" }, { _uid: uid, _mbox: session.sent, _flag: "read", _quiet: "1", _remote: "1" }, signal).catch(() => {
      // An unread copy is a copy.
    });
  }

  // --- Inside

  /**
   * The state of a page that is fetched now: the one that is shown may be hours old, and its session ended.
   * @param {AbortSignal} signal
   * @returns {Promise<Session>}
   */
  async #session(signal) {
    const page = await this.#page({ _task: "mail" }, signal);
    const at = page.indexOf(ENVIRONMENT_CALL);
    const env = at < 0 ? null : leadingObject(page.slice(at + ENVIRONMENT_CALL.length));
    const token = String(env?.[ENV.token] ?? "");
    if (env === null || env[ENV.task] !== "mail" || token === "") throw new Refused("not logged in");
    const folders = Object.entries(/** @type {Record<string, { class?: string }>} */ (env[ENV.folders] ?? {}));
    const named = (/** @type {string} */ kind) => folders.find(([, folder]) => folder?.class === kind)?.[0] ?? "";
    const drafts = named(FOLDER_CLASSES.drafts) || String(env[ENV.drafts] ?? "");
    if (drafts === "") throw new Refused("no folder for drafts");
    return { token, drafts, sent: named(FOLDER_CLASSES.sent) };
  }

  /**
   * @param {Session} session
   * @param {string} folder
   * @param {Blob} message
   * @param {string} messageId
   * @param {AbortSignal} signal
   * @returns {Promise<string>} its UID
   */
  async #import(session, folder, message, messageId, signal) {
    if (await changes(message)) throw new Refused("Roundcube would change it");
    const body = new FormData();
    body.append("_token", session.token);
    body.append("_file[]", message, "letter.eml");
    const said = await this.#ask(session, { _task: "mail", _action: "import", _mbox: folder, _remote: "1" }, body, signal);
    const { kind, words } = notice(said);
    if (kind !== "confirmation") throw new Refused(words || "not imported");
    const uid = await this.#find(session, folder, messageId, signal);
    if (uid === null) throw new Refused("imported and not found");
    return uid;
  }

  /**
   * @param {Session} session
   * @param {string} folder
   * @param {string} messageId  with its angle brackets
   * @param {AbortSignal} signal
   * @returns {Promise<string | null>}
   */
  async #find(session, folder, messageId, signal) {
    // Roundcube takes anything in angle brackets for a tag, and hands the rest on to the IMAP server.
    const id = messageId.replace(/^<|>$/g, "");
    if (!/^[!#-;=?-[\]-~]+$/.test(id)) throw new Refused("no identifier that can be looked for");
    const query = { _task: "mail", _action: "search", _mbox: folder, _q: "", _scope: "base", _filter: `HEADER Message-ID "${id}"`, _remote: "1" };
    const said = await this.#ask(session, query, null, signal);
    const uids = [...said.matchAll(/\badd_message_row\((\d+),/g)].map(([, uid]) => Number(uid));
    return uids.length ? String(Math.max(...uids)) : null;
  }

  /**
   * The one request that must not be made twice. It is not stopped: only its answer tells what happened.
   * @param {Session} session
   * @param {string} uid
   * @param {string} identity
   * @param {import("../carrier.js").Envelope} envelope
   */
  async #resend(session, uid, identity, { recipients }) {
    const fields = { _token: session.token, _from: identity, _to: recipients.join(", "), _cc: "", _bcc: "", _store_target: "" };
    const response = await this.#fetch({ _task: "mail", _action: "bounce", _uid: uid, _mbox: session.drafts, _framed: "1" }, { method: "POST", body: new URLSearchParams(fields) });
    const text = await response.text();
    const { kind, words } = notice(commands(text));
    if (response.ok && kind === "confirmation") return;
    if (kind === "error" || kind === "warning") throw new Refused(words);
    if (/\bsession_error\(/.test(text) || REFUSAL_PAGE.test(text)) throw new Refused("not logged in");
    if (response.status >= 400 && response.status < 500) throw new Refused(`HTTP ${response.status}`);
    throw new Error(`Roundcube answered ${response.status}`);
  }

  /**
   * @param {Session} session
   * @param {string} folder
   * @param {string} uid
   */
  async #remove(session, folder, uid) {
    await this.#post(session, { _task: "mail", _action: "delete" }, { _uid: uid, _mbox: folder, _remote: "1" }).catch(() => {
      // What is left in Drafts was sent, or says by itself that it was not.
    });
  }

  /**
   * @param {Session} session
   * @param {Record<string, string>} query
   * @param {Record<string, string>} fields
   * @param {AbortSignal} [signal]
   */
  #post(session, query, fields, signal) {
    return this.#ask(session, query, new URLSearchParams(fields), signal);
  }

  /**
   * A request as Roundcube's own scripts make them, and the commands that it answers with.
   * @param {Session} session
   * @param {Record<string, string>} query
   * @param {BodyInit | null} body
   * @param {AbortSignal} [signal]
   */
  async #ask(session, query, body, signal) {
    const headers = { "X-Roundcube-Request": session.token };
    const response = await this.#fetch(query, { method: body === null ? "GET" : "POST", body, headers, signal });
    const text = commands(await response.text());
    if (!response.ok) throw new Refused(`HTTP ${response.status}`);
    if (/\bsession_error\(/.test(text)) throw new Refused("not logged in");
    return text;
  }

  /**
   * @param {Record<string, string>} query
   * @param {AbortSignal} signal
   * @returns {Promise<string>} its source, which is looked through and never made a document of
   */
  async #page(query, signal) {
    const response = await this.#fetch(query, { signal: AbortSignal.any([signal, AbortSignal.timeout(QUICK * 1000)]) });
    if (!response.ok) throw new Refused(`HTTP ${response.status}`);
    return response.text();
  }

  /**
   * @param {Record<string, string>} query
   * @param {RequestInit} init
   */
  #fetch(query, init) {
    const url = new URL("./", this.document.location.href);
    url.search = new URLSearchParams(query).toString();
    return fetch(url, { ...init, credentials: "same-origin", cache: "no-store", redirect: "error" });
  }
}

/**
 * The commands in an answer, which come as JSON or in a script.
 * @param {string} text
 */
function commands(text) {
  try {
    return String(JSON.parse(text).exec ?? "");
  } catch {
    return text;
  }
}

/**
 * What Roundcube tells the person.
 * @param {string} said
 */
function notice(said) {
  const [, quoted = '""', kind = ""] = /\bdisplay_message\(("(?:[^"\\]|\\.)*"),"(\w+)"/.exec(said) ?? [];
  try {
    return { kind, words: String(JSON.parse(quoted)).slice(0, 200) };
  } catch {
    return { kind, words: "" };
  }
}

/**
 * The addresses in some markup, in lower case.
 * @param {string} markup
 */
function addressesIn(markup) {
  const text = markup.replace(/&(?:lt|gt|quot|#0?39);/g, " ").replace(/&amp;/g, "&");
  return (text.match(/[^\s<>"']+@[^\s<>"']+/g) ?? []).map((address) => address.toLowerCase());
}

/** @param {Blob} message */
async function changes(message) {
  for (let at = 0; at < message.size; at += PIECE) {
    const octets = await message.slice(Math.max(0, at - SEAM), at + PIECE).arrayBuffer();
    if (CHANGED.test(new TextDecoder("latin1").decode(octets))) return true;
  }
  return false;
}

/**
 * @typedef {import("../carrier.js").Carrier} Carrier
 * @typedef {{ token: string, drafts: string, sent: string }} Session
 */
