/**
 * The links of a mail, told apart from it: each with its true target. One is followed only from here, so that whoever
 * presses a link has read where it leads.
 */

import { element } from "./elements.js";
import { say } from "../browser/words.js";

/** @typedef {import("../lib/links.js").Link} Link */

/**
 * @param {Link[]} links
 * @returns {{ view: HTMLElement | null, point: (at: number) => void }}  `point` leads to one of them
 */
export function linksView(links) {
  if (links.length === 0) return { view: null, point: () => {} };
  const rows = links.map(row);
  const view = element(
    "details",
    { class: "links" },
    element("summary", {}, say("links", String(links.length))),
    element("ul", {}, ...rows),
  );
  return {
    view,
    point(at) {
      view.open = true;
      for (const each of rows) each.classList.toggle("links__row--pointed", each === rows[at]);
      rows[at]?.scrollIntoView({ block: "nearest" });
      /** @type {HTMLElement | null} */ (rows[at]?.querySelector("a, code"))?.focus();
    },
  };
}

/** @param {Link} link */
function row({ words, target, host, differs }) {
  return element(
    "li",
    { class: "links__row" },
    words && words !== target && element("bdi", { class: "links__words" }, words),
    element("code", { class: "links__target", dir: "ltr", tabindex: "-1" }, ...emphasised(target, host)),
    differs && element("strong", { class: "links__differs" }, say("link_differs")),
    // Mail addresses are not opened: what follows would be a program of the computer, filled in by the mail.
    host &&
      element(
        "a",
        { class: "button", href: target, target: "_blank", rel: "noopener noreferrer", referrerpolicy: "no-referrer" },
        say("link_open", host),
      ),
  );
}

/**
 * The host stands out: everything before and after it can be made to look like one.
 * @param {string} target
 * @param {string} host
 */
function emphasised(target, host) {
  const at = host ? target.indexOf(host, target.indexOf("@") > 0 ? target.lastIndexOf(`@${host}`) : 0) : -1;
  if (at < 0) return [target];
  return [target.slice(0, at), element("b", {}, host), target.slice(at + host.length)];
}
