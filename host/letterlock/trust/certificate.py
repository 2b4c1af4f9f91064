"""A certificate as the rest of the program sees it: a frozen view over its DER (RFC 5280 §4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Certificate:
    """One X.509 certificate. Nothing about it has been checked except that it can be decoded."""

    der: bytes
    sha256: str
    subject: str
    issuer: str
    name: str
    issuer_name: str
    serial: str
    not_before: datetime
    not_after: datetime
    key: str
    addresses: tuple[str, ...]

    @classmethod
    def parse(cls, der: bytes) -> Certificate:
        """Decode one certificate; raises `CertificateUndecodable`."""
        raise NotImplementedError
