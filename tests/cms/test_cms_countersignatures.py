"""Signatures over signatures are confirmed as such, and tokens beside them handed out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from letterlock.cms import (
    CheckedSignature,
    CmsFailure,
    SignatureFailure,
    check_countersignature,
    countersignatures,
    time_stamp_tokens,
)
from letterlock.cms import failures as f
from letterlock.cms.signed import SignerInfo
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Signer, attribute, identity, signed_data, tlv
from tests.cms.reading import read, verify

ANNA = Signer(identity("RSA"))
NOTARY = identity("P-256", "Notary")
COUNTERSIGNATURE = "1.2.840.113549.1.9.6"
VALUE = b"\x00\x01" + bytes(254)


def over(value: bytes, who: Signer | None = None) -> bytes:
    """A SignerInfo over a signature value, as RFC 5652 §11.4 has it: without contentType."""
    who = who or Signer(NOTARY)
    if who.attributes is None:
        digest = attribute(b.MESSAGE_DIGEST, tlv(0x04, b.hashed(who.digest, value)))
        who = replace(who, attributes=[digest])
    return who.encode(value)


def signed(*unsigned: bytes) -> SignerInfo:
    """Anna's signature with a value that is known beforehand (RSA signs the same octets the same way)."""
    first = read(signed_data([ANNA]))[0].signers[0]
    return read(signed_data([replace(ANNA, unsigned=unsigned, value=first.value)]))[0].signers[0]


def plain() -> SignerInfo:
    return signed()


def confirm(signer: SignerInfo) -> CheckedSignature:
    (found,) = countersignatures(signer)
    return check_countersignature(found, signer, NOTARY.certificate)


def test_a_countersignature_is_confirmed() -> None:
    """It has a result of its own, and the signature beside it keeps its own."""
    signer = signed(attribute(COUNTERSIGNATURE, over(plain().value)))
    checked = confirm(signer)
    assert checked.certificate == NOTARY.certificate
    assert checked.signature_algorithm == "ECDSA P-256 with SHA-256"
    assert verify(signed_data([replace(ANNA, unsigned=[attribute(COUNTERSIGNATURE, over(plain().value))])]))


def test_without_attributes() -> None:
    """Then the signature covers the value itself."""
    value = plain().value
    assert confirm(signed(attribute(COUNTERSIGNATURE, over(value, Signer(NOTARY, attributed=False)))))


def test_several_and_nested() -> None:
    """Several values, several attributes, and a countersignature of a countersignature."""
    value = plain().value
    inner_value = Signer(NOTARY, attributed=False).sign(value)
    inner = Signer(NOTARY, attributed=False, value=inner_value)
    nested = replace(inner, unsigned=[attribute(COUNTERSIGNATURE, over(inner_value))])
    signer = signed(
        attribute(COUNTERSIGNATURE, over(value), over(value)), attribute(COUNTERSIGNATURE, nested.encode(value))
    )
    found = countersignatures(signer)
    assert len(found) == 3
    for each in found:
        assert check_countersignature(each, signer, NOTARY.certificate)
    assert check_countersignature(countersignatures(found[2])[0], found[2], NOTARY.certificate)


@pytest.mark.parametrize(
    ("who", "failure"),
    [
        pytest.param(
            Signer(NOTARY, attributes=[attribute(b.MESSAGE_DIGEST, tlv(0x04, b.hashed("SHA-256", b"else")))]),
            f.ContentChanged, id="another digest",
        ),
        pytest.param(Signer(NOTARY, attributes=[]), f.AttributeMissing, id="no digest"),
        pytest.param(
            Signer(NOTARY, more=[], attributed=False, value=b"0" * 70), f.SignatureBroken, id="another value"
        ),
        pytest.param(Signer(identity("P-256", "Eve")), f.SignatureBroken, id="another key"),
    ],
)  # fmt: skip
def test_a_wrong_one_is_refused(who: Signer, failure: type[SignatureFailure]) -> None:
    """What does not fit the signature beside it is never confirmed."""
    signer = signed(attribute(COUNTERSIGNATURE, over(plain().value, who)))
    with pytest.raises(failure):
        confirm(signer)


def test_a_signature_over_content_is_no_countersignature() -> None:
    """One with contentType was made over content that happened to be these octets (RFC 5652 §11.4)."""
    value = plain().value
    signer = signed(attribute(COUNTERSIGNATURE, Signer(NOTARY).encode(value)))
    with pytest.raises(f.AttributeForbidden):
        confirm(signer)


def test_one_moved_from_another_signature_is_refused() -> None:
    """It names no signature but fits only one."""
    signer = signed(attribute(COUNTERSIGNATURE, over(b"the value of another signature")))
    with pytest.raises(f.ContentChanged):
        confirm(signer)


def test_a_countersignature_is_no_signature_over_content() -> None:
    """Presented as an ordinary signature it lacks contentType."""
    octets = signed_data([replace(Signer(NOTARY), attributes=[
        attribute(b.MESSAGE_DIGEST, tlv(0x04, b.hashed("SHA-256", CONTENT)))])])  # fmt: skip
    with pytest.raises(f.AttributeMissing):
        verify(octets)


@pytest.mark.parametrize("value", [tlv(0x04, b"x"), tlv(0x30)])
def test_malformed(value: bytes) -> None:
    """What is no SignerInfo is said to be none."""
    with pytest.raises(f.CmsMalformed):
        countersignatures(signed(attribute(COUNTERSIGNATURE, value)))


def test_too_many() -> None:
    """Each costs a signature check, so they are bounded."""
    one = over(plain().value)
    with pytest.raises(CmsFailure) as caught:
        countersignatures(signed(*[attribute(COUNTERSIGNATURE, *[one] * 13)] * 5))
    assert caught.value.code == "too_many_signers"


def test_time_stamp_tokens_are_handed_out() -> None:
    """Under both numbers they have, as they are."""
    token = signed_data([ANNA], content_type="1.2.840.113549.1.9.16.1.4")
    signer = signed(
        attribute("1.2.840.113549.1.9.16.2.14", token), attribute("1.3.6.1.4.1.311.3.3.1", token), attribute("1.2.3")
    )
    assert time_stamp_tokens(signer) == (token, token)
    assert countersignatures(signer) == ()
