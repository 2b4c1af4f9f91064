/**
 * Everything of Gmail's that the adapter leans on. The classes come out of a minifier; other extensions have leaned on
 * these for years, and any of them may end tomorrow: then no message is found, and the toolbar button remains.
 *
 * Put together from what is published about Gmail, not tried against it (docs/browser.md).
 */

export const HOST = "mail.google.com";

/** One message of a conversation that is unfolded, and its id: 16 hexadecimal digits. */
export const MESSAGE = "div.adn[data-legacy-message-id]";
export const ID = "data-legacy-message-id";
export const ID_SHAPE = /^[0-9a-f]{10,20}$/;

/** In a message: the text, and all that is the mail's own. */
export const BODY = ".ii.gt";

/** Its button for a new message. */
export const COMPOSE = "div.T-I.T-I-KE.L3";

/** The path of an account: the number of the one in this tab. */
export const ACCOUNT = /^\/mail\/(?:u\/(\d+)\/)?/;
