"""One signature under a message: made, time-stamped, and told to the journal.

What is known of a signature only while it is made (the octets that the key signed) is what a receipt for it must repeat
later, so it is kept here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from letterlock.cms import Signing, SigningKey, create_attributes
from letterlock.cms.ess import ReceiptRequest
from letterlock.cms.signing_keys import SigningAlgorithm
from letterlock.errors import Coded
from letterlock.operations.protect_reasons import (
    ReceiptAsked,
    SignatureTimeStampDoubted,
    SignatureTimeStamped,
    SignedWithoutTimeStamp,
)
from letterlock.operations.timestamps import Stamping
from letterlock.operations.trust import TrustSettings


class Signature:
    """A signature to be made once, and what is known of it afterwards.

    Also the key that makes it: it passes everything on to the real one, and keeps what was signed.
    """

    def __init__(
        self, key: SigningKey, request: ReceiptRequest | None, stamping: Stamping, trust: TrustSettings, now: datetime
    ) -> None:
        self.key = key
        self.request = request
        self.content = hashlib.sha256()
        """Of the signed MIME entity."""
        self.value = b""
        self.attributes_digest = b""
        """Of the signed attributes, by the signature's own digest algorithm: msgSigDigest of a receipt."""
        self.time_stamped: datetime | None = None
        self.reasons: list[Coded] = []
        self._stamping = stamping
        self._trust = trust
        self._now = now

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's."""
        return self.key.certificate

    @property
    def algorithm(self) -> SigningAlgorithm:
        """Of the key."""
        return self.key.algorithm

    def sign(self, octets: bytes) -> bytes:
        """The signature of these octets, which are the signed attributes. Whatever the key raises passes through."""
        self.value = self.key.sign(octets)
        digest = hashes.Hash(self.algorithm.digest.hash())
        digest.update(octets)
        self.attributes_digest = digest.finalize()
        return self.value

    def signing(self, at: datetime, encryption_certificate: x509.Certificate | None) -> Signing:
        """What the CMS engine makes it by."""
        if self.request is not None:
            self.reasons.append(ReceiptAsked())
        return Signing(
            self,
            at,
            encryption_certificate=encryption_certificate,
            unsigned_attributes=self._time_stamps if self._stamping.authorities else None,
            attributes=() if self.request is None else (self.request.attribute(),),
        )

    def _time_stamps(self, value: bytes) -> Sequence[bytes]:
        """The signature-time-stamp attribute (ETSI EN 319 122-1 §5.3), where it can be had."""
        from letterlock.operations import timestamps

        try:
            stamped = timestamps.stamp(value, self._stamping, self._trust, datetime.now(UTC))
        except timestamps.NoTimeStamp as failure:
            if self._stamping.required:
                raise
            self.reasons.append(SignedWithoutTimeStamp(failure.servers, failure.codes))
            return ()
        self.time_stamped = stamped.time
        server = stamped.authority.server
        if stamped.doubt is None:
            self.reasons.append(SignatureTimeStamped(stamped.time, server))
        else:
            self.reasons.append(SignatureTimeStampDoubted(server, stamped.doubt.authority))
        return (create_attributes.time_stamp(stamped.token),)


def content_identifier(key: SigningKey, at: datetime) -> bytes:
    """A signedContentIdentifier: of the key, the time, and chance (RFC 2634 §2.7)."""
    whose = key.certificate.fingerprint(hashes.SHA256())[:8]
    return whose + f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode() + os.urandom(16)
