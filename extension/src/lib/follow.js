/**
 * Elements that come and go in a page that is never loaded anew: a webmail that swaps messages by script, or shows a
 * conversation of several.
 */

/**
 * Calls `found` for every element of a selector, as often as something new is in it, and ends what that began when the
 * element goes, or holds something else. It looks at once whenever the page has changed: what `nameOf` finds elsewhere
 * in the page, or in its address, still belongs to the element that has just come.
 *
 * An element inside another of the same selector is not looked at: a mail could hold one.
 * @param {Document} document
 * @param {string} selector
 * @param {(element: HTMLElement) => string | null} nameOf  what is in an element now; null: nothing (yet)
 * @param {(element: HTMLElement, name: string, signal: AbortSignal) => void} found
 * @param {AbortSignal} signal
 */
export function follow(document, selector, nameOf, found, signal) {
  /** @type {Map<HTMLElement, { name: string, end: AbortController }>} */
  const known = new Map();

  function look() {
    const now = new Map(outermost(document, selector).map((element) => [element, nameOf(element)]));
    for (const [element, { name, end }] of known) {
      if (now.get(element) === name) continue;
      known.delete(element);
      end.abort();
    }
    for (const [element, name] of now) {
      if (name === null || known.has(element)) continue;
      const end = new AbortController();
      known.set(element, { name, end });
      found(element, name, end.signal);
    }
  }

  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    for (const { end } of known.values()) end.abort();
    known.clear();
  }, { once: true });
  look();
}

/**
 * @param {Document} document
 * @param {string} selector
 */
function outermost(document, selector) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);
  return all.filter((element) => !all.some((other) => other !== element && other.contains(element)));
}
