"""Own keys on smart cards and other tokens, seen as those of the vault are: whose, until when, and what for.

Certificates are read without the PIN. Which of them have their private key on the card shows only once it is unlocked;
until then it is believed, because cards are made so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.errors import LetterlockError
from letterlock.keystore.entries import KeyEntry
from letterlock.operations import keys
from letterlock.operations.keys_choose import purpose_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable

if TYPE_CHECKING:
    from letterlock.keystore.token_key import TokenKey
    from letterlock.keystore.tokens import Description
    from letterlock.operations.tokens import Tokens


@dataclass(frozen=True)
class CardKey:
    """A key on a token. `entry` says of it what is said of a key in the vault; its id is made in the same way."""

    entry: KeyEntry
    token: str
    serial: str

    def json(self) -> dict[str, Any]:
        """As `keys.described`, and which token it is on."""
        return {**keys.described(self.entry), "token": {"label": self.token, "serial": self.serial}}


def present(database: Path) -> tuple[list[CardKey], list[LetterlockError]]:
    """The keys on every token that is there, and why a library could not be asked.

    Where nothing was installed for tokens there are none, and nothing has failed.
    """
    from letterlock.keystore.token_failures import TokenSupportMissing
    from letterlock.operations import tokens

    if not tokens.libraries(database):
        return [], []
    found, failures = tokens.present(database)
    failed = [each for each in failures if not isinstance(each, TokenSupportMissing)]
    return [each for one in found for each in on(one)], failed


def on(found: Description) -> list[CardKey]:
    """The keys of one token, by its certificates: those for one key belong together."""
    grouped: dict[bytes, list[Certificate]] = {}
    issuers = []
    for der in found.certificates:
        try:
            certificate = Certificate.parse(der)
        except CertificateUndecodable:
            continue
        if (constraints := certificate.basic_constraints) is not None and constraints.ca:
            issuers.append(der)
        else:
            grouped.setdefault(certificate.key_der, []).append(certificate)
    return [CardKey(_entry(public, own, issuers), found.label, found.serial) for public, own in grouped.items()]


def unlocked(tokens: Tokens | None) -> dict[str, TokenKey]:
    """The keys of the unlocked tokens, by the SHA-256 of the certificate.

    Raises:
        TokenFailed …: as `Tokens.keys`.
    """
    if tokens is None:
        return {}
    return {sha256(_der(each)).hexdigest(): each for each in tokens.keys()}  # noqa: SIM118 (no dictionary)


def without(cards: Iterable[CardKey], entries: Iterable[KeyEntry]) -> list[CardKey]:
    """Those that are not in the vault as well: a key that was put onto a card may be in both."""
    known = {each.id for each in entries}
    return [each for each in cards if each.entry.id not in known]


def _entry(public: bytes, own: list[Certificate], issuers: list[bytes]) -> KeyEntry:
    newest = max(own, key=lambda each: each.not_before)
    return KeyEntry(
        id=sha256(public).hexdigest(),
        algorithm=newest.key,
        public_key=public,
        created=min(each.not_before for each in own),
        purpose=purpose_of(newest),
        certificates=tuple(each.der for each in own),
        chain=tuple(issuers),
    )


def _der(key: TokenKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return key.certificate.public_bytes(Encoding.DER)
