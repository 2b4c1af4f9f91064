/**
 * The view of one's own keys: what there is, whether it works, and the ways to more.
 */

import { button, element } from "../elements.js";
import { blobOf, choice, chosenFile, facts, field, findings, folded, form, input, noFile, nothing, saveFile, validity } from "./forms.js";
import { showNotices } from "../notices.js";
import { ownUrl } from "../../browser/runtime.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").OwnKey} OwnKey
 */

const PURPOSES = {
  sign: "key_purpose_sign",
  decrypt: "key_purpose_decrypt",
  both: "key_purpose_both",
  authority: "key_purpose_authority",
};

/** The kinds a person chooses from; the host knows more. */
const KINDS = /** @type {const} */ ([
  ["RSA-3072", "key_kind_rsa"],
  ["P-256", "key_kind_ec"],
]);

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function keys(desk) {
  const [{ keys: kept, damaged }, { tokens }, { notices }] = await Promise.all([
    desk.ask("key_list"),
    desk.ask("token_list"),
    desk.ask("key_notices"),
  ]);
  const own = kept.filter((/** @type {OwnKey} */ { purpose }) => purpose !== "authority");
  const ending = element("section", { id: "notices", "aria-label": say("notices_title") }, element("ul", {}));
  showNotices(ending, notices);
  return [
    ending,
    element(
      "section",
      { "aria-labelledby": "keys-title" },
      element("h2", { id: "keys-title" }, say("manage_keys")),
      damaged > 0 && element("p", {}, say("keys_damaged", String(damaged))),
      own.length ? element("ul", { class: "cards", id: "own-keys" }, ...own.map((/** @type {OwnKey} */ key) => card(desk, key))) : nothing(say("keys_none")),
    ),
    element("section", { "aria-labelledby": "add-title" }, element("h2", { id: "add-title" }, say("keys_add")), ...adding(desk)),
    cards(tokens),
  ];
}

/**
 * The ways to a key.
 * @param {Desk} desk
 * @returns {Node[]}
 */
export function adding(desk) {
  return [folded(say("keys_import"), importing(desk)), folded(say("keys_new"), creating(desk)), folded(say("keys_certificate"), certifying(desk))];
}

/**
 * @param {Desk} desk
 * @param {OwnKey} key
 */
function card(desk, key) {
  const [newest] = key.certificates;
  const addresses = [...new Set(key.certificates.flatMap((certificate) => certificate.addresses))];
  const result = element("div", { role: "status" });
  const name = newest?.name || key.label || addresses[0] || key.id.slice(0, 16);
  return element(
    "li",
    { class: "card", "data-key": key.id },
    element("h3", {}, element("bdi", {}, name)),
    facts([
      [say("key_addresses"), addresses.join(", ")],
      [say("key_purpose"), say(PURPOSES[key.purpose])],
      [say("key_algorithm"), key.algorithm],
      [say("key_issuer"), newest ? element("bdi", {}, newest.issuer) : say("key_no_certificate")],
      [say("key_validity"), newest ? validity(newest) : ""],
      [say("key_superseded"), key.superseded ? say("key_superseded_note") : ""],
      [say("key_note"), key.note],
    ]),
    result,
    element(
      "div",
      { class: "actions" },
      ...addresses.slice(0, 3).map((address) => button(say("key_check", address), () => void desk.attempt(() => check(desk, address, result)))),
      newest ? null : button(say("key_request"), () => void desk.attempt(() => request(desk, key))),
      newest ? button(say("key_renew"), () => void desk.attempt(() => renew(desk, key))) : null,
    ),
    folded(say("key_export"), exporting(desk, key, addresses[0] ?? "key")),
  );
}

/**
 * @param {Desk} desk
 * @param {string} address
 * @param {HTMLElement} place
 */
async function check(desk, address, place) {
  place.replaceChildren(say("key_checking"));
  try {
    const found = await desk.ask("key_check", { address });
    const line = element("p", {}, say(found.works ? "key_works" : "key_works_not", address));
    place.replaceChildren(line, findings(found.findings));
  } catch (thrown) {
    place.replaceChildren();
    throw thrown;
  }
}

/** @param {Desk} desk */
function importing(desk) {
  const file = input("file", { accept: ".p12,.pfx,application/x-pkcs12", required: true });
  const passphrase = input("password");
  return form(say("keys_import_do"), [field(say("keys_file"), file), field(say("keys_file_passphrase"), passphrase)], () =>
    desk.attempt(async () => {
      const chosen = await chosenFile(file);
      if (!chosen) return desk.tell(noFile());
      const typed = passphrase.value;
      passphrase.value = "";
      const { keys: taken, unread } = await desk.ask("key_import", { file: chosen.file, passphrase: typed });
      desk.tell([say("keys_imported", String(taken.length)), unread.length ? say("keys_unread", unread.join(", ")) : ""].join(" ").trim());
      await desk.again();
    }),
  );
}

/** @param {Desk} desk */
function creating(desk) {
  const address = input("email", { required: true });
  const name = input("text");
  const kind = choice(KINDS.map(([value, words]) => [value, say(words)]));
  return form(say("keys_new_do"), [field(say("keys_address"), address), field(say("keys_name"), name), field(say("keys_kind"), kind, { note: say("keys_new_note") })], () =>
    desk.attempt(async () => {
      const params = { kind: kind.value, addresses: [address.value.trim()], name: name.value.trim().slice(0, 64) };
      const made = await desk.ask("key_create", params);
      saveRequest(made.request, params.addresses[0]);
      desk.tell(say("keys_made"));
      await desk.again();
    }),
  );
}

/** @param {Desk} desk */
function certifying(desk) {
  const file = input("file", { accept: ".pem,.crt,.cer,.der,.p7b,.p7c", required: true });
  return form(say("keys_certificate_do"), [field(say("keys_file"), file)], () =>
    desk.attempt(async () => {
      const chosen = await chosenFile(file);
      if (!chosen) return desk.tell(noFile());
      const { taken } = await desk.ask("key_certify", { file: chosen.file });
      desk.tell(say("keys_certified", String(taken.length)));
      await desk.again();
    }),
  );
}

/**
 * @param {Desk} desk
 * @param {OwnKey} key
 * @param {string} name  of the file
 */
function exporting(desk, key, name) {
  const first = input("password", { required: true, autocomplete: "new-password" });
  const second = input("password", { required: true, autocomplete: "new-password" });
  const shape = choice([
    ["modern", say("key_export_modern")],
    ["compatible", say("key_export_compatible")],
  ]);
  const fields = [field(say("key_export_passphrase"), first), field(say("start_repeat"), second), field(say("key_export_form"), shape)];
  return form(say("key_export_do"), fields, () =>
    desk.attempt(async () => {
      const passphrase = first.value;
      if (passphrase !== second.value) return desk.tell(say("start_differ"));
      first.value = second.value = "";
      const { file } = await desk.ask("key_export", { whose: [key.id], form: shape.value, passphrase });
      saveFile(`${name}.p12`, blobOf(file));
      desk.tell(say("key_exported"));
    }),
  );
}

/**
 * @param {Desk} desk
 * @param {OwnKey} key
 */
async function request(desk, key) {
  const made = await desk.ask("key_request", { key: key.id, addresses: [], name: "" });
  saveRequest(made.request, key.label || key.id.slice(0, 16));
  desk.tell(say("keys_made"));
}

/**
 * @param {Desk} desk
 * @param {OwnKey} key
 */
async function renew(desk, key) {
  const made = await desk.ask("key_renew", { whose: key.id, kind: null, same_key: false });
  saveRequest(made.request, key.certificates[0]?.addresses[0] ?? key.id.slice(0, 16));
  desk.tell(say("keys_made"));
  await desk.again();
}

/**
 * @param {string} pem
 * @param {string} name
 */
function saveRequest(pem, name) {
  saveFile(`${name}.csr`, new Blob([pem], { type: "application/x-pem-file" }));
}

/** @param {import("../../lib/protocol.js").TokenFound[]} tokens */
function cards(tokens) {
  if (tokens.length === 0) return element("div", { hidden: true });
  return element(
    "section",
    { "aria-labelledby": "cards-title" },
    element("h2", { id: "cards-title" }, say("cards_title")),
    element(
      "ul",
      { class: "cards" },
      ...tokens.map(({ label, serial, maker, pin_locked, certificates }) =>
        element(
          "li",
          { class: "card" },
          element("h3", {}, element("bdi", {}, label || serial)),
          facts([
            [say("card_maker"), maker],
            [say("card_certificates"), String(certificates.length)],
            [say("card_state"), pin_locked ? say("unlock_card_blocked") : ""],
          ]),
          element("div", { class: "actions" }, element("a", { href: ownUrl(`ui/unlock.html?token=${encodeURIComponent(serial || label)}`) }, say("unlock_card"))),
        ),
      ),
    ),
  );
}
