"""Whom the reader trusts, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from letterlock.trust.certificate import Certificate

Source = Literal["user", "argument", "organisation", "mozilla", "system"]


@dataclass(frozen=True)
class Anchor:
    """A certificate that is believed without further proof, and who said so."""

    certificate: Certificate
    source: Source
    name: str = ""
    added: datetime | None = None


def certificates_of(data: bytes, name: str) -> tuple[Certificate, ...]:
    """Every certificate in a PEM, DER or certs-only PKCS#7 file; raises `NoCertificateInFile`."""
    raise NotImplementedError
