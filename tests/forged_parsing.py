"""More forged messages: what parsers take apart differently, and what looks like something else.

Every message here shows the forger's words to some reader that exists or existed: in a part whose boundary, type,
encoding or header that reader sees and others do not. As in `forged_mail`, none of them may be `valid`.
"""

from __future__ import annotations

import base64

from tests.forged_mail import (
    ANNA,
    EVE,
    INVASION,
    MAILSPLOIT,
    WEAK_LINKS,
    Forgeries,
    Material,
    Named,
    wrap,
)
from tests.opened_mail import boundary, entity, outside

WORDS = b"<p>Please pay to another account.</p>"
OTHER = b"--y\r\nContent-Type: text/html\r\n\r\n" + WORDS + b"\r\n--y--\r\n"
"""What is shown by a reader that takes `y` for the boundary."""


def _boundaries(having: Material) -> Named:
    """A second boundary that some readers find, and parts that it delimits in the preamble."""
    mark = boundary(having.good)[2:]
    good = having.good.replace(b"This is an S/MIME", OTHER + b"This is an S/MIME", 1)
    for form in (
        b'boundary="%s"; boundary=y', b'boundary=y; boundary="%s"', b'boundary="%s"; BOUNDARY="y"',
        b'boundary="%s"; boundary*=us-ascii\'\'y', b'boundary="%s"; boundary*0=y', b'boundary="%s"; boundary*0*=y',
        b'boundary="%s"; boundary*1=y', b'boundary*0="%s"; boundary=y', b"boundary*=utf-8''%s; boundary=y",
        b'boundary="%s"; x="\\"; boundary=y"', b'boundary="%s"; x="boundary=y"', b'boundary="%s"; x=";boundary=y;"',
        b'boundary="%s"; (boundary=y)', b'boundary="%s" (boundary=y)', b'boundary=(boundary=y)"%s"',
        b'boundary="%s"; "boundary"=y', b'boundary="%s"; boundary\x0b=y', b'boundary="%s";\x0cboundary=y',
        b'boundary="%s"; boundary\0=y', b'boundary="%s";\xa0boundary=y;\xa0x=boundary=y', b'boundary="%s" boundary=y',
        b'boundary="%s"\\; boundary=y', b'boundary="%s\\"; boundary="y"', b"boundary='%s'; boundary=y",
        b'boundary="%s", boundary=y', b'boundary="%s"y', b'boundary=y"%s"', b'boundary="=?us-ascii?q?y?="; x="%s"',
        b'boundary="%s "; boundary=y', b'boundary="%s\t"', b'boundary=" %s"', b'boundary="%s\r\n"', b"boundary=%s,y",
        b'boundary="\\%s"', b'boundary="y\0%s"', b"boundary==%s", b'boundary="%s";;boundary=y', b"boundary=y",
    ):  # fmt: skip
        filled = form.replace(b"%s", mark)
        yield f"{form!r}", good.replace(b'boundary="' + mark + b'"', filled, 1)
    for length in (200, 998, 2_000):
        # A line of this length may be cut in two, or the boundary in it.
        long_ = b"x" * length
        yield f"a boundary of {length}", good.replace(mark, long_ + mark)


def _delimiters(having: Material) -> Named:
    """Lines that are a delimiter for some readers alone; what stands after them is a part for those."""
    mark, good = boundary(having.good), having.good
    part = b"\r\nContent-Type: text/html\r\n\r\n" + WORDS + b"\r\n"
    for name, line in {
        "after a bare CR": b"x\r" + mark,
        "ended by a bare CR": b"\r\n" + mark + b"\rx",
        "after a vertical tab": b"x\x0b" + mark + b"\r" + mark,
        "words after it": b"\r\n" + mark + b" words",
        "words after its end": b"\r\n" + mark + b"-- words",
        "one hyphen after it": b"\r\n" + mark + b"-",
        "a NUL after it": b"\r\n" + mark + b"\0",
        "a form feed after it": b"\r\n" + mark + b"\x0c",
        "its first half a line end later": b"\r\n" + mark + b"x" * 980,
        "in a very long line": b"\r\n" + mark + b" " * 2_000,
    }.items():
        if name == "in a very long line":
            line += b"x"
        yield f"in the text: {name}", good.replace(b"Kind regards", line + part + b"Kind regards", 1)
        yield f"in the preamble: {name}", good.replace(b"This is an S/MIME", line + part + b"This is", 1)
        yield f"in the epilogue: {name}", good + line + part
    yield "closed, and opened again", good + mark + part + mark + b"--\r\n"
    yield "closed at once", good.replace(mark + b"\r\nContent-Type: text/plain", mark + b"--" + part + mark, 1)
    yield "the delimiter of the signature alone", good.replace(mark + b"\r\n", b"", 1)
    yield "parts in the header", good.replace(b"MIME-Version", mark + part + b"MIME-Version", 1)


def _headers(having: Material) -> Named:
    """Another Content-Type or From in what is one line for some and two for others."""
    good = having.good
    fields = (b"Content-Type: text/html", b"From: " + EVE, b"Content-Type: multipart/mixed; boundary=y")
    for end in (b"\r", b"\0", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\r\r", b"\r\r\n", b"\n\r", b"\r \r"):
        for field in fields:
            yield f"{field!r} after {end!r}", good.replace(b"MIME-V", b"X-A: a" + end + field + b"\r\nMIME-V", 1)
    for name in (b"Content-Type ", b"Content-Type\t", b"Content-Type\0", b"Content-Type\x0b", b"\xd0\xa1ontent-Type"):
        yield f"type by {name!r}", name + b": text/html\r\n" + good
    for name in (b"From ", b"From\t", b"From\0", b"From\x0b", b"From\x7f", b"Fr\xd0\xbem", b"\xef\xbb\xbfFrom"):
        yield f"sender by {name!r}", name + b": " + EVE + b"\r\n" + good
    for value in (
        b"text/html;\r\n multipart/signed", b"multipart/signed/html", b'"multipart/signed"', b"multipart\\/signed",
        b"multipart/ signed", b"multipart /signed", b"multipart/\x0bsigned", b"text/html, multipart/signed",
        b"multipart/signed, text/html", b"multipart/signed text/html", b"=?us-ascii?q?multipart/signed?=",
    ):  # fmt: skip
        yield f"type {value!r}", good.replace(b"multipart/signed", value, 1)
    for encoding in (
        b"base64", b"BASE64 ", b'"base64"', b"base64;x", b"7bit, base64", b"7bit base64", b"quoted-printable",
        b"7bit\r\n base64", b"7bit\0base64", b"base64\x0b", b"x-uuencode", b"gzip", b"=?us-ascii?q?base64?=",
    ):  # fmt: skip
        coded = good.replace(b"MIME-V", b"Content-Transfer-Encoding: " + encoding + b"\r\nMIME-V", 1)
        yield f"encoding {encoding!r}", coded
    yield "no empty line", good.replace(b"\r\n\r\n", b"\r\n", 1)
    yield "white space for the empty line", good.replace(b"\r\n\r\n", b"\r\n \r\n" + WORDS + b"\r\n\r\n", 1)
    yield "no field for the empty line", good.replace(b"\r\n\r\n", b"\r\n" + WORDS + b"\r\n\r\n", 1)


def _charsets(having: Material) -> Named:
    """Words beside the signed part that are words in one charset only."""
    for name, octets in {
        "utf-7": WORDS.decode().encode("utf-7"),
        "utf-16": WORDS.decode().encode("utf-16"),
        "utf-16le": WORDS.decode().encode("utf-16-le"),
        "iso-2022-jp": b"\x1b(J" + WORDS + b"\x1b(B",
        "x-user-defined": WORDS,
        "hz-gb-2312": b"~{" + WORDS + b"~}",
    }.items():
        part = f"Content-Type: text/html; charset={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        part += base64.encodebytes(octets)
        yield f"{name} before", wrap(having.good, before=part)
        yield f"{name} after", wrap(having.good, after=part, subtype=b"alternative")
        yield f"{name} in the name", outside(having.good, b"From", f"=?{name}?b?".encode() + _b64(ANNA) + b"?= <"
                                             + EVE + b">")  # fmt: skip
        yield f"{name} as the address", outside(having.good, b"From", f"=?{name}?b?".encode() + _b64(ANNA) + b"?=")


def _b64(text: bytes) -> bytes:
    return base64.b64encode(text)


def _polyglots(having: Material) -> Named:
    """Octets that are a CMS object for one reader and a MIME entity for another."""
    head = having.good[: having.good.index(b"Content-Type: ")]
    head += b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    for length in (0x3A, 0x30, 0x80):
        # 0x30 0x3A is a SEQUENCE of 58 octets, and the header field "0:".
        der = bytes((0x30, length)) + bytes.fromhex("06092a864886f70d010702a0") + WORDS
        for form, octets in (("MIME after", der + b"\r\n" + entity(having.good)), ("MIME first", entity(having.good))):
            body = base64.encodebytes(octets if form == "MIME after" else octets + der)
            if form == "MIME first":
                body = base64.encodebytes(der[:2]) + body
            yield f"{length:#x}, {form}", head + b"Content-Transfer-Encoding: base64\r\n\r\n" + body
    for kind in (b"text/html", b"application/xhtml+xml", b"image/svg+xml"):
        named = having.opaque.replace(b"application/pkcs7-mime", kind, 1)
        yield f"a signed object called {kind.decode()}", named.replace(b'name="smime.p7m"', b"x=y", 1)


CLASSES: dict[str, Forgeries] = {
    "Boundaries that differ": Forgeries(INVASION, _boundaries),
    "Delimiters that differ": Forgeries(INVASION, _delimiters),
    "Headers that differ": Forgeries(f"{INVASION}; {MAILSPLOIT}", _headers),
    "Charsets": Forgeries(WEAK_LINKS, _charsets),
    "One octet string, two formats": Forgeries(f"{INVASION}; RFC 8551 §3.2", _polyglots),
}
