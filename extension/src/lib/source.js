/**
 * A blob as the source of an upload: sliced, so that no more than a chunk of it is ever text.
 */

import { blobToBase64 } from "./octets.js";

/**
 * @param {Blob} blob
 * @returns {import("./session.js").Source}
 */
export function blobSource(blob) {
  let at = 0;
  return {
    size: blob.size,
    async pull(max) {
      const slice = blob.slice(at, at + max);
      at += slice.size;
      return { data: await blobToBase64(slice), last: at >= blob.size };
    },
  };
}
