/**
 * The little of a browser's extension interface that pages need when there is no browser: texts and an address.
 * Import it before any module of src/browser.
 */

/** @typedef {Record<string, { message: string, placeholders?: Record<string, { content: string }> }>} Messages */

/**
 * @param {Messages} messages  a parsed messages.json
 * @returns {(key: string, facts?: string | string[]) => string}
 */
export function messageLookup(messages) {
  return (key, facts = []) => {
    const entry = messages[key];
    if (entry === undefined) return "";
    const given = [facts].flat();
    return entry.message.replace(/\$(\w+)\$/g, (whole, name) => {
      const content = entry.placeholders?.[name.toLowerCase()]?.content;
      return content ? content.replace(/\$(\d)/g, (_, at) => given[Number(at) - 1] ?? "") : whole;
    });
  };
}

/**
 * @param {Messages} messages
 * @param {string} language
 */
export function install(messages, language) {
  /** @type {any} */ (globalThis).chrome = {
    runtime: { id: "letterlock-test", getURL: (/** @type {string} */ path) => `chrome-extension://letterlock-test/${path}` },
    i18n: { getMessage: messageLookup(messages), getUILanguage: () => language },
  };
}
