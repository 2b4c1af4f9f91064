"""From a recipient entry and a secret to the content key: one function for each way, and what to call it.

Whoever holds the secret elsewhere (a smart card) does only the private operation itself, and gives its result to
`agreed` here. RSA PKCS#1 v1.5 is the exception: see `transported`.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from letterlock.cms import der, key_wrap, schema
from letterlock.cms import schema_enveloped as wire
from letterlock.cms.algorithms import DIGESTS, Status
from letterlock.cms.encryption_algorithms import (
    AGREEMENT,
    DERIVATIONS,
    KEM,
    RSA_ENCRYPTION,
    RSAES_OAEP,
    TRANSPORT,
    WRAPS,
    encryption_name,
    key_algorithm,
)
from letterlock.cms.failures import (
    CmsMalformed,
    DecryptionFailed,
    DecryptionFailure,
    EncryptionNotSupported,
    EncryptionParametersMalformed,
)
from letterlock.cms.recipients import (
    KeyAgreement,
    KeyEncapsulation,
    KeyTransport,
    OriginatorKey,
    OtherRecipient,
    Password,
    Recipient,
    SharedKey,
)
from letterlock.cms.schema import Algorithm

AgreementKey = ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey | x448.X448PrivateKey
EncapsulationKey = mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey

_MGF1 = "1.2.840.113549.1.1.8"
_LABEL = "1.2.840.113549.1.1.9"
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_X25519 = "1.3.101.110"
_X448 = "1.3.101.111"
_NULL = b"\x05\x00"
_RSA_WEAK_BITS = 2048

CURVES = {
    # RFC 5480 §2.1.1.1, RFC 5639 §4.1: contents of the object identifiers, in DER
    "secp256r1": bytes.fromhex("06082a8648ce3d030107"),
    "secp384r1": bytes.fromhex("06052b81040022"),
    "secp521r1": bytes.fromhex("06052b81040023"),
    "brainpoolP256r1": bytes.fromhex("06092b2403030208010107"),
    "brainpoolP384r1": bytes.fromhex("06092b240303020801010b"),
    "brainpoolP512r1": bytes.fromhex("06092b240303020801010d"),
}

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA-1": hashes.SHA1(),  # noqa: S303 (in OAEP and key derivation nothing depends on collisions)
    "SHA-224": hashes.SHA224(),
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}
_DIGEST_NAMES = {digest.oid: digest.name for digest in DIGESTS}


def name(recipient: Recipient) -> str:
    """For people: how the content key is encrypted to this recipient."""
    match recipient:
        case KeyTransport(algorithm=algorithm) if algorithm.oid == RSAES_OAEP:
            try:
                return f"RSA-OAEP with {_oaep(algorithm)[1]}"
            except DecryptionFailure:
                return "RSA-OAEP"
        case KeyTransport() | KeyAgreement() | KeyEncapsulation() | SharedKey():
            return encryption_name(recipient.algorithm.oid)
        case Password():
            return f"password, {encryption_name(recipient.algorithm.oid)}"
        case OtherRecipient():
            return recipient.kind


def weak(recipient: Recipient) -> tuple[str, ...]:
    """What of it is no longer strong enough."""
    match recipient:
        case KeyTransport():
            bits = 8 * len(recipient.encrypted_key)
            return (f"RSA {bits}",) if bits < _RSA_WEAK_BITS else ()
        case KeyAgreement() | SharedKey() | KeyEncapsulation():
            wrap = recipient.algorithm.oid
            if isinstance(recipient, KeyEncapsulation):
                wrap = recipient.wrap.oid
            elif isinstance(recipient, KeyAgreement):
                wrap = _wrap(recipient)[0].oid
            return tuple(each.name for each in WRAPS if each.oid == wrap and each.status is Status.WEAK)
    return ()


def check_supported(recipient: Recipient) -> None:
    """Whether an entry of this kind can be opened at all, by whoever has the key.

    Raises:
        EncryptionNotSupported: nobody can here.
    """
    match recipient:
        case KeyTransport():
            key_algorithm(recipient.algorithm.oid, TRANSPORT)
        case KeyAgreement():
            key_algorithm(recipient.algorithm.oid, AGREEMENT)
        case KeyEncapsulation():
            key_algorithm(recipient.algorithm.oid, KEM)
        case OtherRecipient():
            raise EncryptionNotSupported(recipient.kind)


def transported(recipient: KeyTransport, key: rsa.RSAPrivateKey, octets: int, trying: bool = False) -> bytes | None:
    """The content key out of an RSA encryption (RFC 3370 §4.2.1, RFC 3560).

    With PKCS#1 v1.5 a wrong padding and a wrong content key must look the same, or whoever can watch many tries
    decrypts any message (Bleichenbacher 1998). The library answers a wrong padding with octets that depend on key and
    ciphertext alone, of a length that does so too ("implicit rejection"); where the length is wrong, random octets take
    their place (RFC 3218 §2.3.2). Either way the content does not decrypt, and only that is seen.

    Args:
        trying: answer None where it is not for this key. With PKCS#1 v1.5 only the length can tell, and tells an
            attacker nothing: a made-up key has the right one as often as chance has it.

    Raises:
        DecryptionFailed: OAEP says that it was changed, or is for another key.
        EncryptionNotSupported, EncryptionParametersMalformed: not for us, or nobody's.
    """
    known = key_algorithm(recipient.algorithm.oid, TRANSPORT)
    # An RSA ciphertext is as long as the modulus; some encoders drop zeros at its start.
    encrypted = recipient.encrypted_key.rjust((key.key_size + 7) // 8, b"\0")
    if known.oid == RSA_ENCRYPTION:
        substitute = secrets.token_bytes(octets)
        try:
            found = key.decrypt(encrypted, padding.PKCS1v15())
        except ValueError:
            found = b""
        if len(found) != octets:
            return None if trying else substitute
        return found
    scheme, hashed = _oaep(recipient.algorithm)
    try:
        found = key.decrypt(encrypted, scheme)
    except UnsupportedAlgorithm:  # some builds of the library leave out old hashes
        raise EncryptionNotSupported(f"{known.name} with {hashed}") from None
    except ValueError:
        raise DecryptionFailed from None
    if len(found) != octets:
        raise DecryptionFailed
    return found


def _oaep(algorithm: Algorithm) -> tuple[padding.OAEP, str]:
    asked = oaep_parameters(algorithm)
    scheme = padding.OAEP(padding.MGF1(_HASHES[asked.mask]), _HASHES[asked.digest], asked.label or None)
    return scheme, asked.digest


class OaepParameters(NamedTuple):
    """How RSA-OAEP was used: the names of the hash and of the hash in MGF1, and the label."""

    digest: str
    mask: str
    label: bytes


def oaep_parameters(algorithm: Algorithm) -> OaepParameters:
    """RFC 4055 §4.1. Absent fields have their defaults: SHA-1, MGF1 with SHA-1, no label.

    Raises:
        EncryptionNotSupported, EncryptionParametersMalformed: not for us, or nobody's.
    """
    where = "RSA-OAEP"
    hashed = masked = "SHA-1"
    label = b""
    try:
        # Absent parameters are not allowed; NULL and an empty sequence are both seen for "all defaults".
        encoded = algorithm.parameters if algorithm.parameters not in (None, _NULL) else b"\x30\x00"
        read = schema.decode(wire.OaepParameters, encoded or b"", where)
        if read.hash_func is not None:
            hashed = _hash_name(Algorithm.read(read.hash_func, where))
        if read.mask_gen_func is not None:
            mask = Algorithm.read(read.mask_gen_func, where)
            if mask.oid != _MGF1:
                raise EncryptionNotSupported(f"{where}, mask {mask.oid}")
            masked = _hash_name(schema.decode_algorithm(mask.parameters or b"", where))
        if read.p_source_func is not None:
            source = Algorithm.read(read.p_source_func, where)
            if source.oid != _LABEL:
                raise EncryptionNotSupported(f"{where}, label {source.oid}")
            if not source.parameters or source.parameters[0] != 0x04:
                raise EncryptionParametersMalformed(where)
            label = der.contents(source.parameters, where)
    except CmsMalformed:
        raise EncryptionParametersMalformed(where) from None
    return OaepParameters(hashed, masked, label)


def _hash_name(algorithm: Algorithm) -> str:
    digest = _DIGEST_NAMES.get(algorithm.oid, algorithm.oid)
    if digest not in _HASHES:
        raise EncryptionNotSupported(f"RSA-OAEP with {digest}")
    return digest


def agree(recipient: KeyAgreement, key: AgreementKey) -> bytes:
    """The secret shared between the sender's key and ours, before any derivation (RFC 5753 §3.1, RFC 8418 §2).

    Raises:
        EncryptionNotSupported: the sender used a key of a certificate, or the curve is not for us.
        DecryptionFailed: the sender's key is not on our key's curve, or a point that gives nothing.
    """
    sender = recipient.originator
    if not isinstance(sender, OriginatorKey):
        raise EncryptionNotSupported("static Diffie-Hellman")
    try:
        match key:
            case ec.EllipticCurvePrivateKey():
                return key.exchange(ec.ECDH(), sender_point(recipient, key.curve))
            case x25519.X25519PrivateKey():
                if sender.algorithm.oid != _X25519:
                    raise DecryptionFailed
                return key.exchange(x25519.X25519PublicKey.from_public_bytes(sender.octets))
            case x448.X448PrivateKey():
                if sender.algorithm.oid != _X448:
                    raise DecryptionFailed
                return key.exchange(x448.X448PublicKey.from_public_bytes(sender.octets))
    except ValueError:
        raise DecryptionFailed from None


def sender_point(recipient: KeyAgreement, curve: ec.EllipticCurve) -> ec.EllipticCurvePublicKey:
    """The sender's key for this message, a point on the recipient's curve (RFC 5753 §3.1.1).

    Raises:
        EncryptionNotSupported: the sender used a key of a certificate, or the curve is not for us.
        DecryptionFailed: it is no point of this curve.
    """
    sender = recipient.originator
    if not isinstance(sender, OriginatorKey):
        raise EncryptionNotSupported("static Diffie-Hellman")
    named = CURVES.get(curve.name)
    if named is None:
        raise EncryptionNotSupported(f"ECDH on {curve.name}")
    # RFC 5753 §3.1.1: parameters absent, NULL, or the curve; it is the recipient's curve in any case.
    if sender.algorithm.oid != _EC_PUBLIC_KEY or sender.algorithm.parameters not in (None, _NULL, named):
        raise DecryptionFailed
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, sender.octets)
    except ValueError:
        raise DecryptionFailed from None


def agreed(recipient: KeyAgreement, secret: bytes, octets: int) -> bytes:
    """The content key, from the shared secret (RFC 5753 §7.2, RFC 8418 §2.2).

    ECC-CMS-SharedInfo ::= SEQUENCE {
        keyInfo AlgorithmIdentifier,
        entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL,
        suppPubInfo [2] EXPLICIT OCTET STRING }

    Raises:
        DecryptionFailed: it does not unwrap.
        EncryptionNotSupported, EncryptionParametersMalformed: not for us, or nobody's.
    """
    known = key_algorithm(recipient.algorithm.oid, AGREEMENT)
    wrap, wrap_octets = _wrap(recipient)
    length = key_wrap.wrapping_key_octets(wrap)
    shared_info = der.value(
        0x30,
        wrap_octets
        + (b"" if recipient.ukm is None else der.value(0xA0, der.value(0x04, recipient.ukm)))
        + der.value(0xA2, der.value(0x04, (8 * length).to_bytes(4, "big"))),
    )
    hashed = _HASHES[known.digest or ""]
    if "HKDF" in known.name:
        wrapping = HKDF(hashed, length, None, shared_info).derive(secret)
    else:
        wrapping = X963KDF(hashed, length, shared_info).derive(secret)
    return key_wrap.unwrap(wrap, wrapping, recipient.encrypted_key, octets)


def _wrap(recipient: KeyAgreement) -> tuple[Algorithm, bytes]:
    """KeyWrapAlgorithm ::= AlgorithmIdentifier: the parameters of the key agreement algorithm (RFC 5753 §7.1.4)."""
    named = encryption_name(recipient.algorithm.oid)
    if recipient.algorithm.parameters is None:
        raise EncryptionParametersMalformed(named)
    try:
        return schema.decode_algorithm(recipient.algorithm.parameters, named), recipient.algorithm.parameters
    except CmsMalformed:
        raise EncryptionParametersMalformed(named) from None


def decapsulated(recipient: KeyEncapsulation, key: EncapsulationKey, octets: int) -> bytes:
    """The content key out of a key encapsulation (RFC 9629 §5, RFC 9936).

    CMSORIforKEMOtherInfo ::= SEQUENCE {
        wrap KeyEncryptionAlgorithmIdentifier,
        kekLength INTEGER (1..65535),
        ukm [0] EXPLICIT UserKeyingMaterial OPTIONAL }

    Raises:
        DecryptionFailed: it does not unwrap.
        EncryptionNotSupported, EncryptionParametersMalformed: not for us, or nobody's.
    """
    known = key_algorithm(recipient.algorithm.oid, KEM)
    if known.name != ("ML-KEM-768" if isinstance(key, mlkem.MLKEM768PrivateKey) else "ML-KEM-1024"):
        raise DecryptionFailed
    derivation = key_algorithm(recipient.derivation.oid, DERIVATIONS)
    length = key_wrap.wrapping_key_octets(recipient.wrap)
    if recipient.kek_octets != length:
        raise EncryptionParametersMalformed(known.name)
    try:
        secret = key.decapsulate(recipient.ciphertext)
    except ValueError:
        raise DecryptionFailed from None
    info = der.value(
        0x30,
        recipient.wrap_octets
        + der.value(0x02, bytes((length,)))
        + (b"" if recipient.ukm is None else der.value(0xA0, der.value(0x04, recipient.ukm))),
    )
    wrapping = HKDF(_HASHES[derivation.digest or ""], length, None, info).derive(secret)
    return key_wrap.unwrap(recipient.wrap, wrapping, recipient.encrypted_key, octets)
