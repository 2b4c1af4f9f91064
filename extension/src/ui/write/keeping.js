/**
 * What is typed is kept as a draft, sealed by the host, while it is typed: a browser or a host that dies takes no letter with
 * it. Nothing of it is kept by the extension itself.
 */

import { blobSource } from "../../lib/source.js";

/**
 * @typedef {import("../../lib/protocol.js").DraftFields} DraftFields
 * @typedef {{ fields: DraftFields, text: string, files: File[], pictures: { id: string, file: File }[] }} Snapshot
 */

/** Milliseconds after the last change, and at the most while somebody types on. */
const PAUSE = 1_200;
const LONGEST = 6_000;

/** What the host says of a draft that is not as we know it: it is kept as another one then. */
const ANOTHER = new Set(["draft_changed", "draft_unknown"]);

export class Keeping {
  /**
   * @param {import("../manage/asking.js").Asking} asking
   * @param {() => Snapshot | null} snapshot  null: there is nothing to keep yet
   * @param {{ kept: (draft: string) => void, failed: (thrown: unknown) => void }} told
   */
  constructor(asking, snapshot, { kept, failed }) {
    this.asking = asking;
    this.snapshot = snapshot;
    this.kept = kept;
    this.failed = failed;
    /** @type {string | null} */
    this.draft = null;
    /** @type {number | null} */
    this.revision = null;
    /** The files that are kept with it. @type {Map<File, string>} */
    this.files = new Map();
    /** Changes that are not kept yet. */
    this.unkept = false;
    this.ended = false;
    this.since = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** One after the other. @type {Promise<void>} */
    this.work = Promise.resolve();
  }

  /**
   * Goes on with a draft.
   * @param {string} draft
   * @param {number} revision
   * @param {Map<File, string>} files
   */
  goOn(draft, revision, files) {
    Object.assign(this, { draft, revision, files });
  }

  /** What was put into the page so far is what is kept. */
  forgetChanges() {
    clearTimeout(this.timer);
    this.unkept = false;
  }

  /** Something was changed: it is kept soon. */
  changed() {
    if (this.ended) return;
    if (!this.unkept) this.since = Date.now();
    this.unkept = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), Math.max(0, Math.min(PAUSE, this.since + LONGEST - Date.now())));
  }

  /**
   * Keeps it now. A failure is told, and what is typed later is tried again.
   * @param {{ sending?: boolean }} [state]  `sending`: it is on its way
   */
  now({ sending = false } = {}) {
    clearTimeout(this.timer);
    this.work = this.work.then(() => this.#keep(sending)).catch((thrown) => this.failed(thrown));
    return this.work;
  }

  /** The letter is on its way, or not wanted: it is not kept any more. */
  async end() {
    this.ended = true;
    clearTimeout(this.timer);
    await this.work;
    const { draft } = this;
    this.draft = null;
    this.unkept = false;
    if (draft) await this.asking.ask("draft_remove", { draft });
  }

  /** @param {boolean} sending */
  async #keep(sending) {
    const taken = this.ended ? null : this.snapshot();
    if (!taken) return;
    this.unkept = false;
    try {
      await this.#put(taken, sending);
      await this.#putFiles([...taken.files.map((file) => ({ file, id: null })), ...taken.pictures]);
    } catch (thrown) {
      this.unkept = true;
      throw thrown;
    }
    if (this.draft) this.kept(this.draft);
  }

  /**
   * @param {Snapshot} taken
   * @param {boolean} sending
   */
  async #put({ fields, text }, sending) {
    const source = blobSource(new Blob([text]));
    const put = () => this.asking.upload("draft_put", source, { draft: this.draft, revision: this.revision, fields: { ...fields, sending } });
    let kept;
    try {
      kept = await put();
    } catch (thrown) {
      if (!this.draft || !ANOTHER.has(/** @type {any} */ (thrown)?.code)) throw thrown;
      // Another window changed it, or sent it. What is here is not lost: it becomes a draft of its own.
      this.goOn(/** @type {any} */ (null), /** @type {any} */ (null), new Map());
      kept = await this.asking.upload("draft_put", blobSource(new Blob([text])), { draft: null, revision: null, fields: { ...fields, sending } });
    }
    this.draft = kept.draft;
    this.revision = kept.revision;
  }

  /** @param {{ file: File, id: string | null }[]} wanted */
  async #putFiles(wanted) {
    const { draft } = this;
    if (!draft) return;
    const still = new Set(wanted.map(({ file }) => file));
    for (const [file, id] of this.files) {
      if (still.has(file)) continue;
      await this.asking.ask("draft_detach", { draft, file: id });
      this.files.delete(file);
    }
    for (const { file, id } of wanted) {
      if (this.files.has(file)) continue;
      const params = { draft, name: file.name.slice(0, 255), media_type: file.type.slice(0, 127), content_id: id };
      const kept = await this.asking.upload("draft_attach", blobSource(file), params);
      this.files.set(file, kept.id);
    }
  }
}
