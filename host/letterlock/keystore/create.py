"""New private keys: which kinds there are, and for what each of them is.

One key for both uses is what every mail program expects. A pair keeps signing apart from decrypting, so that the
decryption key can be handed over or backed up without anybody being able to sign with it; the newer algorithms come as
pairs only, because none of them does both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, mlkem, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.keystore.entries import Purpose
from letterlock.keystore.identity_failures import KeyKindUnknown

_Generate = Callable[[], PrivateKeyTypes]


def _rsa(bits: int) -> _Generate:
    return partial(rsa.generate_private_key, 65537, bits)


_RSA_3072, _RSA_4096 = _rsa(3072), _rsa(4096)
_P256: _Generate = partial(ec.generate_private_key, ec.SECP256R1())
_P384: _Generate = partial(ec.generate_private_key, ec.SECP384R1())


def _pair(sign: _Generate, decrypt: _Generate) -> tuple[tuple[Purpose, _Generate], ...]:
    return ((Purpose.SIGN, sign), (Purpose.DECRYPT, decrypt))


KINDS: Mapping[str, tuple[tuple[Purpose, _Generate], ...]] = {
    "RSA-3072": ((Purpose.BOTH, _RSA_3072),),
    "RSA-4096": ((Purpose.BOTH, _RSA_4096),),
    "P-256": ((Purpose.BOTH, _P256),),
    "P-384": ((Purpose.BOTH, _P384),),
    "RSA-3072-pair": _pair(_RSA_3072, _RSA_3072),
    "RSA-4096-pair": _pair(_RSA_4096, _RSA_4096),
    "P-256-pair": _pair(_P256, _P256),
    "P-384-pair": _pair(_P384, _P384),
    "Ed25519-X25519": _pair(ed25519.Ed25519PrivateKey.generate, x25519.X25519PrivateKey.generate),
    "ML-DSA-65-ML-KEM-768": _pair(mldsa.MLDSA65PrivateKey.generate, mlkem.MLKEM768PrivateKey.generate),
}
"""Each kind by name, with its keys: the one that signs comes first."""

DEFAULT_KIND = "RSA-3072"
"""What every mail program can use, phones and old Outlooks included."""


@dataclass(frozen=True)
class NewKey:
    """A key that was just made."""

    purpose: Purpose
    key: PrivateKeyTypes = field(repr=False)


def generate(kind: str) -> tuple[NewKey, ...]:
    """New keys of one of `KINDS`; RSA takes a second or two.

    Raises:
        KeyKindUnknown: there is no such kind.
    """
    if kind not in KINDS:
        raise KeyKindUnknown(kind, tuple(KINDS))
    return tuple(NewKey(purpose, make()) for purpose, make in KINDS[kind])
