"""SignedData objects to order: a good one by default, and a test states only how its own deviates.

Encodes with a few lines of its own and signs with `cryptography`, so the engine is not tested against itself.

    good = Signer(identity("RSA"))
    signed_data([good])                                      # DER of a ContentInfo
    signed_data([replace(good, digest="SHA-512")], content=None)     # detached
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, padding, rsa

CONTENT = b"Content-Type: text/plain\r\n\r\nThe roof of the north hall is ready.\r\n"

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"

HASHES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "SHA-1": ("1.3.14.3.2.26", hashes.SHA1()),
    "SHA-224": ("2.16.840.1.101.3.4.2.4", hashes.SHA224()),
    "SHA-256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256()),
    "SHA-384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384()),
    "SHA-512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512()),
    "SHA3-256": ("2.16.840.1.101.3.4.2.8", hashes.SHA3_256()),
    "SHA3-384": ("2.16.840.1.101.3.4.2.9", hashes.SHA3_384()),
    "SHA3-512": ("2.16.840.1.101.3.4.2.10", hashes.SHA3_512()),
    "SHAKE128": ("2.16.840.1.101.3.4.2.11", hashes.SHAKE128(32)),
    "SHAKE256": ("2.16.840.1.101.3.4.2.12", hashes.SHAKE256(64)),
}
RSA = "1.2.840.113549.1.1.1"
RSA_PSS = "1.2.840.113549.1.1.10"
MGF1 = "1.2.840.113549.1.1.8"
NULL = b"\x05\x00"

MlDsaKey = mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey
Key = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
    | MlDsaKey
)


def tlv(tag: int, *contents: bytes) -> bytes:
    """A value in DER."""
    octets = b"".join(contents)
    if len(octets) < 0x80:
        return bytes((tag, len(octets))) + octets
    length = len(octets).to_bytes((len(octets).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + octets


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER in DER."""
    first, second, *others = map(int, dotted.split("."))
    contents = b""
    for arc in (40 * first + second, *others):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        contents += bytes(reversed(octets))
    return tlv(0x06, contents)


def integer(value: int) -> bytes:
    """An INTEGER in DER."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def algorithm(dotted: str, *parameters: bytes) -> bytes:
    """An AlgorithmIdentifier."""
    return tlv(0x30, oid(dotted), *parameters)


def attribute(dotted: str, *values: bytes) -> bytes:
    """An Attribute."""
    return tlv(0x30, oid(dotted), tlv(0x31, *values))


def pss_parameters(digest: str, mask: str | None = None, salt: int = 32) -> bytes:
    """RSASSA-PSS-params, every field written."""
    return tlv(
        0x30,
        tlv(0xA0, algorithm(HASHES[digest][0], NULL)),
        tlv(0xA1, algorithm(MGF1, algorithm(HASHES[mask or digest][0], NULL))),
        tlv(0xA2, integer(salt)),
    )


def hashed(digest: str, octets: bytes) -> bytes:
    """The digest of some octets."""
    computed = hashes.Hash(HASHES[digest][1])
    computed.update(octets)
    return computed.finalize()


@dataclass(frozen=True)
class Identity:
    """A key and its certificate."""

    key: Key
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


@cache
def identity(kind: str, name: str = "Anna Muster") -> Identity:
    """A self-signed identity with a key of that kind, the same one for the same arguments."""
    key: Key
    match kind.split():
        case ["RSA"]:
            key = rsa.generate_private_key(65537, 2048)
        case ["RSA", bits]:
            key = rsa.generate_private_key(65537, int(bits))
        case ["Ed25519"]:
            key = ed25519.Ed25519PrivateKey.generate()
        case ["Ed448"]:
            key = ed448.Ed448PrivateKey.generate()
        case ["DSA", bits]:
            key = dsa.generate_private_key(int(bits))
        case [name_] if name_ in ML_DSA:
            key = ML_DSA[name_][0].generate()
        case [curve]:
            key = ec.generate_private_key(_CURVES[curve])
    return Identity(key, certificate_for(key, name))


ML_DSA: dict[str, tuple[type[MlDsaKey], str]] = {
    "ML-DSA-44": (mldsa.MLDSA44PrivateKey, "2.16.840.1.101.3.4.3.17"),
    "ML-DSA-65": (mldsa.MLDSA65PrivateKey, "2.16.840.1.101.3.4.3.18"),
    "ML-DSA-87": (mldsa.MLDSA87PrivateKey, "2.16.840.1.101.3.4.3.19"),
}
_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
    "secp256k1": ec.SECP256K1(),
}


def certificate_for(key: Key, name: str) -> x509.Certificate:
    """A self-signed certificate; another one for the same key has another serial number."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    plain = isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey | MlDsaKey)
    return builder.sign(key, None if plain else hashes.SHA256())


@dataclass(frozen=True)
class Signer:
    """A SignerInfo to be. None means "as it should be"; `attributes` None means the usual three.

    `sort`: whether the signed octets have the attributes in DER order; they are written as given either way.
    """

    identity: Identity
    digest: str = "SHA-256"
    attributes: Sequence[bytes] | None = None
    attributed: bool = True
    more: Sequence[bytes] = ()
    digest_algorithm: bytes | None = None
    signature_algorithm: bytes | None = None
    pss: tuple[str, int] | None = None
    sid: bytes | None = None
    sort: bool = True
    unsigned: Sequence[bytes] = ()
    content_type: str = DATA
    value: bytes | None = None

    def encode(self, content: bytes) -> bytes:
        """The SignerInfo over this content."""
        attributes = self.attributes
        if attributes is None:
            attributes = [*self.usual(content), *self.more]
        signed = tlv(0x31, *(sorted(attributes) if self.sort else attributes)) if self.attributed else content
        by_key = tlv(0xA0, *attributes) if self.attributed else b""
        return tlv(
            0x30,
            integer(1 if self.sid is None else 3),
            self.sid or self.issuer_and_serial(),
            self.digest_algorithm or algorithm(HASHES[self.digest][0]),
            by_key,
            self.signature_algorithm or self.own_algorithm(),
            tlv(0x04, self.sign(signed) if self.value is None else self.value),
            tlv(0xA1, *self.unsigned) if self.unsigned else b"",
        )

    def usual(self, content: bytes) -> list[bytes]:
        """contentType, messageDigest and signingTime, in DER order."""
        return [
            attribute(CONTENT_TYPE, oid(self.content_type)),
            attribute(SIGNING_TIME, tlv(0x17, b"260102030405Z")),
            attribute(MESSAGE_DIGEST, tlv(0x04, hashed(self.digest, content))),
        ]

    def issuer_and_serial(self) -> bytes:
        """The usual signer identifier."""
        certificate = self.identity.certificate
        return tlv(0x30, certificate.issuer.public_bytes(), integer(certificate.serial_number))

    def own_algorithm(self) -> bytes:
        """The signature algorithm that goes with the key."""
        match self.identity.key:
            case rsa.RSAPrivateKey() if self.pss:
                return algorithm(RSA_PSS, pss_parameters(self.digest, *self.pss))
            case rsa.RSAPrivateKey():
                return algorithm(RSA, NULL)
            case ec.EllipticCurvePrivateKey():
                return algorithm(ECDSA_WITH[self.digest])
            case ed25519.Ed25519PrivateKey():
                return algorithm("1.3.101.112")
            case dsa.DSAPrivateKey():
                return algorithm(DSA_WITH[self.digest])
            case mldsa.MLDSA44PrivateKey() | mldsa.MLDSA65PrivateKey() | mldsa.MLDSA87PrivateKey() as key:
                return next(algorithm(number) for kind, number in ML_DSA.values() if isinstance(key, kind))
            case _:
                return algorithm("1.3.101.113")

    def sign(self, octets: bytes) -> bytes:
        """The signature value over some octets."""
        key, algorithm_ = self.identity.key, HASHES[self.digest][1]
        if isinstance(key, rsa.RSAPrivateKey):
            if self.pss:
                mask, salt = self.pss
                return key.sign(octets, padding.PSS(padding.MGF1(HASHES[mask][1]), salt), algorithm_)
            return key.sign(octets, padding.PKCS1v15(), algorithm_)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(octets, ec.ECDSA(algorithm_))
        if isinstance(key, dsa.DSAPrivateKey):
            return key.sign(octets, algorithm_)
        return key.sign(octets)


DSA_WITH = {
    "SHA-1": "1.2.840.10040.4.3",
    "SHA-224": "2.16.840.1.101.3.4.3.1",
    "SHA-256": "2.16.840.1.101.3.4.3.2",
    "SHA-384": "2.16.840.1.101.3.4.3.3",
    "SHA-512": "2.16.840.1.101.3.4.3.4",
}
ECDSA_WITH = {
    "SHA-1": "1.2.840.10045.4.1",
    "SHA-224": "1.2.840.10045.4.3.1",
    "SHA-256": "1.2.840.10045.4.3.2",
    "SHA-384": "1.2.840.10045.4.3.3",
    "SHA-512": "1.2.840.10045.4.3.4",
    "SHA3-256": "2.16.840.1.101.3.4.3.10",
    "SHA3-384": "2.16.840.1.101.3.4.3.11",
    "SHA3-512": "2.16.840.1.101.3.4.3.12",
    "SHAKE128": "1.3.6.1.5.5.7.6.32",
    "SHAKE256": "1.3.6.1.5.5.7.6.33",
}


def signed_data(
    signers: Sequence[Signer],
    content: bytes | None = CONTENT,
    *,
    over: bytes = CONTENT,
    content_type: str = DATA,
    certificates: Sequence[bytes] | None = None,
    crls: Sequence[bytes] = (),
    outer_type: str = SIGNED_DATA,
) -> bytes:
    """DER of a ContentInfo. `content` None: detached; what is signed is `over` then, else the content."""
    signed = over if content is None else content
    if certificates is None:
        certificates = list(dict.fromkeys(signer.identity.der for signer in signers))
    digests = dict.fromkeys(signer.digest_algorithm or algorithm(HASHES[signer.digest][0]) for signer in signers)
    return tlv(
        0x30,
        oid(outer_type),
        tlv(
            0xA0,
            tlv(
                0x30,
                integer(1),
                tlv(0x31, *sorted(digests)),
                tlv(0x30, oid(content_type), b"" if content is None else tlv(0xA0, tlv(0x04, content))),
                tlv(0xA0, *certificates) if certificates else b"",
                tlv(0xA1, *crls) if crls else b"",
                tlv(0x31, *(signer.encode(signed) for signer in signers)),
            ),
        ),
    )


def ess_certificate_v2(certificate: bytes, serial: int | None = None, digest: str | None = None) -> bytes:
    """A signingCertificateV2 attribute that names a certificate."""
    return attribute(
        SIGNING_CERTIFICATE_V2,
        tlv(
            0x30,
            tlv(
                0x30,
                tlv(
                    0x30,
                    algorithm(HASHES[digest][0]) if digest else b"",
                    tlv(0x04, hashed(digest or "SHA-256", certificate)),
                    b"" if serial is None else tlv(0x30, tlv(0x30), integer(serial)),
                ),
            ),
        ),
    )


def ess_certificate(certificate: bytes) -> bytes:
    """A signingCertificate attribute (SHA-1) that names a certificate."""
    digest = hashlib.sha1(certificate, usedforsecurity=False).digest()
    return attribute(SIGNING_CERTIFICATE, tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x04, digest)))))
