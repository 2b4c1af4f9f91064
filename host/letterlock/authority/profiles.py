"""What a certificate of the internal CA holds, as data: RFC 5280, RFC 8550, and the S/MIME Baseline Requirements'
mailbox profile (S/MIME BR §7.1.2), from which a private authority takes the form and not the audits.

    | | root | issuing | person | responder |
    | basicConstraints (critical) | CA | CA, path length 0 | – | – |
    | keyUsage (critical) | keyCertSign, cRLSign | same | by key and use | digitalSignature |
    | extKeyUsage | – | emailProtection | emailProtection | OCSPSigning |
    | nameConstraints (critical), if wished | yes | yes | – | – |

Extensions are written by `cryptography`; which there are, and whether critical, is decided here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, mlkem, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from letterlock.authority.failures import AddressNotUsable, PersonKeyNotSupported
from letterlock.cms import der
from letterlock.trust.addresses import domain_key
from letterlock.trust.schema import items_of

_SMTP_UTF8_MAILBOX = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9")
_IDENTIFIER_OCTETS = 20


class Use(StrEnum):
    """What a person's certificate is for (S/MIME BR: dual use, signing only, key management only)."""

    BOTH = "both"
    SIGN = "sign"
    ENCRYPT = "encrypt"


@dataclass(frozen=True)
class Lifetimes:
    """How long certificates are good, and why so long."""

    root: timedelta = timedelta(days=20 * 365)
    """As public roots: replacing an anchor on every computer is what people avoid."""
    issuing: timedelta = timedelta(days=10 * 365)
    person: timedelta = timedelta(days=730)
    """S/MIME BR §6.3.2: at most 825 days (strict and multipurpose)."""
    responder: timedelta = timedelta(days=90)
    """It cannot be revoked (RFC 6960 §4.2.2.2.1, id-pkix-ocsp-nocheck), so it lives shortly."""


LIFETIMES = Lifetimes()
"""The usual ones."""


@dataclass(frozen=True)
class Addresses:
    """Where an authority publishes: each None where there is no such place.

    `crl` and `issuer` are URLs of files, `ocsp` of a responder.
    """

    crl: str | None = None
    ocsp: str | None = None
    issuer: str | None = None


def name(common: str, organisation: str = "", country: str = "") -> x509.Name:
    """A subject: country, organisation, common name, each if given, in the usual order."""
    parts = ((NameOID.COUNTRY_NAME, country), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts if text])


def authority(
    own: bytes,
    issuer: bytes,
    *,
    path_length: int | None,
    domains: Sequence[str],
    at: Addresses,
    policies: Sequence[str],
    root: bool,
) -> list[x509.Extension[x509.ExtensionType]]:
    """The extensions of an authority's certificate.

    Args:
        own, issuer: SubjectPublicKeyInfo of the authority, and of whoever signs (the same for a root).
        domains: whose addresses it may certify; ".muster.example" stands for all hosts below. None: everybody's.
        root: whether it signs itself: then nothing is said about purpose and revocation, which nobody could revoke.
    """
    found = [
        _critical(x509.BasicConstraints(ca=True, path_length=path_length)),
        _critical(_usage("key_cert_sign", "crl_sign")),
    ]
    if domains:
        # RFC 5280 §4.2.1.10: "muster.example" is every mailbox of that host, ".muster.example" of hosts below it. An
        # rfc822Name constraint holds for SmtpUTF8Mailbox too (RFC 9598 §6).
        permitted = [x509.RFC822Name(domain_key(domain)) for domain in domains]
        found.append(_critical(x509.NameConstraints(permitted, None)))
    if not root:
        found.append(_plain(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])))
        found += _published(at)
    return found + _policies(policies) + _identified(own, None if root else issuer)


def person(
    own: bytes, issuer: bytes, mailboxes: Sequence[str], use: Use, at: Addresses, policies: Sequence[str]
) -> list[x509.Extension[x509.ExtensionType]]:
    """The extensions of a person's certificate.

    Raises:
        AddressNotUsable: an address that cannot stand in a certificate.
        PersonKeyNotSupported: a key that is not for this use.
    """
    return [
        _critical(_usage(*usages(load_der_public_key(own), use))),
        _plain(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])),
        _plain(x509.SubjectAlternativeName([alternative_name(each) for each in mailboxes])),
        *_published(at),
        *_policies(policies),
        *_identified(own, issuer),
    ]


def responder(own: bytes, issuer: bytes) -> list[x509.Extension[x509.ExtensionType]]:
    """The extensions of a delegated OCSP responder (RFC 6960 §4.2.2.2)."""
    return [
        _critical(_usage("digital_signature")),
        _plain(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])),
        _plain(x509.OCSPNoCheck()),
        *_identified(own, issuer),
    ]


def usages(key: PublicKeyTypes, use: Use) -> tuple[str, ...]:
    """The key usage bits by algorithm and use: S/MIME BR §7.1.2.3 e; RFC 8410 §5; RFC 9881 §5; RFC 9935 §5.

    Raises:
        PersonKeyNotSupported: the key cannot do what is wanted of it, or is too weak to be certified.
    """
    sign: tuple[str, ...] = ()
    encrypt: tuple[str, ...] = ()
    match key:
        case rsa.RSAPublicKey() if key.key_size >= 2048:
            sign, encrypt = ("digital_signature",), ("key_encipherment",)
        case ec.EllipticCurvePublicKey() if key.key_size >= 256:
            sign, encrypt = ("digital_signature",), ("key_agreement",)
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            sign = ("digital_signature",)
        case mldsa.MLDSA44PublicKey() | mldsa.MLDSA65PublicKey() | mldsa.MLDSA87PublicKey():
            sign = ("digital_signature",)
        case x25519.X25519PublicKey() | x448.X448PublicKey():
            encrypt = ("key_agreement",)
        case mlkem.MLKEM768PublicKey() | mlkem.MLKEM1024PublicKey():
            encrypt = ("key_encipherment",)
    found = {Use.SIGN: sign, Use.ENCRYPT: encrypt, Use.BOTH: sign + encrypt if sign and encrypt else ()}[use]
    if not found:
        raise PersonKeyNotSupported(type(key).__name__.removesuffix("PublicKey"), use.value)
    return found


def alternative_name(mailbox: str) -> x509.GeneralName:
    """A mailbox as rfc822Name, or as SmtpUTF8Mailbox where its local part is not ASCII (RFC 9598 §3).

    The domain is in its ASCII form in both (RFC 9549, RFC 9598). Raises `AddressNotUsable`.
    """
    local, _, domain = mailbox.rpartition("@")
    host = domain_key(domain)
    if not local or not host or not host.isascii() or "." in (host[:1], host[-1:]) or any(map(_odd, mailbox)):
        raise AddressNotUsable(mailbox)
    text = f"{local}@{host}"
    if local.isascii():
        try:
            return x509.RFC822Name(text)
        except ValueError:
            raise AddressNotUsable(mailbox) from None
    return x509.OtherName(_SMTP_UTF8_MAILBOX, der.value(0x0C, text.encode()))


def key_identifier(public: bytes) -> bytes:
    """The leftmost 160 bits of SHA-256 over the key's bits (RFC 7093 §2, method 1)."""
    return hashlib.sha256(key_bits(public)).digest()[:_IDENTIFIER_OCTETS]


def key_bits(public: bytes) -> bytes:
    """The octets of subjectPublicKey in a SubjectPublicKeyInfo."""
    return bytes(items_of(public)[1].data)[1:]


def _odd(character: str) -> bool:
    return not character.isprintable() or character in ' <>()[],;:\\"'


def _identified(own: bytes, issuer: bytes | None) -> list[x509.Extension[x509.ExtensionType]]:
    found = [_plain(x509.SubjectKeyIdentifier(key_identifier(own)))]
    if issuer is not None:
        found.append(_plain(x509.AuthorityKeyIdentifier(key_identifier(issuer), None, None)))
    return found


def _published(at: Addresses) -> list[x509.Extension[x509.ExtensionType]]:
    found = []
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in (
            (AuthorityInformationAccessOID.OCSP, at.ocsp),
            (AuthorityInformationAccessOID.CA_ISSUERS, at.issuer),
        )
        if url
    ]
    if access:
        found.append(_plain(x509.AuthorityInformationAccess(access)))
    if at.crl:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(at.crl)], None, None, None)
        found.append(_plain(x509.CRLDistributionPoints([point])))
    return found


def _policies(oids: Sequence[str]) -> list[x509.Extension[x509.ExtensionType]]:
    if not oids:
        return []
    known = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
    return [_plain(x509.CertificatePolicies(known))]


def _usage(*bits: str) -> x509.KeyUsage:
    names = (
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
    return x509.KeyUsage(**{each: each in bits for each in names})


def _critical(value: x509.ExtensionType) -> x509.Extension[x509.ExtensionType]:
    return x509.Extension(value.oid, True, value)


def _plain(value: x509.ExtensionType) -> x509.Extension[x509.ExtensionType]:
    return x509.Extension(value.oid, False, value)
