"""What the server tells the control: the knobs of Exchange's `Set-SmimeConfig`, and what of them concerns the host.

All knobs are known by name, with and without their prefix `OWA`. Those that OWA itself obeys (who may choose a
certificate, which attributes are displayed, how long it expands lists) are only known. A server that asks for something
weak gets something stronger, and `raised` says so.

Source: Microsoft's reference of `Set-SmimeConfig`, "Parameters".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from letterlock.dialects.owa.schema import whole

OBEYED = frozenset(
    {
        "AlwaysEncrypt",
        "AlwaysSign",
        "BccEncryptedEmailForking",
        "CheckCRLOnSend",
        "ClearSign",
        "CopyRecipientHeaders",
        "CRLConnectionTimeout",
        "CRLRetrievalTimeout",
        "DisableCRLCheck",
        "EncryptionAlgorithms",
        "IncludeCertificateChainAndRootCertificate",
        "IncludeCertificateChainWithoutRootCertificate",
        "IncludeSMIMECapabilitiesInMessage",
        "OnlyUseSmartCard",
        "SignedEmailCertificateInclusion",
        "SigningAlgorithms",
        "TripleWrapSignedEncryptedMail",
        "UseKeyIdentifier",
        "UseSecondaryProxiesWhenFindingCertificates",
    }
)
"""Knobs that change what the host does."""

LEFT_TO_OTHERS = {
    "AllowUserChoiceOfSigningCertificate": "OWA lets people choose; the host signs with what is chosen",
    "DLExpansionTimeout": "the server expands distribution lists",
    "EncryptTemporaryBuffers": "always so: nothing is written to a disk in clear",
    "ForceSMIMEClientUpgrade": "OWA compares the control's version",
    "SenderCertificateAttributesToDisplay": "OWA displays the sender's certificate",
    "SMIMECertificateIssuingCA": "the server judges certificates by it; the host has its own anchors",
    "SMIMECertificatesExpiryDate": "the server's, of the list above",
    "SMIMEExpiredCertificateThumbprint": "the server's, of the list above",
}
"""Knobs that are known and change nothing here, and why."""

# Win32 ALG_ID, as `Set-SmimeConfig` names algorithms.
_ENCRYPTION = {"6610": "AES-256-CBC", "660F": "AES-192-CBC", "660E": "AES-128-CBC"}
_ENCRYPTION_WEAK = {"6603": "3DES", "6602": "RC2", "6601": "DES"}
_SIGNING = {"800E": "SHA-512", "800D": "SHA-384", "800C": "SHA-256"}
_SIGNING_WEAK = {"8004": "SHA-1", "8003": "MD5"}
_NAMES = {
    "AES256": "6610", "AES192": "660F", "AES128": "660E", "3DES": "6603", "RC2": "6602", "DES": "6601",
    "SHA512": "800E", "SHA384": "800D", "SHA256": "800C", "SHA1": "8004", "SHA": "8004", "MD5": "8003",
}  # fmt: skip
_SECONDS = 600


@dataclass(frozen=True)
class Server:
    """What the server wants. The defaults are those of a server that says nothing.

    `encryption`: content encryption algorithms in the order of preference. `digest`: what is signed with, None for
    what suits the key. `raised`: names of weak algorithms that were asked for and are not used. `certificates`: whether
    a signed message brings its certificate. `clear`: signed so that every mail program can read it; Microsoft's control
    signs opaque where the server says nothing. `timeout`: seconds for one answer about withdrawal, None: ours.
    """

    encryption: tuple[str, ...] = ("AES-256-CBC",)
    digest: str | None = None
    raised: tuple[str, ...] = ()
    unknown: int = 0
    chain: bool = True
    root: bool = False
    certificates: bool = True
    capabilities: bool = True
    key_identifier: bool = False
    triple: bool = False
    clear: bool = False
    always_sign: bool = False
    always_encrypt: bool = False
    copy_recipients: bool = False
    blind: int = 0
    no_revocation: bool = False
    revocation_on_send: bool = False
    timeout: float | None = None
    other_addresses: bool = False
    only_cards: bool = False
    seen: frozenset[str] = field(default=frozenset(), compare=False)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Server:
        """The settings of `InitializeParams`; what has no sense is as if it were not there."""
        known = {_plain(each): each for each in (*OBEYED, *LEFT_TO_OTHERS)}
        told: dict[str, object] = {}
        unknown = 0
        for name, value in settings.items():
            knob = known.get(_plain(name)) or known.get(_plain(name.removeprefix("OWA")))
            if knob is None:
                unknown += not name.startswith("__")
            elif value is not None:
                told[knob] = value
        default = cls()

        def flag(name: str, otherwise: bool) -> bool:
            return _flag(told.get(name), otherwise)

        encryption, weak_encryption = _algorithms(told.get("EncryptionAlgorithms"), _ENCRYPTION, _ENCRYPTION_WEAK)
        digests, weak_digests = _algorithms(told.get("SigningAlgorithms"), _SIGNING, _SIGNING_WEAK)
        with_root = flag("IncludeCertificateChainAndRootCertificate", default.root)
        times = [told.get("CRLConnectionTimeout"), told.get("CRLRetrievalTimeout")]
        milliseconds = [found for each in times if (found := whole(each, 1)) is not None]
        return cls(
            encryption=encryption or default.encryption,
            digest=digests[0] if digests else ("SHA-256" if weak_digests else None),
            raised=(() if encryption else weak_encryption) + (() if digests else weak_digests),
            unknown=unknown,
            chain=with_root or flag("IncludeCertificateChainWithoutRootCertificate", default.chain),
            root=with_root,
            certificates=flag("SignedEmailCertificateInclusion", default.certificates),
            capabilities=flag("IncludeSMIMECapabilitiesInMessage", default.capabilities),
            key_identifier=flag("UseKeyIdentifier", default.key_identifier),
            triple=flag("TripleWrapSignedEncryptedMail", default.triple),
            clear=flag("ClearSign", default.clear),
            always_sign=flag("AlwaysSign", default.always_sign),
            always_encrypt=flag("AlwaysEncrypt", default.always_encrypt),
            copy_recipients=flag("CopyRecipientHeaders", default.copy_recipients),
            blind=whole(told.get("BccEncryptedEmailForking")) or 0,
            no_revocation=flag("DisableCRLCheck", default.no_revocation),
            revocation_on_send=flag("CheckCRLOnSend", default.revocation_on_send),
            timeout=min(sum(milliseconds) / 1000, _SECONDS) if milliseconds else None,
            other_addresses=flag("UseSecondaryProxiesWhenFindingCertificates", default.other_addresses),
            only_cards=flag("OnlyUseSmartCard", default.only_cards),
            seen=frozenset(told),
        )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _flag(value: object, otherwise: bool) -> bool:
    if isinstance(value, str):
        word = value.strip().lower()
        return word in ("true", "1", "yes") if word in ("true", "false", "0", "1", "yes", "no") else otherwise
    return value != 0 if isinstance(value, bool | int) else otherwise


def _algorithms(
    value: object, strong: Mapping[str, str], weak: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The algorithms that are used of a list such as `6610;660F;6603:168`, and those that are too weak."""
    if isinstance(value, list):
        value = ";".join(each for each in value if isinstance(each, str))
    if not isinstance(value, str):
        return (), ()
    identifiers = []
    for each in value[:1_000].split(";"):
        name = each.partition(":")[0].strip().upper().removeprefix("0X").removeprefix("CALG_").replace("_", "")
        identifiers.append(_NAMES.get(name.replace("-", ""), name))
    found = tuple(dict.fromkeys(strong[each] for each in identifiers if each in strong))
    return found, tuple(dict.fromkeys(weak[each] for each in identifiers if each in weak))
