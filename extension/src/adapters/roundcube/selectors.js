/**
 * Everything of Roundcube's that the adapter leans on (seen with 1.6 and its skins elastic and larry; the state in the
 * page's script and the body's name belong to Roundcube itself, so other skins have them, too).
 */

/** The line of the page's own script that carries its state. */
export const ENVIRONMENT_CALL = "rcmail.set_env(";

/** Names in that state. */
export const ENV = Object.freeze({
  task: "task",
  action: "action",
  uid: "uid",
  mailbox: "mailbox",
  token: "request_token",
  path: "comm_path",
  folders: "mailboxes",
  drafts: "drafts_mailbox",
});

/** Names in its addresses. */
export const PARAMETERS = Object.freeze({ action: "_action", uid: "_uid", mailbox: "_mbox" });

/** Actions that show one message: on a page of its own, and in the preview pane's frame. */
export const READING_ACTIONS = Object.freeze(["show", "preview"]);

/** Actions that list messages. */
export const LIST_ACTIONS = Object.freeze(["", "list"]);

/** The list, its rows, and the link in each, which names the message. */
export const LIST = "#messagelist";
export const LISTED_ROW = "tr.message";
export const LISTED_LINK = 'td.subject a[href*="_uid="]';

/** The message's body. */
export const BODY = "#messagebody";

/**
 * What Roundcube says instead of any S/MIME content: "encrypted … can not be displayed", also of what is only signed. The
 * skin elastic gives it other classes after loading. A part of a mail is a div, so nothing of a mail's own is meant.
 */
export const ONLY_NOTICE = "#messagebody > span:only-child:is(.part-notice, .ui.alert)";

/** What the panel stands before, best first: attachments and body (elastic), or the body alone. */
export const BEFORE = Object.freeze(["#message-content", BODY]);

/** Its button for a new message: in the menu of tasks (elastic), or in the tool bar (larry). */
export const COMPOSE = "#taskmenu a.compose, #messagetoolbar a.button.compose";

/** What the button has while its page is loading. */
export const COMPOSE_OFF = "disabled";

/** Its buttons for answering (elastic, larry), and what stands around one that opens a menu as well. */
export const ANSWERS = Object.freeze({
  reply: ":is(#mailtoolbar, #toolbar-menu, #messagetoolbar) a.reply",
  reply_all: ":is(#mailtoolbar, #toolbar-menu, #messagetoolbar) a.reply-all",
  forward: ":is(#mailtoolbar, #toolbar-menu, #messagetoolbar) a.forward",
});
export const DROPDOWN = ".dropbutton";

/** What the state calls the folders with a purpose. */
export const FOLDER_CLASSES = Object.freeze({ drafts: "drafts", sent: "sent" });

/** In the source of its pages: the person's identities in the settings; those to choose from where mail is resent. */
export const IDENTITIES = /<table[^>]*\bid="identities-table"[\s\S]*?<\/table>/;
export const IDENTITY_CHOICES = /<select[^>]*\bname="_from"[\s\S]*?<\/select>/;
export const IDENTITY = /<option value="(\d+)"[^>]*>([^<]*)</g;

/** The page that it answers with to a request that it refuses, or to somebody who is not logged in. */
export const REFUSAL_PAGE = /<body class="[^"]*\btask-(?:error|login)\b/;
