/**
 * Other ways to send than a mail server: through the webmail that is open, or through the provider's interface, where the
 * person signs in. What each can and cannot do is said before anything is kept.
 */

import { button, element } from "../elements.js";
import { choice, facts, field, form, input, nothing, twice } from "./forms.js";
import { grantedSites } from "../../browser/sites.js";
import { redirectAddress, requestSignIn, signInAt } from "../../browser/identity.js";
import { openSites } from "../../browser/tabs.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").KeptWay} KeptWay
 * @typedef {import("../../lib/protocol.js").WayList} WayList
 * @typedef {import("../../lib/protocol.js").SignInPlace} SignInPlace
 */

const NOWHERE = Object.freeze({ authorization: "", token: "", revocation: "", client_id: "", scope: "" });
/** What RFC 8620 and RFC 8621 call what sending takes; servers name their scopes so. */
const JMAP_SCOPE = ["core", "mail", "submission"].map((each) => `urn:ietf:params:jmap:${each}`).join(" ");

/**
 * A form for another way.
 * @param {Desk} desk
 * @param {WayList} known
 */
export async function addingWay(desk, known) {
  const sites = await openSites((await grantedSites()).map(({ pattern }) => pattern));
  const kinds = /** @type {const} */ ([
    ["webmail", say("way_webmail")],
    ["gmail", say("way_gmail")],
    ["graph", say("way_graph")],
    ["jmap", say("way_jmap")],
  ]);
  const kind = choice(kinds);
  kind.id = "way";
  const place = element("div", { id: "way-form" });
  const show = () => {
    const made = kind.value === "webmail" ? webmailForm(desk, sites) : apiForm(desk, kind.value, known);
    place.replaceChildren(made);
  };
  kind.addEventListener("change", show);
  show();
  return element("div", {}, element("div", { class: "field" }, element("label", { for: "way" }, say("way_choose")), kind), place);
}

/**
 * What a card says of an account that does not send by a mail server.
 * @param {Desk} desk
 * @param {KeptWay} way
 * @returns {Node[]}
 */
export function wayFacts(desk, way) {
  /** @type {[string, import("../elements.js").Child][]} */
  const said = [[say("account_smtp"), say(`way_${way.way}`)]];
  if (way.way === "webmail") return [facts([...said, [say("way_site"), element("bdi", {}, way.site)]]), nothing(say("way_webmail_note"))];
  const signedIn = say(way.signed_in ? "way_signed_in" : "way_signed_out");
  const actions = [
    button(say("way_sign_in"), () => void signIn(desk, way, ""), { class: way.signed_in ? "button" : "button button--main" }),
    ...(way.signed_in ? [twice(say("way_sign_out"), say("way_sign_out_sure"), () => void signOut(desk, way))] : []),
  ];
  return [
    facts([...said, [say("account_host"), element("bdi", {}, way.host)], [say("card_state"), signedIn], [say("way_largest"), way.largest ? megabytes(way.largest) : ""]]),
    nothing(say(`way_${way.way}_note`)),
    ...(way.sign_in ? [element("div", { class: "actions" }, ...actions)] : []),
  ];
}

/** @param {number} octets */
function megabytes(octets) {
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: 0 }).format(octets / 1_000_000);
}

/**
 * @param {Desk} desk
 * @param {string[]} sites  granted ones that are open
 */
function webmailForm(desk, sites) {
  const address = input("email", { required: true });
  const site = sites.length ? choice(sites.map((each) => [each, each])) : input("url", { required: true, placeholder: "https://mail.example.org" });
  return form(
    say("account_keep"),
    [nothing(say("way_webmail_note")), field(say("keys_address"), address), field(say("way_site"), site, { note: say("way_site_note") })],
    () =>
      desk.attempt(async () => {
        const origin = originOf(site.value);
        desk.tell(say("account_checking"));
        const { addresses } = await desk.webmail(origin);
        const typed = address.value.trim();
        if (!addresses.includes(typed.toLowerCase())) return desk.tell(say("way_not_its_address", typed, addresses.join(", ")));
        const { hostname, port, protocol } = new URL(origin);
        const number = Number(port || (protocol === "https:" ? 443 : 80));
        await desk.ask("way_put", { account: "", address: typed, way: "webmail", host: hostname, port: number, site: origin, sign_in: null, secret: null });
        desk.tell(say("account_kept", typed));
        await desk.again();
      }),
  );
}

/** @param {string} typed */
function originOf(typed) {
  return URL.canParse(typed) ? new URL(typed).origin : typed;
}

/**
 * @param {Desk} desk
 * @param {string} kind
 * @param {WayList} known
 */
function apiForm(desk, kind, { presets }) {
  const preset = presets.find(({ way }) => way === kind);
  const begin = preset?.sign_in ?? { ...NOWHERE, scope: JMAP_SCOPE };
  const address = input("email", { required: true });
  const client = input("text", { required: true, value: begin.client_id });
  const secret = input("password");
  const host = input("text", { required: true, value: preset?.host ?? "" });
  const places = /** @type {const} */ (["authorization", "token", "revocation", "scope"]).map((name) => /** @type {const} */ ([name, input("text", { value: begin[name], required: name !== "revocation" })]));
  const detailed = [field(say("account_host"), host), ...places.map(([name, control]) => field(say(`way_${name}`), control))];
  const redirect = element("p", { class: "quiet" }, say("way_redirect"), " ", element("code", { id: "redirect" }, redirectAddress()));
  return form(
    say("way_sign_in"),
    [
      nothing(say(`way_${kind}_note`)),
      field(say("keys_address"), address),
      field(say("way_client"), client, { note: say("way_client_note") }),
      field(say("way_secret"), secret, { note: say("way_secret_note") }),
      redirect,
      // A provider that is known needs none of it; one that is not needs all.
      preset ? element("details", {}, element("summary", {}, say("way_places")), ...detailed) : element("div", {}, ...detailed),
    ],
    () => {
      const allowed = requestSignIn();
      return desk.attempt(async () => {
        if (!(await allowed)) return desk.tell(say("way_not_signed_in"));
        const sign_in = { ...NOWHERE, client_id: client.value.trim(), ...Object.fromEntries(places.map(([name, control]) => [name, control.value.trim()])) };
        const [name, port] = host.value.trim().split(":");
        const { ways } = await desk.ask("way_put", { account: "", address: address.value.trim(), way: kind, host: name, port: Number(port || 443), site: "", sign_in, secret: null });
        await signIn(desk, ways[ways.length - 1], secret.value, true);
      });
    },
  );
}

/**
 * The person signs in, in a window of the browser's own. The host makes what is asked and takes what comes back; no page
 * of the extension sees a token.
 * @param {Desk} desk
 * @param {KeptWay} way
 * @param {string} secret   the client's
 * @param {boolean} [allowed]  it was asked for already
 */
function signIn(desk, way, secret, allowed = false) {
  const permitted = allowed ? Promise.resolve(true) : requestSignIn();
  return desk.attempt(async () => {
    const { url } = (await permitted) ? await desk.ask("sign_in_begin", { account: way.account, redirect: redirectAddress(), secret }) : { url: "" };
    const answer = url ? await signInAt(url) : undefined;
    if (answer === undefined) desk.tell(say("way_not_signed_in"));
    else await finish(desk, way, answer);
    await desk.again();
  });
}

/**
 * @param {Desk} desk
 * @param {KeptWay} way
 * @param {string} answer
 */
async function finish(desk, way, answer) {
  try {
    await desk.ask("sign_in_finish", { answer });
    desk.tell(say("account_kept", way.address));
  } catch (thrown) {
    desk.fail(thrown);
  }
}

/**
 * @param {Desk} desk
 * @param {KeptWay} way
 */
function signOut(desk, way) {
  return desk.attempt(async () => {
    const { revoked, reason } = await desk.ask("sign_in_end", { account: way.account });
    desk.tell(reason ? `${say("way_out_here")} ${reason.sentence}` : say(revoked ? "way_out_everywhere" : "way_out_here"));
    await desk.again();
  });
}
