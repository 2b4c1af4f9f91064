/**
 * The view of settings: what a person may want otherwise. Whatever concerns mail is kept by the host, so that it holds in
 * every browser and in Thunderbird; what concerns this browser alone (sites, badges, the person's own mark) is here only
 * where there are mail pages.
 */

import { button, element } from "../elements.js";
import { diagnostics } from "./diagnostics.js";
import { choice, facts, field, form, input, nothing, section } from "./forms.js";
import { identities } from "../../browser/identities.js";
import { readsWebmail } from "../../browser/runtime.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").Settings} Settings
 * @typedef {import("../../lib/protocol.js").WritingDefault} WritingDefault
 * @typedef {import("../../lib/protocol.js").OwnKey} OwnKey
 */

/** Times a person chooses from, in minutes. */
const MINUTES = [5, 15, 30, 60, 240, 720];

/** What new mail may start with: signed or not, and whether it is encrypted. */
const STARTS = /** @type {const} */ ([
  [true, "possible", "settings_sign_possible"],
  [true, "always", "settings_sign_always"],
  [true, "never", "settings_sign_only"],
  [false, "possible", "settings_possible"],
  [false, "always", "settings_always"],
  [false, "never", "settings_neither"],
]);

/**
 * @param {Desk} desk
 * @returns {Promise<Node[]>}
 */
export async function settings(desk) {
  const kept = await ofHost(desk);
  const browsers = readsWebmail() ? await import("./webmail.js") : null;
  return [
    ...(browsers ? [await browsers.sites(desk), await browsers.badges(desk)] : []),
    ...(kept ? [writing(desk, kept), locking(desk, kept.settings), evidence(desk, kept.settings), revocation()] : []),
    ...(browsers ? [browsers.ownMark(desk)] : []),
    await diagnostics(desk),
  ];
}

/**
 * What is set in the host, and the addresses it may be set for; null where it does not answer, which was said then.
 * @param {Desk} desk
 * @returns {Promise<{ settings: Settings, addresses: string[] } | null>}
 */
async function ofHost(desk) {
  try {
    const [settings, { keys }, own] = await Promise.all([desk.ask("settings_list"), desk.ask("key_list"), identities()]);
    const certified = keys.flatMap((/** @type {OwnKey} */ key) => key.certificates.flatMap(({ addresses }) => addresses));
    const set = settings.writing.map((/** @type {WritingDefault} */ { address }) => address);
    const addresses = new Set([...own.map(({ address }) => address), ...certified, ...set].map((address) => address.toLowerCase()).filter(Boolean));
    return { settings, addresses: [...addresses].sort() };
  } catch (thrown) {
    desk.fail(thrown);
    return null;
  }
}

/**
 * @param {Desk} desk
 * @param {{ settings: Settings, addresses: string[] }} kept
 */
function writing(desk, { settings: { writing }, addresses }) {
  const of = (/** @type {string} */ address) => writing.find((each) => each.address === address);
  const row = (/** @type {string} */ address, /** @type {string} */ words, /** @type {string} */ unset) => {
    const set = of(address);
    const chosen = STARTS.findIndex(([sign, encrypt]) => sign === set?.sign && encrypt === set?.encrypt);
    const made = choice([["", unset], ...STARTS.map(([, , key], at) => /** @type {[string, string]} */ ([String(at), say(key)]))], chosen < 0 ? "" : String(chosen));
    made.addEventListener("change", () => {
      const [sign, encrypt] = STARTS[Number(made.value)];
      const wish = made.value === "" ? { forget: address } : { writing: { address, sign, encrypt } };
      void desk.attempt(() => change(desk, wish));
    });
    return field(words, made);
  };
  return section(
    "settings_writing",
    nothing(say("settings_writing_lead")),
    row("", say("settings_all_addresses"), say("settings_unset")),
    ...addresses.map((address) => row(address, address, say("settings_as_all"))),
  );
}

/**
 * @param {Desk} desk
 * @param {Settings} kept
 */
function locking(desk, { idle_seconds }) {
  const times = [...new Set([...MINUTES, Math.round(idle_seconds / 60)])].sort((a, b) => a - b);
  const made = choice(times.map((minutes) => [String(minutes), duration(minutes)]), String(Math.round(idle_seconds / 60)));
  made.id = "idle";
  made.addEventListener("change", () => void desk.attempt(() => change(desk, { idle_seconds: 60 * Number(made.value) })));
  return section("settings_locking", field(say("settings_idle"), made, { note: say("settings_idle_note") }));
}

/** A number of minutes in the reader's language. @param {number} minutes */
function duration(minutes) {
  const [unit, count] = minutes % 60 ? ["minute", minutes] : ["hour", minutes / 60];
  return new Intl.NumberFormat(document.documentElement.lang || undefined, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/**
 * @param {Desk} desk
 * @param {Settings} kept
 */
function evidence(desk, { evidence: { senders, folder } }) {
  const sender = input("text", { required: true, placeholder: "@bank.example" });
  const rows = senders.map((each) =>
    element(
      "li",
      { class: "row" },
      element("bdi", {}, each),
      button(say("settings_evidence_stop"), () => void desk.attempt(() => change(desk, { keep_no_evidence: each })), { class: "button button--quiet", "aria-label": `${say("settings_evidence_stop")}: ${each}` }),
    ),
  );
  return section(
    "settings_evidence",
    nothing(say("settings_evidence_lead")),
    ...(rows.length ? [element("ul", { class: "rows", id: "evidence-senders" }, ...rows), facts([[say("settings_evidence_folder"), element("code", {}, folder)]])] : []),
    form(say("settings_evidence_add"), [field(say("settings_evidence_sender"), sender, { note: say("settings_evidence_note") })], () =>
      desk.attempt(() => change(desk, { keep_evidence: sender.value.trim() })),
    ),
  );
}

function revocation() {
  return section("trust_revocation", element("p", {}, say("settings_revocation"), " ", element("a", { href: "#trust" }, say("manage_trust"))));
}

/**
 * @param {Desk} desk
 * @param {Record<string, unknown>} wish
 */
async function change(desk, wish) {
  await desk.ask("settings_change", { idle_seconds: null, writing: null, forget: null, keep_evidence: null, keep_no_evidence: null, ...wish });
  desk.tell(say("settings_kept"));
  await desk.again();
}
