"""Revocation lists and OCSP answers to order: good ones by default, and a test states how its own deviates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.trust.chains import DAY, NOW, Issued, issue, person

ROOT = issue("Root")
CA = issue("Mail CA", ROOT)
ANNA = person("Anna", CA)


def crl(
    issuer: Issued,
    *revoked: Issued,
    at: datetime = NOW - DAY,
    reason: x509.ReasonFlags | None = None,
    invalid_since: datetime | None = None,
    made: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
    signing: Any = None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    entry_extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """A list that is in force now; `entry_extensions` are further extensions of each line."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.x509.subject)
    builder = builder.last_update(made).next_update(until)
    for each in revoked:
        line = x509.RevokedCertificateBuilder().serial_number(each.x509.serial_number).revocation_date(at)
        if reason:
            line = line.add_extension(x509.CRLReason(reason), critical=False)
        if invalid_since:
            line = line.add_extension(x509.InvalidityDate(invalid_since), critical=False)
        for extension, critical in entry_extensions:
            line = line.add_extension(extension, critical=critical)
        builder = builder.add_revoked_certificate(line.build())
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    key = signing or issuer.key
    digest = None if isinstance(key, mldsa.MLDSA65PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.DER)


def answer(
    about: Issued = ANNA,
    issuer: Issued = CA,
    *,
    responder: Issued | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    at: datetime | None = None,
    made: datetime = NOW - DAY,
    until: datetime | None = NOW + DAY,
    digest: hashes.HashAlgorithm | None = None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> bytes:
    """An OCSP answer of the issuer, or of a responder whose certificate comes along."""
    speaker = responder or issuer
    if status is ocsp.OCSPCertStatus.REVOKED:
        at = at or NOW - DAY
    builder = ocsp.OCSPResponseBuilder().add_response(
        about.x509, issuer.x509, digest or hashes.SHA1(), status, made, until, at, None
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, speaker.x509)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    if responder:
        builder = builder.certificates([responder.x509])
    return builder.sign(speaker.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def responder(issuer: Issued = CA, **deviation: Any) -> Issued:
    """A certificate for somebody who answers for `issuer`."""
    good: dict[str, Any] = {
        "ca": False,
        "usage": ("digital_signature",),
        "purposes": (ExtendedKeyUsageOID.OCSP_SIGNING,),
        "extensions": ((x509.OCSPNoCheck(), False),),
        # The library signs answers with the time of the clock on the wall, which must lie in the certificate's days.
        "not_after": NOW.replace(year=NOW.year + 30),
    }
    return issue("Responder", issuer, **(good | deviation))


def spoiled(der: bytes) -> bytes:
    """The same with the last octet of its signature changed."""
    return der[:-1] + bytes((der[-1] ^ 1,))


def backdated(der: bytes, speaker: Issued, made: datetime) -> bytes:
    """The same OCSP answer, said to be signed at `made` and signed anew by `speaker`: what a stolen key can do."""
    loaded = ocsp.load_der_ocsp_response(der)
    tbs, signature = loaded.tbs_response_bytes, loaded.signature
    older = tbs.replace(f"{loaded.produced_at_utc:%Y%m%d%H%M%SZ}".encode(), f"{made:%Y%m%d%H%M%SZ}".encode())
    assert older != tbs
    while len(again := speaker.key.sign(older, ec.ECDSA(hashes.SHA256()))) != len(signature):
        pass  # An ECDSA signature's length varies by some octets; the lengths around it must stay.
    return der.replace(tbs, older).replace(signature, again)
