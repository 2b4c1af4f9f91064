/**
 * What this extension calls itself when it talks to the host.
 */

/** The native-messaging host's name, as its manifests register it. */
export const HOST_NAME = "letterlock";

/** The product's version; a test keeps it equal to the manifests and package.json. */
export const PRODUCT_VERSION = "0.1.0";

/** The protocol this extension speaks: `major.minor`. The same major works together. */
export const PROTOCOL_VERSION = "1.8";

/** Languages that host and extension both speak; anything else is answered in English. */
export const LANGUAGES = ["en", "de"];

/**
 * The session language for a browser's UI language tag, e.g. `de-AT` → `de`.
 * @param {string} tag
 */
export function sessionLanguage(tag) {
  const primary = tag.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.includes(primary) ? primary : "en";
}
