"""OCSP (RFC 6960): a request read, an answer written. No network, no clock, no database.

Only plain requests are served: a signature on a request proves nothing to a responder that answers everybody, so it is
passed over. A request is hostile until shown otherwise: few octets, few certificates, one nonce of a sane length.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated

from cryptography.hazmat.asn1 import TLV, Explicit, decode_der, sequence

from letterlock import limits
from letterlock.authority import keys
from letterlock.authority.certificate import generalized
from letterlock.authority.crl import CODES, Revocation
from letterlock.authority.keys import CaKey
from letterlock.authority.profiles import key_bits
from letterlock.cms import der
from letterlock.cms.oids import encoded
from letterlock.trust.certificate import Certificate
from letterlock.trust.revocation_schema import CertId
from letterlock.trust.schema import Extension, NotDer, items_of, oid_of, whole

_BASIC = encoded("1.3.6.1.5.5.7.48.1.1")
_NONCE = "1.3.6.1.5.5.7.48.1.2"
_NONCE_OCTETS = 128
"""RFC 9654 §2.1: a nonce has 1 to 128 octets; a longer one makes the request malformed."""
_DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


class Refusal(IntEnum):
    """OCSPResponseStatus of an answer that is none (RFC 6960 §4.2.1)."""

    MALFORMED = 1
    INTERNAL = 2
    TRY_LATER = 3
    UNAUTHORIZED = 6


class NotAnswered(Exception):
    """The request gets a refusal and no answer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


# OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
# TBSRequest ::= SEQUENCE {
#      version             [0] EXPLICIT Version DEFAULT v1,
#      requestorName       [1] EXPLICIT GeneralName OPTIONAL,
#      requestList             SEQUENCE OF Request,
#      requestExtensions   [2] EXPLICIT Extensions OPTIONAL }
# Request ::= SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
@sequence
class _Request:
    id: TLV
    extensions: Annotated[list[Extension] | None, Explicit(0)]


@sequence
class _TbsParts:
    requests: list[_Request]
    extensions: Annotated[list[Extension] | None, Explicit(2)]


@dataclass(frozen=True)
class Asked:
    """One certificate that is asked about: its CertID as it came, decoded beside it."""

    id: bytes
    digest: str
    name_hash: bytes
    key_hash: bytes
    serial: int

    def is_of(self, issuer: Certificate) -> bool:
        """Whether the certificate asked about is one of this issuer's."""
        return self.name_hash == _hash(self.digest, issuer.subject_der) and self.key_hash == _hash(
            self.digest, issuer.key_bits
        )


@dataclass(frozen=True)
class Request:
    """A request. `nonce` is the extension's value as it came, None where there is none."""

    asked: tuple[Asked, ...]
    nonce: bytes | None

    @classmethod
    def parse(cls, octets: bytes) -> Request:
        """Decode exactly one request; raises `NotAnswered` (malformed)."""
        if len(octets) > limits.OCSP_REQUEST_OCTETS:
            raise NotAnswered(Refusal.MALFORMED)
        try:
            tbs = _tbs(octets)
            if not 1 <= len(tbs.requests) <= limits.OCSP_CERTIFICATES:
                raise NotDer("requestList")
            asked = tuple(map(_asked, tbs.requests))
            nonce = _nonce(tbs.extensions or [])
        except (ValueError, IndexError):
            raise NotAnswered(Refusal.MALFORMED) from None
        return cls(asked, nonce)


class Unknown:
    """The authority never issued a certificate of that serial number."""


Known = Callable[[int], Revocation | Unknown | None]
"""What is known of a serial number: its revocation, that there is no such certificate, or None: it is good."""


@dataclass(frozen=True)
class Responder:
    """Who answers: the authority it speaks for, its own certificate, and its key."""

    issuer: Certificate
    certificate: Certificate
    key: CaKey

    def answer(self, request: Request, known: Known, this_update: datetime, next_update: datetime) -> bytes:
        """A signed OCSPResponse, DER.

        Raises:
            NotAnswered: a certificate of another authority is asked about (RFC 5019 §2.2.3: unauthorized).
            SignatureNotOwn: as `keys.signed`.
        """
        if not all(each.is_of(self.issuer) for each in request.asked):
            raise NotAnswered(Refusal.UNAUTHORIZED)
        # ResponseData ::= SEQUENCE { responderID, producedAt, responses, responseExtensions [1] EXPLICIT OPTIONAL }
        # ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }     -- SHA-1 of the key's octets
        key_hash = hashlib.sha1(key_bits(self.key.public), usedforsecurity=False).digest()
        singles = b"".join(_single(each, known(each.serial), this_update, next_update) for each in request.asked)
        tbs = der.value(
            0x30,
            der.value(0xA2, der.value(0x04, key_hash))
            + generalized(this_update)
            + der.value(0x30, singles)
            + (_echoed(request.nonce) if request.nonce is not None else b""),
        )
        certificates = der.value(0xA0, der.value(0x30, self.certificate.der))
        basic = keys.signed(tbs, self.key, certificates)
        body = der.value(0x30, _BASIC + der.value(0x04, basic))
        return der.value(0x30, der.value(0x0A, b"\0") + der.value(0xA0, body))


def refused(refusal: Refusal) -> bytes:
    """An OCSPResponse that says only why there is no answer. It is not signed, and nobody relies on it."""
    return der.value(0x30, der.value(0x0A, bytes((refusal,))))


def _tbs(octets: bytes) -> _TbsParts:
    """The parts of TBSRequest that matter, without version and name of the client."""
    outer = items_of(octets)
    if not outer or len(outer) > 2 or (len(outer) == 2 and outer[1].tag_bytes != b"\xa0"):
        raise NotDer("OCSPRequest")
    items = items_of(whole(outer[0]))
    if items[0].tag_bytes == b"\xa0" and bytes(items.pop(0).data) != der.integer(0):
        raise NotDer("version")
    if items[0].tag_bytes == b"\xa1":
        items.pop(0)
    return decode_der(_TbsParts, der.value(0x30, b"".join(map(whole, items))))


def _asked(request: _Request) -> Asked:
    found = request.id.parse(CertId)
    digest = _DIGESTS.get(oid_of(found.algorithm[0]))
    if digest is None or any(each.critical for each in request.extensions or ()):
        raise NotDer("CertID")
    return Asked(whole(request.id), digest, bytes(found.name_hash), bytes(found.key_hash), found.serial)


def _nonce(extensions: Sequence[Extension]) -> bytes | None:
    nonces = [each for each in extensions if each.id.dotted_string == _NONCE]
    if any(each.critical for each in extensions if each not in nonces) or len(nonces) > 1:
        raise NotDer("requestExtensions")
    if not nonces:
        return None
    value = bytes(nonces[0].value)
    # RFC 9654: an OCTET STRING inside the extension's. Old clients wrote the octets bare, and get them back so.
    if not 1 <= len(value) <= _NONCE_OCTETS + 3:
        raise NotDer("nonce")
    return value


def _echoed(nonce: bytes) -> bytes:
    return der.value(0xA1, der.value(0x30, der.value(0x30, encoded(_NONCE) + der.value(0x04, nonce))))


def _single(asked: Asked, known: Revocation | Unknown | None, this_update: datetime, next_update: datetime) -> bytes:
    # CertStatus ::= CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] NULL }, IMPLICIT
    match known:
        case None:
            status = b"\x80\x00"
        case Revocation(_, at, reason):
            code = CODES[reason]
            why = der.value(0xA0, der.value(0x0A, bytes((code,)))) if code else b""
            status = der.value(0xA1, generalized(at) + why)
        case _:
            status = b"\x82\x00"
    times = generalized(this_update) + der.value(0xA0, generalized(next_update))
    return der.value(0x30, asked.id + status + times)


def _hash(digest: str, octets: bytes) -> bytes:
    return hashlib.new(digest, octets, usedforsecurity=False).digest()
