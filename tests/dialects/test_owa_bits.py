"""The bits that OWA gets are never better than the verdict, whatever the verdict is."""

from __future__ import annotations

from itertools import product

import pytest

from letterlock.dialects.owa import bits
from letterlock.verdict import (
    CertificateSummary,
    Encryption,
    EncryptionStatus,
    Headers,
    HeaderSet,
    Headline,
    Signature,
    SignatureStatus,
    Signer,
    Verdict,
)

NOBODY = HeaderSet(from_=[], sender=[], reply_to=[], to=[], cc=[], subject=None, date=None)


def signer(status: SignatureStatus, name: str) -> Signer:
    summary = CertificateSummary(
        subject=f"CN={name}", name=name, issuer="CA", serial="1", not_before="2026-01-01T00:00:00Z",
        not_after="2027-01-01T00:00:00Z", sha256=name, key="RSA 3072", addresses=[],
    )  # fmt: skip
    return Signer(
        status=status, certificate=summary, addresses=[], signing_time=None, checked_at="2026-06-01T00:00:00Z",
        digest_algorithm="SHA-256", signature_algorithm="RSA", path=None, reasons=[],
    )  # fmt: skip


def verdict(
    signature: SignatureStatus, encryption: EncryptionStatus, signers: list[Signer], code: str = "x"
) -> Verdict:
    return Verdict(
        signature=Signature(status=signature, covers=[]),
        encryption=Encryption(status=encryption, authenticated=False),
        headline=Headline(code=code, sentence="", advice=""),
        reasons=[],
        signers=signers,
        layers=[],
        headers=Headers(outer=NOBODY, protected=None, differences=[]),
    )


EVERY = [
    (status, encryption, [signer(one, "one"), signer(two, "two")], code)
    for status, encryption, one, two in product(SignatureStatus, EncryptionStatus, SignatureStatus, SignatureStatus)
    for code in ("x", "signature_unchecked")
]


def test_green_is_said_of_valid_alone() -> None:
    """Every status, every encryption, two signers of every status."""
    for status, encryption, signers, code in EVERY:
        said = bits.signature(verdict(status, encryption, signers, code), lambda sha256: b"DER")
        if status is SignatureStatus.NONE:
            assert said is None
            continue
        assert said is not None
        green = said["IsHashMatched"] and said["IsCertValidToClient"] and said["ClientVerificationResult"] == 0
        assert green is (status is SignatureStatus.VALID)
        assert said["IsCertValidToClient"] is (status is SignatureStatus.VALID)
        assert said["IsCertValidToServer"] is False
        assert said["ServerVerificationResult"] == -1


@pytest.mark.parametrize("status", [SignatureStatus.INVALID, SignatureStatus.PARTIAL])
def test_changed_content_is_said_to_be_changed(status: SignatureStatus) -> None:
    assert bits.bits(verdict(status, EncryptionStatus.NONE, [])) == bits.Bits(unchanged=False, believed=False)


@pytest.mark.parametrize("status", [SignatureStatus.MISMATCH, SignatureStatus.UNTRUSTED])
def test_intact_content_of_nobody_trusted_is_said_to_be_intact(status: SignatureStatus) -> None:
    """Unless nothing could be checked: then nothing is known of it."""
    assert bits.bits(verdict(status, EncryptionStatus.NONE, [])).unchanged
    assert not bits.bits(verdict(status, EncryptionStatus.NONE, [], "signature_unchecked")).unchanged


def test_the_kind_of_message_is_what_was_opened() -> None:
    """13 decrypted and signed, 11 signed, 6 decrypted only."""
    for status, encryption, signers, _ in EVERY:
        signed, opened = status is not SignatureStatus.NONE, encryption is EncryptionStatus.DECRYPTED
        expected = {(True, True): 13, (True, False): 11, (False, True): 6, (False, False): 0}[signed, opened]
        assert bits.smime_type(verdict(status, encryption, signers)) == expected


def test_a_better_signer_is_not_shown_beside_a_worse_message() -> None:
    """The name of a signer whose signature is good would be read as that of the message."""
    both = [signer(SignatureStatus.VALID, "good"), signer(SignatureStatus.INVALID, "bad")]
    said = bits.signature(verdict(SignatureStatus.INVALID, EncryptionStatus.NONE, both), lambda sha256: None)
    assert said is not None
    assert said["CertIssuedTo"] == "CN=bad"
