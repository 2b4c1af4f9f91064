"""The keys that are made for a person, and requests of people who made their own (PKCS#10, RFC 2986)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, mlkem, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from letterlock import limits
from letterlock.authority.failures import RequestNotUsable
from letterlock.authority.profiles import Use

Generate = Callable[[], PrivateKeyTypes]

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike in print: i l o 0 1."""
_GROUPS, _GROUP = 5, 4


def _rsa(bits: int) -> Generate:
    return lambda: rsa.generate_private_key(65537, bits)


def _ec(curve: type[ec.EllipticCurve]) -> Generate:
    return lambda: ec.generate_private_key(curve())


_RSA_3072, _P256, _P384 = _rsa(3072), _ec(ec.SECP256R1), _ec(ec.SECP384R1)

KINDS: Mapping[str, tuple[tuple[Use, Generate], ...]] = {
    "RSA-3072": ((Use.BOTH, _RSA_3072),),
    "RSA-4096": ((Use.BOTH, _rsa(4096)),),
    "P-256": ((Use.BOTH, _P256),),
    "P-384": ((Use.BOTH, _P384),),
    "RSA-3072-pair": ((Use.SIGN, _RSA_3072), (Use.ENCRYPT, _RSA_3072)),
    "P-256-pair": ((Use.SIGN, _P256), (Use.ENCRYPT, _P256)),
    "P-384-pair": ((Use.SIGN, _P384), (Use.ENCRYPT, _P384)),
    "Ed25519-X25519": (
        (Use.SIGN, ed25519.Ed25519PrivateKey.generate),
        (Use.ENCRYPT, x25519.X25519PrivateKey.generate),
    ),
    "ML-DSA-65-ML-KEM-768": (
        (Use.SIGN, mldsa.MLDSA65PrivateKey.generate),
        (Use.ENCRYPT, mlkem.MLKEM768PrivateKey.generate),
    ),
}
"""What a person's keys may be: one for both uses, or a pair."""

DEFAULT_KIND = "RSA-3072"
"""What every mail program can use, phones and old Outlooks included."""


@dataclass(frozen=True)
class PersonKey:
    """A key that was made for a person."""

    use: Use
    key: PrivateKeyTypes = field(repr=False)

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def generate(kind: str) -> tuple[PersonKey, ...]:
    """New keys of one of `KINDS`."""
    return tuple(PersonKey(use, make()) for use, make in KINDS[kind])


def one_time_passphrase() -> str:
    """A passphrase of 99 random bits that can be read out and typed: `abcd-efgh-jkmn-pqrs-tuvw`."""
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[start : start + _GROUP]) for start in range(0, len(letters), _GROUP))


@dataclass(frozen=True)
class CertificateRequest:
    """A request whose signature shows that its maker has the key. Who the maker is, it does not show.

    `addresses` and `name` are what the request says; the administrator decides.
    """

    public: bytes
    addresses: tuple[str, ...]
    name: str

    @classmethod
    def parse(cls, octets: bytes) -> CertificateRequest:
        """Read one request, PEM or DER.

        Raises:
            RequestNotUsable: it is damaged, or not signed with the key it is for.
        """
        if len(octets) > limits.CERTIFICATE_REQUEST_OCTETS:
            raise RequestNotUsable(f"> {limits.CERTIFICATE_REQUEST_OCTETS}")
        try:
            pem = b"-----BEGIN " in octets  # programs write text for people before it
            request = x509.load_pem_x509_csr(octets) if pem else x509.load_der_x509_csr(octets)
            public = request.public_key()
            signed = request.is_signature_valid
            addresses = _addresses(request)
            names = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
            raise RequestNotUsable(str(error)[:200]) from None
        if not signed:
            raise RequestNotUsable("signature")
        common = str(names[0].value) if names else ""
        name = "" if "@" in common or not common.isprintable() else common[:64]
        return cls(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), addresses, name)


def _addresses(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    try:
        named = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = named.get_values_for_type(x509.RFC822Name)
    except x509.ExtensionNotFound:
        found = []
    found += [str(each.value) for each in request.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    return tuple(dict.fromkeys(found))
