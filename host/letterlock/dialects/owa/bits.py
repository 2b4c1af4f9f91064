"""The verdict in the few bits that the dialect has: never better than it is.

OWA shows its sign of a good signature where content and certificate are said to be good. Both are said only of what the
verdict calls `valid`; of everything else at least one of them is said to be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pybase64

from letterlock.verdict import EncryptionStatus, SignatureStatus, Signer, Verdict

DECRYPTED_AND_SIGNED, SIGNED, DECRYPTED = 13, 11, 6
"""SmimeType, as OWA knows it."""

_NOT_GOOD = 1
"""ClientVerificationResult of a certificate that is not believed; 0 is good, -1 (the server's) not looked at."""


@dataclass(frozen=True)
class Bits:
    """What OWA is told: whether the content is unchanged, and whether the certificate is to be believed."""

    unchanged: bool
    believed: bool


def bits(verdict: Verdict) -> Bits:
    """The bits for a signature."""
    status = verdict.signature.status
    if status is SignatureStatus.VALID:
        return Bits(unchanged=True, believed=True)
    # Where nothing could be checked, nothing is known of the content.
    checked = verdict.headline.code != "signature_unchecked"
    intact = status in (SignatureStatus.MISMATCH, SignatureStatus.UNTRUSTED) and checked
    return Bits(unchanged=intact, believed=False)


def smime_type(verdict: Verdict) -> int:
    """What kind of message it is; 0: neither signed nor encrypted."""
    opened = verdict.encryption.status is EncryptionStatus.DECRYPTED
    if verdict.signature.status is SignatureStatus.NONE:
        return DECRYPTED if opened else 0
    return DECRYPTED_AND_SIGNED if opened else SIGNED


def signature(verdict: Verdict, certificate: Callable[[str], bytes | None]) -> dict[str, object] | None:
    """`SmimeSignature`; None where there is no signature. `certificate` gives a signer's, by its SHA-256."""
    if verdict.signature.status is SignatureStatus.NONE:
        return None
    found = bits(verdict)
    signer = _speaking(verdict)
    summary = signer.certificate if signer else None
    der = certificate(summary.sha256) if summary else None
    return {
        "CertIssuedBy": summary.issuer if summary else None,
        "CertIssuedTo": summary.subject if summary else None,
        "CertRawData": pybase64.b64encode(der).decode("ascii") if der else None,
        "CertValidFrom": summary.not_before if summary else None,
        "CertValidTo": summary.not_after if summary else None,
        "IsHashMatched": found.unchanged,
        "IsCertValidToClient": found.believed,
        "ClientVerificationResult": 0 if found.believed else _NOT_GOOD,
        "IsCertValidToServer": False,
        "ServerVerificationResult": -1,
    }


def _speaking(verdict: Verdict) -> Signer | None:
    """The signer whose certificate is shown: one that has the message's status, else the first.

    One that is better than the message is not shown: OWA would put its name beside a signature that is worth less.
    """
    same = (each for each in verdict.signers if each.status is verdict.signature.status)
    return next(same, next(iter(verdict.signers), None))
