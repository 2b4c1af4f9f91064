/**
 * The settings that concern mail pages in this browser: which sites are granted, badges in their lists, and the person's
 * own mark. Thunderbird has none of them.
 */

import { button, element } from "../elements.js";
import { field, form, input, nothing, section } from "./forms.js";
import { markForm } from "../mark-form.js";
import { keep, kept } from "../../browser/keeping.js";
import { grantedSites, removeSite, requestSite, sitePattern } from "../../browser/sites.js";
import { say } from "../../browser/words.js";
import { NO_BADGES } from "../../lib/kept-names.js";

export { grantedSites, markForm };

/** @typedef {import("../manage.js").Desk} Desk */

/**
 * @param {Desk} desk
 * @returns {Promise<HTMLElement>}
 */
export async function sites(desk) {
  const granted = await grantedSites();
  const rows = granted.map(({ pattern, name, fixed }) =>
    element(
      "li",
      { class: "row" },
      element("bdi", {}, name),
      fixed
        ? element("span", { class: "quiet" }, say("settings_site_fixed"))
        : button(say("popup_stop"), () => void desk.attempt(() => stop(desk, pattern, name)), { class: "button button--quiet", "aria-label": `${say("popup_stop")}: ${name}` }),
    ),
  );
  const list = rows.length ? element("ul", { class: "rows", id: "sites" }, ...rows) : nothing(say("settings_sites_none"));
  return section("settings_sites", nothing(say("settings_sites_lead")), list, siteForm(desk));
}

/** A site granted by its address. @param {Desk} desk */
export function siteForm(desk) {
  const address = input("text", { required: true, placeholder: "https://mail.example.org", inputmode: "url" });
  return form(say("settings_site_add"), [field(say("settings_site_address"), address)], () => {
    const typed = address.value.trim();
    const pattern = sitePattern(typed.includes("://") ? typed : `https://${typed}`);
    if (!pattern) return Promise.resolve(desk.tell(say("settings_site_wrong")));
    // At once: browsers take the question only as the direct answer to a click.
    const asked = requestSite(pattern);
    return desk.attempt(async () => {
      if (!(await asked)) return desk.tell(say("settings_site_refused"));
      desk.tell(say("settings_site_granted"));
      await desk.again();
    });
  });
}

/**
 * @param {Desk} desk
 * @param {string} pattern
 * @param {string} name
 */
async function stop(desk, pattern, name) {
  await removeSite(pattern);
  desk.tell(say("settings_site_stopped", name));
  await desk.again();
}

/**
 * @param {Desk} desk
 * @returns {Promise<HTMLElement>}
 */
export async function badges(desk) {
  const off = (await kept(NO_BADGES).catch(() => false)) === true;
  const box = input("checkbox", { checked: !off });
  box.id = "badges";
  box.addEventListener("change", () =>
    void desk.attempt(async () => {
      await keep(NO_BADGES, !box.checked);
      desk.tell(say("settings_kept"));
    }),
  );
  return section("settings_lists", field(say("settings_badges"), box, { line: true, note: say("settings_badges_note") }));
}

/** @param {Desk} desk */
export function ownMark(desk) {
  return section("mark_title", nothing(say("mark_lead")), markForm(desk.tell));
}
