"""What a certificate must say to sign mail (RFC 8550, S/MIME Baseline Requirements)."""

from __future__ import annotations

from collections.abc import Sequence

from letterlock.errors import Reason
from letterlock.trust.certificate import Certificate


def check_signer(certificate: Certificate, chain: Sequence[Certificate] = ()) -> tuple[Reason, ...]:
    """Why this certificate must not sign mail; empty if it may. `chain` is `Path.chain`."""
    raise NotImplementedError
