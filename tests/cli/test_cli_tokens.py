"""`letterlock tokens`, and mail opened with a key that stays on its token: whole processes, SoftHSM2 as the card."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.cli.test_cli_message import CommandLine
from tests.keystore import softhsm
from tests.needs import require_program

pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")


class Reader(CommandLine):
    """A command line with a card in its reader."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.library = str(softhsm.library())
        (folder / "pin").write_text(f"{softhsm.PIN}\n")
        (folder / "wrong").write_text("0815\n")
        self.pin, self.wrong = str(folder / "pin"), str(folder / "wrong")

    def encrypted(self, certificate: bytes) -> str:
        """A mail that OpenSSL encrypted for the card."""
        (self.folder / "card.pem").write_bytes(certificate)
        openssl = require_program("openssl", "openssl")
        mail = subprocess.run(
            [
                openssl,
                "cms",
                "-encrypt",
                "-aes256",
                "-from",
                "a@muster.example",
                "-subject",
                "x",
                str(self.folder / "card.pem"),
            ],
            input=b"Content-Type: text/plain\r\n\r\nOnly for the card.\r\n",
            capture_output=True,
            check=True,
        ).stdout
        path = self.folder / "encrypted.eml"
        path.write_bytes(mail)
        return str(path)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    softhsm.library()
    folder = tmp_path_factory.mktemp("reader")
    if "SOFTHSM2_CONF" not in os.environ:
        # A process sees only the first folder of tokens it was given: another test may have given it one.
        softhsm.prepare(folder)
    return Reader(folder)


@pytest.fixture(scope="module")
def card(reader: Reader) -> tuple[softhsm.Card, bytes]:
    card = softhsm.Card("Leserkarte")
    return card, card.make("RSA").public_bytes(Encoding.PEM)


def test_mail_opens_with_the_card(reader: Reader, card: tuple[softhsm.Card, bytes], tmp_path: Path) -> None:
    """The library is added once; then the card is listed, and its PIN opens mail. A wrong PIN and no card are said."""
    mail = reader.encrypted(card[1])
    assert reader("tokens", "add", reader.library).returncode == 0
    listed = json.loads(reader("tokens", "list", "--json").stdout)["tokens"]
    (mine,) = (each for each in listed if each["label"] == card[0].label)
    assert len(mine["certificates"]) == 1
    assert card[0].label.encode() in reader("tokens", "list").stdout

    opened = reader(
        "open", mail, "--token", mine["serial"], "--pin-file", reader.pin, "--parts", str(tmp_path / "parts")
    )
    assert opened.returncode == 0, opened.stderr
    assert any(b"Only for the card" in part.read_bytes() for part in (tmp_path / "parts").iterdir())

    wrong = reader("open", mail, "--token", card[0].label, "--pin-file", reader.wrong)
    assert wrong.returncode == 2
    assert "PIN" in wrong.stderr.decode()
    assert "0815" not in wrong.stderr.decode()
    absent = reader("open", mail, "--token", "Bens Karte", "--pin-file", reader.pin)
    assert absent.returncode == 2
    assert "Bens Karte" in absent.stderr.decode()


def test_a_library_is_added_only_if_it_works(reader: Reader, tmp_path: Path) -> None:
    """And can be removed again."""
    (tmp_path / "lib.so").write_bytes(b"no library")
    assert reader("tokens", "add", str(tmp_path / "lib.so")).returncode == 2
    assert reader("tokens", "add", reader.library).returncode == 0
    assert reader("tokens", "remove", reader.library).returncode == 0
    assert reader("tokens", "remove", reader.library).returncode == 1
