"""Does a certificate name this address?"""

from __future__ import annotations

from collections.abc import Iterable


def names_address(certificate_addresses: Iterable[str], address: str) -> bool:
    """Whether one of the certificate's addresses is `address` (an addr-spec)."""
    raise NotImplementedError
