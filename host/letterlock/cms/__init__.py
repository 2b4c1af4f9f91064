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

    reader = EnvelopedReader(content=sealed.write, keys=keys)   # decrypted as it arrives, and not good yet
    for chunk in chunks:
        reader.feed(chunk)
    decrypted = reader.close()                                  # raises: what is in `sealed` is worth nothing

    writer = SignedDataWriter(out.write, [Signing(key, at)])    # and `EnvelopedWriter`, `EncryptedWriter`,
    for chunk in chunks:                                        # `CompressedWriter`: the same three steps
        writer.write(chunk)
    writer.close()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from letterlock.cms.attributes import Attribute
from letterlock.cms.certificates import Certificate, load_certificate
from letterlock.cms.content_types import content_type, content_type_name
from letterlock.cms.failures import (
    CmsFailure,
    ContentTypeNotSupported,
    DecryptionFailed,
    DecryptionFailure,
    EncryptionNotSupported,
    NoRecipientKey,
    SignatureFailure,
    SignatureNotChecked,
)
from letterlock.cms.identifiers import IssuerAndSerial, KeyIdentifier
from letterlock.cms.signed import (
    CheckedSignature,
    SignedData,
    SignedDataReader,
    SignerInfo,
    candidates,
    check,
)

if TYPE_CHECKING:
    from letterlock.cms.compressed import CompressedReader, Decompressed
    from letterlock.cms.countersigned import check_countersignature, countersignatures, time_stamp_tokens
    from letterlock.cms.create_compressed import CompressedWriter
    from letterlock.cms.create_enveloped import EncryptedWriter, EnvelopedWriter
    from letterlock.cms.create_recipients import PasswordRecipient, RecipientInfo, SharedKeyRecipient, recipient_for
    from letterlock.cms.create_signed import SignedDataWriter, Signing, certificates_only
    from letterlock.cms.enveloped import Decrypted, EncryptedReader, EnvelopedReader
    from letterlock.cms.keys import CertificateKey, PasswordKey, WrappingKey
    from letterlock.cms.recipients import Recipient, RecipientKey
    from letterlock.cms.signing_keys import PrivateSigningKey, SigningKey

_LATE = {
    "CertificateKey": "keys",
    "CompressedReader": "compressed",
    "CompressedWriter": "create_compressed",
    "Decompressed": "compressed",
    "Decrypted": "enveloped",
    "EncryptedReader": "enveloped",
    "EncryptedWriter": "create_enveloped",
    "EnvelopedReader": "enveloped",
    "EnvelopedWriter": "create_enveloped",
    "PasswordKey": "keys",
    "PasswordRecipient": "create_recipients",
    "PrivateSigningKey": "signing_keys",
    "Recipient": "recipients",
    "RecipientInfo": "create_recipients",
    "RecipientKey": "recipients",
    "SharedKeyRecipient": "create_recipients",
    "SignedDataWriter": "create_signed",
    "Signing": "create_signed",
    "SigningKey": "signing_keys",
    "WrappingKey": "keys",
    "certificates_only": "create_signed",
    "check_countersignature": "countersigned",
    "countersignatures": "countersigned",
    "recipient_for": "create_recipients",
    "time_stamp_tokens": "countersigned",
}
"""What is loaded when it is first asked for: most mails are not encrypted, and need not wait for ciphers."""

__all__ = [
    "Attribute",
    "Certificate",
    "CertificateKey",
    "CheckedSignature",
    "CmsFailure",
    "CompressedReader",
    "CompressedWriter",
    "ContentTypeNotSupported",
    "Decompressed",
    "Decrypted",
    "DecryptionFailed",
    "DecryptionFailure",
    "EncryptedReader",
    "EncryptedWriter",
    "EncryptionNotSupported",
    "EnvelopedReader",
    "EnvelopedWriter",
    "IssuerAndSerial",
    "KeyIdentifier",
    "NoRecipientKey",
    "PasswordKey",
    "PasswordRecipient",
    "PrivateSigningKey",
    "Recipient",
    "RecipientInfo",
    "RecipientKey",
    "SharedKeyRecipient",
    "SignatureFailure",
    "SignatureNotChecked",
    "SignedData",
    "SignedDataReader",
    "SignedDataWriter",
    "SignerInfo",
    "Signing",
    "SigningKey",
    "WrappingKey",
    "candidates",
    "certificates_only",
    "check",
    "check_countersignature",
    "content_type",
    "content_type_name",
    "countersignatures",
    "load_certificate",
    "recipient_for",
    "time_stamp_tokens",
]


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
