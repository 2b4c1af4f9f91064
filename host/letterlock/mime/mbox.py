"""Where the messages of a mailbox file are (mbox, RFC 4155).

Nothing is taken out of a message: the separator line before it and the empty line after it are the mailbox's. The
mailbox's own change to a message, `>` in front of lines that begin with "From ", is undone by `unquoted` where asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import mmap

# RFC 4155 appendix A: "From ", who, and when, after an empty line. A line of a text ("From the roof …") has no time.
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{0,300}?\d\d:\d\d[^\r\n]{0,80}(?:\r?\n|\Z)")
_QUOTED = re.compile(rb"(?m)^>(>*From )")


def stretches(mailbox: bytes | mmap) -> Iterator[range]:
    """The octets of each message, from after its separator line to before the empty line in front of the next one.

    A file that begins with no separator has its first message at its beginning.
    """
    start = 0
    for match in _SEPARATOR.finditer(mailbox):
        if match.start() > start:
            crlf = mailbox[match.start() - 2 : match.start()] == b"\r\n"
            yield range(start, match.start() - (2 if crlf else 1))
        start = match.end()
    if start < len(mailbox):
        yield range(start, len(mailbox))


def unquoted(message: bytes) -> bytes:
    """The message with one `>` less before each line that was quoted ("mboxrd"). Others write such lines themselves."""
    return _QUOTED.sub(rb"\1", message)
