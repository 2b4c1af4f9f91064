"""Odd but honest messages: what mail programs, gateways, lists and people really make, with the status it deserves.

Signed by OpenSSL. None of them may be called `invalid`, because nobody changed anything that was signed; and a good
signature stays `valid` however oddly the mail around it is written.

    for name, deserves, raw in honest(mail): …
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import cached_property

from tests.forged_mail import wrap
from tests.opened_mail import boundary, entity, outside
from tests.signed_mail import DemoMail

Made = Iterator[tuple[str, str, bytes]]
Change = Callable[[bytes], bytes]

FOOTER = b"Content-Type: text/plain\r\n\r\n_______\r\nlist mailing list\r\n"


class Material:
    """Good mail in its forms; each kind is made by OpenSSL once."""

    def __init__(self, mail: DemoMail) -> None:
        self.mail = mail

    @cached_property
    def good(self) -> bytes:
        return self.mail.good()

    @cached_property
    def opaque(self) -> bytes:
        return self.mail.opaque()

    @cached_property
    def forms(self) -> dict[str, bytes]:
        return {
            "multipart": self.good,
            "opaque": self.opaque,
            "PSS": self.mail.pss(),
            "ECDSA": self.mail.ecdsa(),
        }


# --- Around the signature: nothing of this is signed, and none of it matters ------------------------------------


def _sub(old: bytes, new: bytes) -> Change:
    return lambda raw: raw.replace(old, new, 1)


def _before(lines: bytes) -> Change:
    return lambda raw: lines + raw


TRANSPORT: dict[str, Change] = {
    "LF line ends": lambda raw: raw.replace(b"\r\n", b"\n"),
    "Received fields": _before(
        b"Received: from a (b [192.0.2.1])\r\n\tby c with ESMTPS id 1\r\n\t; Tue, 24 Nov 2026\r\n" * 5
    ),
    "DKIM and ARC": _before(b"DKIM-Signature: v=1; a=rsa-sha256; h=From:To; b=abc\r\n def==\r\nARC-Seal: i=1; b=x\r\n"),
    "an mbox line": _before(b"From anna@muster.example Tue Nov 24 10:00:00 2026\r\n"),
    "Thunderbird's own fields": _before(b"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys:   \n"),
    "list fields": _before(b"List-Id: <a.lists.example>\r\nPrecedence: list\r\nSender: list@lists.example\r\n"),
    "Reply-To": _before(b"Reply-To: office@muster.example\r\n"),
    "a spam filter's subject": _sub(b"Subject: ", b"Subject: [SPAM?] "),
    "Bcc": _before(b"Bcc: x@muster.example\r\n"),
    "an empty field": _before(b"X-Empty:\r\n"),
    "a long field": _before(b"X-Long: " + b"x" * 5_000 + b"\r\n"),
    "UTF-8 in a field": _before("X-Note: Grüße\r\n".encode()),
    "Latin-1 in a field": _before("X-Note: Grüße\r\n".encode("latin-1")),
    "a field with a tab": _before(b"X-Note:\tx\r\n"),
    "upper-case names": lambda raw: raw.replace(b"Content-Type:", b"CONTENT-TYPE:", 1),
    "lower-case names": lambda raw: raw.replace(b"Content-Type:", b"content-type:", 1).replace(b"From:", b"from:", 1),
    "MIME-Version with a comment": _sub(b"MIME-Version: 1.0", b"MIME-Version: 1.0 (produced by X)"),
    "no MIME-Version": lambda raw: outside(raw, b"MIME-Version", None),
    "no Date": lambda raw: outside(raw, b"Date", None),
    "a date that is none": lambda raw: outside(raw, b"Date", b"yesterday"),
    "no Subject": lambda raw: outside(raw, b"Subject", None),
    "no To": lambda raw: outside(raw, b"To", None),
    "undisclosed recipients": lambda raw: outside(raw, b"To", b"undisclosed-recipients:;"),
    "no Message-ID": lambda raw: outside(raw, b"Message-ID", None),
    "epilogue": lambda raw: raw + b"\r\nsome words after the end\r\n" if b"multipart/signed" in raw else raw + b"\r\n",
    "no line end at the end": lambda raw: raw.rstrip(b"\r\n"),
    "many line ends at the end": lambda raw: raw + b"\r\n" * 50,
}
"""By anybody on the way, to every form."""

SENDERS: dict[str, bytes] = {
    "address alone": b"anna@muster.example",
    "brackets alone": b"<anna@muster.example>",
    "quoted name": b'"Muster, Anna" <anna@muster.example>',
    "escaped quotation marks": b'"Anna \\"die Chefin\\" Muster" <anna@muster.example>',
    "encoded name": b"=?utf-8?q?Anna_M=C3=BCster?= <anna@muster.example>",
    "encoded in base64": b"=?utf-8?b?QW5uYSBNw7xzdGVy?= <anna@muster.example>",
    "encoded in Latin-1": b"=?iso-8859-1?q?Anna_M=FCster?= <anna@muster.example>",
    "two encoded words": b"=?utf-8?q?Anna?=\r\n =?utf-8?q?_M=C3=BCster?= <anna@muster.example>",
    "encoded in quotation marks": b'"=?utf-8?q?Anna?=" <anna@muster.example>',
    "UTF-8": "Anna Müster <anna@muster.example>".encode(),
    "Latin-1": "Anna Müster <anna@muster.example>".encode("latin-1"),
    "Chinese": "安娜 <anna@muster.example>".encode(),
    "Hebrew": "\u05d0\u05e0\u05d4 <anna@muster.example>".encode(),
    "a picture": "Anna \U0001f3e0 <anna@muster.example>".encode(),
    "folded": b"Anna\r\n Muster\r\n <anna@muster.example>",
    "folded with a tab": b"Anna Muster\r\n\t<anna@muster.example>",
    "no space before the brackets": b"Anna Muster<anna@muster.example>",
    "spaces within": b"  Anna   Muster   <anna@muster.example>  ",
    "domain in upper case": b"Anna Muster <anna@MUSTER.example>",
    "comment after": b"anna@muster.example (Anna Muster)",
    "comment after the brackets": b"Anna <anna@muster.example> (office)",
    "dots in the name": b"Dr. Anna A. Muster <anna@muster.example>",
    "an apostrophe": b"Anna O'Muster <anna@muster.example>",
    "her address as the name": b'"anna@muster.example" <anna@muster.example>',
    "an at sign as a word": b'"Anna @ Muster AG" <anna@muster.example>',
    "quoted local part": b'Anna <"anna"@muster.example>',
    "a comma after": b"anna@muster.example,",
    "twice the same": b"anna@muster.example, Anna <anna@muster.example>",
    "a very long name": b"Anna " + b"Muster " * 100 + b"<anna@muster.example>",
}

CLEAR: dict[str, Change] = {
    "x-pkcs7-signature": lambda raw: raw.replace(b"application/pkcs7-", b"application/x-pkcs7-"),
    "type in upper case": lambda raw: raw.replace(b"multipart/signed", b"MULTIPART/SIGNED"),
    "signature's type in upper case": lambda raw: raw.replace(b"application/pkcs7-sig", b"Application/PKCS7-Sig"),
    "no protocol": _sub(b'protocol="application/pkcs7-signature"; ', b""),
    "protocol not quoted": _sub(b'"application/pkcs7-signature";', b"application/pkcs7-signature;"),
    "protocol of the opaque form": _sub(b'"application/pkcs7-signature";', b'"application/pkcs7-mime";'),
    "no micalg": _sub(b" micalg=sha-256;", b""),
    "micalg sha256": _sub(b"micalg=sha-256", b"micalg=sha256"),
    "micalg sha1": _sub(b"micalg=sha-256", b"micalg=sha1"),
    "micalg quoted": _sub(b"micalg=sha-256", b'micalg="sha-256"'),
    "micalg SHA-256": _sub(b"micalg=sha-256", b"micalg=SHA-256"),
    "several micalg": _sub(b"micalg=sha-256", b'micalg="sha-256,sha-1"'),
    "micalg unknown": _sub(b"micalg=sha-256", b"micalg=unknown"),
    "another parameter": _sub(b"micalg=sha-256", b"micalg=sha-256; x-vendor=1"),
    "boundary first": _sub(b"multipart/signed; ", b'multipart/signed; charset="us-ascii"; '),
    "all in one line": _sub(b";\r\n boundary", b"; boundary"),
    "folded everywhere": _sub(b"; micalg=", b";\r\n\tmicalg="),
    "a semicolon at the end": lambda raw: raw.replace(
        b'boundary="' + boundary(raw)[2:] + b'"', b'boundary="' + boundary(raw)[2:] + b'";', 1
    ),
    "spaces around equals": _sub(b"micalg=sha-256", b"micalg = sha-256"),
    "boundary's name in upper case": lambda raw: raw.replace(
        b"boundary=", b"BOUNDARY=", 1
    ),
    "a short boundary": lambda raw: raw.replace(b"----=_signed_by_anna", b"b"),
    "a long boundary": lambda raw: raw.replace(b"----=_signed_by_anna", b"x" * 70),
    "a boundary longer than allowed": lambda raw: raw.replace(b"----=_signed_by_anna", b"x" * 120),
    "a boundary of all it may have": lambda raw: raw.replace(b"----=_signed_by_anna", b"a'()+_,-./:?=b"),
    "no preamble": _sub(b"This is an S/MIME signed message.\r\n\r\n", b""),
    "a long preamble": _sub(b"This is an S/MIME", b"Text.\r\n" * 500 + b"This is an S/MIME"),
    "white space after a delimiter": lambda raw: raw.replace(boundary(raw) + b"\r\n", boundary(raw) + b"  \t\r\n"),
    "no closing delimiter": lambda raw: raw.rsplit(b"\r\n--", 1)[0] + b"\r\n",
    "nothing after the signature": lambda raw: raw.rsplit(b"\r\n--", 1)[0].rstrip(),
    "signature as octets": _sub(b"application/pkcs7-signature; name", b"application/octet-stream; name"),
    "signature inline": _sub(b'attachment; filename="smime.p7s"', b'inline; filename="smime.p7s"'),
    "signature without disposition": _sub(b'Content-Disposition: attachment; filename="smime.p7s"\r\n', b""),
    "signature without a name": lambda raw: raw.replace(b'; name="smime.p7s"', b""),
    "signature with a description": _sub(b"Content-Transfer-Encoding: base64\r\n"
    b"Content-Disp", b"Content-Description: S/MIME\r\nContent-Transfer-Encoding: BASE64\r\nContent-Disp"),
    "signature in one line": lambda raw: _signature_as(raw, base64.b64encode(_signature(raw))),
    "signature in long lines": lambda raw: _signature_as(raw, _lines(_signature(raw), 900)),
    "signature in short lines": lambda raw: _signature_as(raw, _lines(_signature(raw), 4)),
    "signature with empty lines": lambda raw: _signature_as(raw, _lines(_signature(raw), 64).replace(b"\r\n"
    b"", b"\r\n\r\n")),
    "signature with trailing spaces": lambda raw: _respaced(raw, b"  \r\n"),
    "octets after the signature": lambda raw: _signature_as(raw, _lines(_signature(raw) + bytes(16), 64)),
    "a line end added in front of the delimiter": lambda raw: _around_delimiter(raw, b"\r\n"),
    "in an empty wrapper": wrap,
    "in two empty wrappers": lambda raw: wrap(wrap(raw)).replace(b"wrapper", b"outside", 1).replace(
        b"--wrapper", b"--outside", 1
    )[: -len(b"--wrapper--\r\n")] + b"--outside--\r\n",
}  # fmt: skip


def _signature(raw: bytes) -> bytes:
    return base64.b64decode(raw.rsplit(b'filename="smime.p7s"\r\n\r\n', 1)[1].split(b"\r\n--", 1)[0])


def _signature_as(raw: bytes, encoded: bytes) -> bytes:
    head, mark, _ = raw.rpartition(b'filename="smime.p7s"\r\n\r\n')
    return head + mark + encoded + b"\r\n" + boundary(raw) + b"--\r\n"


def _respaced(raw: bytes, line_end: bytes) -> bytes:
    return _signature_as(raw, _lines(_signature(raw), 64).replace(b"\r\n", line_end))


def _lines(der: bytes, octets: int) -> bytes:
    text = base64.b64encode(der)
    return b"\r\n".join(text[start : start + octets] for start in range(0, len(text), octets)) + b"\r\n"


def _around_delimiter(raw: bytes, line_end: bytes) -> bytes:
    head, signed, rest = raw.split(b"\r\n" + boundary(raw), 2)
    return (b"\r\n" + boundary(raw)).join((head, signed + line_end, rest))


OPAQUE: dict[str, Change] = {
    "x-pkcs7-mime": _sub(b"application/pkcs7-mime", b"application/x-pkcs7-mime"),
    "type in upper case": _sub(b"application/pkcs7-mime", b"APPLICATION/PKCS7-MIME"),
    "no smime-type": _sub(b" smime-type=signed-data;", b""),
    "smime-type in upper case": _sub(b"signed-data", b"SIGNED-DATA"),
    "smime-type quoted": _sub(b"=signed-data", b'="signed-data"'),
    "wrong smime-type": _sub(b"signed-data;", b"enveloped-data;"),
    "unknown smime-type": _sub(b"signed-data;", b"signed-receipt2;"),
    "no name": _sub(b'; name="smime.p7m"', b""),
    "as octets": _sub(b"application/pkcs7-mime; smime-type=signed-data;", b"application/octet-stream;"),
    "as octets, another name": lambda raw: raw.replace(
        b"application/pkcs7-mime; smime-type=signed-data;", b"application/octet-stream;"
    ).replace(b"smime.p7m", b"SMIME.P7M"),
    "inline": _sub(b"attachment;", b"inline;"),
    "no disposition": _sub(b'Content-Disposition: attachment; filename="smime.p7m"\r\n', b""),
    "in one line": lambda raw: _body_as(raw, base64.b64encode(_body(raw))),
    "in long lines": lambda raw: _body_as(raw, _lines(_body(raw), 900)),
    "binary": lambda raw: _body_as(raw, _body(raw)).replace(b"Encoding: base64", b"Encoding: binary", 1),
    "octets after": lambda raw: _body_as(raw, _lines(_body(raw) + bytes(8), 64)),
    "in an empty wrapper": wrap,
}


def _body(raw: bytes) -> bytes:
    return base64.b64decode(raw.split(b"\r\n\r\n", 1)[1])


def _body_as(raw: bytes, encoded: bytes) -> bytes:
    return raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n" + encoded


# --- Inside the signature: how text and parts are written is the sender's business -------------------------------

_ALTERNATIVE = (
    b"Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    b"--alt\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--alt--\r\n"
)
_FILE = b"--mix\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"

CONTENTS: dict[str, bytes] = {
    "no text": b"Content-Type: text/plain\r\n\r\n",
    "no header": b"\r\nx\r\n",
    "no line end": b"Content-Type: text/plain\r\n\r\nx",
    "trailing spaces": b"Content-Type: text/plain\r\n\r\nx   \r\n  \r\n",
    "empty lines": b"Content-Type: text/plain\r\n\r\n\r\n\r\nx\r\n\r\n\r\n",
    "dots": b"Content-Type: text/plain\r\n\r\n.\r\n..\r\n.x\r\n",
    "From lines": b"Content-Type: text/plain\r\n\r\nFrom the roof\r\n>From it\r\n",
    "dashes": b"Content-Type: text/plain\r\n\r\n--\r\n-- \r\n---- x\r\n",
    "long lines": b"Content-Type: text/plain\r\n\r\n" + b"x" * 5_000 + b"\r\n",
    "8-bit UTF-8": ("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "Grüße\r\n").encode(),
    "8-bit unannounced": "Content-Type: text/plain\r\n\r\nGrüße\r\n".encode("latin-1"),
    "a charset unknown": b"Content-Type: text/plain; charset=x-unknown\r\n\r\nx\r\n",
    "quoted-printable": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"a=3Db=\r\nc\r\n",
    "broken quoted-printable": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    b"\r\na=ZZ=\r\n",
    "base64": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n",
    "format flowed": b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nx \r\ny\r\n",
    "HTML": b"Content-Type: text/html\r\n\r\n<p>x</p>\r\n",
    "alternative": _ALTERNATIVE,
    "related": _ALTERNATIVE.replace(b"alternative", b"related"),
    "mixed with a file": b"Content-Type: multipart/mixed; boundary=mix\r\n\r\n--mix\r\n"
    b"" + _ALTERNATIVE + _FILE + b"--mix--\r\n",
    "a file alone": b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"JVBERg==\r\n",
    "a file with a long name": b"Content-Type: application/pdf; name*0=aaa; name*1=b.pdf\r\n\r\nx\r\n",
    "a file with a foreign name": b"Content-Type: text/csv\r\n"
    b"Content-Disposition: attachment; filename*=utf-8''%E2%82%AC.csv\r\n\r\nx\r\n",
    "an image": b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n",
    "an invitation": b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "a receipt": b"Content-Type: multipart/report; report-type=disposition-notification; boundary=r\r\n\r\n"
    b"--r\r\n\r\nread\r\n"
    b"--r\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: x; displayed\r\n\r\n--r--\r\n",
    "a multipart without its end": b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nx\r\n",
    "a multipart without parts": b"Content-Type: multipart/mixed; boundary=m\r\n\r\n",
    "a multipart without a boundary": b"Content-Type: multipart/mixed\r\n\r\nx\r\n",
    "a message wrapped whole": b"Content-Type: message/rfc822\r\n\r\n"
    b"From: Anna Muster <anna@muster.example>\r\n\r\nx\r\n",
    "a forwarded mail": b"Content-Type: message/rfc822\r\n\r\nFrom: x@evil.example\r\nSubject: y\r\n\r\nx\r\n",
    "protected header fields": b'From: anna@muster.example\r\nSubject: x\r\n'
    b'Content-Type: text/plain; hp="clear"\r\n\r\nx\r\n',
    "the older protected header fields": b'Subject: x\r\nContent-Type: text/plain; protected-headers="v1"\r\n\r\nx\r\n',
    "two Content-Types inside": b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx\r\n",
    "a NUL": b"Content-Type: text/plain\r\n\r\na\0b\r\n",
    "an OpenPGP key": b"Content-Type: application/pgp-keys\r\n\r\n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n",
    "a signed document": b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nx\r\n--m\r\n"
    b"Content-Type: application/pkcs7-mime; name=invoice.xml.p7m\r\n\r\nx\r\n--m--\r\n",
    "300 parts": b"Content-Type: multipart/mixed; boundary=m\r\n\r\n" + b"--m\r\n\r\nx\r\n" * 300 + b"--m--\r\n",
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=m%d\r\n\r\n--m%d\r\n" % (n, n) for n in range(8))
    + b"\r\nx\r\n" + b"".join(b"--m%d--\r\n" % n for n in reversed(range(8))),
}  # fmt: skip


# --- What is not valid, and nobody's fault ----------------------------------------------------------------------


def _not_valid(having: Material) -> Made:
    for form, raw in having.forms.items():
        yield f"a list's footer, {form}", "partial", wrap(raw, after=FOOTER)
        yield f"a gateway's notice before, {form}", "partial", wrap(raw, before=FOOTER)
        yield f"From rewritten by a list, {form}", "mismatch", outside(raw, b"From", b"Anna via list <l@lists.example>")
        yield f"sent for somebody, {form}", "mismatch", outside(raw, b"From", b"office@muster.example")
        forwarded = (
            b"From: bert@beispiel.example\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n--f\r\n\r\nSee below"
        )
        attached = b"\r\n--f\r\nContent-Type: message/rfc822\r\n\r\n" + raw + b"\r\n--f--\r\n"
        yield f"forwarded as an attachment, {form}", "none", forwarded + attached
    yield "an authority nobody here knows", "untrusted", having.mail.unknown_issuer()
    yield "signed with MD5", "untrusted", having.mail.md5()
    yield "encrypted for somebody else", "none", having.mail.enveloped()
    yield "encrypted, then signed", "partial", having.mail.sign("x", entity(having.mail.enveloped()))
    for name, content in CONTENTS.items():
        if name not in ("no header", "a multipart without parts"):
            yield f"not signed: {name}", "none", outside(content, b"To", b"x@beispiel.example")


def honest(mail: DemoMail) -> Made:
    """Name, the status it deserves, and octets of every message."""
    having = Material(mail)
    for form, raw in having.forms.items():
        for name, change in TRANSPORT.items():
            yield f"{name}, {form}", "valid", change(raw)
    for name, sender in SENDERS.items():
        yield f"From: {name}", "valid", outside(having.good, b"From", sender)
        yield f"From: {name}, opaque", "valid", outside(having.opaque, b"From", sender)
    for name, change in CLEAR.items():
        yield f"multipart: {name}", "valid", change(having.good)
    for name, change in OPAQUE.items():
        yield f"opaque: {name}", "valid", change(having.opaque)
    for name, content in CONTENTS.items():
        yield f"signed: {name}", "valid", mail.sign("x", content)
        der = mail._cms(content, mail.anna, "-nodetach")
        yield f"signed, opaque: {name}", "valid", _body_as(having.opaque, _lines(der, 64))
    yield from _not_valid(having)
