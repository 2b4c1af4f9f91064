"""Forms that real mail has, and what is not S/MIME or not handled yet: each gets the status it deserves."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable

import pytest

from letterlock import limits
from letterlock.operations import trust
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from tests.needs import require_program
from tests.signed_mail import DemoMail

FROM = b"From: anna@muster.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
DIGESTED = bytes.fromhex("06092a864886f70d010705")


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def settings(mail: DemoMail) -> TrustSettings:
    return TrustSettings(tuple(trust.given([mail.anchor])))


def opened(raw: bytes, settings: TrustSettings) -> OpenedMessage:
    opening = Opening(settings)
    opening.feed(raw)
    return opening.close()


def codes(message: OpenedMessage) -> list[str]:
    return [reason.code for reason in message.verdict.reasons]


def status(message: OpenedMessage) -> str:
    return message.verdict.signature.status.value


def value(tag: int, *contents: bytes) -> bytes:
    """One DER value."""
    octets = b"".join(contents)
    length = bytes([len(octets)]) if len(octets) < 128 else b"\x82" + len(octets).to_bytes(2, "big")
    return bytes([tag]) + length + octets


def cms_mail(der: bytes, kind: bytes = b"application/pkcs7-mime; name=smime.p7m") -> bytes:
    return (
        FROM
        + b"Content-Type: "
        + kind
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(der).replace(b"\n", b"\r\n")
    )


def entity(raw: bytes) -> bytes:
    header, body = raw.split(b"\r\n\r\n", 1)
    return header[header.index(b"Content-Type: ") :] + b"\r\n\r\n" + body


HONEST: dict[str, Callable[[DemoMail], bytes]] = {
    "x-pkcs7-signature": lambda mail: mail.good().replace(b"application/pkcs7-", b"application/x-pkcs7-"),
    "upper case": lambda mail: (
        mail.good()
        .replace(b"multipart/signed", b"MULTIPART/Signed")
        .replace(b"application/pkcs7-signature", b"Application/PKCS7-Signature")
    ),
    "no protocol": lambda mail: mail.good().replace(b'protocol="application/pkcs7-signature"; ', b""),
    "signature as octets": lambda mail: mail.good().replace(
        b"application/pkcs7-signature; name", b"application/octet-stream; name"
    ),
    "micalg nonsense": lambda mail: mail.good().replace(b"micalg=sha-256", b"micalg=md5"),
    "x-pkcs7-mime": lambda mail: mail.opaque().replace(b"application/pkcs7-mime", b"application/x-pkcs7-mime"),
    "no smime-type": lambda mail: mail.opaque().replace(b" smime-type=signed-data;", b""),
    "wrong smime-type": lambda mail: mail.opaque().replace(b"signed-data;", b"enveloped-data;"),
    "opaque as octets": lambda mail: mail.opaque().replace(
        b"application/pkcs7-mime; smime-type=signed-data;", b"application/octet-stream;"
    ),
    "no closing boundary": lambda mail: mail.good().rsplit(b"\r\n--", 1)[0] + b"\r\n",
    "no final line end": lambda mail: mail.good().rstrip(),
    "epilogue": lambda mail: mail.good() + b"\r\nsome words after the end\r\n",
    "base64 in one line": lambda mail: _one_line(mail.opaque()),
    "multipart/signed inside a p7m": lambda mail: cms_mail(entity(mail.good())),
    "protocol of the opaque form": lambda mail: mail.good().replace(
        b'protocol="application/pkcs7-signature"', b'protocol="application/pkcs7-mime"'
    ),
    "line end added before the delimiter": lambda mail: _before_second_delimiter(mail.good(), b"\r\n"),
    "line end lost before the delimiter": lambda mail: _before_second_delimiter(
        mail.sign("Hello", b"Content-Type: text/plain\r\n\r\nHello\r\n"), b""
    ),
    "line end lost before the delimiter, LF": lambda mail: _before_second_delimiter(
        mail.sign("Hello", b"Content-Type: text/plain\r\n\r\nHello\r\n"), b""
    ).replace(b"\r\n", b"\n"),
    "a message wrapped whole": lambda mail: mail.sign(
        "Wrapped", b"Content-Type: message/rfc822\r\n\r\nFrom: anna@muster.example\r\nSubject: inner\r\n\r\nHello\r\n"
    ),
    "several parts inside": lambda mail: mail.sign(
        "Parts",
        b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        b"--in\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nPDF\r\n--in--\r\n",
    ),
    "another signed message attached": lambda mail: mail.sign(
        "Forwarded",
        b"Content-Type: multipart/mixed; boundary=fw\r\n\r\n--fw\r\nContent-Type: text/plain\r\n\r\nSee below\r\n"
        b"--fw\r\nContent-Type: message/rfc822\r\n\r\n" + mail.changed() + b"\r\n--fw--\r\n",
    ),
}


def _before_second_delimiter(raw: bytes, line_ends: bytes) -> bytes:
    """The message with other line ends in front of the delimiter that ends its signed part: none lost, or one."""
    boundary = b"\r\n--" + raw.split(b'boundary="', 1)[1].split(b'"', 1)[0]
    head, signed, rest = raw.split(boundary, 2)
    return head + boundary + (signed + line_ends if line_ends else signed.removesuffix(b"\r\n")) + boundary + rest


def _one_line(raw: bytes) -> bytes:
    header, body = raw.split(b"\r\n\r\n", 1)
    return header + b"\r\n\r\n" + body.replace(b"\r\n", b"") + b"\r\n"


@pytest.mark.parametrize("name", HONEST)
def test_odd_but_honest_is_valid(mail: DemoMail, settings: TrustSettings, name: str) -> None:
    """Forms that mail programs and gateways really make are as good as the plain one."""
    message = opened(HONEST[name](mail), settings)
    assert status(message) == "valid", codes(message)
    assert message.parts
    assert all(part.covered for part in message.parts)


def test_parts_are_described(mail: DemoMail, settings: TrustSettings) -> None:
    """Type, name, size and kind of each part shown; the signature itself is none."""
    message = opened(HONEST["several parts inside"](mail), settings)
    described = [(part.type, part.name, part.size, part.disposition) for part in message.parts]
    assert described == [("text/plain", None, 5, "inline"), ("application/pdf", "a.pdf", 3, "attachment")]
    attached = opened(HONEST["another signed message attached"](mail), settings)
    assert [(part.type, part.disposition) for part in attached.parts] == [
        ("text/plain", "inline"),
        ("message/rfc822", "attachment"),
    ]
    assert len(attached.verdict.layers) == 1, "what is attached has its own signatures; they are not this message's"


@pytest.mark.parametrize(
    "raw",
    [
        b'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b\r\n\r\n'
        b"--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\ny\r\n--b--\r\n",
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n'
        b"--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n",
    ],
)
def test_openpgp_is_named(settings: TrustSettings, raw: bytes) -> None:
    """OpenPGP mail is no S/MIME: no signature of ours, and what opens it."""
    message = opened(FROM + raw, settings)
    assert status(message) == "none"
    assert codes(message) == ["openpgp_message"]


def test_ordinary_multiparts_are_not_openpgp(settings: TrustSettings) -> None:
    """An ordinary mail with attachments has nothing to say about signatures."""
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n"
    message = opened(FROM + raw, settings)
    assert (status(message), codes(message), len(message.parts)) == ("none", [], 2)


def test_certificates_only(mail: DemoMail, settings: TrustSettings) -> None:
    """A message that brings certificates (RFC 8551 §3.8) is not signed, and says what it is."""
    der = subprocess.run(
        ["openssl", "crl2pkcs7", "-nocrl", "-certfile", str(mail.anchor), "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    message = opened(cms_mail(der), settings)
    assert status(message) == "none"
    assert codes(message) == ["certificates_only"]
    assert [layer.kind for layer in message.verdict.layers] == ["certificates"]


def test_content_without_signers_is_invalid(settings: TrustSettings) -> None:
    """It says it is signed, and nobody signed: never "signed", and the text is still shown."""
    content = value(0x30, DATA, value(0xA0, value(0x04, b"Content-Type: text/plain\r\n\r\nHello\r\n")))
    signed = value(0x30, b"\x02\x01\x01", b"\x31\x00", content, b"\x31\x00")
    message = opened(cms_mail(value(0x30, SIGNED_DATA, value(0xA0, signed))), settings)
    assert status(message) == "invalid"
    assert codes(message)[0] == "no_signers"
    assert message.parts[0].type == "text/plain"


def test_other_content_types_are_named(settings: TrustSettings) -> None:
    """What is not handled says so, by name."""
    message = opened(cms_mail(value(0x30, DIGESTED, value(0xA0, value(0x30, b"\x02\x01\x00")))), settings)
    assert status(message) == "none"
    assert codes(message) == ["content_not_supported"]
    assert [(layer.kind, layer.status) for layer in message.verdict.layers] == [("unknown", "not_opened")]


@pytest.mark.parametrize("der", [b"", b"0", b"hello", b"0\x80", value(0x30, SIGNED_DATA)])
def test_broken_cms_is_invalid(settings: TrustSettings, der: bytes) -> None:
    """S/MIME by its type, and no CMS inside: damaged or forged."""
    message = opened(cms_mail(der), settings)
    assert status(message) == "invalid"
    assert codes(message)


def test_a_file_that_is_only_named_so_is_a_file(settings: TrustSettings) -> None:
    """Text named smime.p7m is text."""
    message = opened(FROM + b"Content-Type: text/plain; name=smime.p7m\r\n\r\nhello\r\n", settings)
    assert status(message) == "none"
    assert message.verdict.layers == []


def test_a_signed_document_is_an_attachment(mail: DemoMail, settings: TrustSettings) -> None:
    """Invoices come as CMS files ("invoice.xml.p7m"); who signed one did not sign the mail it is attached to."""
    kinds = (b"application/pkcs7-mime", b"application/octet-stream")
    for kind in kinds:
        document = b"Content-Type: " + kind + b"; name=invoice.xml.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        document += mail.opaque().split(b"\r\n\r\n", 1)[1]
        raw = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the invoice\r\n--b\r\n"
        message = opened(raw + document + b"\r\n--b--\r\n", settings)
        assert (status(message), codes(message), message.verdict.layers) == ("none", [], [])
        assert [part.name for part in message.parts] == [None, "invoice.xml.p7m"]


def test_layers_beyond_the_limit_are_a_file(mail: DemoMail, settings: TrustSettings) -> None:
    """Signatures inside signatures are followed to the limit; what is deeper is shown as a file, and that is said."""
    raw = mail.opaque()
    for _ in range(limits.NESTED_LAYERS):
        der = mail._cms(entity(raw), mail.anna, "-nodetach")
        raw = cms_mail(der)
    message = opened(raw, settings)
    assert len(message.verdict.layers) == limits.NESTED_LAYERS
    assert "too_many_layers" in codes(message)
    assert [part.type for part in message.parts] == ["application/pkcs7-mime"]


def test_one_layer_less_than_the_limit_is_followed(mail: DemoMail, settings: TrustSettings) -> None:
    """The limit itself is still followed to the text."""
    raw = mail.opaque()
    for _ in range(limits.NESTED_LAYERS - 1):
        raw = cms_mail(mail._cms(entity(raw), mail.anna, "-nodetach"))
    message = opened(raw, settings)
    assert "too_many_layers" not in codes(message)
    assert [part.type for part in message.parts] == ["text/plain"]
