/**
 * The verdict on the screen: one line that says it, and everything behind it one click deeper.
 *
 * Shared by the panel in webmail, the page for message files and Thunderbird's details. It shows a state and decides
 * nothing: sentences come from the host, looks from marks.js, layout from verdict.css.
 */

import { element, button, mark } from "./elements.js";
import { phrases, sentence } from "./sentences.js";
import { details } from "./details.js";
import { markOf, UNAVAILABLE } from "../lib/marks.js";
import { factsOf } from "../lib/sentences.js";
import { asides, lockedKey, summary, trueSubject } from "../lib/summary.js";
import { failureWords, say } from "../browser/words.js";

/**
 * @typedef {import("../lib/shapes.js").ViewState} ViewState
 * @typedef {import("../lib/shapes.js").Opened} Opened
 * @typedef {import("../lib/failure.js").FailureData} FailureData
 */

/**
 * @typedef {object} Options
 * @property {() => void} [again]      checks the message once more; offered where that may help
 * @property {() => void} [issuers]    has missing certificates fetched; offered where somebody publishes them
 * @property {() => void} [receipt]    leads to where the receipt is given that the message asks for
 * @property {(what: { token: string }) => void} [unlock]  leads to where the vault (empty) or a token is unlocked; offered
 *   where a mail is for a key that is locked
 * @property {import("./evidence.js").Evidence} [evidence]  makes evidence of the message; offered where it is signed
 * @property {boolean} [expanded]      whether the details are open from the start
 */

let views = 0;

export class VerdictView {
  /**
   * @param {HTMLElement} root  emptied and filled
   * @param {Options} [options]
   */
  constructor(root, { again, issuers, receipt, unlock, evidence, expanded = false } = {}) {
    this.again = again;
    this.issuers = issuers;
    this.receipt = receipt;
    this.unlock = unlock;
    this.evidence = evidence;
    this.expanded = expanded;
    const id = `letterlock-details-${++views}`;

    this.mark = element("span", { class: "verdict__mark" });
    // The live region holds only the headline, and is written only when that changes: it is announced once.
    this.headline = element("p", { class: "verdict__headline", role: "status", "aria-live": "polite" });
    this.more = element("div", { class: "verdict__more" });
    this.notice = element("div", { class: "verdict__notice", role: "status", "aria-live": "polite" });
    this.toggle = button(say("details"), () => this.#expand(!this.expanded), {
      class: "button button--quiet verdict__toggle",
      "aria-controls": id,
    });
    this.details = element("div", { class: "verdict__details", id });
    this.root = element(
      "section",
      { class: "verdict", "aria-label": say("verdict_region") },
      element(
        "div",
        { class: "verdict__line" },
        this.mark,
        element("div", { class: "verdict__words" }, this.headline, this.more, this.notice),
        this.toggle,
      ),
      this.details,
    );
    root.replaceChildren(this.root);
    this.show({ phase: "checking" });
  }

  /** @param {ViewState} state */
  show(state) {
    this.root.dataset.phase = state.phase;
    if (state.phase === "opened") this.#opened(state.opened);
    else if (state.phase === "failed") this.#failed(state.failure);
    else this.#checking(state);
    this.#notice(state.phase === "opened" ? (state.notice ?? null) : null);
  }

  /** @param {Extract<ViewState, { phase: "checking" }>} state */
  #checking({ done, total }) {
    this.#dress({ icon: "seal-dashed", tone: "plain", word: "status_checking" }, "checking", "");
    this.#say([element("span", { class: "phrase" }, say("checking"))]);
    const bar = total ? element("progress", { max: String(total), value: String(done ?? 0) }) : null;
    bar?.setAttribute("aria-label", say("checking"));
    this.more.replaceChildren(...(bar ? [bar] : []));
    this.#detail(null);
  }

  /** @param {Opened} opened */
  #opened(opened) {
    const { verdict } = opened;
    const facts = factsOf(verdict);
    this.#dress(markOf(verdict), verdict.signature.status, verdict.headline.code);
    this.root.dataset.encryption = verdict.encryption.status;
    this.#say(phrases(verdict.headline.sentence, facts));
    this.more.replaceChildren(...this.#followUp(verdict, facts));
    this.#detail(details(opened, this.evidence));
  }

  /**
   * What stands below the headline without a click: the encryption, the true subject, why, and what to do.
   * @param {import("../lib/shapes.js").Verdict} verdict
   * @param {unknown[]} facts
   */
  #followUp(verdict, facts) {
    const { encryption, headline } = verdict;
    const said = summary(verdict);
    const opened = encryption.status === "decrypted" && headline.code !== "encryption_decrypted";
    const subject = trueSubject(verdict);
    return [
      opened && element("p", { class: "verdict__also" }, mark("envelope-sealed"), say("status_decrypted")),
      subject && element("p", { class: "verdict__subject" }, say("true_subject"), " ", element("bdi", {}, subject)),
      said.reason && element("p", { class: "verdict__reason" }, sentence(said.reason, said.facts)),
      said.advice && element("p", { class: "verdict__advice" }, sentence(said.advice, facts)),
      ...asides(verdict).map((each) =>
        element("p", { class: "verdict__aside", "data-code": each.code }, sentence(each.sentence, Object.values(each.facts))),
      ),
      ...this.#issuersButton(verdict),
      ...this.#receiptButton(verdict),
      ...this.#unlockButton(verdict),
    ].filter((line) => typeof line === "object");
  }

  /** @param {FailureData} failure */
  #failed(failure) {
    const words = failureWords(failure);
    this.#dress(UNAVAILABLE, "unavailable", failure.code);
    this.#say(phrases(words.sentence, Object.values(failure.facts)));
    this.more.replaceChildren(
      ...(words.advice ? [element("p", { class: "verdict__advice" }, ...commands(words.advice))] : []),
      ...this.#againButton(),
    );
    this.#detail(null);
  }

  /**
   * Something happened after the verdict was given (the host ended).
   * @param {FailureData | null} failure
   */
  #notice(failure) {
    this.root.dataset.notice = failure?.code ?? "";
    if (failure === null) {
      this.notice.replaceChildren();
      return;
    }
    this.notice.replaceChildren(
      element("p", {}, mark("plug"), element("span", {}, `${failureWords(failure).sentence} ${say("notice_still_holds")}`)),
      ...this.#againButton(),
    );
  }

  /**
   * Offers what tells a server, perhaps the sender's, that the mail is read; so that is said beside it.
   * @param {import("../lib/shapes.js").Verdict} verdict
   */
  #issuersButton({ reasons }) {
    const { issuers } = this;
    const published = reasons.find(({ code }) => code === "issuer_published");
    if (!issuers || !published) return [];
    const fetch = button(say("fetch_issuer"), () => {
      fetch.disabled = true;
      issuers();
    });
    return [
      element("p", { class: "verdict__advice" }, sentence(`${published.sentence} ${published.advice}`, Object.values(published.facts))),
      element("div", { class: "actions" }, fetch),
    ];
  }

  /** @param {import("../lib/shapes.js").Verdict} verdict */
  #receiptButton({ reasons }) {
    const { receipt } = this;
    if (!receipt || !reasons.some(({ code }) => code === "receipt_requested")) return [];
    return [element("div", { class: "actions" }, button(say("receipt_look"), receipt))];
  }

  /** @param {import("../lib/shapes.js").Verdict} verdict */
  #unlockButton(verdict) {
    const { unlock } = this;
    const key = lockedKey(verdict);
    if (!unlock || !key) return [];
    const words = key.token ? say("unlock_card") : say("unlock_keys");
    return [element("div", { class: "actions" }, button(words, () => unlock(key), { class: "button button--main" }))];
  }

  #againButton() {
    return this.again ? [element("div", { class: "actions" }, button(say("check_again"), this.again))] : [];
  }

  /**
   * @param {import("../lib/marks.js").Mark} look
   * @param {string} status
   * @param {string} code
   */
  #dress(look, status, code) {
    Object.assign(this.root.dataset, { status, code, tone: look.tone, encryption: "none" });
    this.mark.replaceChildren(mark(look.icon, say(look.word)));
  }

  /** @param {HTMLElement[]} nodes */
  #say(nodes) {
    const next = nodes.map((node) => node.textContent).join(" · ");
    if (this.headline.textContent === next) return;
    // The separators are text, too: a copied or spoken headline reads as the host wrote it.
    const parts = nodes.flatMap((node, index) =>
      index === 0 ? [node] : [element("span", { class: "separator" }, " · "), node],
    );
    this.headline.replaceChildren(...parts);
  }

  /** @param {HTMLElement[] | null} content  null: there are no details */
  #detail(content) {
    this.toggle.hidden = content === null;
    this.details.replaceChildren(...(content ?? []));
    this.#expand(this.expanded);
  }

  /** @param {boolean} open */
  #expand(open) {
    this.expanded = open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.details.hidden = !open || this.toggle.hidden;
  }
}

/**
 * Advice with its commands (in backquotes) set as code.
 * @param {string} advice
 */
function commands(advice) {
  return advice.split("`").map((text, index) => (index % 2 ? element("code", {}, text) : text));
}
