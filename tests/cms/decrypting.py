"""Reads and decrypts an object the way a caller does, for claims about it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from letterlock.cms import CertificateKey, Decrypted, EnvelopedReader, RecipientKey
from letterlock.cms import failures as f
from tests.cms import envelope as e
from tests.cms.builder import NULL, algorithm, identity, tlv
from tests.cms.envelope import transport


def decrypt(octets: bytes, keys: Iterable[RecipientKey], size: int | None = None) -> tuple[Decrypted, bytes]:
    """What is said of the content and the content itself, fed whole or in chunks of `size`."""
    content: list[bytes] = []
    reader = EnvelopedReader(content.append, keys)
    for position in range(0, len(octets), size or len(octets) or 1):
        reader.feed(octets[position : position + size] if size else octets)
    return reader.close(), b"".join(content)


ANNA = identity("RSA")


KEY = CertificateKey(ANNA.certificate, ANNA.key)


TO_ANNA = [transport(ANNA.certificate)]


def rid(key: CertificateKey) -> bytes:
    return e.issuer_and_serial(key.certificate)


def fails(octets: bytes, keys: list[RecipientKey] | None = None) -> f.DecryptionFailure | f.CmsFailure:
    """Why nothing comes out."""
    with pytest.raises((f.DecryptionFailure, f.CmsFailure)) as caught:
        decrypt(octets, [KEY] if keys is None else keys)
    return caught.value


def oaep(hashed: hashes.HashAlgorithm, masked: hashes.HashAlgorithm, label: bytes | None) -> tuple[bytes, padding.OAEP]:
    numbers = {"sha1": "1.3.14.3.2.26", "sha224": "2.16.840.1.101.3.4.2.4", "sha256": "2.16.840.1.101.3.4.2.1",
               "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}  # fmt: skip
    fields = tlv(
        0x30,
        tlv(0xA0, algorithm(numbers[hashed.name], NULL)) if hashed.name != "sha1" else b"",
        tlv(0xA1, algorithm("1.2.840.113549.1.1.8", algorithm(numbers[masked.name]))) if masked.name != "sha1" else b"",
        tlv(0xA2, algorithm("1.2.840.113549.1.1.9", e.octet_string(label))) if label is not None else b"",
    )
    return algorithm(e.OAEP, fields), padding.OAEP(padding.MGF1(masked), hashed, label)
