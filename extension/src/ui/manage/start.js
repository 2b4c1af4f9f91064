/**
 * The vault: made at the first run, unlocked and locked afterwards.
 */

import { button, element } from "../elements.js";
import { field, form, input } from "./forms.js";
import { copyText } from "../clipboard.js";
import { say } from "../../browser/words.js";

/** @typedef {import("../manage.js").Desk} Desk */

/**
 * The first run: from nothing to a place for keys.
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function start(desk) {
  return [
    element("section", { "aria-labelledby": "start-title" }, element("h2", { id: "start-title" }, say("start_title")), ...makeVault(desk)),
    element("p", { class: "quiet" }, element("a", { href: "#settings" }, say("manage_settings"))),
  ];
}

/**
 * What makes the place for keys.
 * @param {Desk} desk
 * @returns {Node[]}
 */
export function makeVault(desk) {
  const first = input("password", { required: true, autocomplete: "new-password" });
  const second = input("password", { required: true, autocomplete: "new-password" });
  const recovery = input("checkbox", { checked: true });
  const create = form(
    say("start_make"),
    [
      field(say("start_passphrase"), first, { note: say("start_passphrase_note") }),
      field(say("start_repeat"), second),
      field(say("start_recovery"), recovery, { line: true }),
    ],
    () =>
      desk.attempt(async () => {
        const passphrase = first.value;
        if (passphrase !== second.value) return desk.tell(say("start_differ"));
        first.value = second.value = "";
        const { recovery_code } = await desk.ask("vault_create", { passphrase, recovery: recovery.checked });
        if (recovery_code) showCode(desk, recovery_code, create);
        else await begin(desk);
      }),
  );
  return [element("p", {}, say("start_lead")), create];
}

/**
 * The recovery code is shown this once; the person says that it is on paper before anything else happens.
 * @param {Desk} desk
 * @param {string} code
 * @param {HTMLElement} place
 */
function showCode(desk, code, place) {
  desk.tell(say("start_code_made"));
  place.replaceWith(
    element(
      "section",
      {},
      element("p", {}, say("start_code_note")),
      element("p", { class: "code", id: "recovery-code" }, code),
      element(
        "div",
        { class: "actions" },
        button(say("copy_text"), () => void copyText(code)),
        button(say("start_code_print"), () => print()),
        button(say("start_code_kept"), () => void begin(desk), { class: "button button--main" }),
      ),
    ),
  );
}

/** @param {Desk} desk */
async function begin(desk) {
  desk.tell(say("start_done"));
  await desk.again();
}

/**
 * The state of the vault, in the page's head.
 * @param {Desk} desk
 * @returns {Node[]}
 */
export function showVault(desk) {
  const { vault, ask, attempt, again, tell } = desk;
  if (!vault.exists) return [];
  if (!vault.locked) {
    const lock = button(say("vault_lock"), () =>
      void attempt(async () => {
        await ask("vault_lock");
        tell(say("vault_locked_now"));
        await again();
      }),
    );
    return [element("span", {}, say("vault_open")), lock];
  }
  return [element("details", {}, element("summary", {}, say("vault_locked")), unlockForm(desk))];
}

/**
 * @param {Desk} desk
 * @returns {HTMLFormElement}
 */
export function unlockForm({ ask, attempt, again, tell }) {
  const secret = input("password", { required: true, autocomplete: "current-password" });
  return form(say("unlock_keys"), [field(say("unlock_passphrase"), secret)], () =>
    attempt(async () => {
      const typed = secret.value;
      secret.value = "";
      await ask("vault_unlock", { way: "passphrase", secret: typed });
      tell(say("unlock_done"));
      await again();
    }),
  );
}
