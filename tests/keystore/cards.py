"""A smart card with somebody's key: a token of SoftHSM2, made by its own tools and OpenSC's.

The test's process never speaks PKCS#11 itself, so that each test may have a reader of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.keystore import softhsm
from tests.needs import require_program
from tests.signed_mail import Identity

CARD = "Annas Karte"
PIN = "4711-0815-4711"
"""Long enough to be found nowhere by chance."""


class Card:
    """Whatever is started after it was made can see it."""

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
        # The owner's certificate stands beside the key, and those of the issuers too, as cards come.
        for number, certificate in enumerate((owner.certificate, *owner.along[1:]), 1):
            self._write(certificate, number, folder / f"{number}.der")

    def _write(self, certificate: Path, number: int, octets: Path) -> None:
        _run("openssl", "x509", "-in", str(certificate), "-outform", "DER", "-out", str(octets))
        tool = str(require_program("pkcs11-tool", "opensc"))
        write = ("--write-object", str(octets), "--type", "cert", "--id", f"{number:02}", "--label", f"{number}")
        _run(tool, "--module", str(self._library), "--token-label", CARD, "--login", "--pin", PIN, *write)

    def known_to(self, home: Path) -> None:
        """The person tells Letterlock of the card's library, at the command line."""
        command = [sys.executable, "-m", "letterlock", "tokens", "add", str(self._library)]
        environment = {**os.environ, "LETTERLOCK_HOME": str(home)}
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
