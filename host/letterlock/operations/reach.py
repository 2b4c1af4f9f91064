"""Which programs do not understand which kinds of keys: what runs have shown, not what somebody says.

Each row is from `docs/interop.md`, where both sides were run (Debian 12: OpenSSL 3.0, gpgsm 2.2, NSS 3.87, GnuTLS 3.7,
Bouncy Castle 1.72). Outlook and Apple Mail cannot be run there, so nothing is claimed of them; what no other program
reads is most unlikely to be read by them.
"""

from __future__ import annotations

_OPENSSL, _GPGSM, _NSS, _GNUTLS, _BOUNCY = "OpenSSL 3.0", "gpgsm 2.2", "NSS 3.87", "GnuTLS 3.7", "Bouncy Castle 1.72"
_OTHERS = "probably Outlook and Apple Mail"
_ALL = (_OPENSSL, _GPGSM, _NSS, _GNUTLS, _BOUNCY, _OTHERS)

_SIGNATURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Ed25519", (_OPENSSL, _GPGSM, _NSS, _OTHERS)),
    ("Ed448", (_OPENSSL, _GPGSM, _NSS, _GNUTLS, _OTHERS)),
    ("ML-DSA", _ALL),
    ("EC brainpool", (_NSS, _GNUTLS)),
    ("EC P-521", (_GPGSM,)),
)
_ENCRYPTION: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("X25519", _ALL),
    ("X448", _ALL),
    ("ML-KEM", _ALL),
    ("EC", (_GPGSM, _NSS)),
)


def signatures_not_read_by(key: str) -> tuple[str, ...]:
    """The programs that do not verify signatures of a key, which is named as `trust.keys.described` does."""
    return _first(_SIGNATURES, key)


def encryption_not_made_by(key: str) -> tuple[str, ...]:
    """The programs that do not encrypt to such a key."""
    return _first(_ENCRYPTION, key)


def _first(rows: tuple[tuple[str, tuple[str, ...]], ...], key: str) -> tuple[str, ...]:
    return next((programs for start, programs in rows if key.startswith(start)), ())
