"""CMS objects directly inside each other, without MIME between them: opened, and judged like any other layers."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from cryptography import x509

from letterlock import limits
from letterlock.cms import EnvelopedWriter, RecipientKey, recipient_for
from letterlock.cms.content_types import DATA, ENVELOPED_DATA, SIGNED_DATA
from letterlock.operations.open import OpenedMessage
from letterlock.operations.trust import TrustSettings
from tests.opened_mail import codes, opened, outside, status, text
from tests.signed_mail import ANNA, DemoMail

TIME_STAMP = "1.2.840.113549.1.9.16.1.4"
BODY = b"Dear Bert,"
HEAD = (
    b"From: Anna Muster <anna@muster.example>\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; "
    b"name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)


def mail(der: bytes) -> bytes:
    return HEAD + base64.encodebytes(der).replace(b"\n", b"\r\n")


def unwrapped(der: bytes) -> bytes:
    """The content of a ContentInfo in DER (RFC 5652 §3): most senders leave the ContentInfo away."""
    position = der.index(b"\xa0", 4)
    return der[position + 2 + (der[position + 1] & 0x7F if der[position + 1] > 0x80 else 0) :]


def signed(demo: DemoMail, content: bytes, kind: str = DATA, person: str = "anna") -> bytes:
    return demo._cms(content, getattr(demo, person), "-nodetach", "-econtent_type", kind)


def encrypted(demo: DemoMail, content: bytes, kind: str = DATA) -> bytes:
    """For Carla. OpenSSL encrypts every content as id-data, so it is Letterlock's engine that writes these."""
    carla = x509.load_pem_x509_certificate(demo.carla.certificate.read_bytes())
    out = bytearray()
    writer = EnvelopedWriter(out.extend, [recipient_for(carla)], "AES-256-CBC", content_type=kind)
    writer.write(content)
    writer.close()
    return bytes(out)


def layers(message: OpenedMessage) -> list[tuple[str, str]]:
    return [(each.kind, each.status) for each in message.verdict.layers]


@pytest.mark.parametrize(
    ("kind", "whole"), [(SIGNED_DATA, True), (SIGNED_DATA, False), (DATA, True)], ids=["both", "bare", "called data"]
)
@pytest.mark.parametrize("step", [1 << 20, 61])
def test_signed_then_encrypted(
    demo: DemoMail, trusting: TrustSettings, own_keys: Sequence[RecipientKey], kind: str, whole: bool, step: int
) -> None:
    """SignedData right inside EnvelopedData: decrypted, valid, and its text is shown.

    What is inside may have its ContentInfo or not; and OpenSSL and Bouncy Castle call it data unless told.
    """
    inner = signed(demo, demo._entity(ANNA))
    raw = mail(encrypted(demo, inner if whole else unwrapped(inner), kind))
    message = opened(raw, trusting, own_keys, step=step)
    assert (status(message), message.verdict.encryption.status) == ("valid", "decrypted"), codes(message)
    assert layers(message) == [("encrypted", "decrypted"), ("signed", "valid")]
    assert text(message).startswith(BODY)
    assert message.parts[0].covered


def test_signed_twice(demo: DemoMail, trusting: TrustSettings) -> None:
    """The inner signature decides; whoever signed around it is told."""
    inner = unwrapped(signed(demo, demo._entity(ANNA)))
    message = opened(mail(signed(demo, inner, SIGNED_DATA, "carla")), trusting)
    assert status(message) == "valid"
    assert layers(message) == [("signed", "mismatch"), ("signed", "valid")]
    assert "outer_signature_present" in codes(message)
    other = opened(
        mail(signed(demo, unwrapped(signed(demo, demo._entity(ANNA), person="carla")), SIGNED_DATA)), trusting
    )
    assert status(other) == "mismatch", "Anna's signature around Carla's does not make the text Anna's"


def test_a_signature_around_ciphertext(
    demo: DemoMail, trusting: TrustSettings, own_keys: Sequence[RecipientKey]
) -> None:
    """Whoever signs an EnvelopedData need not know what is in it."""
    inner = unwrapped(encrypted(demo, demo._entity(ANNA), DATA))
    message = opened(mail(signed(demo, inner, ENVELOPED_DATA)), trusting, own_keys)
    assert (status(message), message.verdict.encryption.status) == ("partial", "decrypted")
    assert "signature_covers_ciphertext" in codes(message)


def test_a_changed_octet_is_invalid(demo: DemoMail, trusting: TrustSettings) -> None:
    """In the text inside both signatures; then neither holds."""
    inner = unwrapped(signed(demo, demo._entity(ANNA)))
    der = signed(demo, inner, SIGNED_DATA, "carla").replace(b"18,400", b"98,400", 1)
    message = opened(mail(der), trusting)
    assert status(message) == "invalid"
    assert layers(message) == [("signed", "invalid"), ("signed", "invalid")]


def test_types_that_are_no_layers_stay_closed(
    demo: DemoMail, trusting: TrustSettings, own_keys: Sequence[RecipientKey]
) -> None:
    """A time-stamp token in an encryption is named, and a detached signature that says it is around CMS is none."""
    message = opened(mail(encrypted(demo, b"\x30\x03\x02\x01\x03", TIME_STAMP)), trusting, own_keys)
    assert (codes(message), message.parts) == (["content_not_supported"], [])
    detached = demo.sign("x", demo._entity(ANNA), "-econtent_type", SIGNED_DATA)
    assert (status(opened(detached, trusting)), codes(opened(detached, trusting))[0]) == (
        "invalid",
        "content_not_supported",
    )


@pytest.mark.parametrize("octets", [b"", b"0", b"\x30\x80", b"0:\r\n\r\nPay", b"Content-Type: text/html\r\n\r\nPay"])
def test_what_is_no_object_inside_is_no_text_either(
    demo: DemoMail, trusting: TrustSettings, own_keys: Sequence[RecipientKey], octets: bytes
) -> None:
    """The type says that it is an object: nothing else is made of the octets, signed or not."""
    for raw in (mail(encrypted(demo, octets, SIGNED_DATA)), mail(signed(demo, octets, SIGNED_DATA))):
        message = opened(raw, trusting, own_keys)
        assert status(message) != "valid"
        assert message.parts == []


def test_depth_is_bounded(demo: DemoMail, trusting: TrustSettings) -> None:
    """More objects inside each other than `limits.NESTED_LAYERS`: told, and not followed."""
    inner = signed(demo, demo._entity(ANNA))
    for _ in range(limits.NESTED_LAYERS + 2):
        inner = signed(demo, unwrapped(inner), SIGNED_DATA)
    message = opened(mail(inner), trusting)
    assert len(message.verdict.layers) == limits.NESTED_LAYERS
    assert "too_many_layers" in codes(message)
    assert b"Dear" not in text(opened(outside(mail(inner), b"To", b"x@beispiel.example"), trusting))[:10]
