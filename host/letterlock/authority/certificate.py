"""A certificate, written (RFC 5280 §4.1) and checked before it leaves.

The frame is written here and not by `x509.CertificateBuilder`, which signs only with a private key in memory: an
authority's key may be on a token. The values of extensions and names are the library's.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from letterlock.authority import keys
from letterlock.authority.failures import CertificateNotGood
from letterlock.authority.keys import CaKey
from letterlock.cms import der
from letterlock.cms.oids import encoded
from letterlock.errors import Reason
from letterlock.trust.addresses import names_address
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from letterlock.trust.revocation import Mode

Extensions = Sequence[x509.Extension[x509.ExtensionType]]
Serials = Callable[[], int]

_UTC_TIME_ENDS = 2050


@dataclass(frozen=True)
class Chain:
    """The authority's certificates as issuers: the one that issues, and the root above it (the same for a root)."""

    issuing: Certificate
    root: Certificate


def random_serial() -> int:
    """A positive number of 127 random bits: S/MIME BR §7.1 wants at least 64 from a CSPRNG, RFC 5280 §4.1.2.2 at most
    20 octets."""
    return secrets.randbits(127) | 1 << 126


def write(
    key: CaKey,
    issuer: bytes,
    subject: bytes,
    public: bytes,
    validity: tuple[datetime, datetime],
    extensions: Extensions,
    serial: int,
) -> Certificate:
    """One signed certificate, version 3.

    Args:
        key: the issuer's.
        issuer, subject: Names in DER.
        public: SubjectPublicKeyInfo in DER.
        validity: first and last second, aware.

    Raises:
        SignatureNotOwn: as `keys.signed`.
    """
    # TBSCertificate ::= SEQUENCE { version [0] EXPLICIT, serialNumber, signature, issuer, validity, subject,
    #      subjectPublicKeyInfo, extensions [3] EXPLICIT }
    tbs = der.value(
        0x30,
        der.value(0xA0, der.integer(2))
        + der.integer(serial)
        + key.algorithm
        + issuer
        + der.value(0x30, b"".join(map(time, validity)))
        + subject
        + public
        + der.value(0xA3, encode(extensions)),
    )
    return Certificate.parse(keys.signed(tbs, key))


def check_authority(certificate: Certificate, above: Certificate, at: datetime) -> None:
    """Whether a receiver would believe an authority's own certificate; raises `CertificateNotGood`."""
    path = build(certificate, [], [Anchor(above, "argument")], at, mode=Mode.OFF)
    _raise(certificate, path.reasons if not path.valid else ())


def check_person(certificate: Certificate, chain: Chain, mailboxes: Sequence[str], at: datetime, signs: bool) -> None:
    """Whether a receiver would believe a person's certificate for all its mailboxes.

    Args:
        at: a time at which it is in force.
        signs: whether it is for signatures; one for encryption alone has no mail profile to fulfil as a signer.

    Raises:
        CertificateNotGood: path, profile or addresses are not good: with name constraints that forbid the address,
            an authority that expires first, and so on.
    """
    path = build(certificate, [chain.issuing], [Anchor(chain.root, "argument")], at, mode=Mode.OFF)
    reasons = [] if path.valid else list(path.reasons)
    if signs:
        reasons += check_signer(certificate, path.chain)
    _raise(certificate, reasons)
    for mailbox in mailboxes:
        if not names_address(certificate.addresses, mailbox):
            raise CertificateNotGood(certificate.name, "address_missing")
    # A certificate that outlives its issuer would be worthless from one day to the next.
    if certificate.not_after > min(chain.issuing.not_after, chain.root.not_after):
        raise CertificateNotGood(certificate.name, "outlives_issuer")


def encode(extensions: Extensions) -> bytes:
    """Extensions (RFC 5280 §4.1.2.9); DER leaves out `critical` where it is FALSE."""
    return der.value(
        0x30,
        b"".join(
            der.value(
                0x30,
                encoded(each.oid.dotted_string)
                + (b"\x01\x01\xff" if each.critical else b"")
                + der.value(0x04, each.value.public_bytes()),
            )
            for each in extensions
        ),
    )


def time(at: datetime) -> bytes:
    """Time (RFC 5280 §4.1.2.5): UTCTime until 2049, GeneralizedTime from 2050."""
    moment = at.astimezone(UTC)
    if moment.year < _UTC_TIME_ENDS:
        return der.value(0x17, f"{moment:%y%m%d%H%M%SZ}".encode())
    return generalized(moment)


def generalized(at: datetime) -> bytes:
    """GeneralizedTime without fractions."""
    return der.value(0x18, f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode())


def _raise(certificate: Certificate, reasons: Sequence[Reason]) -> None:
    if reasons:
        raise CertificateNotGood(certificate.name, reasons[0].code)
