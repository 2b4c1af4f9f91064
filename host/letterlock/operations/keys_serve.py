"""Own keys as a client of the host asks for them: each verb as one call, answers as JSON has them.

Thin over the verbs: what is said here is which of them is meant, and how its answer is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.errors import Coded
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.pkcs12_write import Form
from letterlock.keystore.vault import Vault
from letterlock.operations import keys, keys_cards, keys_carry, keys_check, keys_choose, keys_make
from letterlock.operations.tokens import Tokens
from letterlock.operations.trust import TrustSettings
from letterlock.verdict import reason

Answer = dict[str, Any]


class HostKeys:
    """The verbs on one host's vault. All raise as the verbs do, and `VaultLocked` where a private key is needed."""

    def __init__(self, vault: Vault, database: Path, tokens: Callable[[], Tokens]) -> None:
        self._vault = vault
        self._database = database
        self._tokens = tokens

    def create(self, kind: str, addresses: Sequence[str], name: str) -> Answer:
        """Make keys; the request for their certificates."""
        return _requested(keys_make.create(self._vault, kind, addresses, name, _now()))

    def request(self, key: str, addresses: Sequence[str], name: str) -> Answer:
        """The request for a certificate of a key that is here."""
        entry = keys.chosen(self._vault, key)
        return _requested(keys_make.request(self._vault, entry, _now(), addresses, name))

    def renew(self, whose: str, kind: str | None, same_key: bool) -> Answer:
        """The request for the next certificate."""
        entries = keys_choose.named_by(self._vault, self._database, whose, _now())
        return _requested(keys_make.renew(self._vault, self._database, entries, _now(), kind=kind, same_key=same_key))

    def certify(self, file: bytes, language: str) -> Answer:
        """Install certificates."""
        done = keys_make.certify(self._vault, self._database, file, _now())
        return {
            "taken": [
                {
                    "key": keys.described(each.entry),
                    "certificate": each.certificate.sha256,
                    "reasons": _said(each.reasons, language),
                }
                for each in done.taken
            ],
            "left_out": _said(done.left_out, language),
            "superseded": [each.id for each in done.superseded],
        }

    def import_(self, file: bytes, passphrase: str) -> Answer:
        """Keep the keys of a PKCS#12 file."""
        done = keys_carry.keep(self._vault, keys_carry.opened(file, passphrase))
        return {
            "keys": [keys.described(each) for each in done.entries],
            "unread": list(done.unread),
            "has_checksum": done.has_checksum,
        }

    def export(self, whose: Sequence[str], form: str, passphrase: str) -> bytes:
        """A PKCS#12 file with the keys of these, or with all."""
        entries: list[KeyEntry] = [each for each in self._vault.entries() if each.purpose is not Purpose.AUTHORITY]
        if whose:
            wanted = [keys_choose.named_by(self._vault, self._database, each, _now()) for each in whose]
            entries = list({each.id: each for some in wanted for each in some}.values())
        return keys_carry.export(self._vault, entries, passphrase, Form(form))

    def default(self, address: str, key: str) -> Answer:
        """Choose the key of an address."""
        entry = keys.chosen(self._vault, key)
        return {"uses": [use.value for use in keys_choose.set_default(entry, self._database, address)]}

    def check(self, address: str, trust: TrustSettings, language: str) -> Answer:
        """Whether the identity of an address works."""
        cards, _ = keys_cards.present(self._database)
        unlocked = keys_cards.unlocked(self._tokens()) if cards else {}
        found = keys_check.check(self._vault, self._database, address, trust, _now(), language, cards, unlocked)
        return {
            "address": found.address,
            "works": found.works,
            "sign": found.sign.entry.id if found.sign else None,
            "encrypt": found.encrypt.entry.id if found.encrypt else None,
            "findings": _said(found.findings, language),
        }

    def notices(self, language: str) -> Answer:
        """What ends soon, or has ended."""
        return {"notices": _said(keys_choose.expiring(self._vault.entries(), _now()), language)}


def _requested(made: keys_make.Made) -> Answer:
    return {"keys": [keys.described(each) for each in made.entries], "request": made.request.decode()}


def _said(reasons: Iterable[Coded], language: str) -> list[Answer]:
    return [reason(each.code, each.facts(), language).model_dump(mode="json") for each in reasons]


def _now() -> datetime:
    return datetime.now(UTC)
