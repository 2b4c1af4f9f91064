/**
 * The first steps, from nothing to "you can sign": the program on this computer, a place for the keys, a key, the mail
 * site and the person's own mark, and a letter to oneself. What is done is asked for anew each time, so that whoever
 * comes back, or did a step elsewhere, goes on where they are.
 */

import { button, element } from "../elements.js";
import { choice, findings, nothing } from "./forms.js";
import { adding } from "./keys.js";
import { makeVault, unlockForm } from "./start.js";
import { readsWebmail } from "../../browser/runtime.js";
import { failureWords, say } from "../../browser/words.js";
import { Failure } from "../../lib/failure.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").OwnKey} OwnKey
 *
 * @typedef {object} Step
 * @property {string} words   its name
 * @property {boolean} done
 * @property {() => Promise<Node[]> | Node[]} show   what is to be done
 */

/** What was looked at and passed by, on this page. */
const passed = new Set();

/** How often it is asked whether the program is there. In milliseconds. */
const LOOK = 2_000;

/**
 * Failures for which nothing was started: asking again costs nothing. One that starts and ends is not started in a loop.
 */
const NOT_STARTED = new Set(["host_missing", "host_forbidden"]);

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function welcome(desk) {
  const { vault } = desk;
  const keys = vault.exists ? own((await desk.ask("key_list")).keys) : [];
  const usable = keys.filter(({ certificates }) => certificates.length > 0);
  const browsers = readsWebmail() ? await import("./webmail.js") : null;
  const pass = (/** @type {string} */ name, /** @type {string} */ words) =>
    element("div", { class: "actions" }, button(words, () => void (passed.add(name), desk.tell(""), desk.again()), { id: `pass-${name}` }));
  /** @type {Step[]} */
  const steps = [
    { words: say("welcome_host"), done: true, show: () => [] },
    { words: say("welcome_vault"), done: vault.exists && !vault.locked, show: () => (vault.exists ? [nothing(say("welcome_unlock")), unlockForm(desk)] : makeVault(desk)) },
    { words: say("welcome_key"), done: keys.length > 0 || passed.has("key"), show: () => [nothing(say("welcome_key_lead")), ...adding(desk), pass("key", say("welcome_later"))] },
  ];
  if (browsers) {
    const granted = (await browsers.grantedSites()).length > 0;
    steps.push(
      { words: say("welcome_site"), done: granted || passed.has("site"), show: () => [nothing(say("welcome_site_lead")), browsers.siteForm(desk), pass("site", say("welcome_later"))] },
      { words: say("mark_title"), done: passed.has("mark"), show: () => [nothing(say("mark_lead")), browsers.markForm(desk.tell), pass("mark", say("welcome_mark_known"))] },
    );
  }
  return shown(steps, () => end(desk, keys, usable));
}

/**
 * The same while the program is missing.
 * @param {Desk} desk
 * @param {unknown} thrown  by the first question
 * @returns {Node[]}
 */
export function welcomeWithout(desk, thrown) {
  const failure = Failure.from(thrown);
  const { sentence, advice } = failureWords(failure);
  const waits = NOT_STARTED.has(failure.code);
  if (waits) lookAgain(desk);
  return [
    heading(),
    element(
      "ol",
      { class: "steps" },
      element(
        "li",
        { class: "step", "aria-current": "step" },
        element("h3", {}, say("welcome_host")),
        element("p", { class: "step__trouble" }, element("strong", {}, sentence)),
        element("p", {}, ...typed(advice)),
        waits
          ? element("p", { class: "quiet", role: "status" }, say("welcome_waiting"))
          : element("div", { class: "actions" }, button(say("check_again"), () => void desk.again())),
      ),
    ),
  ];
}

/** Asks now and then, while somebody looks, whether the program is there. @param {Desk} desk */
function lookAgain(desk) {
  setTimeout(async () => {
    if (location.hash !== "#welcome") return;
    if (document.hidden) return lookAgain(desk);
    try {
      await desk.ask("vault_status");
    } catch (thrown) {
      if (NOT_STARTED.has(Failure.from(thrown).code)) return lookAgain(desk);
    }
    await desk.again();
  }, LOOK);
}

/** What is typed in a terminal stands between backquotes. @param {string} advice */
function typed(advice) {
  return advice.split("`").map((piece, at) => (at % 2 ? element("code", {}, piece) : piece));
}

function heading() {
  return element("div", {}, element("h2", { id: "welcome-title" }, say("welcome_title")), element("p", { class: "quiet" }, say("welcome_lead")));
}

/**
 * @param {Step[]} steps
 * @param {() => Node[]} end   what is shown when all are done
 * @returns {Promise<Node[]>}
 */
async function shown(steps, end) {
  const now = steps.findIndex(({ done }) => !done);
  const lines = await Promise.all(
    steps.map(async ({ words, done, show }, at) =>
      element(
        "li",
        { class: "step", "data-done": String(done), "aria-current": at === now ? "step" : null },
        element("h3", {}, words, done && element("span", { class: "step__done" }, say("welcome_done"))),
        ...(at === now ? [element("div", { class: "step__body" }, ...(await show()))] : []),
      ),
    ),
  );
  return [heading(), element("ol", { class: "steps" }, ...lines), ...(now < 0 ? end() : [])];
}

/**
 * @param {Desk} desk
 * @param {OwnKey[]} keys
 * @param {OwnKey[]} usable   those with a certificate
 * @returns {Node[]}
 */
function end(desk, keys, usable) {
  const addresses = [...new Set(usable.flatMap(({ certificates }) => certificates.flatMap((each) => each.addresses)))];
  const onwards = element("p", {}, element("a", { href: "#keys" }, say("welcome_onwards")));
  if (addresses.length === 0) return [element("section", { class: "card" }, element("h2", {}, say("welcome_almost")), nothing(say(keys.length ? "welcome_request" : "welcome_no_key")), onwards)];
  const which = choice(addresses.map((address) => [address, address]), addresses[0]);
  which.setAttribute("aria-label", say("keys_address"));
  const result = element("div", { role: "status", id: "trial" });
  const tried = button(say("welcome_try"), () => void desk.attempt(() => trial(desk, which.value, result)), { class: "button button--main", id: "try" });
  const place = element("div", { class: "actions" }, ...(addresses.length > 1 ? [which] : []), tried);
  return [element("section", { class: "card", "aria-labelledby": "ready-title" }, element("h2", { id: "ready-title" }, say("welcome_ready")), element("p", {}, say("welcome_ready_lead")), place, result, onwards)];
}

/**
 * Signs and opens a letter to oneself.
 * @param {Desk} desk
 * @param {string} address
 * @param {HTMLElement} place
 */
async function trial(desk, address, place) {
  place.replaceChildren(say("key_checking"));
  try {
    const found = await desk.ask("key_check", { address });
    place.replaceChildren(element("p", {}, element("strong", {}, say(found.works ? "key_works" : "key_works_not", address))), findings(found.findings));
  } catch (thrown) {
    place.replaceChildren();
    throw thrown;
  }
}

/** @param {OwnKey[]} keys */
function own(keys) {
  return keys.filter(({ purpose }) => purpose !== "authority");
}
