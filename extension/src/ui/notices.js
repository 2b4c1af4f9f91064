/**
 * What a person is told of their own certificates unasked: those that end soon, or have ended. In the host's words.
 */

import { element } from "./elements.js";
import { sentence } from "./sentences.js";

/**
 * Fills a section that has a list; without notices it is hidden.
 * @param {HTMLElement} section
 * @param {readonly import("../lib/shapes.js").Reason[]} notices
 */
export function showNotices(section, notices) {
  section.hidden = notices.length === 0;
  const lines = notices.map((notice) =>
    element("li", { "data-code": notice.code }, sentence(`${notice.sentence} ${notice.advice}`.trim(), Object.values(notice.facts))),
  );
  section.querySelector("ul")?.replaceChildren(...lines);
}
