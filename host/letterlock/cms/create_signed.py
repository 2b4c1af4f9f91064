"""SignedData (RFC 5652 §5): writing, while the content streams through.

    writer = SignedDataWriter(out.write, [Signing(key, at)], certificates=chain)
    for chunk in chunks:
        writer.write(chunk)
    writer.close()

Every signature has signed attributes: without them a signature can be turned into one over other content
(draft-ietf-lamps-cms-euf-cma-signeddata), and nothing would name algorithms and certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.cms import content_types, create_attributes, der, framing, identifiers
from letterlock.cms.certificates import Certificate
from letterlock.cms.oids import encoded
from letterlock.cms.schema import Algorithm
from letterlock.cms.signing_keys import SigningKey


@dataclass(frozen=True)
class Signing:
    """One signature to be made.

    Args:
        key: what signs.
        at: the signingTime to claim, None for none.
        capabilities: what the signer decrypts, the preferred first; none: no such attribute.
        encryption_certificate: which certificate answers should be encrypted to, where it is not the signer's.
        by_key_identifier: name the certificate by its key's identifier, not by issuer and serial number.
        unsigned_attributes: given the signature value, what to put beside it, each an Attribute in DER
            (`create_attributes.time_stamp`): asked for once, when the signature is made.
        attributes: further signed attributes, each an Attribute in DER (of `ess`).
    """

    key: SigningKey
    at: datetime | None
    capabilities: Sequence[Algorithm] = create_attributes.OUR_CAPABILITIES
    encryption_certificate: x509.Certificate | None = None
    by_key_identifier: bool = False
    unsigned_attributes: Callable[[bytes], Sequence[bytes]] | None = None
    attributes: Sequence[bytes] = ()

    def signed_attributes(self, content_type: str, digest: bytes) -> list[bytes]:
        """The signed attributes, each in DER, in DER order."""
        own = create_attributes.content_type(content_type), create_attributes.message_digest(digest)
        return sorted((*own, *self._constant_attributes))

    def signer_info(self, content_type: str, digest: bytes) -> bytes:
        """The SignerInfo (RFC 5652 §5.3) over content with this digest."""
        signed = b"".join(self.signed_attributes(content_type, digest))
        value = self.key.sign(der.value(0x31, signed))
        beside = self.unsigned_attributes(value) if self.unsigned_attributes else ()
        return self._encode(signed, value, beside)

    def octets(self, content_type: str) -> int | None:
        """How long `signer_info` will be, None where that is not known beforehand (ECDSA, unsigned attributes)."""
        algorithm = self.key.algorithm
        if algorithm.value_octets is None or self.unsigned_attributes:
            return None
        signed = b"".join(self.signed_attributes(content_type, bytes(algorithm.digest.hash().digest_size)))
        return len(self._encode(signed, bytes(algorithm.value_octets)))

    @cached_property
    def _constant_attributes(self) -> list[bytes]:
        """Those that are the same whatever is signed: they are needed for the length and for the signature."""
        found = [
            create_attributes.algorithm_protection(self.key.algorithm),
            create_attributes.signing_certificate(self.key.certificate),
            *self.attributes,
        ]
        if self.at is not None:
            found.append(create_attributes.signing_time(self.at))
        if self.capabilities:
            found.append(create_attributes.capabilities(self.capabilities))
        if self.encryption_certificate is not None:
            found.append(create_attributes.encryption_key_preference(self.encryption_certificate))
        return found

    @cached_property
    def _sid(self) -> bytes:
        if self.by_key_identifier:
            return der.value(0x80, _key_identifier(self.key.certificate))
        return identifiers.issuer_and_serial(self.key.certificate)

    def _encode(self, signed: bytes, value: bytes, beside: Sequence[bytes] = ()) -> bytes:
        algorithm = self.key.algorithm
        return der.value(
            0x30,
            der.integer(3 if self.by_key_identifier else 1)
            + self._sid
            + algorithm.digest_identifier.encode()
            + der.value(0xA0, signed)
            + algorithm.signature_identifier.encode()
            + der.value(0x04, value)
            + (der.set_of(beside, 0xA1) if beside else b""),
        )


class SignedDataWriter:
    """Writes one ContentInfo of type signed-data.

    Args:
        sink: gets the octets, in order; of a detached signature all at the end.
        signings: the signatures to make, at least one (`certificates_only` needs none).
        certificates: the chain in DER, without the root; the signers' own are added.
        crls: revocation lists in DER to send along.
        detached: the content is not written into the object.
        bare: leave the signers' own certificates out: whoever reads it must have them.
        length: how many octets the content has. Where it is given and every signature's length is known beforehand (all
            but ECDSA), an attached object is DER; else it is BER. A detached one is DER in any case.

    Raises:
        ValueError: no signings, or content of another length than stated.
    """

    def __init__(
        self,
        sink: Callable[[bytes], None],
        signings: Sequence[Signing],
        *,
        certificates: Iterable[bytes] = (),
        crls: Sequence[bytes] = (),
        detached: bool = False,
        bare: bool = False,
        length: int | None = None,
        content_type: str = content_types.DATA,
    ) -> None:
        if not signings:
            raise ValueError("nobody signs")
        self._sink = sink
        self._signings = tuple(signings)
        self._content_type = content_type
        own = (each.key.certificate.public_bytes(Encoding.DER) for each in signings if not bare)
        self._carried = _carried((*own, *certificates), crls)
        self._digests = {
            each.key.algorithm.digest.name: hashes.Hash(each.key.algorithm.digest.hash()) for each in signings
        }
        # RFC 5652 §5.1
        plain = content_type == content_types.DATA and not any(each.by_key_identifier for each in signings)
        used = {each.key.algorithm.digest_identifier.encode() for each in signings}
        self._before = der.integer(1 if plain else 3) + der.set_of(used)
        self._frame: framing.FrameWriter | None = None
        if not detached:
            self._frame = framing.FrameWriter(
                sink,
                content_types.SIGNED_DATA,
                self._before,
                encoded(content_type),
                explicit=True,
                length=length,
                after_octets=self._after_octets(),
            )

    def write(self, octets: bytes) -> None:
        """More content."""
        for digest in self._digests.values():
            digest.update(octets)
        if self._frame is not None:
            self._frame.write(octets)

    def close(self) -> None:
        """No more content comes: signs, and writes the end. Whatever a key raises passes through."""
        values = {name: digest.finalize() for name, digest in self._digests.items()}
        made = [each.signer_info(self._content_type, values[each.key.algorithm.digest.name]) for each in self._signings]
        after = self._carried + der.set_of(made)
        if self._frame is not None:
            self._frame.finish(after)
        else:
            self._sink(framing.whole(content_types.SIGNED_DATA, self._before, encoded(self._content_type), after))

    def _after_octets(self) -> int | None:
        each = [signing.octets(self._content_type) for signing in self._signings]
        known = [octets for octets in each if octets is not None]
        if len(known) < len(each):
            return None
        return len(self._carried) + len(der.value(0x31, bytes(sum(known))))


def certificates_only(certificates: Iterable[bytes], crls: Sequence[bytes] = ()) -> bytes:
    """A SignedData that nobody signed, to pass certificates and CRLs on (RFC 8551 §3.8), in DER."""
    before = der.integer(1) + der.set_of([])
    after = _carried(certificates, crls) + der.set_of([])
    return framing.whole(content_types.SIGNED_DATA, before, encoded(content_types.DATA), after)


def _carried(certificates: Iterable[bytes], crls: Sequence[bytes]) -> bytes:
    """certificates [0] and crls [1], each once, in DER order."""
    found = set(certificates)
    return (der.set_of(found, 0xA0) if found else b"") + (der.set_of(set(crls), 0xA1) if crls else b"")


def _key_identifier(certificate: x509.Certificate) -> bytes:
    """The certificate's own, or the one of RFC 5280 §4.2.1.2 where it has none."""
    own = Certificate.of(certificate).key_identifier
    return own or x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
