"""Asking a time-stamping authority (RFC 3161 §2.4): the octets to send, and the token in what comes back. No network.

question = ask(signer.value)
token = answer(reply, question)                # for the unsigned attribute; `timestamp.verify` believes or does not
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.hazmat.asn1 import TLV, decode_der, encode_der
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ObjectIdentifier

from letterlock import limits
from letterlock.evidence.failures import TimeStampForOther, TimeStampMalformed, TimeStampRefused
from letterlock.evidence.schema import MessageImprint, TimeStampReq
from letterlock.evidence.timestamp import parse
from letterlock.trust.schema import children, items_of, whole

_DIGESTS: dict[str, tuple[str, type[hashes.HashAlgorithm]]] = {
    "SHA-256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256),
    "SHA-384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384),
    "SHA-512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512),
    "SHA3-256": ("2.16.840.1.101.3.4.2.8", hashes.SHA3_256),
    "SHA3-384": ("2.16.840.1.101.3.4.2.9", hashes.SHA3_384),
    "SHA3-512": ("2.16.840.1.101.3.4.2.10", hashes.SHA3_512),
}
_GRANTED = (0, 1)
"""PKIStatus: granted, grantedWithMods (RFC 3161 §2.4.2). With anything else there is no token."""

_STATUS = ("granted", "grantedWithMods", "rejection", "waiting", "revocationWarning", "revocationNotification")
_FAILURES = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}
"""The bits of PKIFailureInfo (RFC 3161 §2.4.2)."""

CONTENT_TYPE_ASKED, CONTENT_TYPE_ANSWERED = "application/timestamp-query", "application/timestamp-reply"
"""The media types over HTTP (RFC 3161 §3.4)."""


@dataclass(frozen=True)
class Question:
    """A request: its DER, and what the answer must repeat."""

    der: bytes
    digest: bytes
    nonce: int


def ask(
    stamped: bytes, policy: str | None = None, nonce: int | None = None, digest_algorithm: str = "SHA-256"
) -> Question:
    """A request for a time-stamp of these octets, with the authority's certificate in the token.

    Args:
        stamped: what is to be time-stamped: of a signature, its value. Only its digest leaves.
        policy: the policy wanted, dotted.
        nonce: for tests; a random number otherwise.
        digest_algorithm: by which the octets are named to the authority.
    """
    number, function = _DIGESTS[digest_algorithm]
    computed = hashes.Hash(function())
    computed.update(stamped)
    digest = computed.finalize()
    nonce = nonce if nonce is not None else secrets.randbits(limits.TIME_STAMP_NONCE_BITS)
    algorithm = [decode_der(TLV, encode_der(ObjectIdentifier(number)))]
    wanted = TimeStampReq(
        version=1,
        imprint=MessageImprint(algorithm=algorithm, digest=digest),
        policy=ObjectIdentifier(policy) if policy else None,
        nonce=nonce,
        certificate_wanted=True,
        extensions=None,
    )
    return Question(encode_der(wanted), digest, nonce)


def answer(response: bytes, question: Question) -> bytes:
    """The token in an authority's answer, DER. That it is worth something, `timestamp.verify` finds out.

    TimeStampResp ::= SEQUENCE  {
         status                  PKIStatusInfo,
         timeStampToken          TimeStampToken     OPTIONAL  }
    PKIStatusInfo ::= SEQUENCE {
         status        PKIStatus,
         statusString  PKIFreeText     OPTIONAL,        -- SEQUENCE OF UTF8String
         failInfo      PKIFailureInfo  OPTIONAL  }

    Raises:
        TimeStampRefused: the authority made none.
        TimeStampMalformed: it is no answer.
        TimeStampForOther: it is the answer to another question.
    """
    try:
        status, *token = items_of(response)
        code, *said = children(status.data)
        number = decode_der(int, whole(code))
        text = _text(said)
    except ValueError:
        raise TimeStampMalformed("TimeStampResp") from None
    if number not in _GRANTED:
        raise TimeStampRefused(number, f"{_status(number, said)}: {text}" if text else _status(number, said))
    if len(token) != 1:
        raise TimeStampMalformed("timeStampToken")
    der = whole(token[0])
    info = parse(der).info
    if info.nonce != question.nonce or info.imprint.digest != question.digest:
        raise TimeStampForOther()
    return der


def _status(number: int, said: list[TLV]) -> str:
    """The standard's own words for a status and its failInfo: they are what an authority's staff looks for."""
    status = _STATUS[number] if 0 <= number < len(_STATUS) else str(number)
    bits = next((bytes(each.data) for each in said if each.tag_bytes == b"\x03"), b"")[1:5]
    failures = [name for bit, name in _FAILURES.items() if bit < 8 * len(bits) and bits[bit // 8] >> (7 - bit % 8) & 1]
    return ", ".join([status, *failures])


def _text(said: list[TLV]) -> str:
    for value in said:
        if value.tag_bytes == b"\x30":
            texts = [bytes(each.data).decode(errors="replace") for each in children(value.data)]
            return " ".join(texts)[:200]
    return ""
