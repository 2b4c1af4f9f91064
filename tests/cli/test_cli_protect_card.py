"""Mail signed with a smart card and opened with it: whole processes, SoftHSM2 as the card, OpenSSL as the reader."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli_keys_card import ANNA, Desk
from tests.keystore.cards import Card
from tests.needs import require_program
from tests.signed_mail import DemoMail

pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")

LETTER = f"From: {ANNA}\nTo: {ANNA}\nSubject: To myself\n\nDear me,\n.\nFrom the roof: 5 €\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("card")


@pytest.fixture(scope="module")
def mail(folder: Path) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(folder / "ca")


@pytest.fixture(scope="module")
def desk(folder: Path, mail: DemoMail) -> Iterator[Desk]:
    (folder / "letter.txt").write_text(LETTER)
    with pytest.MonkeyPatch.context() as patch:
        yield Desk(folder, mail, Card(folder / "card", mail.anna, patch))


def test_a_card_signs_what_openssl_verifies(desk: Desk, folder: Path, mail: DemoMail) -> None:
    """Without a vault; the issuer's certificate comes along from the card, so that readers can build the path."""
    out = folder / "signed.eml"
    assert desk("compose", str(folder / "letter.txt"), "--sign", "--out", str(out), *desk.pin)[0] == 0
    assert desk("verify", str(out))[0] == 0
    verified = subprocess.run(
        ["openssl", "cms", "-verify", "-in", str(out), "-CAfile", str(mail.anchor)], capture_output=True, check=False
    )
    assert verified.returncode == 0, verified.stderr
    assert b"Dear me" in verified.stdout
    # It says what its owner reads, and promises nothing that a card may not know.
    printed = subprocess.run(["openssl", "cms", "-cmsout", "-print", "-noout", "-in", str(out)], capture_output=True,
                             check=True).stdout  # fmt: skip
    assert b"aes-256-gcm" in printed.lower()
    assert b"rsaesOaep" not in printed


def test_a_card_opens_what_is_signed_and_encrypted_with_it(desk: Desk, folder: Path) -> None:
    """Its key on the card reads what was encrypted to its certificate."""
    out = folder / "both.eml"
    options = ("--sign", "--encrypt", "--json", "--out", str(out))
    code, said = desk("compose", str(folder / "letter.txt"), *options, *desk.pin)
    assert code == 0, said
    assert json.loads(said)["made"][0]["recipients"] == [ANNA]
    verdict = json.loads(desk("open", str(out), "--json", *desk.pin)[1])["verdict"]
    assert (verdict["signature"]["status"], verdict["encryption"]["status"]) == ("valid", "decrypted")
    assert verdict["headers"]["protected"]["subject"] == "To myself"


def test_a_wrong_pin_makes_no_message(desk: Desk, folder: Path) -> None:
    """A coded answer, and no file."""
    (folder / "wrong").write_text("0000\n")
    out = folder / "none.eml"
    token = (*desk.pin[:2], "--pin-file", str(folder / "wrong"))
    code, _ = desk("compose", str(folder / "letter.txt"), "--sign", "--out", str(out), *token)
    assert code != 0
    assert not out.exists()
