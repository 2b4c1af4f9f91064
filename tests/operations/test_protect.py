"""Signed and encrypted mail out of finished messages: all or nothing, and read by programs nobody here wrote."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.authority.settings import Settings
from letterlock.authority.staff import Person
from letterlock.errors import NotAMessage
from letterlock.keystore.vault import Vault
from letterlock.mime.failures import NotSevenBit
from letterlock.operations import authority, authority_issue, identities, protect, trust
from letterlock.operations.open import Opening
from letterlock.operations.protect import (
    BlindCopies,
    NobodyToEncryptTo,
    RecipientsNotReachable,
    SenderNotOne,
    SenderWithoutKey,
)
from tests.keystore.vaults import made as made_vault
from tests.needs import require_program

AT = datetime.now(UTC).replace(microsecond=0)
NOTE = b"From: Anna <anna@muster.example>\nTo: bea@muster.example\nSubject: Offer\n\nDear Bea\n"


class Desk:
    """A vault with an authority, and Anna's and Bea's keys."""

    def __init__(self, folder: Path, kind: str = "P-256") -> None:
        self.database = folder / "letterlock.sqlite"
        self.vault: Vault = made_vault(self.database)
        settings = Settings("Muster AG", domains=("muster.example",), issuing_key="P-384", root_key="P-384")
        made = authority.init(self.database, self.vault, settings, AT)
        self.root = made.chain.root
        with authority.acting(self.database, self.vault) as acting:
            for name in ("anna", "bea"):
                authority_issue.keep_mine(acting, Person(0, "", (f"{name}@muster.example",)), kind, AT)

    def protect(self, message: bytes, *, sign: bool = True, encrypt: bool = True) -> bytes:
        settings = trust.settings(self.database)
        return protect.protect(message, self.vault, self.database, settings, AT, sign=sign, encrypt=encrypt).message

    def opened(self, message: bytes) -> tuple[str, str, bytes]:
        """Status of signature and encryption, and the text."""
        opening = Opening(trust.settings(self.database), AT, "en", identities.own(self.vault))
        opening.feed(message)
        found = opening.close()
        try:
            text = next(part for part in found.parts if part.type.startswith("text/"))
            body = b"".join(found.body(text.id))
            return found.verdict.signature.status.value, found.verdict.encryption.status.value, body
        finally:
            found.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("kind", ["RSA-3072", "P-256", "P-256-pair", "Ed25519-X25519", "ML-DSA-65-ML-KEM-768"])
def test_every_kind_of_keys_signs_and_encrypts(tmp_path: Path, kind: str) -> None:
    """What is made is opened here as valid and decrypted, with the text as it was."""
    desk = Desk(tmp_path, kind)
    assert desk.opened(desk.protect(NOTE)) == ("valid", "decrypted", b"Dear Bea\r\n")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    "message",
    [
        NOTE,
        NOTE[:-1],
        NOTE[: NOTE.index(b"\n\n") + 1],
        NOTE.replace(b"\n\n", b"\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nGr\xfcezi ", 1),
        NOTE.replace(b"Subject", b"Cc: anna@muster.example\nX-Long: a\n b\n\tc\nSubject"),
    ],
    ids=["plain", "no end", "no body", "8bit", "folded"],
)  # fmt: skip
def test_signatures_hold_for_us_and_for_openssl(desk: Desk, tmp_path: Path, message: bytes, line_end: bytes) -> None:
    """Any line ends, with and without a body; the fields outside stay to the letter."""
    openssl = require_program("openssl", "openssl")
    signed = desk.protect(message.replace(b"\n", line_end), encrypt=False)
    assert desk.opened(signed)[0] == "valid"
    assert signed.isascii()
    assert b"\n" not in signed.replace(b"\r\n", b"")
    assert signed.startswith(b"From: Anna <anna@muster.example>\r\nTo: bea@muster.example\r\n")
    mail, anchor = tmp_path / "mail.eml", tmp_path / "root.der"
    mail.write_bytes(signed)
    anchor.write_bytes(desk.root.der)
    subprocess.run([openssl, "x509", "-inform", "DER", "-in", anchor, "-out", tmp_path / "root.pem"], check=True)
    subprocess.run(
        [openssl, "cms", "-verify", "-in", mail, "-CAfile", tmp_path / "root.pem", "-out", tmp_path / "out"],
        check=True, capture_output=True,
    )  # fmt: skip


def test_without_a_good_certificate_for_everybody_nothing_is_made(desk: Desk) -> None:
    """One unknown recipient among known ones; the failure names them."""
    with pytest.raises(RecipientsNotReachable) as caught:
        desk.protect(NOTE.replace(b"To: ", b"To: zoe@muster.example, "))
    assert caught.value.facts()["addresses"] == ["zoe@muster.example"]


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        (NOTE.replace(b"anna@", b"zoe@"), SenderWithoutKey),
        (NOTE.replace(b"From: ", b"From: bea@muster.example, "), SenderNotOne),
        (NOTE.replace(b"From", b"X-From"), SenderNotOne),
        (NOTE.replace(b"To: bea@muster.example\n", b""), NobodyToEncryptTo),
        (NOTE.replace(b"Subject", b"Bcc: zoe@muster.example\nSubject"), BlindCopies),
        (b"no message\n\n", NotAMessage),
        (b"", NotAMessage),
        (
            NOTE.replace(b"\n\n", b"\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n\xfc\n--x--\n", 1),
            NotSevenBit,
        ),
    ],
)
def test_what_cannot_be_protected_is_refused(desk: Desk, message: bytes, failure: type[Exception]) -> None:
    """A coded failure, and no message."""
    with pytest.raises(failure):
        desk.protect(message)


def test_nothing_of_the_text_is_left_outside(desk: Desk) -> None:
    """Neither in the clear nor in base64; and the sender can read it again."""
    made = desk.protect(NOTE, sign=False)
    assert b"Dear" not in made
    assert b"RGVhciBCZWE" not in made
    assert desk.opened(made) == ("none", "decrypted", b"Dear Bea\r\n")
