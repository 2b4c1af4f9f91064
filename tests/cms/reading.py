"""Reads and checks a SignedData the way a caller does, for claims about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes

from letterlock.cms import (
    Certificate,
    CheckedSignature,
    SignedData,
    SignedDataReader,
    SignerInfo,
    candidates,
    check,
)

if TYPE_CHECKING:
    from letterlock.cms.certificates import AnyCertificate


def read(octets: bytes, size: int | None = None) -> tuple[SignedData, bytes]:
    """The object and its content, fed whole or in chunks of `size`."""
    content: list[bytes] = []
    reader = SignedDataReader(content.append)
    for position in range(0, len(octets), size or len(octets) or 1):
        reader.feed(octets[position : position + size] if size else octets)
    return reader.close(), b"".join(content)


def certificates_of(signed: SignedData) -> list[Certificate]:
    """Those that can be read."""
    return [found for der in signed.certificates if (found := Certificate.load(der))]


def hash_of(algorithm: hashes.HashAlgorithm, octets: bytes) -> bytes:
    """The digest of some octets."""
    computed = hashes.Hash(algorithm)
    computed.update(octets)
    return computed.finalize()


def confirm(signer: SignerInfo, content: bytes, certificates: Iterable[AnyCertificate]) -> CheckedSignature:
    """Checks one signer with the first certificate it names."""
    certificate = next(candidates(signer, certificates))

    return check(signer, certificate, lambda algorithm: hash_of(algorithm, content), lambda octets: content[:octets])


def verify(octets: bytes, detached: bytes | None = None, size: int | None = None) -> list[CheckedSignature]:
    """Reads and checks every signer."""
    signed, content = read(octets, size)
    if detached is not None:
        assert not signed.has_content
        content = detached
    return [confirm(signer, content, certificates_of(signed)) for signer in signed.signers]
