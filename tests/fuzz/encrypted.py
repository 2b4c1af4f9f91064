"""Encrypted, compressed and countersigned objects to start fuzzing from, and the keys that open them.

The keys are fixed, because seeds are kept between runs; the certificates are made anew, which harms nothing: the
recipients are named by the keys' identifiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519

from letterlock.cms import (
    CertificateKey,
    CompressedWriter,
    EncryptedWriter,
    EnvelopedWriter,
    PasswordKey,
    PasswordRecipient,
    RecipientKey,
    SharedKeyRecipient,
    WrappingKey,
    recipient_for,
)
from letterlock.cms.content_types import COUNTERSIGNATURE
from tests.cms.builder import Signer, attribute, identity
from tests.cms.envelope import certificate_of

KEY = bytes(range(32))
TEXT = b"Content-Type: text/plain\r\n\r\nThe roof of the north hall is ready.\r\n"
_SHARED = WrappingKey(KEY, b"friday")
_PASSWORD = b"open sesame"


@cache
def keys() -> tuple[RecipientKey, ...]:
    """Whatever opens the seeds."""
    return (*_certified(), _SHARED, PasswordKey(_PASSWORD))


@cache
def _certified() -> tuple[CertificateKey, ...]:
    curve = ec.derive_private_key(5652, ec.SECP256R1())
    edwards = x25519.X25519PrivateKey.from_private_bytes(KEY)
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(bytes(64))
    return tuple(CertificateKey(certificate_of(each.public_key()), each) for each in (curve, edwards, lattice))


def seeds() -> Iterator[tuple[str, bytes]]:
    """(name, octets) of each object."""
    recipients = [recipient_for(each.certificate, by_key_identifier=True) for each in _certified()]
    recipients += [SharedKeyRecipient(_SHARED.octets, _SHARED.identifier), PasswordRecipient(_PASSWORD, iterations=10)]
    algorithms = ("AES-256-CBC", "AES-256-GCM", "AES-256-CCM", "ChaCha20-Poly1305")
    for number, recipient in enumerate(recipients):
        for algorithm in algorithms:
            for derived in (False, True):
                out: list[bytes] = []
                writer = EnvelopedWriter(out.append, [recipient], algorithm, length=len(TEXT), derived_key=derived)
                writer.write(TEXT)
                writer.close()
                yield f"recipient-{number}-{algorithm}-{derived}", b"".join(out)
    out = []
    encrypting = EncryptedWriter(out.append, KEY, "AES-256-CBC")
    encrypting.write(TEXT)
    encrypting.close()
    yield "encrypted", b"".join(out)
    out = []
    compressing = CompressedWriter(out.append)
    compressing.write(TEXT)
    compressing.close()
    yield "compressed", b"".join(out)
    beside = attribute(COUNTERSIGNATURE, Signer(identity("P-256")).encode(TEXT))
    yield "signer", Signer(identity("P-256"), unsigned=[beside]).encode(TEXT)
