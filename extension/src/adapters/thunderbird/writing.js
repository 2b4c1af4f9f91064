/**
 * What a message becomes on its way out, and what is known of those it is for.
 *
 * It hands a finished message to the host and gives back what the host made, or why nothing was made, in the host's
 * words. Thunderbird's own notes in the head of a message that is kept here (which identity, which folder for the copy)
 * are no part of the mail: they stay outside of what is signed or encrypted.
 */

import { failureWords, language, say } from "../../browser/words.js";
import { Failure } from "../../lib/failure.js";
import { fromBase64 } from "../../lib/octets.js";
import { blobSource } from "../../lib/source.js";

/**
 * @typedef {import("../../browser/thunderbird.js").Outgoing} Outgoing
 * @typedef {import("../../browser/thunderbird.js").Protected} Protected
 * @typedef {import("../../browser/thunderbird.js").Recipients} Recipients
 * @typedef {import("../../lib/host.js").Host} Host
 */

/** Fields that Thunderbird writes for itself into messages it keeps, with their continuation lines. */
const NOTES = /^(?:X-Mozilla-[\w-]+|X-Identity-Key|X-Account-Key|Fcc):.*\r?\n(?:[ \t].*\r?\n)*/gim;

/** No header is longer: the host refuses what is. */
const HEADER_OCTETS = 1_048_576;

/** The host's code for keys that wait for their passphrase. */
const LOCKED = "vault_locked";

/** The host is asked about this many addresses at once. */
const ADDRESSES = 100;

export class Writing {
  /** @param {Pick<Host, "protect" | "part" | "close" | "recipients" | "ask">} host */
  constructor(host) {
    this.host = host;
  }

  /**
   * @param {Outgoing} wish
   * @param {Blob} file  the message as Thunderbird wrote it
   * @returns {Promise<Protected>}
   */
  async protect({ sign, encrypt, draft, quotes, inClear }, file) {
    try {
      const { notes, mail } = await withoutNotes(file);
      const wanted = { sign, encrypt, draft, quotes_decrypted: quotes, quote_in_clear: inClear };
      const answer = await this.host.protect(blobSource(mail), wanted);
      const { message, made, problems } = answer;
      if (message === null) return { refused: problems.map(words).join(" "), locked: problems.some(({ code }) => code === LOCKED) };
      try {
        return { made: await this.#fetched(message, made, notes) };
      } finally {
        void this.host.close(message);
      }
    } catch (thrown) {
      const data = Failure.from(thrown);
      return { refused: words(failureWords(data)), locked: data.code === LOCKED };
    }
  }

  /**
   * @param {string} message
   * @param {import("../../lib/shapes.js").MadeMessage[]} made
   * @param {Blob} notes
   */
  async #fetched(message, made, notes) {
    const fetched = [];
    for (const { id, role, recipients, size } of made) {
      const { chunks } = await this.host.part(message, id);
      /** @type {BlobPart[]} */
      const pieces = [];
      for await (const chunk of chunks) pieces.push(fromBase64(chunk));
      const octets = new Blob(pieces);
      // A message with a hole must not leave.
      if (octets.size !== size) throw Failure.own("host_broken");
      fetched.push({ role, recipients, octets: new Blob([notes, octets]) });
    }
    return fetched;
  }

  /**
   * @param {string} asked  addresses, one a line
   * @param {{ address: string, words: string } | null} [news]  what a search for somebody's certificate came to
   * @returns {Promise<Recipients>}
   */
  async recipients(asked, news = null) {
    const addresses = asked.split("\n");
    try {
      if (addresses.length > ADDRESSES) throw new Failure({ ...Failure.own("extension_error").data, sentence: say("recipients_too_many") });
      const { all, recipients } = await this.host.recipients(addresses);
      return { asked, everybody: all, failed: "", recipients: recipients.map((each) => described(each, news)) };
    } catch (thrown) {
      const failed = words(failureWords(Failure.from(thrown)));
      return { asked, everybody: false, failed, recipients: [] };
    }
  }

  /**
   * Asks the directories that the person has set for somebody's certificate; what they have is kept by the host.
   * @param {string} address
   * @returns {Promise<string>} why nothing was found, in words
   */
  async find(address) {
    try {
      const { places } = await this.host.ask("people_lookup", { address, dns: false });
      if (places.length === 0) return say("people_nowhere");
      const failures = places.flatMap((/** @type {{ failure: { sentence: string, advice: string } | null }} */ { failure }) => (failure ? [words(failure)] : []));
      if (failures.length) return failures.join(" ");
      return places.some((/** @type {{ certificates: unknown[] }} */ { certificates }) => certificates.length) ? "" : say("recipient_not_found");
    } catch (thrown) {
      return words(failureWords(Failure.from(thrown)));
    }
  }
}

/**
 * A recipient as the strip shows it: the certificate that is used, or why there is none.
 * @param {import("../../lib/shapes.js").RecipientAnswer} answer
 * @param {{ address: string, words: string } | null} news
 */
function described({ address, can_encrypt, certificate, reasons }, news) {
  const line = can_encrypt && certificate
    ? [certified(address, certificate.certificate), ...reasons.map(words)].join(" ")
    : [news?.address === address ? news.words : "", ...reasons.map(words)].filter(Boolean).join(" ");
  return { address, good: can_encrypt, line, find: !can_encrypt && !reasons.some(({ code }) => code === "address_not_an_address") };
}

/** @param {{ sentence: string, advice: string }} said */
function words({ sentence, advice }) {
  // The extension's own failures are headings, without a full stop.
  return [/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`, advice].filter(Boolean).join(" ");
}

/**
 * @param {string} address
 * @param {{ name: string, issuer: string, not_after: string }} certificate
 */
function certified(address, { name, issuer, not_after }) {
  const last = new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(new Date(not_after));
  // Many certificates have no name but the address, which stands beside this already.
  if (name.toLowerCase() === address.toLowerCase()) return say("recipient_certificate_nameless", issuer, last);
  return say("recipient_certificate", name, issuer, last);
}

/**
 * @param {Blob} file
 * @returns {Promise<{ notes: Blob, mail: Blob }>}
 */
export async function withoutNotes(file) {
  const start = new TextDecoder("latin1").decode(await file.slice(0, HEADER_OCTETS).arrayBuffer());
  const end = start.search(/\r?\n\r?\n/);
  const head = start.slice(0, end < 0 ? start.length : end + 2);
  const notes = head.match(NOTES) ?? [];
  if (notes.length === 0) return { notes: new Blob([]), mail: file };
  return { notes: octets(notes.join("")), mail: new Blob([octets(head.replace(NOTES, "")), file.slice(head.length)]) };
}

/** Latin-1 characters as the octets they were. @param {string} text */
function octets(text) {
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
}
