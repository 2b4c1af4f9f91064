/**
 * The page on which mail is written: one of the extension's own, in a tab that no site can read or put into a frame.
 * What is typed goes to the host and nowhere else; the host keeps it sealed while it is written, and signs, encrypts and
 * sends it, or says everything that is missing. Until it has said that the letter was sent, the letter stays.
 *
 * It begins empty, with an answer (`?answer=` and a token of the background's), or with a draft (`?draft=`).
 */

import { button, element } from "./elements.js";
import { Asking } from "./manage/asking.js";
import { findings, nothing, twice } from "./manage/forms.js";
import { showVault } from "./manage/start.js";
import { translate } from "./page.js";
import { Answering } from "./write/answering.js";
import { Attachments, FILES_OCTETS } from "./write/attachments.js";
import { addressOf, draftList, openDraft } from "./write/drafts.js";
import { Editor } from "./write/editor.js";
import { Keeping } from "./write/keeping.js";
import { obstacles } from "./write/obstacles.js";
import { Recipients } from "./write/recipients.js";
import { Starting } from "./write/starting.js";
import { ways } from "./write/sending.js";
import { ownUrl } from "../browser/runtime.js";
import { failureLine, say } from "../browser/words.js";
import { Failure } from "../lib/failure.js";
import { compose, mailbox } from "../lib/letter.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
const inputOf = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (byId("letter"));
const from = /** @type {HTMLSelectElement} */ (byId("from"));
const said = byId("said");
const sign = inputOf("sign");
const encrypt = inputOf("encrypt");
const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
/** Failures after which nobody here knows how far the host had come. */
const BROKEN_OFF = new Set(["host_lost", "host_silent", "host_broken"]);
const asking = new Asking();

translate();

const editor = new Editor(byId("text"), byId("format"), () => changed());
const attachments = new Attachments(byId("attached"), () => changed());
const recipients = new Recipients(["to", "cc", "bcc"].map(inputOf), byId("recipients"), { asking, tell, fail, known: (everybody) => starting.known(everybody) });
const starting = new Starting(asking, { sign, encrypt }, sayWhatSendDoes);
const keeping = new Keeping(asking, snapshot, { kept: showKept, failed: showNotKept });

/** @type {import("./write/sending.js").Way[]} */
let sendingWays = [];
/** Own certificates. @type {import("../lib/shapes.js").CertificateSummary[]} */
let own = [];
/** @type {{ exists: boolean, locked: boolean }} */
let vault = { exists: false, locked: true };
/** What the letter answers, and whether it has words from an encrypted message. */
let thread = { inReplyTo: /** @type {string | null} */ (null), references: /** @type {string[]} */ ([]), quotes: false };
/** The letter is begun: what the page shows is the person's. */
let begun = false;
/** @type {AbortController | null} */
let sending = null;

void begin();

form.addEventListener("input", () => changed());
from.addEventListener("change", () => {
  starting.begin(currentWay()?.address ?? "");
  showObstacles();
});
for (const box of [sign, encrypt]) box.addEventListener("change", sayWhatSendDoes);
inputOf("files").addEventListener("change", () => {
  attachments.add(inputOf("files").files ?? []);
  inputOf("files").value = "";
});
form.addEventListener("dragover", (event) => event.preventDefault());
form.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  attachments.add(event.dataTransfer.files);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void sendIt(false);
});
byId("stop").addEventListener("click", () => sending?.abort());
byId("discard").replaceWith(discardButton());
addEventListener("beforeunload", (event) => {
  if (keeping.unkept) event.preventDefault();
});
// A page that is left is kept at once, as far as there is time for it.
addEventListener("pagehide", () => void (keeping.unkept && keeping.now()));

/** Shows who can write and what is in the way; then what the letter begins with. */
async function begin() {
  try {
    vault = await asking.ask("vault_status");
    byId("vault").replaceChildren(...showVault({ ask: asking.ask.bind(asking), webmail: asking.webmail.bind(asking), tell: () => tell(""), fail, attempt, again: begin, vault: /** @type {any} */ (vault) }));
    sendingWays = await ways(asking);
    if (sendingWays.length === 0) return missing(say("write_no_account"), "#accounts");
    if (!vault.exists) return missing(say("unlock_no_keys"), "#keys");
    const { keys } = await asking.ask("key_list");
    own = keys.flatMap((/** @type {{ certificates: typeof own }} */ { certificates }) => certificates);
    const chosen = from.value;
    from.replaceChildren(...sendingWays.map(({ id, words }) => element("option", { value: id, selected: id === chosen }, words)));
    await starting.load();
    starting.begin(currentWay()?.address ?? "");
    await beginLetter();
    form.hidden = false;
    showObstacles();
  } catch (thrown) {
    fail(thrown);
    const again = button(say("write_again"), () => {
      again.remove();
      tell("");
      void begin();
    }, { id: "again" });
    said.after(again);
  }
}

/** What the letter begins with; once. */
async function beginLetter() {
  const wanted = new URLSearchParams(location.search);
  const [answer, draft] = [wanted.get("answer"), wanted.get("draft")];
  if (!begun && answer) await beginAnswer(answer);
  else if (!begun && draft && !vault.locked) await goOn(draft);
  else if (!draft && !keeping.draft) await showDrafts();
  begun ||= !(draft && vault.locked);
  sayWhatSendDoes();
  // What was typed while the keys were locked.
  if (begun && keeping.unkept && !vault.locked) void keeping.now();
}

/** @param {string} token */
async function beginAnswer(token) {
  // A token is good once; the page may be loaded again.
  history.replaceState(null, "", ownUrl("ui/write.html"));
  tell(say("answer_loading"));
  const answering = await Answering.claim(token);
  const { answer, kind } = answering;
  choose(answer.sender);
  inputOf("to").value = answer.to.map(mailbox).join(", ");
  inputOf("cc").value = answer.cc.map(mailbox).join(", ");
  inputOf("subject").value = answer.subject;
  thread = { inReplyTo: answer.in_reply_to, references: answer.references, quotes: answer.encrypted };
  starting.begin(currentWay()?.address ?? "");
  if (answer.encrypted) {
    encrypt.checked = true;
    starting.settle();
  }
  editor.begin(...(await answering.quote()));
  const remarks = answer.left_out > 0 ? [say("answer_left_out", String(answer.left_out))] : [];
  if (kind === "forward") {
    const { files, left } = await answering.files(FILES_OCTETS);
    attachments.add(files);
    if (left > 0) remarks.push(say("answer_files_left", String(left)));
    // Nobody else can open what was encrypted for this person.
    if (!answer.encrypted) byId("whole").replaceChildren(button(say("answer_whole"), () => void attempt(() => forwardWhole(answering, files)), { class: "button" }));
  }
  tell(remarks.join(" "));
  void recipients.look();
  form.hidden = false;
  if (kind === "forward") inputOf("to").focus();
  else editor.focus();
}

/**
 * @param {Answering} answering
 * @param {File[]} files  that came along
 */
async function forwardWhole(answering, files) {
  const whole = await answering.whole();
  attachments.remove(files);
  attachments.add([whole]);
  editor.withoutQuote();
  byId("whole").replaceChildren();
}

/** @param {string} id */
async function goOn(id) {
  const { kept, text, files, pictures } = await openDraft(id);
  const { fields } = kept;
  choose(fields.sender);
  for (const name of /** @type {const} */ (["to", "cc", "bcc", "subject"])) inputOf(name).value = fields[name];
  sign.checked = fields.sign;
  encrypt.checked = fields.encrypt;
  starting.settle();
  thread = { inReplyTo: fields.in_reply_to, references: fields.references, quotes: fields.quotes_decrypted };
  editor.goOn(text, pictures);
  const inText = new Set(pictures.values());
  attachments.add([...files.keys()].filter((file) => !inText.has(file)));
  keeping.goOn(kept.draft, kept.revision, files);
  keeping.forgetChanges();
  tell(fields.sending ? say("draft_sending") : "");
  void recipients.look();
}

async function showDrafts() {
  const place = byId("drafts");
  const summary = /** @type {HTMLElement} */ (place.querySelector("summary"));
  try {
    const { drafts } = await asking.ask("draft_list");
    place.hidden = drafts.length === 0;
    summary.textContent = say("draft_list", String(drafts.length));
    const remove = (/** @type {string} */ draft) => void attempt(async () => {
      await asking.ask("draft_remove", { draft });
      await showDrafts();
    });
    place.replaceChildren(summary, draftList(drafts, remove));
  } catch (thrown) {
    // There are some, and nobody can read them before the keys are unlocked.
    if (Failure.from(thrown).code !== "vault_locked") throw thrown;
    place.hidden = false;
    summary.textContent = say("draft_list_locked");
  }
}

/** @param {string | null} address */
function choose(address) {
  const way = sendingWays.find((each) => each.address.toLowerCase() === address?.toLowerCase());
  if (way) from.value = way.id;
}

function currentWay() {
  return sendingWays.find(({ id }) => id === from.value) ?? sendingWays[0];
}

/**
 * @param {string} words
 * @param {string} view
 */
function missing(words, view) {
  form.hidden = true;
  byId("view").querySelector("section")?.remove();
  byId("view").append(element("section", {}, nothing(words), element("a", { href: ownUrl(`ui/manage.html${view}`) }, say("manage_open"))));
}

function showObstacles() {
  const lines = obstacles({ vault, address: currentWay()?.address ?? "", own });
  byId("before").replaceChildren(...lines);
  const way = currentWay();
  void attempt(async () => {
    const more = (await way?.obstacles()) ?? [];
    if (way === currentWay()) byId("before").replaceChildren(...lines, ...more);
  });
  const unlock = /** @type {HTMLDetailsElement | null} */ (byId("vault").querySelector("details"));
  if (vault.locked && unlock) unlock.open = true;
}

/** The button says what it will do. */
function sayWhatSendDoes() {
  const which = sign.checked ? (encrypt.checked ? "write_send_both" : "write_send_signed") : encrypt.checked ? "write_send_encrypted" : "write_send_plain";
  byId("send").textContent = say(which);
  byId("subject-note").textContent = encrypt.checked ? say("write_subject_hidden") : "";
  byId("quote-note").hidden = encrypt.checked || !thread.quotes;
}

function changed() {
  if (begun) keeping.changed();
}

/** The letter as it is kept. */
function snapshot() {
  const { pictures } = editor.content();
  const value = (/** @type {string} */ id) => inputOf(id).value;
  if (!keeping.draft && editor.empty && !value("subject") && !value("to") && attachments.files.length === 0) return null;
  return {
    fields: {
      sender: currentWay()?.address ?? "",
      to: value("to"),
      cc: value("cc"),
      bcc: value("bcc"),
      subject: value("subject"),
      form: /** @type {const} */ ("html"),
      sign: sign.checked,
      encrypt: encrypt.checked,
      in_reply_to: thread.inReplyTo,
      references: thread.references,
      quotes_decrypted: thread.quotes,
      sending: false,
    },
    text: editor.draft(),
    files: attachments.files,
    pictures,
  };
}

/** @param {string} draft */
function showKept(draft) {
  history.replaceState(null, "", addressOf(draft));
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date());
  Object.assign(byId("kept"), { textContent: say("draft_kept", time) }).dataset.kept = "yes";
  byId("discard").hidden = false;
}

/** @param {unknown} thrown */
function showNotKept(thrown) {
  Object.assign(byId("kept"), { textContent: `${say("draft_not_kept")} ${failureLine(Failure.from(thrown))}` }).dataset.kept = "no";
}

function discardButton() {
  const made = twice(say("draft_delete"), say("draft_delete_sure"), () => void attempt(async () => {
    await keeping.end();
    location.assign(ownUrl("ui/write.html"));
  }));
  made.id = "discard";
  made.hidden = true;
  return made;
}

/** @param {boolean} quoteInClear  the person was asked */
async function sendIt(quoteInClear) {
  const way = currentWay();
  if (sending || !way) return;
  byId("problems").replaceChildren();
  const { text, html, pictures } = editor.content();
  if (attachments.size + pictures.reduce((sum, { file }) => sum + file.size, 0) > FILES_OCTETS) return tell(say("write_too_large"));
  if (thread.quotes && !encrypt.checked && !quoteInClear) return askAboutQuote();
  const stopped = new AbortController();
  sending = stopped;
  let handedOver = false;
  busy(true);
  tell(say("write_sending"));
  try {
    const name = own.find(({ addresses }) => addresses.includes(way.address))?.name ?? "";
    const letter = await compose({
      from: mailbox({ name: name === way.address ? "" : name, address: way.address }),
      to: inputOf("to").value,
      cc: inputOf("cc").value,
      bcc: inputOf("bcc").value,
      subject: inputOf("subject").value,
      text,
      html,
      pictures,
      files: attachments.files,
      ...thread,
    });
    // Kept as on its way: whoever finds it again after a crash looks first whether it was sent.
    if (!vault.locked) await keeping.now({ sending: true });
    const wish = { sign: sign.checked, encrypt: encrypt.checked, quotes_decrypted: thread.quotes, quote_in_clear: quoteInClear };
    handedOver = true;
    await told(await way.send(letter, wish, { signal: stopped.signal, onProgress: showProgress }));
  } catch (thrown) {
    fail(thrown);
    if (BROKEN_OFF.has(Failure.from(thrown).code) && handedOver) {
      // Nobody here knows what became of it: it may wait in the outbox, or be sent. Its draft goes on saying so.
      said.append(" ", say("write_broken_off"));
      said.dataset.stays = "";
    } else if (!keeping.ended) keeping.changed();
  } finally {
    sending = null;
    busy(false);
  }
}

/** Words that were encrypted go out in clear only if the person says so. */
function askAboutQuote() {
  const protect = button(say("write_quote_encrypt"), () => {
    encrypt.checked = true;
    sayWhatSendDoes();
    byId("problems").replaceChildren();
    changed();
  }, { class: "button button--main" });
  const anyway = button(say("write_quote_clear"), () => void sendIt(true), { class: "button" });
  byId("problems").replaceChildren(element("p", {}, say("write_quote_ask")), element("div", { class: "actions" }, protect, anyway));
  protect.focus();
}

/**
 * What became of the letter. It stays here unless it is on its way to everybody.
 * @param {import("../lib/protocol.js").Sent} answer
 */
async function told({ report, problems, reasons }) {
  if (report?.sent) {
    form.hidden = true;
    byId("before").replaceChildren();
    byId("drafts").hidden = true;
    history.replaceState(null, "", ownUrl("ui/write.html"));
    tell(say("write_sent"));
    byId("view").append(element("section", {}, findings([...reasons, ...report.remarks]), element("div", { class: "actions" }, button(say("write_another"), () => location.reload(), { class: "button button--main" }))));
    return attempt(() => keeping.end());
  }
  keeping.changed();
  tell(say(report?.waits ? "write_waits" : "write_not_sent"));
  const why = report === null ? problems : report.recipients.flatMap(({ status, reason }) => (status !== "sent" && reason ? [reason] : []));
  byId("problems").replaceChildren(findings(why));
  byId("problems").scrollIntoView({ block: "nearest" });
}

/**
 * @param {number} done
 * @param {number | null} total
 */
function showProgress(done, total) {
  if (total) progress.value = done / total;
  else progress.removeAttribute("value");
}

/** @param {boolean} now */
function busy(now) {
  /** @type {HTMLButtonElement} */ (byId("send")).disabled = now;
  byId("stop").hidden = progress.hidden = !now;
  if (now) progress.removeAttribute("value");
}

/** @param {string} words */
function tell(words) {
  delete said.dataset.stays;
  said.dataset.kind = "news";
  said.textContent = words;
}

/** @param {unknown} thrown */
function fail(thrown) {
  // What ended a sending ends other questions, too. Their failures do not take its words away.
  if ("stays" in said.dataset) return;
  said.dataset.kind = "failure";
  said.textContent = failureLine(Failure.from(thrown));
}

/** @param {() => Promise<unknown>} work */
async function attempt(work) {
  try {
    await work();
  } catch (thrown) {
    fail(thrown);
  }
}
