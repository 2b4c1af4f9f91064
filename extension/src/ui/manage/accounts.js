/**
 * The view of accounts: over which servers mail is sent, and what waits to be sent.
 */

import { button, element, moment } from "../elements.js";
import { choice, facts, field, findings, folded, form, input, nothing, twice } from "./forms.js";
import { say } from "../../browser/words.js";
import { readsWebmail } from "../../browser/runtime.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").AccountSettings} AccountSettings
 * @typedef {import("../../lib/protocol.js").KeptAccount} KeptAccount
 * @typedef {import("../../lib/protocol.js").Server} Server
 * @typedef {import("../../lib/protocol.js").Waiting} Waiting
 */

const SECURITY = /** @type {const} */ ([
  ["tls", "TLS"],
  ["starttls", "STARTTLS"],
]);

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function accounts(desk) {
  const { accounts: kept } = await desk.ask("account_list");
  const browsers = readsWebmail() ? await import("./ways.js") : null;
  /** @type {import("../../lib/protocol.js").WayList} */
  const known = await desk.ask("way_list");
  const said = (/** @type {string} */ account) => {
    const way = known.ways.find((each) => each.account === account);
    return way && way.way !== "smtp" ? (browsers?.wayFacts(desk, way) ?? []) : null;
  };
  return [
    element(
      "section",
      { "aria-labelledby": "accounts-title" },
      element("h2", { id: "accounts-title" }, say("manage_accounts")),
      element("p", { class: "quiet" }, say("accounts_lead")),
      kept.length ? element("ul", { class: "cards", id: "accounts" }, ...kept.map((/** @type {KeptAccount} */ each) => card(desk, each, said(each.id)))) : nothing(say("accounts_none")),
      folded(say("accounts_add"), adding(desk)),
      ...(browsers ? [folded(say("ways_add"), await browsers.addingWay(desk, known))] : []),
    ),
    await outbox(desk),
  ];
}

/**
 * @param {Desk} desk
 * @param {KeptAccount} account
 * @param {Node[] | null} way  what is said of it, where it does not send by a mail server
 */
function card(desk, { has_secret, ...account }, way) {
  const result = element("div", { role: "status" });
  const remove = () =>
    desk.attempt(async () => {
      await desk.ask("account_remove", { account: account.id });
      desk.tell(say("account_removed", account.address));
      await desk.again();
    });
  return element(
    "li",
    { class: "card", "data-address": account.address },
    element("h3", {}, element("bdi", {}, account.address)),
    ...(way ?? [
      facts([
        [say("account_smtp"), named(account.smtp)],
        [say("account_imap"), account.imap ? named(account.imap) : say("account_no_copy")],
        [say("account_password"), say(has_secret ? "account_password_kept" : "account_password_none")],
      ]),
    ]),
    result,
    element(
      "div",
      { class: "actions" },
      ...(way ? [] : [button(say("account_check"), () => void desk.attempt(() => check(desk, account, null, result)))]),
      twice(say("account_remove"), say("account_remove_sure", account.address), () => void remove()),
    ),
  );
}

/** @param {Server} server */
function named({ host, port, security }) {
  return element("span", {}, element("bdi", {}, host), `:${port} (${security === "tls" ? "TLS" : "STARTTLS"})`);
}

/**
 * Tries the servers, and says what each of them has to say.
 * @param {Desk} desk
 * @param {AccountSettings} account
 * @param {string | null} secret
 * @param {HTMLElement} place
 * @returns {Promise<boolean>} whether all of them let us in
 */
async function check(desk, account, secret, place) {
  place.replaceChildren(say("account_checking"));
  try {
    const { servers } = await desk.ask("account_check", { account, secret });
    const failures = servers.flatMap((/** @type {{ failure: import("../../lib/shapes.js").Reason | null }} */ { failure }) => (failure ? [failure] : []));
    place.replaceChildren(failures.length ? findings(failures) : say("account_works"));
    return failures.length === 0;
  } catch (thrown) {
    place.replaceChildren();
    throw thrown;
  }
}

/** @param {Desk} desk */
function adding(desk) {
  const address = input("email", { required: true });
  const password = input("password");
  const shown = element("div", {});
  const byHand = () => {
    const typed = address.value.trim();
    if (!address.reportValidity()) return;
    const server = (/** @type {number} */ port) => ({ host: "", port, security: /** @type {const} */ ("tls") });
    const account = { id: "", address: typed, smtp: server(465), imap: server(993), user: typed, login: /** @type {const} */ ("password"), keep_copy: true, folder: "" };
    shown.replaceChildren(confirming(desk, account, [], password));
  };
  const look = form(say("accounts_find"), [field(say("keys_address"), address), field(say("account_password"), password, { note: say("account_password_note") })], () =>
    desk.attempt(async () => {
      desk.tell(say("accounts_finding"));
      try {
        const found = await desk.ask("account_find", { address: address.value.trim() });
        desk.tell("");
        shown.replaceChildren(confirming(desk, found.account, found.confirm, password));
      } catch (thrown) {
        // The domain says nothing.
        desk.fail(thrown);
        byHand();
      }
    }),
  );
  look.querySelector(".actions")?.append(button(say("accounts_by_hand"), byHand));
  return element("div", {}, look, shown);
}

/**
 * The servers, to be looked at and changed, before a password goes to them.
 * @param {Desk} desk
 * @param {AccountSettings} found
 * @param {import("../../lib/shapes.js").Reason[]} reasons
 * @param {HTMLInputElement} password
 */
function confirming(desk, found, reasons, password) {
  const smtp = serverFields(found.smtp);
  const imap = serverFields(found.imap ?? { host: "", port: 993, security: "tls" });
  const user = input("text", { value: found.user, required: true });
  const result = element("div", { role: "status" });
  return form(
    say("account_keep"),
    [
      ...(reasons.length ? [findings(reasons)] : []),
      element("fieldset", { class: "card" }, element("legend", {}, say("account_smtp")), ...smtp.fields),
      element("fieldset", { class: "card" }, element("legend", {}, say("account_imap")), ...imap.fields),
      field(say("account_user"), user),
      result,
    ],
    () =>
      desk.attempt(async () => {
        const copies = imap.read();
        const { id, address, login, folder } = found;
        const account = { id, address, login, folder, smtp: smtp.read(), imap: copies.host ? copies : null, keep_copy: copies.host !== "" && found.keep_copy, user: user.value.trim() };
        const secret = password.value || null;
        if (!(await check(desk, account, secret, result))) return;
        await desk.ask("account_put", { account, secret });
        password.value = "";
        desk.tell(say("account_kept", account.address));
        await desk.again();
      }),
  );
}

/** @param {Server} server */
function serverFields(server) {
  const host = input("text", { value: server.host });
  const port = input("number", { value: String(server.port), min: "1", max: "65535" });
  const security = choice(SECURITY, server.security);
  return {
    fields: [field(say("account_host"), host), field(say("account_port"), port), field(say("account_security"), security)],
    /** @returns {Server} */
    read: () => ({ host: host.value.trim(), port: Number(port.value), security: security.value === "tls" ? "tls" : "starttls" }),
  };
}

/** @param {Desk} desk */
async function outbox(desk) {
  /** @type {Waiting[]} */
  let waiting = [];
  try {
    ({ waiting } = await desk.ask("outbox_list"));
  } catch {
    // While the keys are locked nobody can see what waits.
    return element("p", { class: "quiet" }, say("outbox_locked"));
  }
  if (waiting.length === 0) return element("div", { hidden: true });
  return element(
    "section",
    { "aria-labelledby": "outbox-title" },
    element("h2", { id: "outbox-title" }, say("outbox_title")),
    element("ul", { class: "cards", id: "outbox" }, ...waiting.map((each) => waitingCard(desk, each))),
  );
}

/**
 * @param {Desk} desk
 * @param {Waiting} letter
 */
function waitingCard(desk, { batch, since, recipients, unsure, busy }) {
  const again = (/** @type {boolean} */ anyway) =>
    desk.attempt(async () => {
      desk.tell(say("write_sending"));
      await desk.ask("outbox_retry", { batch, anyway, secret: null });
      desk.tell(say("outbox_tried"));
      await desk.again();
    });
  const forget = () =>
    desk.attempt(async () => {
      await desk.ask("outbox_forget", { batch });
      await desk.again();
    });
  return element(
    "li",
    { class: "card" },
    element("h3", {}, element("bdi", {}, recipients.join(", "))),
    facts([
      [say("outbox_since"), moment(since)],
      [say("card_state"), busy ? say("write_sending") : unsure ? say("outbox_unsure") : say("outbox_waits")],
    ]),
    element(
      "div",
      { class: "actions" },
      unsure ? twice(say("outbox_anyway"), say("outbox_anyway_sure"), () => void again(true)) : button(say("outbox_again"), () => void again(false)),
      twice(say("outbox_forget"), say("outbox_forget_sure"), () => void forget()),
    ),
  );
}
