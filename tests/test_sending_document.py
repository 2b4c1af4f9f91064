"""`docs/sending.md` is true: its commands run, in order, and every option that it names is one."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from letterlock.cli import build_parser, main
from letterlock.net import mail, mail_settings
from letterlock.net.mail import MailServer
from letterlock.net.mail_settings import Settings
from letterlock.store import location
from tests.keystore.vaults import PASSPHRASE
from tests.needs import PROJECT
from tests.net.mail_servers import smtp_server
from tests.net.mail_tls import Authority
from tests.operations.writing_desk import WritingDesk

TEXT = (PROJECT / "docs" / "sending.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL) for line in block.splitlines()]


def test_every_command_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mail_authority: Authority,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In a home with keys for Anna and Bea; the domain's servers are a small one on this computer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(location, "database", lambda: tmp_path / "letterlock.sqlite")
    monkeypatch.setattr(location, "policy", lambda: None)
    monkeypatch.setattr(mail, "tls_context", mail_authority.trusting)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSPHRASE if "keys" in prompt else "geheim")
    WritingDesk(tmp_path)
    (tmp_path / "letter.txt").write_text("From: anna@muster.example\nTo: bea@muster.example\nSubject: x\n\nDear Bea\n")
    (tmp_path / "note.eml").write_bytes(b"From: anna@muster.example\r\nTo: bea@muster.example\r\n\r\nDear Bea\r\n")
    (tmp_path / "offer.pdf").write_bytes(b"%PDF-\xff\x00")
    with smtp_server(mail_authority) as (server, listener):
        here = MailServer("localhost", listener.port, "tls")
        found = Settings("localhost", "DNS", here, None, "anna@muster.example", "password")
        monkeypatch.setattr(mail_settings, "find", lambda *_, **__: found)
        for command in COMMANDS:
            arguments = shlex.split(command)[1:]
            if "--smtp" in arguments:
                # The servers that the document names do not exist; everything else of the command is as written.
                arguments[arguments.index("--smtp") + 1] = f"localhost:{listener.port}"
                del arguments[arguments.index("--imap") :]
            assert main(arguments) == 0, (command, capfd.readouterr())
        assert len(server.taken) == 3
    assert os.listdir(tmp_path).count("letterlock.sqlite") == 1


def test_every_option_is_one() -> None:
    """Those in the text and those in the tables, each of a command that the document is about."""
    parser = build_parser()
    known: set[str] = set()
    for command in (["accounts", "add", "a"], ["send", "f"], ["outbox", "retry"]):
        known |= {name.replace("_", "-") for name in vars(parser.parse_args(command))}
    assert set(re.findall(r"--([a-z][a-z-]*)", TEXT)) <= known
