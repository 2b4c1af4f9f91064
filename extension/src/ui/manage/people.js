/**
 * The view of other people's certificates: who can be written to in secret, and where their certificates came from.
 */

import { button, day, element } from "../elements.js";
import { chosenFile, facts, field, fingerprint, folded, form, input, noFile, nothing, twice, validity } from "./forms.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").KeptPerson} KeptPerson
 */

const SOURCES = {
  mail: "person_from_mail",
  file: "person_from_file",
  vcard: "person_from_vcard",
  ldap: "person_from_ldap",
  dns: "person_from_dns",
  own: "person_from_own",
};

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function people(desk) {
  const list = element("ul", { class: "cards", id: "people" });
  const more = element("div", { class: "actions" });
  const found = await page(desk, list, more, 0);
  const kept = element(
    "section",
    { "aria-labelledby": "people-title" },
    element("h2", { id: "people-title" }, say("manage_people")),
    element("p", { class: "quiet" }, say("people_lead")),
    found ? list : nothing(say("people_none")),
    more,
  );
  const { file, first } = wanted(importing(desk));
  const adding = element("section", { "aria-labelledby": "find-title" }, element("h2", { id: "find-title" }, say("people_add")), file, folded(say("people_lookup"), lookingUp(desk)));
  return first ? [adding, kept] : [kept, adding];
}

/**
 * Adds a page of certificates to the list.
 * @param {Desk} desk
 * @param {HTMLElement} list
 * @param {HTMLElement} more
 * @param {number} after
 * @returns {Promise<number>} how many there are
 */
async function page(desk, list, more, after) {
  const { people: some, total } = await desk.ask("people_list", { address: null, after });
  list.append(...some.map((/** @type {KeptPerson} */ each) => card(desk, each)));
  const next = after + some.length;
  more.replaceChildren(...(next < total ? [button(say("people_more", String(total - next)), () => void desk.attempt(() => page(desk, list, more, next)))] : []));
  return total;
}

/**
 * @param {Desk} desk
 * @param {KeptPerson} person
 */
function card(desk, { address, certificate, source, origin, first, last }) {
  const remove = () =>
    desk.attempt(async () => {
      await desk.ask("people_remove", { address, sha256: certificate.sha256 });
      desk.tell(say("person_removed", address));
      await desk.again();
    });
  return element(
    "li",
    { class: "card", "data-address": address },
    element("h3", {}, element("bdi", {}, address)),
    facts([
      [say("person_name"), element("bdi", {}, certificate.name)],
      [say("key_issuer"), element("bdi", {}, certificate.issuer)],
      [say("key_validity"), validity(certificate)],
      [say("person_source"), element("span", {}, say(SOURCES[source]), origin ? element("bdi", {}, ` (${origin})`) : "")],
      [say("person_seen"), element("span", {}, day(first), " – ", day(last))],
    ]),
    folded(say("fingerprint"), fingerprint(certificate.sha256)),
    element("div", { class: "actions" }, twice(say("person_remove"), say("person_remove_sure", address), () => void remove())),
  );
}

/**
 * The form for a file; open, and to be seen first, where the page's address says for whom somebody came here.
 * @param {HTMLElement} importing
 */
function wanted(importing) {
  const address = new URLSearchParams(location.search).get("for");
  const file = folded(say("people_import"), address && element("p", {}, say("people_wanted", address)), importing);
  file.open = address !== null;
  return { file, first: file.open };
}

/** @param {Desk} desk */
function importing(desk) {
  const file = input("file", { accept: ".pem,.crt,.cer,.der,.p7b,.p7c,.vcf", required: true });
  return form(say("people_import_do"), [field(say("keys_file"), file, { note: say("people_import_note") })], () =>
    desk.attempt(async () => {
      const chosen = await chosenFile(file);
      if (!chosen) return desk.tell(noFile());
      const { certificates, new: fresh } = await desk.ask("people_import", chosen);
      desk.tell(say("people_imported", String(certificates.length), String(fresh)));
      await desk.again();
    }),
  );
}

/** @param {Desk} desk */
function lookingUp(desk) {
  const address = input("email", { required: true });
  const dns = input("checkbox");
  const stop = new AbortController();
  const look = form(say("people_lookup_do"), [field(say("keys_address"), address), field(say("people_lookup_dns"), dns, { line: true, note: say("people_lookup_note") })], () =>
    desk.attempt(async () => {
      desk.tell(say("people_looking"));
      const { places } = await desk.ask("people_lookup", { address: address.value.trim(), dns: dns.checked }, { signal: stop.signal });
      const found = places.flatMap((/** @type {{ certificates: unknown[] }} */ place) => place.certificates).length;
      const failures = places.flatMap((/** @type {{ failure: { sentence: string } | null }} */ { failure }) => (failure ? [failure.sentence] : []));
      if (found) await desk.again();
      desk.tell([say(places.length ? "people_found" : "people_nowhere", String(found)), ...failures].join(" "));
    }),
  );
  return look;
}
