"""Mail that is no S/MIME of its sender's is named, with what opens it; and nothing is named that is not there."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from letterlock import limits, words
from letterlock.operations.trust import TrustSettings
from tests.opened_mail import codes, opened, outside, status
from tests.signed_mail import DemoMail

HEAD = b"From: anna@muster.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n"
CLEAR = b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nx\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nx\r\n"


def plain(body: bytes, kind: bytes = b"text/plain", more: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\n" + more + b"\r\n" + body


def mixed(*parts: bytes) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
        + b"--b--\r\n"
    )


PEC = (
    b"Content-Type: multipart/mixed; boundary=p\r\n\r\n--p\r\nContent-Type: text/plain\r\n\r\nMessaggio\r\n"
    b"--p\r\nContent-Type: message/rfc822; name=postacert.eml\r\n\r\nFrom: anna@muster.example\r\n\r\nCiao\r\n"
    b"--p\r\nContent-Type: application/xml; name=daticert.xml\r\n\r\n<postacert/>\r\n--p--\r\n"
)

KINDS: dict[str, tuple[str, Callable[[DemoMail], bytes]]] = {
    "inline, encrypted": ("openpgp_message", lambda _: plain(ARMOUR)),
    "inline, signed": ("openpgp_message", lambda _: plain(CLEAR)),
    "inline, after a greeting": ("openpgp_message", lambda _: plain(b"Dear Bert,\r\n\r\n" + ARMOUR)),
    "inline, in base64": (
        "openpgp_message",
        lambda _: plain(base64.encodebytes(ARMOUR), more=b"Content-Transfer-Encoding: base64\r\n"),
    ),
    "inline, in HTML": ("openpgp_message", lambda _: plain(b"<html>\r\n<body><pre>" + ARMOUR, b"text/html")),
    "inline, in a part": ("openpgp_message", lambda _: mixed(b"\r\nx", b"Content-Type: text/plain\r\n\r\n" + ARMOUR)),
    "PGP/MIME that Exchange rewrote": (
        "openpgp_message",
        lambda _: mixed(b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", b"\r\nx"),
    ),
    "certified mail": ("pec_envelope", lambda demo: outside(demo.sign("x", PEC), b"X-Trasporto", b"posta-certificata")),
    "its receipt": ("pec_envelope", lambda demo: outside(demo.sign("x", PEC), b"X-Ricevuta", b"avvenuta-consegna")),
    "AS2": ("as2_message", lambda demo: b"AS2-From: a\r\nAS2-To: b\r\nAS2-Version: 1.1\r\n" + demo.good()),
    "winmail.dat": (
        "tnef_attachment",
        lambda _: mixed(b"\r\nx", b"Content-Type: application/octet-stream; name=WINMAIL.DAT\r\n\r\nx"),
    ),
    "application/ms-tnef": (
        "tnef_attachment",
        lambda _: mixed(b"\r\nx", b"Content-Type: application/ms-tnef\r\n\r\nx"),
    ),
    "winmail.dat in a signed mail": (
        "tnef_attachment",
        lambda demo: demo.sign("x", b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n"),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_named(demo: DemoMail, trusting: TrustSettings, name: str) -> None:
    """Each is named once, with advice on what opens it, in both languages; no status changes by it."""
    code, make = KINDS[name]
    message = opened(make(demo), trusting)
    assert codes(message).count(code) == 1, codes(message)
    assert status(message) == ("valid" if message.verdict.layers else "none"), codes(message)
    for language in words.LANGUAGES:
        assert words.say(code, {}, language).advice


@pytest.mark.parametrize(
    "raw",
    [
        plain(b"> " + ARMOUR.replace(b"\r\n", b"\r\n> ")),
        plain(b"See -----BEGIN PGP MESSAGE----- in the manual\r\n"),
        plain(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nx\r\n"),
        plain(b"x" * limits.OPENPGP_HEAD_OCTETS + b"\r\n" + ARMOUR),
        outside(plain(PEC), b"X-Trasporto", b"posta-certificata"),
        plain(b"AS2-Version: 1.1\r\n"),
        mixed(b"\r\nx", b"Content-Type: application/octet-stream; name=mail.dat\r\n\r\nx"),
        mixed(*[b"\r\nx"] * limits.OPENPGP_TEXTS, b"\r\n" + ARMOUR),
    ],
)
def test_what_is_not_there_is_not_named(trusting: TrustSettings, raw: bytes) -> None:
    """Quoted, mentioned, an own key, far below, unsigned, or only similar."""
    assert codes(opened(raw, trusting)) == []


def test_looking_takes_no_time(trusting: TrustSettings) -> None:
    """A text of nothing but what looks like the beginning of tags is searched once."""
    raw = plain(b"<" * limits.OPENPGP_HEAD_OCTETS * 2) + mixed(*[b"\r\n" + b"<x>" * 3000] * (limits.MIME_PARTS // 2))
    assert codes(opened(raw, trusting)) == []
