"""Key pairs on a token that have no certificate there: made on it, and found again by their public half."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letterlock.cms import CmsFailure, der
from letterlock.keystore.token_failures import TokenCannot
from letterlock.keystore.token_operations import LOCK, coded, errors

if TYPE_CHECKING:
    import pkcs11

_CURVE_OIDS = {"P-256": "1.2.840.10045.3.1.7", "P-384": "1.3.132.0.34"}
_CURVES: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("06052b81040022"): ec.SECP384R1(),
}
"""By CKA_EC_PARAMS, an object identifier in DER (PKCS #11 v2.40 mechanisms §2.3.3)."""
_RSA_BITS = {"RSA-3072": 3072, "RSA-4096": 4096}


def generate(label: str, session: pkcs11.Session, kind: str, name: str) -> bytes:
    """A new pair that stays on the token; the SubjectPublicKeyInfo. `name` is shown by the token's own tools.

    Raises:
        TokenCannot: a kind that no token makes here, or this one does not.
        TokenAbsent, TokenFailed …: as `token_operations.failure`.
    """
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    given: dict[str, Any] = {
        "id": secrets.token_bytes(16),
        "label": name,
        "store": True,
        "private_template": {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
    }
    with LOCK, coded(label, kind):
        if kind in _CURVE_OIDS:
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVE_OIDS[kind])},
                local=True,
            )
            made, _ = parameters.generate_keypair(**given)
        elif kind in _RSA_BITS:
            made, _ = session.generate_keypair(pkcs11.KeyType.RSA, _RSA_BITS[kind], **given)
        else:
            raise TokenCannot(label, kind)
        public = _public(made)
    if public is None:
        raise TokenCannot(label, kind)
    return public


def named(label: str, session: pkcs11.Session, name: str) -> list[bytes]:
    """SubjectPublicKeyInfo of every key pair with this label or identifier (hexadecimal, as the token's tools show it).

    Raises:
        TokenAbsent, TokenFailed …: as `token_operations.failure`.
    """
    import pkcs11

    wanted = name.replace(":", "").lower()
    found = []
    with LOCK, coded(label):
        for each in list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY})):
            names = (str(each[pkcs11.Attribute.LABEL]), bytes(each[pkcs11.Attribute.ID]).hex())
            public = _public(each) if name == names[0] or wanted == names[1] else None
            if public is not None:
                found.append(public)
    return list(dict.fromkeys(found))


def leaves(label: str, session: pkcs11.Session, key: Any) -> bool:
    """Whether the token would hand the private key out: then it is as safe as its copies are."""
    import pkcs11

    with LOCK, coded(label):
        return bool(key[pkcs11.Attribute.EXTRACTABLE]) or not key[pkcs11.Attribute.SENSITIVE]


def private(label: str, session: pkcs11.Session, public: bytes) -> Any | None:
    """The private key object whose public half is this SubjectPublicKeyInfo."""
    import pkcs11

    with LOCK, coded(label):
        for each in list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY})):
            if _public(each) == public:
                wanted = {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                    pkcs11.Attribute.ID: each[pkcs11.Attribute.ID],
                }
                return next(iter(list(session.get_objects(wanted))), None)
    return None


def _public(key: Any) -> bytes | None:
    """SubjectPublicKeyInfo of a public key object; None for a kind that signs nothing here."""
    import pkcs11

    found: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    try:
        if key.key_type is pkcs11.KeyType.RSA:
            modulus, exponent = key[pkcs11.Attribute.MODULUS], key[pkcs11.Attribute.PUBLIC_EXPONENT]
            found = rsa.RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
        elif key.key_type is pkcs11.KeyType.EC:
            curve = _CURVES[bytes(key[pkcs11.Attribute.EC_PARAMS])]
            point = der.contents(bytes(key[pkcs11.Attribute.EC_POINT]), "EC_POINT")
            found = ec.EllipticCurvePublicKey.from_encoded_point(curve, bytes(point))
        else:
            return None
    except (KeyError, ValueError, CmsFailure, errors()):
        return None  # another curve, or a key of which this token does not show the public half
    return found.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
