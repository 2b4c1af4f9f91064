"""Keys on a smart card, listed and judged as those of the vault are: whole processes, SoftHSM2 as the card."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from letterlock.cms.oids import encoded
from tests.keystore.cards import CARD, PIN, Card
from tests.needs import PROJECT, require_program
from tests.signed_mail import DemoMail

pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")

ANNA = "anna@muster.example"


class Desk:
    """Anna's computer: her card in the reader, her company's authority accepted, and no vault."""

    def __init__(self, folder: Path, mail: DemoMail, card: Card) -> None:
        self.card = card
        self._environment = {
            **os.environ,
            "LETTERLOCK_HOME": str(folder / "home"),
            "PYTHONPATH": str(PROJECT / "host"),
            "COLUMNS": "250",
        }
        (folder / "pin").write_text(f"{PIN}\n")
        self.pin = ("--token", CARD, "--pin-file", str(folder / "pin"))
        card.known_to(folder / "home")
        assert self("trust", "add", str(mail.anchor))[0] == 0

    def __call__(self, *command: str) -> tuple[int, str]:
        """Exit code and output."""
        done = subprocess.run(
            [sys.executable, "-m", "letterlock", "--language", "en", *command],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert PIN not in done.stdout + done.stderr
        return done.returncode, done.stdout or done.stderr

    def check(self, *options: str) -> tuple[int, dict[str, Any]]:
        code, out = self("keys", "check", ANNA, "--json", *options)
        (found,) = json.loads(out)
        return code, found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    require_program("openssl", "openssl")
    folder = tmp_path_factory.mktemp("desk")
    mail = DemoMail(folder / "ca")
    with pytest.MonkeyPatch.context() as patch:
        yield Desk(folder, mail, Card(folder / "card", mail.anna, patch))


def test_the_key_is_listed_with_the_card_that_it_is_on(desk: Desk) -> None:
    """Without its PIN; in the same words and the same fields as a key in the vault."""
    _, table = desk("keys", "list")
    assert f"on the card “{CARD}”" in table
    assert ANNA in table
    (key,) = json.loads(desk("keys", "list", "--json")[1])
    assert key["token"]["label"] == CARD
    assert (key["algorithm"], key["certificates"][0]["addresses"]) == ("RSA 2048", [ANNA])


def test_a_locked_card_is_named_and_not_tried(desk: Desk) -> None:
    """Whether it works is not known then, and what would tell is said."""
    code, found = desk.check()
    assert (code, found["works"]) == (1, False)
    assert [each["code"] for each in found["findings"][:2]] == ["identity_on_locked_card"] * 2
    assert found["sign"]["token"]["label"] == CARD
    assert {each["facts"]["token"] for each in found["findings"][:2]} == {CARD}


def test_an_unlocked_card_signs_and_decrypts(desk: Desk) -> None:
    """A test message is signed and opened by the card itself, and judged as any mail is; no vault is needed."""
    code, found = desk.check(*desk.pin)
    said = [each["code"] for each in found["findings"]]
    assert (code, found["works"]) == (0, True), found
    assert {"identity_signs", "identity_decrypts", "identity_on_card"} <= set(said)
    key = json.loads(desk("keys", "list", "--json")[1])[0]["id"]
    assert desk("keys", "check", key[:12], *desk.pin)[0] == 0, "named by its identifier, too"


def test_mail_is_signed_by_the_card_and_encrypted_for_it(desk: Desk, tmp_path: Path) -> None:
    """Written, signed by the card, encrypted to its owner, and opened by it again: valid, and read by OpenSSL."""
    note, made = tmp_path / "note.eml", tmp_path / "made.eml"
    note.write_bytes(
        f"From: {ANNA}\r\nTo: {ANNA}\r\nSubject: Note\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
        "Message-ID: <1@muster.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nKeep it.\r\n".encode()
    )
    code, said = desk("protect", str(note), "--sign", "--encrypt", "--out", str(made), *desk.pin)
    assert code == 0, said
    assert b"Keep it." not in made.read_bytes()
    verdict = json.loads(desk("open", str(made), "--json", *desk.pin)[1])["verdict"]
    assert (verdict["signature"]["status"], verdict["encryption"]["status"]) == ("valid", "decrypted"), verdict
    locked = json.loads(desk("open", str(made), "--json")[1])["verdict"]
    assert locked["encryption"]["status"] == "undecryptable"


def test_a_card_announces_only_what_it_reads(desk: Desk, tmp_path: Path) -> None:
    """Signed by a card, a mail does not ask for answers under RSA-OAEP, which few cards know with SHA-256."""
    note, made = tmp_path / "note.eml", tmp_path / "made.eml"
    note.write_bytes(f"From: {ANNA}\r\nTo: bea@muster.example\r\nSubject: Note\r\n\r\nKeep it.\r\n".encode())
    code, said = desk("protect", str(note), "--sign", "--out", str(made), *desk.pin)
    assert code == 0, said
    parts = message_from_bytes(made.read_bytes()).walk()
    (signature,) = (part for part in parts if "signature" in part.get_content_type())
    octets = signature.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert encoded("2.16.840.1.101.3.4.1.46") in octets, "AES-256-GCM is read by this computer, whatever the card"
    assert encoded("1.2.840.113549.1.1.7") not in octets


def test_a_card_that_was_pulled_is_gone_from_both(desk: Desk) -> None:
    """Nothing of it is remembered as if it were here."""
    desk.card.pull()
    assert json.loads(desk("keys", "list", "--json")[1]) == []
    code, found = desk.check()
    assert code == 1
    assert {each["code"] for each in found["findings"]} == {"identity_missing"}
