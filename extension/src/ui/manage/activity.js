/**
 * The view of what was signed on this computer: the journal that the host keeps, and whether it is whole.
 */

import { button, element, moment } from "../elements.js";
import { facts, findings, nothing } from "./forms.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").JournalEntry} JournalEntry
 */

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function activity(desk) {
  const list = element("ul", { class: "cards", id: "journal" });
  const more = element("div", { class: "actions" });
  const result = element("div", { role: "status" });
  const total = await page(desk, list, more, 0);
  const check = button(say("journal_check"), () => void desk.attempt(() => verify(desk, result)));
  return [
    element(
      "section",
      { "aria-labelledby": "journal-title" },
      element("h2", { id: "journal-title" }, say("manage_activity")),
      element("p", { class: "quiet" }, say("journal_lead")),
      total ? element("div", { class: "actions" }, check) : nothing(say("journal_none")),
      result,
      list,
      more,
    ),
  ];
}

/**
 * @param {Desk} desk
 * @param {HTMLElement} list
 * @param {HTMLElement} more
 * @param {number} after
 * @returns {Promise<number>} how many entries there are
 */
async function page(desk, list, more, after) {
  const { entries, total } = await desk.ask("journal_list", { after });
  list.append(...entries.map(card));
  const next = after + entries.length;
  more.replaceChildren(...(next < total ? [button(say("people_more", String(total - next)), () => void desk.attempt(() => page(desk, list, more, next)))] : []));
  return total;
}

/** @param {JournalEntry} entry */
function card({ at, details, sealed, time_stamped, receipts }) {
  return element(
    "li",
    { class: "card" },
    element("h3", {}, moment(at)),
    facts([
      [say("journal_to"), details ? element("bdi", {}, details.recipients.join(", ")) : sealed ? say("journal_sealed") : ""],
      [say("journal_subject"), details?.subject ? element("bdi", {}, details.subject) : ""],
      [say("journal_stamped"), time_stamped ? moment(time_stamped) : ""],
      [say("journal_receipts"), receipts.length ? String(receipts.length) : ""],
    ]),
  );
}

/**
 * @param {Desk} desk
 * @param {HTMLElement} place
 */
async function verify(desk, place) {
  const report = await desk.ask("journal_verify");
  place.replaceChildren(element("p", {}, say(report.whole ? "journal_whole" : "journal_not_whole")), findings(report.reasons));
}
