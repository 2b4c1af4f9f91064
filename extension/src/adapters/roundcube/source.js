/**
 * The raw source of a message in Roundcube.
 */

import { environment } from "./environment.js";
import { ENV, PARAMETERS, READING_ACTIONS } from "./selectors.js";

/**
 * The address that hands out the message octet by octet. With `_save` it comes as received; without, Roundcube
 * rewrites line ends and trims white space, and no signature would hold. `_save` wants the request token.
 * @param {Record<string, unknown>} env  from environment.js
 * @param {string} base        the document's address
 * @returns {URL | null} null: the page does not say which message it shows
 */
export function sourceAddress(env, base) {
  const { uid, mailbox, token, path } = Object.fromEntries(
    Object.entries(ENV).map(([name, key]) => [name, String(env[key] ?? "")]),
  );
  if (!uid || !mailbox || !token) return null;
  const url = new URL(path || "./", base);
  // A blob: address has the page's origin, too.
  if (url.origin !== new URL(base).origin || !/^https?:$/.test(url.protocol)) return null;
  url.search = new URLSearchParams({
    _task: "mail",
    _action: "viewsource",
    _uid: uid,
    _mbox: mailbox,
    _save: "1",
    _token: token,
  }).toString();
  return url;
}

/**
 * The state of a page before it is there: its address names the message, and the page around the preview pane has the
 * token of the session.
 * @param {Document} document
 * @returns {Record<string, unknown> | null} null: no message is named
 */
export function foreseenEnvironment(document) {
  const asked = new URLSearchParams(document.location.search);
  const said = (/** @type {string} */ name) => asked.get(name) ?? "";
  if (!READING_ACTIONS.includes(said(PARAMETERS.action)) || !said(PARAMETERS.uid) || !said(PARAMETERS.mailbox)) return null;
  const around = environmentAround(document);
  return {
    [ENV.uid]: said(PARAMETERS.uid),
    [ENV.mailbox]: said(PARAMETERS.mailbox),
    [ENV.token]: around?.[ENV.token],
    [ENV.path]: around?.[ENV.path],
  };
}

/**
 * @param {Document} document
 * @returns {Record<string, unknown> | null} null: there is no page around it, or it is another site's
 */
function environmentAround(document) {
  const around = document.defaultView?.parent;
  try {
    return around && around !== document.defaultView ? environment(around.document) : null;
  } catch {
    return null;
  }
}

/**
 * @param {URL} address
 * @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function fetchSource(address, signal) {
  const response = await fetch(address, {
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal,
  });
  const type = response.headers.get("Content-Type") ?? "";
  // A refusal (a stale token, a session that ended) is a page of HTML with status 200.
  if (!response.ok || !/^(text\/plain|message\/rfc822)\b/i.test(type)) {
    throw new Error(`Roundcube answered ${response.status} ${type}`);
  }
  const blob = await response.blob();
  // A message that is gone comes as nothing at all.
  if (blob.size === 0) throw new Error("Roundcube answered with nothing");
  return blob;
}
