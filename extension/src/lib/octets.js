/**
 * Octets and their base64 form. Only what the platform does not offer on both browsers.
 */

/**
 * The number of octets a base64 text stands for, without decoding it.
 * @param {string} base64
 */
export function decodedLength(base64) {
  if (base64.length === 0) return 0;
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/**
 * @param {string} base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(base64) {
  const binary = atob(base64);
  const octets = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) octets[at] = binary.charCodeAt(at);
  return octets;
}

/**
 * @param {Uint8Array} octets
 */
export function toBase64(octets) {
  // String.fromCharCode takes its octets as arguments, and engines limit how many those may be.
  const pieces = [];
  for (let at = 0; at < octets.length; at += 0x8000) {
    pieces.push(String.fromCharCode(...octets.subarray(at, at + 0x8000)));
  }
  return btoa(pieces.join(""));
}

/**
 * The base64 text of a blob, made by the browser itself.
 *
 * Firefox refuses to let a content script look into an ArrayBuffer that came from the page's side ("Permission
 * denied to access property 'constructor'"); a FileReader works in content scripts and pages of both browsers.
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
export function blobToBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = /** @type {string} */ (reader.result);
      resolve(url.slice(url.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
