"""SignedData (RFC 5652 §5): reading, and checking one signer's signature.

`SignedDataReader` takes octets and yields `SignedData`: what the object says, nothing confirmed. `candidates` finds
the certificates a signer may mean. `check` confirms one signature with one certificate's key, and is the only
maker of a `CheckedSignature`. Whether that certificate is worth anything is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.cms import attributes, ber, content_types, der, identifiers, schema
from letterlock.cms.algorithms import digest_for, digest_name, signature_name
from letterlock.cms.attributes import Attribute
from letterlock.cms.failures import (
    AttributesAsContent,
    AttributesMissing,
    CmsMalformed,
    ContentChanged,
    ContentTooLarge,
    ContentTypeDiffers,
    ContentTypeNotSupported,
    SignatureFailure,
    TooManyCertificates,
    TooManySigners,
)
from letterlock.cms.identifiers import CertificateIdentifier
from letterlock.cms.oids import dotted
from letterlock.cms.schema import Algorithm
from letterlock.cms.verifiers import Verifier, hash_of, verifier

if TYPE_CHECKING:
    from letterlock.cms.certificates import AnyCertificate

C = TypeVar("C", bound="AnyCertificate")

_CONTENT = (0x30, 0xA0, 0x30, 0x30, 0xA0, 0x04)
"""ContentInfo, content, SignedData, encapContentInfo, eContent, its OCTET STRING."""

_OCSP_RESPONSE = bytes.fromhex("06082b06010505071002")
"""id-ri-ocsp-response (RFC 5940 §2.1), DER."""


@dataclass(frozen=True)
class SignerInfo:
    """What one SignerInfo says; nothing of it is confirmed.

    `content_type` is that of the SignedData around it (`content_types.COUNTERSIGNATURE` where it signs another
    signature), `signed_octets` what a signature over signed attributes covers:
    as received (lengths in DER) and, where that differs, with the set in DER order.
    """

    content_type: str
    sid: CertificateIdentifier
    digest: Algorithm
    signature: Algorithm
    value: bytes = field(repr=False)
    signed_attributes: tuple[Attribute, ...] | None
    signed_octets: tuple[bytes, ...] = field(repr=False)
    unsigned_attributes: tuple[Attribute, ...]

    @property
    def digest_algorithm(self) -> str:
        """The digest algorithm's name, or its dotted number where we know none."""
        return digest_name(self.digest.oid)

    @property
    def signature_algorithm(self) -> str:
        """The signature algorithm's name, or its dotted number where we know none."""
        return signature_name(self.signature.oid)

    @property
    def signing_time(self) -> datetime | None:
        """The time the signer claims, None where there is none that can be read."""
        try:
            return attributes.signing_time(self.signed_attributes or ())
        except SignatureFailure:
            return None


@dataclass(frozen=True)
class SignedData:
    """What a SignedData object says. `certificates`, `crls` and `ocsp_answers` (RFC 5940) are DER, in the order
    received, not looked into.

    `has_content` tells opaque from detached. No `signers` means: certificates only, never "signed".
    """

    content_type: str
    has_content: bool
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]
    ocsp_answers: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class CheckedSignature:
    """A signature that fits the content and the key of `certificate`. Only `check` makes one.

    `weak` names what is no longer strong enough to rely on ("SHA-1", "RSA 1024"); empty where all is well.
    `signing_time` is what the signer claims; nobody confirmed it.
    """

    certificate: AnyCertificate
    content_type: str
    digest_algorithm: str
    signature_algorithm: str
    signing_time: datetime | None
    weak: tuple[str, ...]
    signed_octets: bytes = field(repr=False)
    """The signed attributes as the signature covers them; empty without any."""


class SignedDataReader:
    """Reads one ContentInfo of type signed-data, in BER or DER, in chunks cut anywhere.

    Args:
        content: gets the octets of eContent as they arrive, in order; they are not kept here.
        values: most ASN.1 values outside the content.
    """

    def __init__(self, content: Callable[[bytes], None], *, values: int = limits.CMS_VALUES) -> None:
        self._reader = ber.BerReader(_CONTENT, content, self._seen, values=values)

    @property
    def values(self) -> int:
        """How many ASN.1 values were read so far."""
        return self._reader.values

    def feed(self, data: bytes) -> None:
        """More octets (base64 already removed).

        Raises:
            ContentTypeNotSupported: as soon as the type is known and is another one; nothing went to the sink.
            CmsFailure: the octets are not CMS, or beyond a limit. The reader is of no use any more.
        """
        self._reader.feed(data)

    def close(self) -> SignedData:
        """No more octets come.

        Raises:
            CmsFailure: as `feed`; `CmsTruncated` where the object is not complete.
        """
        encoded = self._reader.close()
        wire = schema.decode(schema.SignedContentInfo, encoded, "SignedData").content
        if (wire.encap_content_info.content is not None) != self._reader.diverted:
            raise CmsMalformed("EncapsulatedContentInfo")
        choices = wire.certificates or []
        if len(choices) > limits.CMS_CERTIFICATES:
            raise TooManyCertificates(limits.CMS_CERTIFICATES)
        signers = der.split(schema.octets(wire.signer_infos), 0x31, "SignerInfos", limits.CMS_SIGNERS)
        if len(signers) > limits.CMS_SIGNERS:
            raise TooManySigners(limits.CMS_SIGNERS)
        content_type = wire.encap_content_info.content_type.dotted_string
        return SignedData(
            content_type=content_type,
            has_content=self._reader.diverted,
            certificates=_sequences(choices),
            crls=_sequences(wire.crls or []),
            ocsp_answers=_ocsp_answers(wire.crls or []),
            signers=tuple(read_signer(encoded, content_type) for encoded in signers),
        )

    def _seen(self, depth: int, oid: bytes) -> None:
        if depth == 1:
            found = dotted(oid)
            if found is None:
                raise CmsMalformed("ContentInfo")
            if found != content_types.SIGNED_DATA:
                raise ContentTypeNotSupported(found, content_types.content_type_name(found))


def _sequences(choices: list[asn1.TLV]) -> tuple[bytes, ...]:
    """The certificates or CRLs among the choices; attribute certificates and "other" formats have tags of their own
    (RFC 5652 §10.2.1, §10.2.2) and are passed over."""
    return tuple(schema.octets(choice) for choice in choices if choice.tag_bytes == b"\x30")


def _ocsp_answers(choices: list[asn1.TLV]) -> tuple[bytes, ...]:
    """The OCSP answers among the choices; other formats are passed over."""
    # RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] IMPLICIT OtherRevocationInfoFormat }
    # OtherRevocationInfoFormat ::= SEQUENCE {
    #   otherRevInfoFormat OBJECT IDENTIFIER,
    #   otherRevInfo ANY DEFINED BY otherRevInfoFormat }                   -- RFC 5652 §10.2.1
    found = []
    for choice in choices:
        if choice.tag_bytes == b"\xa1":
            parts = der.split(schema.octets(choice), 0xA1, "OtherRevocationInfoFormat", 2)
            if len(parts) == 2 and parts[0] == _OCSP_RESPONSE:
                found.append(parts[1])
    return tuple(found)


def read_signer(encoded: bytes, content_type: str) -> SignerInfo:
    """One SignerInfo from its DER octets. Callers outside this package get theirs from `SignedDataReader`.

    Raises:
        CmsMalformed: it is none.
    """
    wire = schema.decode(schema.SignerInfo, encoded, "SignerInfo")
    signed: tuple[Attribute, ...] | None = None
    signed_octets: tuple[bytes, ...] = ()
    if wire.signed_attrs is not None:
        each = [schema.octets(attribute) for attribute in wire.signed_attrs]
        signed = tuple(attributes.read(octets) for octets in each)
        # RFC 5652 §5.4: the [0] becomes a SET OF, in DER. X.690 §11.6: sorted by their octets.
        # NOTE: Some signers do not sort, so what was received is tried first; it is what they computed over
        # (`test_signed_attributes_out_of_order_are_verified_as_received`).
        received = der.value(0x31, b"".join(each))
        ordered = asn1.encode_der(asn1.SetOf(wire.signed_attrs))
        signed_octets = (received,) if received == ordered else (received, ordered)
    return SignerInfo(
        content_type=content_type,
        sid=identifiers.read(wire.sid, "SignerIdentifier"),
        digest=Algorithm.read(wire.digest_algorithm, "DigestAlgorithmIdentifier"),
        signature=Algorithm.read(wire.signature_algorithm, "SignatureAlgorithmIdentifier"),
        value=wire.signature,
        signed_attributes=signed,
        signed_octets=signed_octets,
        unsigned_attributes=tuple(attributes.read(schema.octets(each)) for each in wire.unsigned_attrs or ()),
    )


def candidates(signer: SignerInfo, among: Iterable[C]) -> Iterator[C]:
    """Those of `among` that the signer's identifier names, in the order given."""
    return (certificate for certificate in among if signer.sid.names(certificate))


def check(
    signer: SignerInfo,
    certificate: AnyCertificate,
    digest: Callable[[hashes.HashAlgorithm], bytes],
    content: Callable[[int], bytes],
) -> CheckedSignature:
    """Confirms that this signer's signature fits the content and the certificate's key (RFC 5652 §5.4, §5.6).

    Not checked: the certificate (path, dates, usage, whether the signer identifier names it: see `candidates`).

    Args:
        digest: the digest of the whole content under a hash; the caller computes it over its spool, and may cache.
        content: the first n octets of the content, all of it where it is shorter. Asked for only without signed
            attributes, and never for more than `limits.CMS_ONE_SHOT_OCTETS` + 1.

    Raises:
        SignatureFailure: why the signature is not confirmed; `SignatureNotChecked` where it may be good.
    """
    attributes.check_unsigned(signer.unsigned_attributes)
    known = digest_for(signer.digest)
    covered = b""
    if signer.signed_attributes is not None:
        # The content first: where it was changed, that is the answer, also under an algorithm we cannot check.
        _check_attributes(signer, signer.signed_attributes, known.name, digest(known.hash()))
        way = verifier(signer.signature, known, certificate)
        fitting = (each for each in signer.signed_octets if _fits(way, signer.value, each, known.hash()))
        covered = next(fitting, b"")
        if not covered:
            raise way.broken()
        attributes.check_certificate(signer.signed_attributes, certificate)
    else:
        _check_unattributed(signer.content_type, content)
        way = verifier(signer.signature, known, certificate)
        if not way.verify(signer.value, _whole(way, content) if way.whole else digest(known.hash())):
            raise way.broken()
    return CheckedSignature(
        certificate=certificate,
        content_type=signer.content_type,
        digest_algorithm=known.name,
        signature_algorithm=way.name,
        signing_time=attributes.signing_time(signer.signed_attributes or ()),
        weak=way.weak,
        signed_octets=covered,
    )


def _check_attributes(signer: SignerInfo, signed: tuple[Attribute, ...], digest: str, computed: bytes) -> None:
    """RFC 5652 §5.6 and §11; RFC 6211 §3."""
    if signer.content_type == content_types.COUNTERSIGNATURE:
        # RFC 5652 §11.4: a countersignature has no contentType. One that has was made over content that somebody had
        # signed, for instance by choosing a signature value as that content.
        attributes.check_no_content_type(signed)
    elif (content_type := attributes.content_type(signed)) != signer.content_type:
        raise ContentTypeDiffers(
            content_types.content_type_name(content_type), content_types.content_type_name(signer.content_type)
        )
    expected = attributes.message_digest(signed)
    attributes.signing_time(signed)
    if expected != computed:
        raise ContentChanged(digest)
    attributes.check_algorithms(signed, signer.digest, signer.signature)


def _check_unattributed(content_type: str, content: Callable[[int], bytes]) -> None:
    """RFC 5652 §5.3: signed attributes may be absent only where the content is id-data.

    A signature over signed attributes is also one over content that consists of those octets: whoever holds a signed
    mail could present its attributes as a message. So such content is refused
    (draft-ietf-lamps-cms-euf-cma-signeddata). No genuine set of attributes is larger than a structure may be.
    """
    if content_type not in (content_types.DATA, content_types.COUNTERSIGNATURE):
        raise AttributesMissing(content_types.content_type_name(content_type))
    if content(1) == b"\x31" and attributes.is_set_of_attributes(content(limits.CMS_STRUCTURE_OCTETS)):
        raise AttributesAsContent()


def _fits(way: Verifier, value: bytes, octets: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    return way.verify(value, octets if way.whole else hash_of(algorithm, octets))


def _whole(way: Verifier, content: Callable[[int], bytes]) -> bytes:
    octets = content(limits.CMS_ONE_SHOT_OCTETS + 1)
    if len(octets) > limits.CMS_ONE_SHOT_OCTETS:
        raise ContentTooLarge(way.name, limits.CMS_ONE_SHOT_OCTETS)
    return octets
