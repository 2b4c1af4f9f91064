/**
 * What stands in the way of sending, said before anything is written: no way to send, no key, a locked vault, an address
 * without a certificate.
 */

import { element } from "../elements.js";
import { ownUrl } from "../../browser/runtime.js";
import { say } from "../../browser/words.js";

/**
 * @typedef {import("../../lib/shapes.js").CertificateSummary} CertificateSummary
 * @typedef {{ exists: boolean, locked: boolean }} Vault
 */

/**
 * @param {object} here
 * @param {Vault} here.vault
 * @param {string} here.address  that it is sent from
 * @param {readonly CertificateSummary[]} here.own   own certificates
 * @returns {HTMLElement[]}  a line each, with the way out
 */
export function obstacles({ vault, address, own }) {
  const lines = [];
  if (vault.locked) lines.push(line("locked", say("write_locked")));
  if (!own.some((certificate) => inForce(certificate) && names(certificate, address))) {
    lines.push(line("no-certificate", say("write_no_certificate", address), "#keys"));
  }
  return lines;
}

/**
 * @param {string} code
 * @param {string} words
 * @param {string} [view]  of the page for keys and accounts, where it is mended
 */
export function line(code, words, view) {
  return element("li", { "data-code": code }, words, ...(view ? [" ", element("a", { href: ownUrl(`ui/manage.html${view}`) }, say("manage_open"))] : []));
}

/** @param {CertificateSummary} certificate */
function inForce({ not_before, not_after }) {
  const now = Date.now();
  return Date.parse(not_before) <= now && now <= Date.parse(not_after);
}

/** @param {CertificateSummary} certificate @param {string} address */
function names({ addresses }, address) {
  return addresses.some((each) => each.toLowerCase() === address.toLowerCase());
}
