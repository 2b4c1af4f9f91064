"""Text of a body as Unicode: which charset it is in, and its octets as UTF-8, in pieces.

It knows the labels that mail uses and the charsets that Python has; where a label and the octets contradict each
other it does what every mail program does, and where it can only guess it guesses in a fixed order. Nothing is
refused: what fits no charset becomes U+FFFD, so that a text is never lost and never longer than its octets allow.
"""

from __future__ import annotations

import codecs
import encodings
import re
from collections.abc import Iterable, Iterator
from encodings.aliases import aliases

from letterlock.mime.fields import CHARSETS

_SUPERSETS = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "ksc5601": "cp949",
    "utf_16": "utf_16_le",
    "utf_32": "utf_32_le",
}
"""Charsets that mail names and means a larger one by (WHATWG Encoding §4.2 says the same of the web)."""

_MARKS = ((codecs.BOM_UTF8, "utf_8"), (codecs.BOM_UTF16_LE, "utf_16_le"), (codecs.BOM_UTF16_BE, "utf_16_be"))
"""A mark at the very beginning outranks any label (WHATWG Encoding §6, `BOM sniff`)."""

_META = re.compile(rb"""<meta\b[^>]{0,400}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_.:+-]{1,60})""", re.IGNORECASE)
PRESCAN_OCTETS = 1_024
"""HTML §13.2.3.2: a document says its charset within so many octets, or not at all."""

_ODD = {
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "unicode-1-1-utf-7": "utf_7",
    "x-mac-roman": "mac_roman",
}


def named(label: str) -> str | None:
    """Python's name of the charset that a label of a mail means; None where it is none that is known."""
    label = label.strip().strip("'\"").lower()
    name = _ODD.get(label) or encodings.normalize_encoding(label).lower()
    name = aliases.get(name, name)
    name = _SUPERSETS.get(name, name)
    return name if name in CHARSETS else None


def as_utf8(pieces: Iterable[bytes], label: str | None, html: bool = False) -> Iterator[bytes]:
    """The text of a body in UTF-8, without a byte order mark.

    Args:
        pieces: the octets, after their transfer encoding.
        label: what the mail calls the charset, if it says.
        html: look for a charset in the document where the mail says none that is known.
    """
    stream = iter(pieces)
    head = b""
    for piece in stream:
        head += piece
        if len(head) >= PRESCAN_OCTETS:
            break
    decoder = _decoder(head, label, html)
    if text := decoder.decode(head):
        yield text.encode("utf-8", "replace")
    for piece in stream:
        if text := decoder.decode(piece):
            yield text.encode("utf-8", "replace")
    if text := decoder.decode(b"", True):
        yield text.encode("utf-8", "replace")


def _decoder(head: bytes, label: str | None, html: bool) -> codecs.IncrementalDecoder:
    for mark, marked in _MARKS:
        if head.startswith(mark):
            return _Marked(marked, len(mark))
    name = named(label) if label else None
    if name is None and html and (meta := _META.search(head[:PRESCAN_OCTETS])):
        name = named(meta[1].decode("ascii"))
        # The search has just read it octet by octet, so the document is in nothing wider (HTML §13.2.3.2).
        if name and name.startswith(("utf_16", "utf_32")):
            name = "utf_8"
    if name is None or (name == "cp1252" and label and "ascii" in label.lower()):
        return _Guessing()
    return codecs.getincrementaldecoder(name)("replace")


class _Marked(codecs.IncrementalDecoder):
    """Skips the byte order mark."""

    def __init__(self, name: str, mark: int) -> None:
        super().__init__("replace")
        self._inner = codecs.getincrementaldecoder(name)("replace")
        self._mark = mark

    def decode(self, input: bytes, final: bool = False) -> str:  # type: ignore[override]
        octets, self._mark = input[self._mark :], max(self._mark - len(input), 0)
        return self._inner.decode(octets, final)


class _Guessing(codecs.IncrementalDecoder):
    """UTF-8 for as long as it is UTF-8; from the first octet that is not, Windows-1252, which has one for each octet.

    Text in UTF-8 is hardly ever another charset's by chance, and nobody has to read a long text twice for it.
    """

    def __init__(self) -> None:
        super().__init__("strict")
        self._is_utf8 = True
        self._held = b""

    def decode(self, input: bytes, final: bool = False) -> str:  # type: ignore[override]
        if not self._is_utf8:
            return input.decode("cp1252", "replace")
        octets = self._held + input
        try:
            text, used = codecs.utf_8_decode(octets, "strict", final)
        except UnicodeDecodeError as error:
            self._is_utf8 = False
            return octets[: error.start].decode("utf-8") + octets[error.start :].decode("cp1252", "replace")
        self._held = octets[used:]
        return text
