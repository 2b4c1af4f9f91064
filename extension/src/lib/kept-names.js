/**
 * The names under which the extension itself remembers what concerns the browser alone (browser/keeping.js). Everything
 * else that a person sets is kept by the host, for all clients.
 */

/** True: no badges in the lists of mail pages. */
export const NO_BADGES = "no-list-badges";

/** True: the page with the first steps was opened after the installation. */
export const WELCOMED = "welcomed";
