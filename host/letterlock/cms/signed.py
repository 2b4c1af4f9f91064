"""SignedData (RFC 5652 §5): reading, and checking one signer's signature.

`SignedDataReader` takes octets and yields `SignedData`: what the object says, nothing confirmed. `candidates` finds
the certificates a signer may mean. `check` confirms one signature with one certificate's key, and is the only
maker of a `CheckedSignature`. Whether that certificate is worth anything is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes


@dataclass(frozen=True)
class IssuerAndSerial:
    """The signer's certificate by its issuer (the Name's DER octets) and serial number."""

    issuer: bytes
    serial: int


@dataclass(frozen=True)
class KeyIdentifier:
    """The signer's certificate by its subjectKeyIdentifier."""

    octets: bytes


@dataclass(frozen=True)
class Attribute:
    """An attribute with the DER octets of its values, in the order received."""

    oid: str
    values: tuple[bytes, ...]


@dataclass(frozen=True)
class SignerInfo:
    """What one SignerInfo says; nothing of it is confirmed.

    `digest_algorithm` and `signature_algorithm` are names for people, or dotted numbers where we know none.
    `signing_time` is the claim of the signed attributes, None where there is none or none that can be read.
    """

    sid: IssuerAndSerial | KeyIdentifier
    digest_algorithm: str
    signature_algorithm: str
    signed_attributes: tuple[Attribute, ...] | None
    unsigned_attributes: tuple[Attribute, ...]
    signing_time: datetime | None


@dataclass(frozen=True)
class SignedData:
    """What a SignedData object says. `certificates` and `crls` are DER, in the order received, not looked into.

    `has_content` tells opaque from detached. No `signers` means: certificates only, never "signed".
    """

    content_type: str
    has_content: bool
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]


@dataclass(frozen=True)
class CheckedSignature:
    """A signature that fits the content and the key of `certificate`. Only `check` makes one.

    `weak` names what is no longer strong enough to rely on ("SHA-1", "RSA 1024"); empty where all is well.
    `signing_time` is what the signer claims; nobody confirmed it.
    """

    certificate: x509.Certificate
    content_type: str
    digest_algorithm: str
    signature_algorithm: str
    signing_time: datetime | None
    weak: tuple[str, ...]


class SignedDataReader:
    """Reads one ContentInfo of type signed-data, in BER or DER, in chunks cut anywhere.

    Args:
        content: gets the octets of eContent as they arrive, in order; they are not kept here.
    """

    def __init__(self, content: Callable[[bytes], None]) -> None:
        raise NotImplementedError

    def feed(self, data: bytes) -> None:
        """More octets (base64 already removed).

        Raises:
            ContentTypeNotSupported: as soon as the type is known and is another one; nothing went to the sink.
            CmsFailure: the octets are not CMS, or beyond a limit. The reader is of no use any more.
        """
        raise NotImplementedError

    def close(self) -> SignedData:
        """No more octets come.

        Raises:
            CmsFailure: as `feed`; `CmsTruncated` where the object is not complete.
        """
        raise NotImplementedError


def candidates(signer: SignerInfo, certificates: Iterable[x509.Certificate]) -> Iterator[x509.Certificate]:
    """Those of `certificates` that the signer's identifier names, in the order given."""
    raise NotImplementedError


def check(
    signer: SignerInfo,
    certificate: x509.Certificate,
    digest: Callable[[hashes.HashAlgorithm], bytes],
    content: Callable[[int], bytes],
) -> CheckedSignature:
    """Confirms that this signer's signature fits the content and the certificate's key (RFC 5652 §5.4, §5.6).

    Not checked: the certificate (path, dates, usage, whether the signer identifier names it: see `candidates`).

    Args:
        digest: the digest of the whole content under a hash; the caller computes it over its spool, and may cache.
        content: the first n octets of the content, all of it where it is shorter. Asked for only without signed
            attributes, and never for more than `ONE_SHOT_OCTETS` + 1.

    Raises:
        SignatureFailure: why the signature is not confirmed; `SignatureNotChecked` where it may be good.
    """
    raise NotImplementedError
