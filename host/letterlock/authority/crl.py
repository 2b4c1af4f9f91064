"""A certificate revocation list, written (RFC 5280 §5.1).

A list is complete: it names every certificate that was ever revoked, also expired ones, because signatures made before
are looked at for many years. With a distribution point in the certificates, the list says for which one it is
(issuingDistributionPoint, §5.2.5), so that nobody can put another list of the same issuer in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from letterlock.authority import keys
from letterlock.authority.certificate import Extensions, encode, time
from letterlock.authority.keys import CaKey
from letterlock.authority.profiles import key_identifier
from letterlock.cms import der
from letterlock.cms.oids import encoded

_REASON_CODE = encoded("2.5.29.21")


class RevocationReason(StrEnum):
    """Why a certificate is revoked (RFC 5280 §5.3.1), for people's certificates.

    certificateHold is left out: S/MIME BR §7.2.2 forbids it, and a signature that may become good again helps nobody.
    """

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


CODES = {
    RevocationReason.UNSPECIFIED: 0,
    RevocationReason.KEY_COMPROMISE: 1,
    RevocationReason.AFFILIATION_CHANGED: 3,
    RevocationReason.SUPERSEDED: 4,
    RevocationReason.CESSATION: 5,
    RevocationReason.PRIVILEGE_WITHDRAWN: 9,
}
"""CRLReason by reason."""


@dataclass(frozen=True)
class Revocation:
    """One line of a list."""

    serial: int
    at: datetime
    reason: RevocationReason


def write(
    key: CaKey,
    issuer: bytes,
    entries: Iterable[Revocation],
    *,
    number: int,
    this_update: datetime,
    next_update: datetime,
    url: str | None,
) -> bytes:
    """One signed list, version 2, DER.

    Args:
        issuer: Name in DER.
        number: of the list; larger than every one before (§5.2.3).
        url: the distribution point that the certificates name, None where they name none.

    Raises:
        SignatureNotOwn: as `keys.signed`.
    """
    # TBSCertList ::= SEQUENCE { version, signature, issuer, thisUpdate, nextUpdate, revokedCertificates OPTIONAL,
    #      crlExtensions [0] EXPLICIT }
    revoked = b"".join(map(_entry, entries))
    tbs = der.value(
        0x30,
        der.integer(1)
        + key.algorithm
        + issuer
        + time(this_update)
        + time(next_update)
        # §5.1.2.6: absent, not empty, where nothing is revoked.
        + (der.value(0x30, revoked) if revoked else b"")
        + der.value(0xA0, encode(_extensions(key, number, url))),
    )
    return keys.signed(tbs, key)


def _entry(entry: Revocation) -> bytes:
    # §5.3.1: unspecified is said by leaving the reason out.
    extensions = b""
    code = CODES[entry.reason]
    if code:
        reason = der.value(0x04, der.value(0x0A, bytes((code,))))
        extensions = der.value(0x30, der.value(0x30, _REASON_CODE + reason))
    return der.value(0x30, der.integer(entry.serial) + time(entry.at) + extensions)


def _extensions(key: CaKey, number: int, url: str | None) -> Extensions:
    identifier = x509.AuthorityKeyIdentifier(key_identifier(key.public), None, None)
    found: list[x509.Extension[x509.ExtensionType]] = [
        x509.Extension(identifier.oid, False, identifier),
        x509.Extension(x509.CRLNumber.oid, False, x509.CRLNumber(number)),
    ]
    if url:
        point = x509.IssuingDistributionPoint(
            full_name=[x509.UniformResourceIdentifier(url)],
            relative_name=None,
            only_contains_user_certs=False,
            only_contains_ca_certs=False,
            only_some_reasons=None,
            indirect_crl=False,
            only_contains_attribute_certs=False,
        )
        found.append(x509.Extension(point.oid, True, point))
    return found
