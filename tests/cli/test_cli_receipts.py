"""A receipt over real servers (Postfix and Dovecot), typed by two people at two computers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from letterlock.cli import main
from letterlock.net import mail
from letterlock.store import location
from tests.keystore.vaults import PASSPHRASE
from tests.net.mail_rig import PASSWORD, Provider
from tests.operations.correspondents import Computer, pair

KEYS = ["--passphrase-file", "keys.txt"]


class Two:
    """Anna and Bea; `at` says whose computer a command is typed at."""

    def __init__(self, folder: Path, provider: Provider, capfd: pytest.CaptureFixture[str]) -> None:
        self.anna, self.bea = pair(folder)
        self.at: Computer = self.anna
        self._provider = provider
        self._capfd = capfd

    def run(self, who: Computer, *arguments: str, password: bool = False) -> Any:
        """What a command answers; it ends well."""
        self.at = who
        more: list[str] = []
        if password:
            read, write = os.pipe()
            os.write(write, f"{PASSWORD}\n".encode())
            os.close(write)
            more = ["--password-fd", str(read)]
        self._capfd.readouterr()
        code = main(["--language", "en", *arguments, *more])
        said = self._capfd.readouterr()
        assert code == 0, said
        return json.loads(said.out) if "--json" in arguments else said.out + said.err

    def account(self, who: Computer) -> None:
        """Sends and reads at the provider."""
        servers = ["--smtp", f"localhost:{self._provider.submission.port}", "--smtp-security", "starttls"]
        servers += ["--imap", f"localhost:{self._provider.imaps.port}", "--imap-security", "tls"]
        self.run(who, "accounts", "add", who.address, *servers, *KEYS, password=True)


@pytest.fixture
def two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail_provider: Provider, capfd: pytest.CaptureFixture[str]
) -> Two:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mail, "tls_context", mail_provider.authority.trusting)
    monkeypatch.setattr(location, "policy", lambda: None)
    Path("keys.txt").write_text(f"{PASSPHRASE}\n")
    Path("letter.txt").write_text("From: anna@muster.example\nTo: bea@muster.example\nSubject: Offer\n\nDear Bea\n")
    two = Two(tmp_path, mail_provider, capfd)
    monkeypatch.setattr(location, "database", lambda: two.at.database)
    return two


def test_a_receipt_goes_the_way_of_mail(two: Two, mail_provider: Provider) -> None:
    """Asked for, delivered, made because Bea says so, sent back, and shown to Anna as proof of delivery."""
    anna, bea = two.anna, two.bea
    two.account(anna)
    two.account(bea)
    at_bea, at_anna = len(mail_provider.messages("bea")), len(mail_provider.messages("anna"))
    two.run(anna, "send", "letter.txt", "--sign", "--receipt", *KEYS)
    (question,) = mail_provider.messages("bea", least=at_bea + 1)[at_bea:]
    Path("came.eml").write_bytes(question)
    assert "asks for a signed receipt" in two.run(bea, "open", "came.eml")
    said = two.run(bea, "receipt", "make", "came.eml", "--out", "receipt.eml", "--json", *KEYS)
    assert (said["from"], said["to"]) == ("bea@muster.example", ["anna@muster.example"])
    two.run(bea, "send", "--finished", "receipt.eml", *KEYS)
    (answer,) = mail_provider.messages("anna", least=at_anna + 1)[at_anna:]
    Path("answer.eml").write_bytes(answer)
    said = two.run(anna, "receipt", "verify", "answer.eml", "--remember", "--json", *KEYS)
    assert said["confirmed"]
    assert said["reasons"][0]["code"] == "receipt_confirms"
    assert "delivered: confirmed by bea@muster.example" in two.run(anna, "journal", "list")
    assert "The journal is whole" in two.run(anna, "journal", "verify", *KEYS)
