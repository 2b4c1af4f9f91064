"""The knobs of `Set-SmimeConfig`: all known, those of the host obeyed, nothing weak done."""

from __future__ import annotations

from typing import Any

import pytest

from letterlock.dialects.owa.server import LEFT_TO_OTHERS, OBEYED, Server

KNOBS = (
    "OWAAllowUserChoiceOfSigningCertificate", "OWAAlwaysEncrypt", "OWAAlwaysSign", "OWABCCEncryptedEmailForking",
    "OWACheckCRLOnSend", "OWAClearSign", "OWACopyRecipientHeaders", "OWACRLConnectionTimeout",
    "OWACRLRetrievalTimeout", "OWADisableCRLCheck", "OWADLExpansionTimeout", "OWAEncryptionAlgorithms",
    "OWAEncryptTemporaryBuffers", "OWAForceSMIMEClientUpgrade", "OWAIncludeCertificateChainAndRootCertificate",
    "OWAIncludeCertificateChainWithoutRootCertificate", "OWAIncludeSMIMECapabilitiesInMessage",
    "OWAOnlyUseSmartCard", "OWASenderCertificateAttributesToDisplay", "OWASignedEmailCertificateInclusion",
    "OWASigningAlgorithms", "OWATripleWrapSignedEncryptedMail", "OWAUseKeyIdentifier",
    "OWAUseSecondaryProxiesWhenFindingCertificates", "SMIMECertificateIssuingCA", "SMIMECertificatesExpiryDate",
    "SMIMEExpiredCertificateThumbprint",
)  # fmt: skip
"""The parameters of Microsoft's reference of Set-SmimeConfig, but those of every cmdlet."""


def test_every_knob_is_known() -> None:
    """With its prefix and without; what changes nothing has a reason."""
    everything = dict.fromkeys(KNOBS, "x")
    assert Server.of(everything).unknown == 0
    assert len(Server.of(everything).seen) == len(KNOBS)
    assert Server.of({each.removeprefix("OWA"): "x" for each in KNOBS}).unknown == 0
    assert len(OBEYED) + len(LEFT_TO_OTHERS) == len(KNOBS)
    assert all(LEFT_TO_OTHERS.values())


@pytest.mark.parametrize(
    ("knob", "value", "field", "means"),
    [
        ("OWAClearSign", True, "clear", True),
        ("OWAClearSign", "False", "clear", False),
        ("OWAClearSign", 1, "clear", True),
        ("OWAAlwaysSign", "true", "always_sign", True),
        ("OWAAlwaysEncrypt", True, "always_encrypt", True),
        ("OWATripleWrapSignedEncryptedMail", True, "triple", True),
        ("OWAUseKeyIdentifier", True, "key_identifier", True),
        ("OWAIncludeCertificateChainWithoutRootCertificate", False, "chain", False),
        ("OWAIncludeCertificateChainAndRootCertificate", True, "root", True),
        ("OWASignedEmailCertificateInclusion", False, "certificates", False),
        ("OWAIncludeSMIMECapabilitiesInMessage", False, "capabilities", False),
        ("OWACopyRecipientHeaders", True, "copy_recipients", True),
        ("OWABCCEncryptedEmailForking", "2", "blind", 2),
        ("OWADisableCRLCheck", True, "no_revocation", True),
        ("OWACheckCRLOnSend", True, "revocation_on_send", True),
        ("OWACRLConnectionTimeout", 2500, "timeout", 2.5),
        ("OWAUseSecondaryProxiesWhenFindingCertificates", False, "other_addresses", False),
        ("OWAOnlyUseSmartCard", True, "only_cards", True),
        ("OWAEncryptionAlgorithms", "660E", "encryption", ("AES-128-CBC",)),
        ("OWAEncryptionAlgorithms", "6603;6610:256;660F", "encryption", ("AES-256-CBC", "AES-192-CBC")),
        ("OWAEncryptionAlgorithms", "AES_192;CALG_AES_128", "encryption", ("AES-192-CBC", "AES-128-CBC")),
        ("OWASigningAlgorithms", "800E;800C", "digest", "SHA-512"),
        ("OWASigningAlgorithms", ["8004", "800D"], "digest", "SHA-384"),
    ],
)
def test_a_knob_means(knob: str, value: object, field: str, means: object) -> None:
    assert getattr(Server.of({knob: value}), field) == means


@pytest.mark.parametrize(
    ("knob", "value", "raised"),
    [
        ("OWASigningAlgorithms", "8004", ("SHA-1",)),
        ("OWASigningAlgorithms", "CALG_MD5;8004", ("MD5", "SHA-1")),
        ("OWAEncryptionAlgorithms", "6603", ("3DES",)),
        ("OWAEncryptionAlgorithms", "6602:40", ("RC2",)),
        ("OWASigningAlgorithms", "8004;800C", ()),
    ],
)
def test_what_is_weak_is_raised_and_said(knob: str, value: str, raised: tuple[str, ...]) -> None:
    """Something strong in the same list is what is taken, and then nothing was raised."""
    server = Server.of({knob: value})
    assert server.raised == raised
    assert server.digest in (None, "SHA-256")
    assert server.encryption == ("AES-256-CBC",)


@pytest.mark.parametrize("value", [None, "", "x", [], {}, -1, 1e400, "9" * 400, ["x", 5], "\0;;:;6610x"])
def test_values_without_a_sense_are_as_if_not_there(value: Any) -> None:
    """Each knob with each of them: no failure, and nothing weaker than the default."""
    default = Server()
    for knob in KNOBS:
        found = Server.of({knob: value})
        assert found.encryption == default.encryption
        assert found.digest == default.digest
        assert found.timeout is None or found.timeout > 0


def test_unknown_knobs_are_counted_and_ignored() -> None:
    assert Server.of({"OWANewKnob": 1, "__type": "x"}).unknown == 1
