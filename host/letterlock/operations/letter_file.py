"""A letter in a text file, and the files that go with it: what a person writes at a terminal.

From: Anna <anna@muster.example>
To: bea@muster.example
Subject: Grüezi

The text, in UTF-8.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from letterlock import limits
from letterlock.errors import MessageTooLarge, NotAMessage
from letterlock.mime.letter import Attachment
from letterlock.operations.compose import Written

_FIELDS = frozenset({"from", "to", "cc", "bcc", "subject", "in-reply-to", "references"})
_READ_OCTETS = 57 * 4_096


def read(
    octets: bytes, html: Path | None = None, attached: Sequence[Path] = (), inline: Sequence[tuple[str, Path]] = ()
) -> Written:
    """The letter.

    Args:
        html: a file with the same text in HTML.
        attached: files to send along; they are read when the message is written.
        inline: images that the HTML shows, with the identifier by which it does.

    Raises:
        NotAMessage: not UTF-8, or a line before the empty one is none of the fields above.
        MessageTooLarge: HTML beyond `limits.LETTER_OCTETS`.
        OSError: the HTML cannot be read.
    """
    try:
        head, _, text = octets.decode("utf-8-sig").replace("\r\n", "\n").partition("\n\n")
        shown = None if html is None else _html(html).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAMessage from None
    fields: dict[str, list[str]] = {}
    name = ""
    for line in head.splitlines():
        if line[:1] in (" ", "\t") and name:
            fields[name][-1] += f" {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or name not in _FIELDS:
            raise NotAMessage
        fields.setdefault(name, []).append(value.strip())
    files = [_attachment(each) for each in attached] + [_attachment(path, cid) for cid, path in inline]
    return Written(
        ", ".join(fields.get("from", [])),
        fields.get("to", []),
        fields.get("cc", []),
        fields.get("bcc", []),
        " ".join(fields.get("subject", [])),
        text,
        shown,
        files,
        " ".join(fields.get("in-reply-to", [])) or None,
        " ".join(fields.get("references", [])).split(),
    )


def _html(path: Path) -> bytes:
    with path.open("rb") as file:
        octets = file.read(limits.LETTER_OCTETS + 1)
    if len(octets) > limits.LETTER_OCTETS:
        raise MessageTooLarge(limits.LETTER_OCTETS)
    return octets


def _attachment(path: Path, content_id: str | None = None) -> Attachment:
    type_ = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Attachment(path.name, type_, _reading(path), content_id)


def _reading(path: Path) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from iter(lambda: file.read(_READ_OCTETS), b"")

    return pieces
