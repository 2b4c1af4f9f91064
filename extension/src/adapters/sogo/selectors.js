/**
 * Everything of SOGo's that the adapter leans on (seen with 5.8, Debian): its templates carry the names that its own
 * script binds them by.
 */

/** The document of its mail module, also in a window of its own. */
export const MAIL = 'body[ng-app="SOGo.MailerUI"]';

/** Where one message is shown, and in it the body: all that is the mail's own. */
export const MESSAGE = '[ui-view="message"]';
export const BODY = ".sg-face > md-card > md-card-content > div > .msg-body";

/** What SOGo says of S/MIME by itself: against other anchors, and of no address. */
export const OWN_WORDS = '[ng-show="viewer.message.signed"], [ng-show="viewer.message.encrypted"]';

/** Its button for a new message, which floats. */
export const COMPOSE = "md-fab-speed-dial.sg-fab-bottom-center, .md-fab.sg-fab-bottom-center";
export const COMPOSE_PLACE = "sg-fab-bottom-center";

/** The address of a message: account, folder (encoded twice), UID. */
export const PLACE = /^#!\/Mail\/([^/]+)\/(?:virtual\/)?([^/]+)\/(\d+)$/;

/** The cookie whose value its requests repeat. */
export const TOKEN_COOKIE = "XSRF-TOKEN";
export const TOKEN_HEADER = "X-XSRF-TOKEN";

/** How SOGo writes names of folders in addresses: in this order, the first included. */
export const ESCAPES = Object.freeze([
  ["_", "_U_"],
  [".", "_D_"],
  ["#", "_H_"],
  ["@", "_A_"],
  ["*", "_S_"],
  [":", "_C_"],
  [",", "_CO_"],
  [" ", "_SP_"],
  ["'", "_SQ_"],
  ["&", "_AM_"],
  ["+", "_P_"],
]);
