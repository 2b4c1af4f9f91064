"""Time-stamp tokens to order, and signed mails that carry them: good by default, a test states only the deviation.

Tokens are encoded with a few lines of their own (`tests.cms.builder`), so the reader is not tested against itself;
`openssl ts` makes others in `test_evidence_openssl`.

    tsa = stamping("Clock", ROOT)
    Stamp(tsa).encode(value)                               # a token about these octets
    signed_mail(anna, [ca], lambda value: [Stamp(tsa).encode(value)])
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509

from letterlock.cms import PrivateSigningKey, SignedDataWriter, Signing, create_attributes
from letterlock.evidence.timestamp import TIME_STAMPING, TST_INFO
from tests.cms import builder as b
from tests.cms.builder import algorithm, integer, oid, signed_data, tlv
from tests.trust.chains import NOW, Issued, issue

SUBJECT, CONTENT = "The signed contract", b"Content-Type: text/plain\r\n\r\nThe roof is ready.\r\n"


def stamping(name: str, issuer: Issued | None, *, critical: bool = True, **deviation: Any) -> Issued:
    """A certificate for a time-stamping authority (RFC 3161 §2.3)."""
    purposes = deviation.pop("purpose", (TIME_STAMPING,))
    extensions = [*deviation.pop("extensions", ())]
    if purposes:
        usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in purposes])
        extensions.append((usage, critical))
    good: dict[str, Any] = {"ca": False, "usage": ("digital_signature",), "extensions": extensions}
    return issue(name, issuer, **(good | deviation))


@dataclass(frozen=True)
class Stamp:
    """A token to be. `along` are the certificates in it; `named` the one that ESSCertIDv2 names."""

    authority: Issued
    time: datetime = NOW
    digest: str = "SHA-256"
    gen_time: bytes | None = None
    accuracy: bytes = b""
    tsa: bytes = b""
    extensions: bytes = b""
    version: int = 1
    nonce: int | None = None
    named: Issued | None = None
    unnamed: bool = False
    old_name: bool = False
    along: Sequence[Issued] | None = None
    crls: Sequence[bytes] = ()
    signers: int = 1
    content_type: str = TST_INFO
    token_digest: str = "SHA-256"

    def info(self, stamped: bytes) -> bytes:
        """The TSTInfo."""
        return tlv(
            0x30,
            integer(self.version),
            oid("1.2.3.4"),
            tlv(0x30, algorithm(b.HASHES[self.digest][0]), tlv(0x04, b.hashed(self.digest, stamped))),
            integer(2**150 + 7),
            tlv(0x18, self.gen_time or f"{self.time:%Y%m%d%H%M%S}Z".encode()),
            self.accuracy,
            integer(self.nonce) if self.nonce is not None else b"",
            tlv(0xA0, self.tsa) if self.tsa else b"",
            tlv(0xA1, self.extensions) if self.extensions else b"",
        )

    def encode(self, stamped: bytes) -> bytes:
        """The token about these octets."""
        named = (self.named or self.authority).der
        name = b.ess_certificate(named) if self.old_name else b.ess_certificate_v2(named)
        signer = b.Signer(
            b.Identity(self.authority.key, self.authority.x509),
            content_type=self.content_type,
            digest=self.token_digest,
        )
        usual = signer.usual(self.info(stamped))
        signer = replace(signer, attributes=sorted(usual if self.unnamed else [*usual, name]))
        along = [self.authority] if self.along is None else self.along
        return signed_data(
            [signer] * self.signers,
            self.info(stamped),
            content_type=self.content_type,
            certificates=[each.der for each in along],
            crls=self.crls,
        )


def signed_mail(
    who: Issued,
    along: Sequence[Issued],
    tokens: Callable[[bytes], Sequence[bytes]] | None = None,
    *,
    at: datetime = NOW,
    more: str = "",
) -> bytes:
    """An opaque signed mail from anna@muster.example; `tokens` makes the time-stamps beside the signature value."""

    def beside(value: bytes) -> list[bytes]:
        return [create_attributes.time_stamp(each) for each in tokens(value)] if tokens else []

    out: list[bytes] = []
    signing = Signing(PrivateSigningKey(who.x509, who.key), at, unsigned_attributes=beside if tokens else None)
    writer = SignedDataWriter(out.append, [signing], certificates=[each.der for each in along])
    writer.write(CONTENT)
    writer.close()
    return (
        f"From: anna@muster.example\r\nTo: bert@muster.example\r\nSubject: {SUBJECT}\r\n{more}"
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(b"".join(out)).replace(b"\n", b"\r\n")
