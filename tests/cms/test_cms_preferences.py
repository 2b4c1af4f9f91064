"""With which certificate a signer wants answers encrypted (RFC 8551 §2.5.3): every form read, others refused."""

from __future__ import annotations

import pytest

from letterlock.cms import IssuerAndSerial, KeyIdentifier
from letterlock.cms.attributes import ENCRYPTION_KEY_PREFERENCE, Attribute, read
from letterlock.cms.create_attributes import encryption_key_preference
from letterlock.cms.failures import AttributeMalformed, SignatureFailure
from letterlock.cms.preferences import key_preference
from tests.cms.builder import identity, integer, tlv

ANNA = identity("RSA")


def said(*values: bytes) -> tuple[Attribute, ...]:
    return (Attribute(ENCRYPTION_KEY_PREFERENCE, values),)


def test_what_we_write_names_the_certificate() -> None:
    """By issuer and serial number."""
    found = key_preference((read(encryption_key_preference(ANNA.certificate)),))
    assert isinstance(found, IssuerAndSerial)
    assert found.names(ANNA.certificate)


@pytest.mark.parametrize("value", [tlv(0xA1, tlv(4, b"key")), tlv(0xA1, tlv(4, b"key"), tlv(0x18)), tlv(0x82, b"key")])
def test_key_identifiers_are_read(value: bytes) -> None:
    """With and without what may stand behind them."""
    assert key_preference(said(value)) == KeyIdentifier(b"key")


def test_nothing_said_is_nothing() -> None:
    """Most mail says nothing."""
    assert key_preference(()) is None


@pytest.mark.parametrize(
    "value", [tlv(0xA0), tlv(0xA0, integer(1)), tlv(0xA1), tlv(0xA1, integer(1)), tlv(0x30), tlv(0x82, b"k") + b"x"]
)
def test_malformed_is_refused(value: bytes) -> None:
    """What names no certificate is no preference."""
    with pytest.raises(AttributeMalformed):
        key_preference(said(value))


def test_two_preferences_are_refused() -> None:
    """Which one would count?"""
    with pytest.raises(SignatureFailure):
        key_preference((*said(tlv(0x82, b"a")), *said(tlv(0x82, b"b"))))
