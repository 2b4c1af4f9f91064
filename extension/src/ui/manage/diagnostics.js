/**
 * What to tell somebody who helps: versions, what was found, and what was not. It holds no address, no name, no path, no
 * site and no secret, so that it can be pasted anywhere.
 */

import { button, element } from "../elements.js";
import { facts, nothing, section } from "./forms.js";
import { copyText } from "../clipboard.js";
import { ownVersion } from "../../browser/runtime.js";
import { failureWords, language, say } from "../../browser/words.js";
import { Failure } from "../../lib/failure.js";
import { PROTOCOL_VERSION } from "../../lib/product.js";

/**
 * @typedef {import("../manage.js").Desk} Desk
 * @typedef {import("../../lib/protocol.js").HostReport} HostReport
 */

/**
 * @param {Desk} desk
 * @returns {Promise<HTMLElement>}
 */
export async function diagnostics(desk) {
  const found = [...here(), ...(await there(desk))];
  const text = `${found.map(([name, value]) => `${name}: ${value}`).join("\n")}\n`;
  const copy = button(say("copy_text"), async () => desk.tell(say((await copyText(text)) ? "settings_copied" : "settings_not_copied")));
  copy.id = "copy-report";
  const list = facts(found);
  list.id = "report";
  return section("settings_diagnostics", nothing(say("settings_diagnostics_lead")), element("div", { class: "card" }, list, element("div", { class: "actions" }, copy)));
}

/** What this extension knows of itself. @returns {[string, string][]} */
function here() {
  const { extension, program } = ownVersion();
  return [
    [say("report_extension"), `${extension}, ${say("report_protocol")} ${PROTOCOL_VERSION}`],
    [say("report_program"), program],
    [say("report_language"), language()],
  ];
}

/**
 * What the host says of itself, or why it says nothing.
 * @param {Desk} desk
 * @returns {Promise<[string, string][]>}
 */
async function there(desk) {
  try {
    /** @type {HostReport} */
    const { product, protocol, python, system, openssl, libraries, extras, store } = await desk.ask("host_report");
    const vault = await desk.ask("vault_status");
    const state = vault.exists ? (vault.locked ? say("vault_locked") : say("vault_open")) : say("report_no_vault");
    return [
      [say("report_host"), `${product}, ${say("report_protocol")} ${protocol}`],
      [say("report_system"), system],
      [say("report_libraries"), [`Python ${python}`, openssl, ...Object.entries(libraries).map(([name, version]) => `${name} ${version}`)].join(", ")],
      [say("report_extras"), Object.entries(extras).map(([name, isThere]) => `${isThere ? "+" : "−"} ${name}`).join(", ")],
      [say("report_store"), store],
      [say("report_vault"), state],
    ];
  } catch (thrown) {
    const failure = Failure.from(thrown);
    return [[say("report_host"), `${failureWords(failure).sentence} (${failure.code})`]];
  }
}
