/**
 * What came with a mail, by what it does to whoever opens it: what can be looked at here, and what acts elsewhere. A name
 * and a type are the sender's words; the name decides, as it does on the computer where the file is opened.
 */

/** @typedef {import("./shapes.js").Part} Part */

/**
 * What a file does where it is opened:
 * - `program`: it runs
 * - `macros`: a document that may bring programs along
 * - `page`: the browser runs what is in it, as a file of this computer
 * - `container`: what is in it is not marked as coming from elsewhere, or is not seen by a virus scanner
 * @typedef {"program" | "macros" | "page" | "container"} Danger
 */

/** By the ends of names: what Windows, macOS and Linux start on a double click (after Outlook's list of blocked files). */
const DANGERS = /** @type {const} */ ([
  [
    "program",
    "ade adp apk app appimage appinstaller application appref-ms appx appxbundle bat chm cmd com command cpl deb desktop dll dmg exe " +
      "gadget hta inf ins isp jar jnlp js jse library-ms lnk mde msc msi msix msixbundle msp mst one onepkg pif pkg pl ps1 ps1xml ps2 psc1 psd1 psm1 " +
      "py pyw pyz rb reg rpm run scf scpt scr sct search-ms settingcontent-ms sh shb sys terminal theme tool url vb vbe vbs webloc website workflow " +
      "ws wsc wsf wsh xbap xll xnk",
  ],
  ["macros", "accdb accde docm dotm mdb odb potm ppam ppsm pptm sldm slk xla xlam xlm xls xlsb xlsm xltm iqy rtf"],
  ["page", "htm html mht mhtml shtml svg svgz xht xhtml xml xsl xslt"],
  ["container", "7z ace arj cab img iso rar udf vhd vhdx zip"],
]);

const BY_ENDING = new Map(DANGERS.flatMap(([danger, endings]) => endings.split(" ").map((ending) => /** @type {const} */ ([ending, danger]))));

/** Types that say so themselves, for a file without a name. */
const BY_TYPE = new Map(
  /** @type {[string, Danger][]} */ ([
    ["text/html", "page"],
    ["application/xhtml+xml", "page"],
    ["image/svg+xml", "page"],
    ["application/zip", "container"],
    ["application/x-msdownload", "program"],
    ["application/x-ms-dos-executable", "program"],
    ["application/javascript", "program"],
    ["text/javascript", "program"],
  ]),
);

/** A browser's own viewer takes more; the person's patience does not. In octets. */
const PDF_OCTETS = 64 * 1024 * 1024;

/** As the host takes. In octets. */
const MAIL_OCTETS = 512 * 1024 * 1024;

/** @param {string | null} name */
function endingOf(name) {
  // Windows drops dots and spaces at the end; what cannot be seen is nobody's ending.
  const seen = (name ?? "").normalize("NFKC").replace(/\p{C}/gu, "").replace(/[.\s]+$/, "").toLowerCase();
  return seen.includes(".") ? seen.slice(seen.lastIndexOf(".") + 1) : "";
}

/**
 * @param {Pick<Part, "name" | "type">} part
 * @returns {Danger | null}
 */
export function dangerOf({ name, type }) {
  return BY_ENDING.get(endingOf(name)) ?? BY_TYPE.get(type) ?? null;
}

/**
 * What can be looked at on a page of the extension's own: a message, which gets a verdict of its own, or a PDF.
 * @param {Pick<Part, "name" | "type" | "size">} part
 * @returns {"message" | "pdf" | null}
 */
export function opensAs({ name, type, size }) {
  if (dangerOf({ name, type }) !== null) return null;
  const ending = endingOf(name);
  const isMail = type === "message/rfc822" || type === "message/global" || ending === "eml";
  if (isMail && size <= MAIL_OCTETS) return "message";
  const isPdf = ending === "pdf" && (type === "application/pdf" || type === "application/octet-stream");
  return (isPdf || (type === "application/pdf" && ending === "")) && size <= PDF_OCTETS ? "pdf" : null;
}

/**
 * Whether octets are a PDF: its readers look for this in the first 1024 (ISO 32000-1, Annex H.3.4.1).
 * @param {Blob} blob
 */
export async function isPdf(blob) {
  return (await blob.slice(0, 1024).text()).includes("%PDF-");
}
