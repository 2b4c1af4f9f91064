/**
 * Elements made of names, attributes and text. There is no way in here from a string to markup.
 */

/**
 * @typedef {Node | string | null | undefined | false} Child  strings become text; nothing becomes nothing
 */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean | null | undefined>} attributes  true: present and empty; false: absent
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) throw new TypeError("listeners are added with addEventListener");
    if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(attribute, value);
  }
  made.append(...present(children));
  return made;
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
export function present(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
}

/**
 * @param {string} words  what pressing it does
 * @param {() => void} action
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(words, action, attributes = {}) {
  const made = element("button", { type: "button", class: "button", ...attributes }, words);
  made.addEventListener("click", action);
  return made;
}

/**
 * An icon of ui/icons in the colour of the text around it.
 * @param {string} icon
 * @param {string} [words]  what it stands for; without words it is decoration beside words
 */
export function mark(icon, words) {
  return element("span", {
    class: "mark",
    "data-icon": icon,
    ...(words ? { role: "img", "aria-label": words } : { "aria-hidden": "true" }),
  });
}

/**
 * A point in time, in the reader's language and time zone.
 * @param {string} iso  ISO 8601, UTC
 */
export function moment(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.valueOf())) return element("bdi", {}, iso);
  const words = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    dateStyle: "long",
    timeStyle: "short",
  }).format(date);
  return element("time", { datetime: iso, title: iso }, words);
}

/**
 * A day: when the hour does not matter.
 * @param {string} iso
 */
export function day(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.valueOf())) return element("bdi", {}, iso);
  const format = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "long" });
  return element("time", { datetime: iso, title: iso }, format.format(date));
}
