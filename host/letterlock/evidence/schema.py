"""The ASN.1 of time-stamps (RFC 3161 §2.4), declared. As in `trust.schema`: what depends on something else stays `TLV`.

An optional `TLV` does not exist in the library: [0] around one value is declared as a list of one.
"""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat.asn1 import TLV, Implicit, sequence
from cryptography.x509 import ObjectIdentifier

from letterlock.trust.schema import Extension


# MessageImprint ::= SEQUENCE  {
#      hashAlgorithm                AlgorithmIdentifier,
#      hashedMessage                OCTET STRING  }
@sequence
class MessageImprint:
    """What was time-stamped, as a digest."""

    algorithm: list[TLV]
    digest: bytes


# Accuracy ::= SEQUENCE {
#      seconds        INTEGER              OPTIONAL,
#      millis     [0] INTEGER  (1..999)    OPTIONAL,
#      micros     [1] INTEGER  (1..999)    OPTIONAL  }
@sequence
class Accuracy:
    """How far genTime may be from the right time."""

    seconds: int | None
    millis: Annotated[int | None, Implicit(0)]
    micros: Annotated[int | None, Implicit(1)]


# TSTInfo ::= SEQUENCE  {
#      version                      INTEGER  { v1(1) },
#      policy                       TSAPolicyId,
#      messageImprint               MessageImprint,
#      serialNumber                 INTEGER,
#      genTime                      GeneralizedTime,
#      accuracy                     Accuracy                 OPTIONAL,
#      ordering                     BOOLEAN             DEFAULT FALSE,
#      nonce                        INTEGER                  OPTIONAL,
#      tsa                          [0] GeneralName          OPTIONAL,
#      extensions                   [1] IMPLICIT Extensions  OPTIONAL   }
@sequence
class TstInfo:
    """What a time-stamping authority signs. `gen_time` is a TLV: fractions may be finer than the library reads."""

    version: int
    policy: ObjectIdentifier
    imprint: MessageImprint
    serial: int
    gen_time: TLV
    accuracy: Accuracy | None
    ordering: bool | None
    nonce: int | None
    tsa: Annotated[list[TLV] | None, Implicit(0)]
    extensions: Annotated[list[Extension] | None, Implicit(1)]


# TimeStampReq ::= SEQUENCE  {
#      version                  INTEGER  { v1(1) },
#      messageImprint           MessageImprint,
#      reqPolicy                TSAPolicyId              OPTIONAL,
#      nonce                    INTEGER                  OPTIONAL,
#      certReq                  BOOLEAN                  DEFAULT FALSE,
#      extensions               [0] IMPLICIT Extensions  OPTIONAL  }
@sequence
class TimeStampReq:
    """What an authority is asked."""

    version: int
    imprint: MessageImprint
    policy: ObjectIdentifier | None
    nonce: int | None
    certificate_wanted: bool | None
    extensions: Annotated[list[Extension] | None, Implicit(0)]
