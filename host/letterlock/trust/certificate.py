"""A certificate as the rest of the program sees it: a frozen view over its DER (RFC 5280 §4.1).

`parse` decodes the frame; names, key and extensions are decoded when first asked for and then kept. Nothing about
a `Certificate` has been checked except that it can be decoded: its texts are what its maker wrote, and only
`path.build` says whether to believe them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.asn1 import decode_der

from letterlock.trust import keys
from letterlock.trust.algorithms import SignatureAlgorithm, identified
from letterlock.trust.extensions import BasicConstraints, Extensions, decode
from letterlock.trust.names import COMMON_NAME, EMAIL_ADDRESS, ORGANISATION, DistinguishedName
from letterlock.trust.reasons import CertificateUndecodable, PublicKeyUnusable
from letterlock.trust.schema import NotDer, SignedCertificate, TbsCertificate, items_of, oid_of, whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


@dataclass(frozen=True, repr=False)
class Certificate:
    """One X.509 certificate, equal to another if the octets are."""

    der: bytes
    signed: SignedCertificate = field(compare=False)
    tbs: TbsCertificate = field(compare=False)

    @classmethod
    def parse(cls, der: bytes) -> Certificate:
        """Decode exactly one certificate; raises `CertificateUndecodable`."""
        der = bytes(der)
        try:
            signed = decode_der(SignedCertificate, der)
            tbs = signed.tbs.parse(TbsCertificate)
            oid_of(signed.algorithm[0])
            if tbs.version not in (None, 0, 1, 2):
                raise NotDer("version")
        except (ValueError, IndexError) as error:
            raise CertificateUndecodable(str(error)[:200]) from None
        return cls(der, signed, tbs)

    def __repr__(self) -> str:
        return f"<Certificate {self.subject!r} {self.sha256[:16]}>"

    # --- What it is --------------------------------------------------------------------------------------------

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the DER, lower-case hex: the name of this very certificate."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def version(self) -> int:
        """1, 2 or 3."""
        return (self.tbs.version or 0) + 1

    @cached_property
    def serial(self) -> str:
        """The serial number, lower-case hex. A negative one, which old CAs made, keeps its sign."""
        return f"{self.tbs.serial:x}"

    @cached_property
    def not_before(self) -> datetime:
        """First second of validity, UTC."""
        return self.tbs.validity.not_before.as_datetime().astimezone(UTC)

    @cached_property
    def not_after(self) -> datetime:
        """Last second of validity, UTC."""
        return self.tbs.validity.not_after.as_datetime().astimezone(UTC)

    # --- Whose it is -------------------------------------------------------------------------------------------

    @cached_property
    def subject_dn(self) -> DistinguishedName:
        """The subject as a name that can be compared."""
        return DistinguishedName(self.tbs.subject)

    @cached_property
    def issuer_dn(self) -> DistinguishedName:
        """The issuer as a name that can be compared."""
        return DistinguishedName(self.tbs.issuer)

    @property
    def subject(self) -> str:
        """The subject as RFC 4514 text."""
        return self.subject_dn.text

    @property
    def issuer(self) -> str:
        """The issuer as RFC 4514 text."""
        return self.issuer_dn.text

    @cached_property
    def name(self) -> str:
        """The subject for people: common name, else organisation, else address, else the whole name or the serial."""
        return _display(self.subject_dn) or next(iter(self.addresses), "") or self.subject or f"№ {self.serial}"

    @cached_property
    def issuer_name(self) -> str:
        """The issuer for people, in the same way."""
        return _display(self.issuer_dn) or self.issuer or "–"

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The mail addresses: rfc822Name and SmtpUTF8Mailbox entries in order, then emailAddress of the subject.

        emailAddress is the legacy place (RFC 8550 §3); an address there that is also an alternative name is not
        repeated.
        """
        found = [
            entry.value
            for entry in self.extensions.alternative_names
            if entry.form == "address" and isinstance(entry.value, str) and entry.value
        ]
        found += reversed(self.subject_dn.values(EMAIL_ADDRESS))
        return tuple(dict.fromkeys(found))

    @cached_property
    def self_issued(self) -> bool:
        """Whether issuer and subject are the same name (RFC 5280 §6.1). It says nothing about who signed."""
        return self.subject_dn.normal == self.issuer_dn.normal

    @cached_property
    def subject_der(self) -> bytes:
        """The subject as it stands in the certificate, DER: what an OCSP request hashes."""
        items = items_of(whole(self.signed.tbs))
        return whole(items[5 if items[0].tag_bytes == b"\xa0" else 4])

    @cached_property
    def key_bits(self) -> bytes:
        """The octets of subjectPublicKey alone, which OCSP hashes; empty if unreadable."""
        try:
            return bytes(items_of(self.key_der)[1].data)[1:]
        except (ValueError, IndexError):
            return b""

    # --- What it may -------------------------------------------------------------------------------------------

    @cached_property
    def extensions(self) -> Extensions:
        """Every extension we know, decoded; what could not be decoded is named in `malformed`."""
        return decode(self.tbs.extensions or ())

    @property
    def basic_constraints(self) -> BasicConstraints | None:
        """RFC 5280 §4.2.1.9; None where absent."""
        return self.extensions.basic_constraints

    @property
    def key_usage(self) -> frozenset[str] | None:
        """Names of the bits set (RFC 5280 §4.2.1.3); None where the extension is absent."""
        return self.extensions.key_usage

    @property
    def purposes(self) -> tuple[str, ...] | None:
        """Object identifiers of the extended key usage (RFC 5280 §4.2.1.12); None where absent."""
        return self.extensions.purposes

    @property
    def subject_key_id(self) -> bytes | None:
        """What the maker calls this key (RFC 5280 §4.2.1.2)."""
        return self.extensions.subject_key_id

    @property
    def authority_key_id(self) -> bytes | None:
        """What the maker calls the issuer's key (RFC 5280 §4.2.1.1)."""
        return self.extensions.authority_key_id

    # --- Its signature -----------------------------------------------------------------------------------------

    @cached_property
    def signature_algorithm(self) -> SignatureAlgorithm | None:
        """How it is signed; None for an algorithm that cannot be checked here."""
        return identified(self.signed.algorithm)

    @property
    def signature_algorithm_name(self) -> str:
        """The same for people, else the object identifier."""
        algorithm = self.signature_algorithm
        return algorithm.name if algorithm else oid_of(self.signed.algorithm[0])

    @cached_property
    def same_algorithm_inside(self) -> bool:
        """Whether the signed part names the algorithm of the outer part, which nobody signed (RFC 5280 §4.1.1.2)."""
        inner, outer = self.tbs.algorithm, self.signed.algorithm
        return len(inner) == len(outer) and all(whole(a) == whole(b) for a, b in zip(inner, outer, strict=True))

    # --- Its key -----------------------------------------------------------------------------------------------

    @cached_property
    def key_der(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        return whole(self.tbs.key)

    @cached_property
    def key_algorithm(self) -> str:
        """Object identifier of the key's kind; empty where it cannot be read."""
        try:
            return oid_of(items_of(whole(items_of(self.key_der)[0]))[0])
        except (ValueError, IndexError):
            return ""

    @cached_property
    def key(self) -> str:
        """The key for people: "RSA 2048", "EC P-256", "Ed25519"; the object identifier where it cannot be used."""
        try:
            return keys.described(self.public_key())
        except PublicKeyUnusable as unusable:
            return unusable.key

    def public_key(self) -> PublicKeyTypes:
        """The public key; raises `PublicKeyUnusable`."""
        key = self._public_key
        if key is None:
            raise PublicKeyUnusable(self.name, keys.named(self.key_algorithm))
        return key

    @cached_property
    def _public_key(self) -> PublicKeyTypes | None:
        try:
            return keys.load(self.key_der)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return None


def _display(name: DistinguishedName) -> str:
    for kind in (COMMON_NAME, ORGANISATION, EMAIL_ADDRESS):
        values = [value for value in name.values(kind) if value.strip()]
        if values:
            return values[0].strip()
    return ""
