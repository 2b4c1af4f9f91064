"""Which key a message needs, and the question that unlocks it: the vault's passphrase, a card's PIN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from letterlock.dialects.owa.asking import Asker, OneAtATime
from letterlock.errors import LetterlockError
from letterlock.keystore.failures import WrongVaultPassphrase
from letterlock.keystore.token_failures import TokenPinWrong
from letterlock.keystore.vault import KEYCHAIN, PASSPHRASE
from letterlock.operations import tokens as all_tokens
from letterlock.operations.form import Form
from letterlock.operations.keys import certificates
from letterlock.operations.tokens import Tokens
from letterlock.operations.vault import HostVault
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.verdict import EncryptionStatus, Verdict
from letterlock.words.owa import line

if TYPE_CHECKING:
    from letterlock.cms import SigningKey

_VAULT = ("vault_locked", "vault_locked_may_match")


class Unlocking:
    """The keys of one process, and how they are unlocked."""

    def __init__(self, database: Path, vault: HostVault, tokens: Tokens, asking: OneAtATime, language: str) -> None:
        self._database = database
        self._vault = vault
        self._tokens = tokens
        self._asking = asking
        self._language = language

    def for_reading(self, verdict: Verdict) -> Callable[[], None] | None:
        """What has to be unlocked to open the message that has this verdict; None: nothing, or nothing would help."""
        if verdict.encryption.status is not EncryptionStatus.UNDECRYPTABLE:
            return None
        for each in verdict.reasons:
            if each.code in _VAULT:
                return self.vault
            if each.code == "token_pin_needed":
                serial, label = str(each.facts.get("serial") or ""), str(each.facts["token"])
                return lambda: self._token(serial or label, label)
        return None

    def vault(self) -> None:
        """Unlock the vault: with the desktop's keychain where the person set it up, else with the passphrase.

        Raises:
            NotAnswered, NobodyToAsk; VaultDamaged …: as `Vault.unlock`.
        """

        def attempt(asker: Asker, wrong: str) -> str | None:
            typed = asker.ask(line("passphrase_for_owa", self._language), line("passphrase", self._language), wrong)
            try:
                self._vault.unlock(PASSPHRASE, typed)
            except WrongVaultPassphrase:
                return line("passphrase_wrong", self._language)
            return None

        if KEYCHAIN in self._vault.vault.ways:
            with suppress(LetterlockError):
                self._vault.unlock(KEYCHAIN, None)
                return
        self._asking.unlock(lambda: self._vault.vault.locked, attempt)

    def card(self, certificate: Certificate) -> None:
        """Unlock the card that this certificate is on, if it is on one that is here and locked. Raises as `vault`."""
        unlocked = self._tokens.keys()
        if any(_der(key.certificate) == certificate.der for key in unlocked):
            return
        for each in all_tokens.present(self._database)[0]:
            if certificate.der in each.certificates:
                self._token(each.serial or each.label, each.label)
                return

    def on_cards(self) -> list[Certificate]:
        """The certificates on the cards that are here."""
        found: list[Certificate] = []
        for each in all_tokens.present(self._database)[0]:
            for der in each.certificates:
                with suppress(CertificateUndecodable):
                    found.append(Certificate.parse(der))
        return found

    def chosen(self, certificate: Certificate, digest: str | None) -> Sequence[SigningKey]:
        """The key in the vault for this certificate, where it is there and unlocked."""
        vault = self._vault.vault
        if vault.locked:
            return []
        for entry in vault.entries():
            if certificate in certificates(entry):
                parsed = x509.load_der_x509_certificate(certificate.der)
                return [Form(digest=digest).key(parsed, vault.private_key(entry.id))]
        return []

    def _token(self, name: str, label: str) -> None:
        def attempt(asker: Asker, wrong: str) -> str | None:
            what = line("pin_for_owa", self._language, token=label)
            typed = asker.ask(what, line("pin", self._language), wrong)
            try:
                self._tokens.unlock(name, typed)
                self._tokens.watch()
            except TokenPinWrong as failure:
                if failure.last_try:
                    # One more wrong one locks the card: that is no place to go on guessing.
                    raise
                return line("pin_wrong", self._language)
            return None

        self._asking.unlock(lambda: name not in self._tokens.unlocked(), attempt)


def _der(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)
