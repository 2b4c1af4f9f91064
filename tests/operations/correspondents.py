"""Two people on two computers who trust each other's authorities, for tests of receipts and of the journal."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from letterlock.operations import identities, protect, receipt_make, trust
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.protect import Wish
from letterlock.operations.receipts import Known, Sent
from letterlock.operations.timestamps import NOBODY, Stamping
from letterlock.store.database import Store
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import digest
from tests.operations.writing_desk import AT, WritingDesk, octets

ASKING = Wish(sign=True, receipt=True)
LETTER = (
    b"From: Anna <anna@muster.example>\nTo: Bea <bea@muster.example>\nSubject: Offer\n"
    b"Message-ID: <1@muster.example>\n\nDear Bea\n"
)


class Computer(WritingDesk):
    """One person's."""

    def __init__(self, folder: Path, who: str, kind: str = "P-256") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, kind, people=(who,))
        self.folder = folder
        self.address = f"{who}@muster.example"
        self.stamping: Stamping = NOBODY
        self.others: list[Certificate] = []

    @property
    def desk(self) -> protect.Desk:
        believed = trust.settings(self.database)._replace(issuers=tuple(self.others))
        return replace(super().desk, stamping=self.stamping, others=self.others, trust=believed)

    def trusts(self, other: WritingDesk) -> None:
        """From now on."""
        self.trusts_root(other.root)

    def trusts_root(self, root: Certificate) -> None:
        """From now on."""
        with Store.open(self.database) as store:
            store.add_anchor(root.der, "", AT, digest(root.subject_dn.normal))

    def read(self, message: bytes, sent: Known | None = None) -> OpenedMessage:
        """Opened with own keys; what was sent from here is known."""
        opening = Opening(
            trust.settings(self.database),
            AT,
            "en",
            identities.own(self.vault),
            sent=lambda: sent or Sent(self.database, lambda: self.vault, keep=True),
        )
        opening.feed(message)
        return opening.close()

    def codes(self, message: bytes) -> list[str]:
        """Of the reasons."""
        opened = self.read(message)
        opened.close()
        return [each.code for each in opened.verdict.reasons]

    def receipt(self, message: bytes, whose: str | None = None, again: bool = False) -> bytes:
        """Made for a message that came."""
        opened = self.read(message)
        try:
            return receipt_make.make(opened, self.desk, whose, again).octets
        finally:
            opened.close()

    def files(self) -> tuple[Path, Path, Path]:
        """Certificate, key and root as files for other programs; beside them `chain.pem`."""
        (entry,) = [each for each in self.vault.entries() if each.certificates and each.purpose != "authority"]
        certificate, key, root = self.folder / "me.pem", self.folder / "me.key", self.folder / "root.pem"
        certificate.write_bytes(_pem(entry.certificates[-1]))
        (self.folder / "chain.pem").write_bytes(b"".join(map(_pem, entry.chain)))
        private = self.vault.private_key(entry.id)
        key.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        root.write_bytes(_pem(self.root.der))
        return certificate, key, root


def pair(folder: Path, kind: str = "P-256") -> tuple[Computer, Computer]:
    """Anna and Bea."""
    anna, bea = Computer(folder / "anna", "anna", kind), Computer(folder / "bea", "bea", kind)
    anna.trusts(bea)
    bea.trusts(anna)
    return anna, bea


def sent(anna: Computer, message: bytes = LETTER, wish: Wish = ASKING) -> bytes:
    """The one message that is made of it."""
    (made,) = anna.protect(message, wish)
    return octets(made)


def _pem(der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
