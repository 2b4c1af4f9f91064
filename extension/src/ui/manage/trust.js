/**
 * The view of trust: whose word counts about who signed, and what is asked of the network about it.
 */

import { button, day, element } from "../elements.js";
import { choice, chosenFile, facts, field, fingerprint, form, input, noFile, nothing, twice, validity } from "./forms.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").TrustList} TrustList
 * @typedef {import("../../lib/protocol.js").AnchorKept} AnchorKept
 * @typedef {import("../../lib/protocol.js").CertificateSummary} CertificateSummary
 */

const MODES = /** @type {const} */ ([
  ["off", "revocation_off"],
  ["at-hand", "revocation_at_hand"],
  ["crl", "revocation_crl"],
  ["ocsp", "revocation_ocsp"],
  ["strict", "revocation_strict"],
]);

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function trust(desk) {
  /** @type {TrustList} */
  const holds = await desk.ask("trust_list");
  return [
    element(
      "section",
      { "aria-labelledby": "trust-title" },
      element("h2", { id: "trust-title" }, say("trust_own")),
      element("p", { class: "quiet" }, say("trust_own_note")),
      holds.anchors.length ? element("ul", { class: "cards", id: "anchors" }, ...holds.anchors.map((each) => own(desk, each))) : nothing(say("trust_none")),
      adding(desk),
    ),
    organisation(holds),
    lists(desk, holds),
    revocation(desk, holds),
  ];
}

/**
 * @param {Desk} desk
 * @param {AnchorKept} anchor
 */
function own(desk, { sha256, certificate, added, note }) {
  const remove = () =>
    desk.attempt(async () => {
      await desk.ask("trust_remove", { sha256 });
      desk.tell(say("trust_removed"));
      await desk.again();
    });
  return element(
    "li",
    { class: "card" },
    element("h3", {}, element("bdi", {}, certificate?.name ?? say("trust_unreadable"))),
    facts([
      [say("key_validity"), certificate ? validity(certificate) : ""],
      [say("trust_added"), day(added)],
      [say("key_note"), note],
      [say("fingerprint"), fingerprint(sha256)],
    ]),
    element("div", { class: "actions" }, twice(say("trust_remove"), say("trust_remove_sure"), () => void remove())),
  );
}

/**
 * A certificate is shown with its fingerprint before it is kept: what it says about itself, anybody can write.
 * @param {Desk} desk
 */
function adding(desk) {
  const file = input("file", { accept: ".pem,.crt,.cer,.der,.p7b,.p7c", required: true });
  const shown = element("div", {});
  const read = form(say("trust_read"), [field(say("trust_file"), file)], () =>
    desk.attempt(async () => {
      const chosen = await chosenFile(file);
      if (!chosen) return desk.tell(noFile());
      const { certificates, kept } = await desk.ask("trust_read", chosen);
      desk.tell("");
      shown.replaceChildren(confirming(desk, chosen, certificates, new Set(kept)));
    }),
  );
  return element("details", {}, element("summary", {}, say("trust_add")), read, shown);
}

/**
 * @param {Desk} desk
 * @param {{ file: string, name: string }} chosen
 * @param {CertificateSummary[]} certificates
 * @param {Set<string>} kept
 */
function confirming(desk, chosen, certificates, kept) {
  const note = input("text", { maxlength: "200" });
  const boxes = certificates.map((certificate) => {
    const box = input("checkbox", { value: certificate.sha256, disabled: kept.has(certificate.sha256) });
    const more = facts([
      [say("key_validity"), validity(certificate)],
      [say("fingerprint"), fingerprint(certificate.sha256)],
    ]);
    return { box, card: element("div", { class: "card" }, field(certificate.name, box, { line: true, note: kept.has(certificate.sha256) ? say("trust_kept") : "" }), more) };
  });
  return form(say("trust_add_do"), [element("p", {}, say("trust_compare")), ...boxes.map(({ card }) => card), field(say("trust_note"), note)], () =>
    desk.attempt(async () => {
      const sha256 = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
      if (sha256.length === 0) return desk.tell(say("trust_choose"));
      await desk.ask("trust_add", { ...chosen, sha256, note: note.value });
      desk.tell(say("trust_added_now"));
      await desk.again();
    }),
  );
}

/** @param {TrustList} holds */
function organisation({ organisation: anchors }) {
  if (anchors.length === 0) return element("div", { hidden: true });
  return element(
    "section",
    { "aria-labelledby": "organisation-title" },
    element("h2", { id: "organisation-title" }, say("trust_organisation")),
    element("ul", { class: "findings" }, ...anchors.map(({ name }) => element("li", {}, element("bdi", {}, name)))),
  );
}

/**
 * @param {Desk} desk
 * @param {TrustList} holds
 */
function lists(desk, holds) {
  /** @param {"mozilla" | "system"} list @param {string} words @param {string} note */
  const box = (list, words, note) => {
    const decided = holds.decided.includes(list);
    const made = input("checkbox", { checked: holds[list], disabled: decided });
    made.addEventListener("change", () => void desk.attempt(() => change(desk, { [list]: made.checked })));
    return field(words, made, { line: true, note: decided ? say("trust_decided") : note });
  };
  return element(
    "section",
    { "aria-labelledby": "lists-title" },
    element("h2", { id: "lists-title" }, say("trust_lists")),
    box("mozilla", say("trust_mozilla"), say("trust_mozilla_note")),
    box("system", say("trust_system"), say("trust_system_note")),
  );
}

/**
 * @param {Desk} desk
 * @param {TrustList} holds
 */
function revocation(desk, holds) {
  const decided = holds.decided.includes("revocation");
  const mode = choice(MODES.map(([value, words]) => [value, say(words)]), holds.revocation);
  mode.disabled = decided;
  const use = button(say("trust_change"), () => void desk.attempt(() => change(desk, { revocation: mode.value })));
  use.disabled = decided;
  return element(
    "section",
    { "aria-labelledby": "revocation-title" },
    element("h2", { id: "revocation-title" }, say("trust_revocation")),
    field(say("trust_revocation_how"), mode, { note: decided ? say("trust_decided") : say("trust_revocation_note") }),
    element("div", { class: "actions" }, use),
  );
}

/**
 * @param {Desk} desk
 * @param {{ mozilla?: boolean, system?: boolean, revocation?: string }} wish
 */
async function change(desk, { mozilla = undefined, system = undefined, revocation: mode = undefined }) {
  await desk.ask("trust_change", { mozilla: mozilla ?? null, system: system ?? null, revocation: mode ?? null });
  desk.tell(say("trust_changed"));
  await desk.again();
}
