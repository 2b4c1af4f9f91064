"""Cryptographic Message Syntax (RFC 5652): a streaming, sans-IO engine on top of `cryptography`.

It knows octets in and facts out: BER, the ASN.1 of CMS, algorithms, signatures. It refuses to know mail, trust,
files and the clock. It imports `cryptography`, `letterlock.errors` and `letterlock.limits`, nothing else.

    reader = SignedDataReader(content=spool.write)     # eContent streams to the sink as it arrives
    for chunk in chunks:
        reader.feed(chunk)                             # BER or DER, cut anywhere
    signed = reader.close()
    for signer in signed.signers:
        for certificate in candidates(signer, certificates):
            checked = check(signer, certificate, digest=spool.digest, content=spool.first)
"""

from letterlock.cms.attributes import Attribute
from letterlock.cms.certificates import load_certificate
from letterlock.cms.content_types import content_type, content_type_name
from letterlock.cms.failures import CmsFailure, ContentTypeNotSupported, SignatureFailure, SignatureNotChecked
from letterlock.cms.signed import (
    CheckedSignature,
    IssuerAndSerial,
    KeyIdentifier,
    SignedData,
    SignedDataReader,
    SignerInfo,
    candidates,
    check,
)

__all__ = [
    "Attribute",
    "CheckedSignature",
    "CmsFailure",
    "ContentTypeNotSupported",
    "IssuerAndSerial",
    "KeyIdentifier",
    "SignatureFailure",
    "SignatureNotChecked",
    "SignedData",
    "SignedDataReader",
    "SignerInfo",
    "candidates",
    "check",
    "content_type",
    "content_type_name",
    "load_certificate",
]
