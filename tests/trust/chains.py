"""Certificates to order: a good one by default, and a test states only how its own deviates.

Made with `cryptography`'s builder on P-256 keys (fast), whatever the builder refuses by hand on its DER. Every
validity is relative to the fixed `NOW`, so no test reads a clock.

    root = issue("Root")
    ca = issue("Mail CA", root)
    anna = person("Anna", ca)
    build(anna.certificate, [ca.certificate], anchored(root), NOW)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, padding, rsa, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG_AGO, SOON = NOW - timedelta(days=400), NOW + timedelta(days=400)
DAY = timedelta(days=1)

CA_USAGE = ("key_cert_sign", "crl_sign")
PERSON_USAGE = ("digital_signature", "content_commitment")
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_serials = count(1000)


@dataclass(frozen=True)
class Issued:
    """A certificate, the builder's view of it, and its key."""

    x509: x509.Certificate
    key: Any

    @property
    def certificate(self) -> Certificate:
        return Certificate.parse(self.der)

    @property
    def der(self) -> bytes:
        return self.x509.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.x509.public_bytes(serialization.Encoding.PEM)


def key(name: str, kind: str = "P-256") -> Any:
    """A private key, always the same one for the same name and kind."""
    return _key(name, kind)


@cache
def _key(name: str, kind: str) -> Any:
    match kind:
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-192":
            return ec.generate_private_key(ec.SECP192R1())
        case "brainpoolP256r1":
            return ec.generate_private_key(ec.BrainpoolP256R1())
        case "RSA 1024":
            return rsa.generate_private_key(65537, 1024)
        case "RSA 2048":
            return rsa.generate_private_key(65537, 2048)
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "Ed448":
            return ed448.Ed448PrivateKey.generate()
        case "X25519":
            return x25519.X25519PrivateKey.generate()
        case "ML-DSA-65":
            return mldsa.MLDSA65PrivateKey.generate()
        case "DSA 2048":
            return dsa.generate_private_key(2048)
    raise ValueError(kind)


def name(common_name: str, organisation: str | None = None, **more: str) -> x509.Name:
    """A subject: organisation first, then the common name."""
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    attributes += [x509.NameAttribute(getattr(NameOID, oid), value) for oid, value in more.items()]
    return x509.Name(attributes)


def issue(
    subject: str | x509.Name,
    issuer: Issued | None = None,
    *,
    kind: str = "P-256",
    key_name: str | None = None,
    ca: bool | None = True,
    path_length: int | None = None,
    usage: Sequence[str] | None = CA_USAGE,
    purposes: Sequence[x509.ObjectIdentifier] = (),
    names: Sequence[x509.GeneralName] = (),
    not_before: datetime = LONG_AGO,
    not_after: datetime = SOON,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    key_ids: bool = True,
    issuer_name: x509.Name | None = None,
    signed_by: Any = None,
    digest: hashes.HashAlgorithm | None = None,
    pss: bool = False,
) -> Issued:
    """A certificate signed by `issuer`, or by itself. An authority by default; `ca=None` leaves the extension out."""
    subject = name(subject) if isinstance(subject, str) else subject
    own = key(key_name or subject.rfc4514_string(), kind)
    signing = signed_by or (issuer.key if issuer else own)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name or (issuer.x509.subject if issuer else subject))
        .public_key(own.public_key())
        .serial_number(next(_serials))
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca, path_length), critical=True)
    if usage is not None:
        builder = builder.add_extension(x509.KeyUsage(**{each: each in usage for each in _USAGES}), critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if key_ids:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        builder = builder.add_extension(authority, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    one_shot = isinstance(signing, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey | mldsa.MLDSA65PrivateKey)
    algorithm = None if one_shot else digest or hashes.SHA256()
    rsa_padding = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size) if pss and algorithm else None
    return Issued(builder.sign(signing, algorithm, rsa_padding=rsa_padding), own)


def person(common_name: str, issuer: Issued | None, address: str = "anna@muster.example", **deviation: Any) -> Issued:
    """A certificate for somebody who signs mail."""
    good: dict[str, Any] = {
        "ca": False,
        "usage": PERSON_USAGE,
        "purposes": (ExtendedKeyUsageOID.EMAIL_PROTECTION,),
        "names": (x509.RFC822Name(address),) if address else (),
    }
    return issue(common_name, issuer, **(good | deviation))


def anchored(*roots: Issued) -> list[Anchor]:
    """Each of them trusted by the user."""
    return [Anchor(root.certificate, "user") for root in roots]


def certificates(*issued: Issued) -> list[Certificate]:
    return [each.certificate for each in issued]


def raw(oid: str, value: bytes, critical: bool = False) -> tuple[x509.ExtensionType, bool]:
    """An extension whose value is any octets, also wrong ones."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical


def replaced(issued: Issued, old: bytes, new: bytes, times: int = 1) -> Certificate:
    """The certificate with some octets of its DER exchanged for as many others; its signature stays."""
    assert len(old) == len(new)
    assert issued.der.count(old) == times, f"{issued.der.count(old)} times"
    return Certificate.parse(issued.der.replace(old, new))


def resigned(issued: Issued, tbs: bytes, signing: Any) -> bytes:
    """A signed part made by hand, signed with ECDSA and SHA-256, as a whole certificate."""
    signature = signing.sign(tbs, ec.ECDSA(hashes.SHA256()))
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    return tlv(0x30, tbs + algorithm + tlv(0x03, b"\0" + signature))


def tlv(tag: int, contents: bytes) -> bytes:
    """One value in DER."""
    size = len(contents)
    length = bytes((size,)) if size < 0x80 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag,)) + (length if size < 0x80 else bytes((0x80 | len(length),)) + length) + contents
