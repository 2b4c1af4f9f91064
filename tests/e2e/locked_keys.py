"""A person's locked keys, for a host with a home of its own: a vault with Carla's key, and Anna's on a smart card.

The card is a token of SoftHSM2, made by its own tools: the test's process never speaks PKCS#11 itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from letterlock.keystore import pkcs12
from letterlock.keystore.vault import Vault
from tests.installed_host import InstalledHost
from tests.keystore import softhsm
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.signed_mail import DemoMail, Identity

__all__ = ["CARD", "PASSPHRASE", "PIN", "Card", "fill_vault"]

CARD = "Annas Karte"
PIN = "4711-0815-4711"
"""Long enough to be found nowhere by chance."""

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


def fill_vault(host: InstalledHost, mail: DemoMail) -> None:
    """A vault with Carla's key, locked in every process but this one, which forgets it."""
    identity = pkcs12.load(mail.key_file(mail.carla, "correct horse").read_bytes(), "correct horse")
    vault = Vault.at(host.home / "data" / "letterlock.sqlite")
    vault.create(PASSPHRASE)
    vault.add(identity.key, [identity.certificate])
    vault.forget()


class Card:
    """A smart card with somebody's key. Whatever is started after it was made can see it."""

    def __init__(self, folder: Path, owner: Identity, patch: pytest.MonkeyPatch) -> None:
        self._library = softhsm.library()
        tokens = folder / "tokens"
        tokens.mkdir(parents=True)
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        self._util("--init-token", "--free", "--label", CARD, "--so-pin", "12345678", "--pin", PIN)
        key = folder / "key.pem"
        _run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", str(owner.key), "-out", str(key))
        self._util("--import", str(key), "--token", CARD, "--label", "key", "--id", "01", "--pin", PIN)
        certificate = folder / "certificate.der"
        _run("openssl", "x509", "-in", str(owner.certificate), "-outform", "DER", "-out", str(certificate))
        tool = str(require_program("pkcs11-tool", "opensc"))
        write = ("--write-object", str(certificate), "--type", "cert", "--id", "01", "--label", "certificate")
        _run(tool, "--module", str(self._library), "--token-label", CARD, "--login", "--pin", PIN, *write)

    def known_to(self, host: InstalledHost) -> None:
        """The person tells Letterlock of the card's library, at the command line."""
        command = [sys.executable, "-m", "letterlock", "tokens", "add", str(self._library)]
        environment = {**os.environ, "LETTERLOCK_HOME": str(host.home)}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)

    def pull(self) -> None:
        """The card is taken out."""
        self._util("--delete-token", "--token", CARD)

    def _util(self, *arguments: str) -> None:
        _run(str(require_program("softhsm2-util", "softhsm2")), *arguments)


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
