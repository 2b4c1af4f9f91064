/**
 * The page on which mail is written: one of the extension's own, in a tab that no site can read or put into a frame.
 * What is typed goes to the host and nowhere else; the host signs, encrypts and sends it, or says everything that is
 * missing. Until it has said that the letter was sent, the letter stays here.
 */

import { button, element } from "./elements.js";
import { Asking } from "./manage/asking.js";
import { showVault } from "./manage/start.js";
import { findings, nothing } from "./manage/forms.js";
import { translate } from "./page.js";
import { ownUrl } from "../browser/runtime.js";
import { failureWords, say } from "../browser/words.js";
import { Failure } from "../lib/failure.js";
import { addresses, compose } from "../lib/letter.js";
import { blobSource } from "../lib/source.js";

/**
 * @typedef {import("../lib/protocol.js").RecipientAnswer} RecipientAnswer
 * @typedef {import("../lib/protocol.js").Sent} Sent
 */

/** A host takes mail up to this size, and the tab has to hold it. */
const FILES_OCTETS = 40 * 1024 * 1024;
/** Milliseconds after the last letter that was typed. */
const PAUSE = 350;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
const inputOf = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (byId("letter"));
const said = byId("said");
const sign = inputOf("sign");
const encrypt = inputOf("encrypt");
const send = /** @type {HTMLButtonElement} */ (byId("send"));
const stop = byId("stop");
const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
const RECIPIENTS = ["to", "cc", "bcc"];
const asking = new Asking();

/** Names in own certificates, by address. @type {Map<string, string>} */
const names = new Map();
/** @type {File[]} */
let files = [];
/** @type {AbortController | null} */
let sending = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let looked = 0;
let changed = false;

translate();
sayWhatSendDoes();
void begin();

for (const id of RECIPIENTS) {
  inputOf(id).addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void lookAtRecipients(), PAUSE);
  });
}
form.addEventListener("input", () => (changed = true));
for (const box of [sign, encrypt]) box.addEventListener("change", sayWhatSendDoes);
inputOf("files").addEventListener("change", () => {
  files = [...files, ...(inputOf("files").files ?? [])];
  inputOf("files").value = "";
  showFiles();
});
form.addEventListener("dragover", (event) => event.preventDefault());
form.addEventListener("drop", (event) => {
  event.preventDefault();
  files = [...files, ...(event.dataTransfer?.files ?? [])];
  showFiles();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void sendIt();
});
stop.addEventListener("click", () => sending?.abort());
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

/** Shows who can write, or what is missing before anybody can. */
async function begin() {
  try {
    const vault = await asking.ask("vault_status");
    byId("vault").replaceChildren(...showVault({ ask: asking.ask.bind(asking), tell, fail, attempt, again: begin, vault }));
    const { accounts } = await asking.ask("account_list");
    if (accounts.length === 0) return missing(say("write_no_account"), "#accounts");
    if (!vault.exists) return missing(say("unlock_no_keys"), "#keys");
    const { keys } = await asking.ask("key_list");
    for (const { certificates } of keys) {
      for (const { name, addresses: own } of certificates) for (const address of own) if (!names.has(address)) names.set(address, name);
    }
    byId("from").replaceChildren(...accounts.map((/** @type {{ address: string }} */ { address }) => element("option", { value: address }, address)));
    form.hidden = false;
  } catch (thrown) {
    fail(thrown);
  }
}

/**
 * @param {string} words
 * @param {string} view
 */
function missing(words, view) {
  form.hidden = true;
  byId("view").append(element("section", {}, nothing(words), element("a", { href: ownUrl(`ui/manage.html${view}`) }, say("manage_open"))));
}

/** The button says what it will do. */
function sayWhatSendDoes() {
  const which = sign.checked ? (encrypt.checked ? "write_send_both" : "write_send_signed") : encrypt.checked ? "write_send_encrypted" : "write_send_plain";
  send.textContent = say(which);
  byId("subject-note").textContent = encrypt.checked ? say("write_subject_hidden") : "";
}

/** Asks who can be encrypted to, as they are typed. */
async function lookAtRecipients() {
  const turn = ++looked;
  const typed = RECIPIENTS.flatMap((id) => addresses(inputOf(id).value).map(({ address }) => address)).slice(0, 100);
  if (typed.length === 0) return byId("recipients").replaceChildren();
  try {
    const { recipients } = await asking.ask("recipients", { addresses: typed });
    if (turn === looked) byId("recipients").replaceChildren(...recipients.map(chip));
  } catch (thrown) {
    fail(thrown);
  }
}

/** @param {RecipientAnswer} recipient */
function chip({ address, can_encrypt, reasons }) {
  const why = reasons.map(({ sentence, advice }) => `${sentence} ${advice}`.trim()).join(" ");
  const made = element("li", { "data-can": can_encrypt ? "yes" : "no", title: why }, element("bdi", {}, address), " · ", say(can_encrypt ? "write_can" : "write_cannot"));
  if (!can_encrypt) {
    made.append(" ", button(say("people_lookup_do"), () => void attempt(() => lookUp(address)), { class: "button button--quiet" }));
  }
  return made;
}

/** @param {string} address */
async function lookUp(address) {
  tell(say("people_looking"));
  const { places } = await asking.ask("people_lookup", { address, dns: false });
  const found = places.flatMap((/** @type {{ certificates: unknown[] }} */ place) => place.certificates).length;
  tell(say(places.length ? "people_found" : "people_nowhere", String(found)));
  await lookAtRecipients();
}

function showFiles() {
  const remove = (/** @type {File} */ file) => {
    files = files.filter((each) => each !== file);
    showFiles();
  };
  const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
  byId("attached").replaceChildren(
    ...files.map((file) =>
      element(
        "li",
        {},
        element("bdi", {}, file.name),
        ` (${size.format(Math.ceil(file.size / 1000))}) `,
        button(say("write_detach"), () => remove(file), { class: "button button--quiet", "aria-label": `${say("write_detach")}: ${file.name}` }),
      ),
    ),
  );
}

async function sendIt() {
  if (sending) return;
  byId("problems").replaceChildren();
  if (files.reduce((sum, file) => sum + file.size, 0) > FILES_OCTETS) return tell(say("write_too_large"));
  const stopped = new AbortController();
  sending = stopped;
  busy(true);
  tell(say("write_sending"));
  try {
    const address = inputOf("from").value;
    const name = names.get(address) ?? "";
    const letter = await compose({
      from: name && name !== address ? `"${name.replace(/(["\\])/g, "\\$1")}" <${address}>` : address,
      to: inputOf("to").value,
      cc: inputOf("cc").value,
      bcc: inputOf("bcc").value,
      subject: inputOf("subject").value,
      text: /** @type {HTMLTextAreaElement} */ (byId("text")).value,
      files,
    });
    const params = { sign: sign.checked, encrypt: encrypt.checked, account: address };
    told(await asking.send(blobSource(letter), params, { signal: stopped.signal, onProgress: showProgress }));
  } catch (thrown) {
    fail(thrown);
  } finally {
    sending = null;
    busy(false);
  }
}

/**
 * What became of the letter. It stays here unless it is on its way to everybody.
 * @param {Sent} answer
 */
function told({ report, problems, reasons }) {
  if (report === null) {
    tell(say("write_not_sent"));
    byId("problems").replaceChildren(findings(problems));
    byId("problems").scrollIntoView({ block: "nearest" });
    return;
  }
  const others = report.recipients.filter(({ status }) => status !== "sent");
  if (report.sent) {
    changed = false;
    form.hidden = true;
    tell(say("write_sent"));
    byId("view").append(element("section", {}, findings([...reasons, ...report.remarks]), element("div", { class: "actions" }, button(say("write_another"), () => location.reload(), { class: "button button--main" }))));
    return;
  }
  tell(say(report.waits ? "write_waits" : "write_not_sent"));
  byId("problems").replaceChildren(findings(others.flatMap(({ reason }) => (reason ? [reason] : []))));
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
  send.disabled = now;
  stop.hidden = progress.hidden = !now;
  if (now) progress.removeAttribute("value");
}

/** @param {string} words */
function tell(words) {
  said.dataset.kind = "news";
  said.textContent = words;
}

/** @param {unknown} thrown */
function fail(thrown) {
  const { sentence, advice } = failureWords(Failure.from(thrown));
  said.dataset.kind = "failure";
  said.textContent = `${sentence} ${advice}`.trim();
}

/** @param {() => Promise<unknown>} work */
async function attempt(work) {
  try {
    await work();
  } catch (thrown) {
    fail(thrown);
  }
}
