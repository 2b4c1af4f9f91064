"""How what is made looks, where an organisation decides it and not we."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.cms import PrivateSigningKey, Signing
from letterlock.cms.failures import SigningNotSupported
from letterlock.trust.certificate import Certificate


class Chain(StrEnum):
    """Which certificates of authorities go along with a signature."""

    NONE = "none"
    WITHOUT_ROOT = "without-root"
    """RFC 8551 §2.3: whoever trusts the root has it."""
    WHOLE = "whole"


@dataclass(frozen=True)
class Form:
    """The defaults are ours.

    Args:
        together: one message for everybody in To, Cc and Bcc; whoever submits it sees to Bcc.
        chain: which authorities' certificates go along.
        bare: without the signer's certificate, and so without any.
        capabilities: say what the signer decrypts.
        by_key_identifier: name the signer's certificate by its key.
        triple: sign what was signed and encrypted once more (RFC 2634 §1.1).
        digest: what a key in the vault signs with, None for what suits it.
        content: how content is encrypted, the preferred first; authenticated all the same where everybody reads that.
        instead: for addresses the certificates that somebody vouches for although they do not name them.
    """

    together: bool = False
    chain: Chain = Chain.WITHOUT_ROOT
    bare: bool = False
    capabilities: bool = True
    by_key_identifier: bool = False
    triple: bool = False
    digest: str | None = None
    content: Sequence[str] = ()
    instead: Mapping[str, Certificate] = field(default_factory=dict)

    def signing(self, signing: Signing) -> Signing:
        """A signature in this form."""
        capabilities = signing.capabilities if self.capabilities else ()
        return replace(signing, capabilities=capabilities, by_key_identifier=self.by_key_identifier)

    def along(self, chain: Sequence[bytes]) -> list[bytes]:
        """What of a chain (DER) goes along."""
        if self.bare or self.chain is Chain.NONE:
            return []
        parsed = map(Certificate.parse, chain)
        return [each.der for each in parsed if self.chain is Chain.WHOLE or not each.self_issued]

    def key(self, certificate: x509.Certificate, private: PrivateKeyTypes) -> PrivateSigningKey:
        """A key that signs with the digest, or with what suits it where it cannot. Raises as `PrivateSigningKey`."""
        if self.digest is not None:
            with suppress(SigningNotSupported):
                return PrivateSigningKey(certificate, private, digest=self.digest)
        return PrivateSigningKey(certificate, private)


OUR_FORM = Form()
