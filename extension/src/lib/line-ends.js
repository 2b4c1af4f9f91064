/**
 * Line ends of mail: CRLF (RFC 5322 §2.3), which signatures count on (RFC 8551 §3.1.1).
 */

/**
 * A message with CRLF in place of every lone LF. Nothing else is touched, also what is no text.
 * @param {Blob} blob
 * @returns {Promise<Blob>}
 */
export async function withMailLineEnds(blob) {
  const text = (await binaryText(blob)).replace(/\r?\n/g, "\r\n");
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) octets[at] = text.charCodeAt(at);
  return new Blob([octets], { type: blob.type });
}

/**
 * A character for each octet. By a FileReader for Firefox's sake (octets.js says why).
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function binaryText(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(/** @type {string} */ (reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsBinaryString(blob);
  });
}
