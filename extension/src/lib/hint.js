/**
 * Whether a message looks as if it were signed or encrypted.
 *
 * Only a hint, and only used to decide whether to bother a person while no verdict can be had: without the host, a
 * panel above every ordinary mail would teach people to overlook it. The verdict never depends on it.
 */

/** Octets looked at: S/MIME says what it is in a header, and a forwarded one soon after. */
const LOOKED_AT = 64 * 1024;

/**
 * @param {Blob} blob
 * @returns {Promise<boolean>}
 */
export async function looksSecured(blob) {
  const head = await blob.slice(0, LOOKED_AT).text();
  return /application\/(x-)?pkcs7-|multipart\/signed/i.test(head);
}
