"""The vault's keys as what decrypts mail: found by recipient identifiers without unlocking, opened only when needed.

Certificates are readable while the vault is locked, so that "this mail is for you, unlock" can be told from "this mail
is for a certificate you do not have here".
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from letterlock.cms import CertificateKey, load_certificate
from letterlock.cms.identifiers import KeyIdentifier
from letterlock.cms.keys import identifiers_of
from letterlock.cms.recipients import KeyAgreement, KeyEncapsulation, KeyTransport, Recipient
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.failures import RecipientKeyLocked, RecipientKeyPerhaps, VaultLocked
from letterlock.keystore.vault import Vault


class OwnKeys:
    """The keys of a vault, in the order in which to try; the newest first. Nothing is read before it is asked for."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __iter__(self) -> Iterator[VaultKey]:
        """One for each certificate of each key, but for authorities' keys. Raises as the store's methods."""
        for entry in reversed(self._vault.entries()):
            if entry.purpose is Purpose.AUTHORITY:
                continue
            for octets in reversed(entry.certificates):
                certificate = load_certificate(octets)
                if certificate is not None:
                    yield VaultKey(self._vault, entry, certificate)


class VaultKey:
    """A certificate whose private key is in a vault; a `cms.RecipientKey`."""

    def __init__(self, vault: Vault, entry: KeyEntry, certificate: x509.Certificate) -> None:
        self.certificate = certificate
        self._vault = vault
        self._entry = entry
        self._identifiers = identifiers_of(certificate)
        self._opened: CertificateKey | None = None

    def __repr__(self) -> str:
        return f"VaultKey({self._entry.id[:16]})"

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """As `RecipientKey.unwrap`.

        Raises:
            RecipientKeyLocked: the entry names this certificate, and the vault is locked.
            RecipientKeyPerhaps: `trying`, the vault is locked, and the entry could be for this key.
            KeyDamaged: the entry names this certificate, and its key is damaged.
        """
        if not isinstance(recipient, KeyTransport | KeyAgreement | KeyEncapsulation):
            return None
        if trying and self._vault.locked:
            if isinstance(recipient.rid, KeyIdentifier) and self._suits(recipient):
                raise RecipientKeyPerhaps
            return None
        if not trying and recipient.rid not in self._identifiers:
            return None
        if self._opened is None:
            try:
                self._opened = CertificateKey(self.certificate, self._vault.private_key(self._entry.id))
            except VaultLocked:
                name = self.certificate.subject.rfc4514_string()
                raise RecipientKeyLocked(self._entry.id, name, self.certificate.not_valid_after_utc) from None
        return self._opened.unwrap(recipient, octets, trying=trying)

    def _suits(self, recipient: KeyTransport | KeyAgreement | KeyEncapsulation) -> bool:
        """Whether the key is of the kind that such an entry is for."""
        kind = self._entry.algorithm
        match recipient:
            case KeyTransport():
                return kind.startswith("RSA")
            case KeyEncapsulation():
                return kind.startswith("ML-KEM")
        return not kind.startswith(("RSA", "ML-"))
