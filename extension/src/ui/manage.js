/**
 * One place for everything that the host keeps: keys, other people's certificates, whose word counts, and what was done.
 *
 * A page of the extension's own, at the top of its tab, which no site can put into a frame. It keeps nothing: what is
 * typed goes to the host, and what is shown is asked for anew by each view.
 */

import { button, element } from "./elements.js";
import { Asking } from "./manage/asking.js";
import { accounts } from "./manage/accounts.js";
import { activity } from "./manage/activity.js";
import { keys } from "./manage/keys.js";
import { people } from "./manage/people.js";
import { settings } from "./manage/settings.js";
import { showVault, start } from "./manage/start.js";
import { trust } from "./manage/trust.js";
import { welcome, welcomeWithout } from "./manage/welcome.js";
import { translate } from "./page.js";
import { Failure } from "../lib/failure.js";
import { failureLine, say } from "../browser/words.js";

/**
 * What a view is given.
 * @typedef {object} Desk
 * @property {(operation: string, params?: Record<string, unknown>, options?: { signal?: AbortSignal }) => Promise<any>} ask
 * @property {(words: string) => void} tell      says it to the person
 * @property {(thrown: unknown) => void} fail    says what went wrong
 * @property {(work: () => Promise<unknown>) => Promise<void>} attempt  does it, and says what went wrong
 * @property {(site: string) => Promise<{ addresses: string[] }>} webmail  what an open webmail can send from
 * @property {() => Promise<void>} again         shows the view anew
 * @property {import("../lib/shapes.js").VaultStatus} vault
 */

/** @typedef {(desk: Desk) => Promise<Node[]>} View */

/** @type {Record<string, View>} */
const VIEWS = { keys, people, trust, accounts, activity, settings, welcome };

/** Of which there is something to see before there is a place for keys. */
const BEFORE = new Set(["settings", "welcome"]);

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const said = byId("said");
const place = byId("view");
const NO_VAULT = { exists: false, locked: true, recovery: false, keychain: false, idle_seconds: 0 };
const asking = new Asking();
let shown = 0;

translate();
addEventListener("hashchange", () => {
  tell("");
  void show().then(() => place.focus());
});
void show();

/** Shows the view that the address names. */
async function show() {
  const turn = ++shown;
  const name = Object.hasOwn(VIEWS, location.hash.slice(1)) ? location.hash.slice(1) : "keys";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  place.setAttribute("aria-busy", "true");
  const nodes = await made(name);
  // Somebody went to another view meanwhile.
  if (turn !== shown) return;
  place.replaceChildren(...nodes);
  place.removeAttribute("aria-busy");
}

/**
 * @param {string} name  of a view
 * @returns {Promise<Node[]>}
 */
async function made(name) {
  const desk = { ask: asking.ask.bind(asking), webmail: asking.webmail.bind(asking), tell, fail, attempt, again: show };
  try {
    const vault = await asking.ask("vault_status");
    byId("vault").replaceChildren(...showVault({ ...desk, vault }));
    byId("views").hidden = name === "welcome" || !(vault.exists || BEFORE.has(name));
    return await (vault.exists || BEFORE.has(name) ? VIEWS[name] : start)({ ...desk, vault });
  } catch (thrown) {
    // Without the host there are still the sites, and what helps.
    const nobody = { ...desk, vault: NO_VAULT };
    byId("views").hidden = name === "welcome";
    byId("vault").replaceChildren();
    if (name === "welcome") return welcomeWithout(nobody, thrown);
    fail(thrown);
    const again = element("div", { class: "actions" }, button(say("check_again"), () => void show()));
    return name === "settings" ? [again, ...(await settings(nobody))] : [again];
  }
}

/** @param {string} words */
function tell(words) {
  said.dataset.kind = "news";
  said.textContent = words;
}

/** @param {unknown} thrown */
function fail(thrown) {
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
