"""`letterlock accounts`, `send` and `outbox`, as a person and as a script would use them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from letterlock.cli import main, vault
from letterlock.keystore.vault import Vault
from letterlock.net import mail, mail_settings
from letterlock.net.mail import MailServer
from letterlock.net.mail_settings import Settings
from letterlock.store import location
from tests.keystore.vaults import PASSPHRASE, QUICK
from tests.net.mail_rig import PASSWORD, TOKEN, Provider
from tests.net.mail_servers import Listener, SmtpServer, smtp_server
from tests.net.mail_tls import Authority
from tests.operations.writing_desk import WritingDesk

KEYS = ["--passphrase-file", "keys.txt"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Anna's and Bea's keys."""
    return WritingDesk(tmp_path_factory.mktemp("keys")).database


@pytest.fixture
def folder(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Those keys, in a vault that is quickly opened, and a letter."""
    database = tmp_path / "letterlock.sqlite"
    shutil.copyfile(keys, database)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(location, "database", lambda: database)
    monkeypatch.setattr(location, "policy", lambda: None)
    monkeypatch.setattr(vault, "here", lambda: Vault.at(database, cost=QUICK))
    (tmp_path / "keys.txt").write_text(f"{PASSPHRASE}\n")
    (tmp_path / "letter.txt").write_text(
        "From: anna@muster.example\nTo: bea@muster.example\nSubject: Offer\n\nDear Bea\n", encoding="utf-8"
    )
    (tmp_path / "note.eml").write_bytes(
        b"From: anna@muster.example\r\nTo: bea@muster.example\r\nBcc: carl@muster.example\r\n\r\nHello\r\n"
    )
    return tmp_path


@pytest.fixture
def server(mail_authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SmtpServer, Listener]]:
    """A small server that the command line trusts."""
    monkeypatch.setattr(mail, "tls_context", mail_authority.trusting)
    with smtp_server(mail_authority) as running:
        yield running


class Run:
    """Commands, with a mail password on a descriptor, and what they print."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: str, password: str | None = None) -> tuple[int, str, str]:
        more: list[str] = []
        if password is not None:
            read, write = os.pipe()
            os.write(write, f"{password}\n".encode())
            os.close(write)
            more = ["--password-fd", str(read)]
        self._capfd.readouterr()
        code = main(["--language", "en", *arguments, *more])
        said = self._capfd.readouterr()
        return code, said.out, said.err

    def json(self, *arguments: str, code: int = 0, password: str | None = None) -> Any:
        got, out, err = self(*arguments, "--json", password=password)
        assert got == code, (out, err)
        return json.loads(out)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    return Run(capfd)


def test_from_nothing_to_a_sent_mail_over_real_servers(
    folder: Path, run: Run, mail_provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set up, tried out, sent signed and encrypted; the answer says where the copy is."""
    monkeypatch.setattr(mail, "tls_context", mail_provider.authority.trusting)
    before = len(mail_provider.messages("bea"))
    servers = ["--smtp", f"localhost:{mail_provider.submission.port}", "--smtp-security", "starttls"]
    servers += ["--imap", f"localhost:{mail_provider.imaps.port}", "--imap-security", "tls"]
    code, out, err = run("accounts", "add", "anna@muster.example", *servers, *KEYS, password=PASSWORD)
    assert code == 0, (out, err)
    assert "Gesendete Objekte für Größen" in out
    (account,) = run.json("accounts", "list")["accounts"]
    assert account["has_secret"]
    assert account["smtp"] == {"host": "localhost", "port": mail_provider.submission.port, "security": "starttls"}
    assert PASSWORD not in out + err + json.dumps(account)
    code, out, _ = run("send", "letter.txt", "--sign", "--encrypt", *KEYS)
    assert code == 0
    assert "✔ bea@muster.example: sent" in out
    assert "A copy is in “Gesendete Objekte für Größen”" in out
    (message,) = mail_provider.messages("bea", least=before + 1)[before:]
    (folder / "arrived.eml").write_bytes(message)
    opened = run.json("open", "arrived.eml", "--my-keys", *KEYS)
    assert opened["verdict"]["signature"]["status"] == "valid"
    assert opened["verdict"]["encryption"]["status"] == "decrypted"
    assert run.json("accounts", "check", "anna@muster.example", *KEYS)["servers"][1]["failure"] is None
    failed = run.json("accounts", "check", "anna@muster.example", code=1, password="wrong")
    assert [each["failure"]["code"] for each in failed["servers"]] == ["mail_login_refused"] * 2
    code, out, _ = run("accounts", "add", "anna@muster.example", *servers, "--login", "oauth", *KEYS, password=TOKEN)
    assert code == 0
    assert run.json("send", "letter.txt", *KEYS)["sent"][0]["sent"]


def test_an_account_that_does_not_work_is_not_kept(folder: Path, run: Run, server: tuple[SmtpServer, Listener]) -> None:
    """Exit code 1, and why; a server that is none is refused beforehand."""
    smtp = ["--smtp", f"localhost:{server[1].port}"]
    code, out, _ = run("accounts", "add", "anna@muster.example", *smtp, *KEYS, password="wrong")
    assert code == 1
    assert "does not let anna@muster.example in" in out
    assert run.json("accounts", "list") == {"accounts": []}
    assert run("accounts", "add", "anna@muster.example", "--smtp", "a b:465", *KEYS, password="x")[0] == 2
    assert run("accounts", "add", "anna@muster.example", "--smtp", "localhost:x", *KEYS, password="x")[0] == 2
    assert run("accounts", "add", "anna@muster.example", *smtp, *KEYS, password="")[0] == 2
    assert run("accounts", "add", "anna@muster.example", *smtp, "--no-check", *KEYS, password="wrong")[0] == 0
    code, out, _ = run("accounts", "show", "anna@muster.example")
    assert (code, "wrong" in out) == (0, False)
    assert run.json("accounts", "remove", "anna@muster.example")["address"] == "anna@muster.example"
    assert run("accounts", "show", "anna@muster.example")[0] == 2


def test_servers_of_another_domain_are_confirmed(
    folder: Path, run: Run, server: tuple[SmtpServer, Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the domain says is shown; without a yes nothing is kept, and no password goes out."""
    found = Settings(
        "muster.example", "DNS", MailServer("localhost", server[1].port, "tls"), None, "anna@muster.example", "password"
    )
    monkeypatch.setattr(mail_settings, "find", lambda *_, **__: found)
    answer = run.json("accounts", "find", "anna@muster.example")
    assert answer["confirm"][0]["code"] == "mail_servers_elsewhere"
    assert answer["account"]["smtp"]["host"] == "localhost"
    code, out, err = run("accounts", "add", "anna@muster.example", *KEYS, password="geheim")
    assert (code, "localhost" in err, "Found at DNS" in out) == (1, True, True)
    assert run.json("accounts", "list") == {"accounts": []}
    assert server[1].peers == []
    asked = run.json("accounts", "add", "anna@muster.example", *KEYS, code=1, password="geheim")
    assert [each["code"] for each in asked["confirm"]] == ["mail_servers_elsewhere"]
    kept = run.json("accounts", "add", "anna@muster.example", "--yes", *KEYS, password="geheim")
    assert kept["account"]["has_secret"]
    assert kept["servers"][0]["failure"] is None
    monkeypatch.setattr(
        mail_settings, "find", lambda *_, **__: replace(found, smtp=MailServer("mail.muster.example", 465, "tls"))
    )
    assert run.json("accounts", "find", "anna@muster.example")["confirm"] == []


def test_sending_and_what_waits(folder: Path, run: Run, server: tuple[SmtpServer, Listener]) -> None:
    """A finished message unchanged, refused, waiting, retried, forgotten: each with its exit code."""
    running, listener = server
    assert run("send", "letter.txt", *KEYS)[0] == 2, "no account"
    run("accounts", "add", "anna@muster.example", "--smtp", f"localhost:{listener.port}", *KEYS, password="geheim")
    (sent,) = run.json("send", "note.eml", "--finished", *KEYS)["sent"]
    assert [each["status"] for each in sent["recipients"]] == ["sent", "sent"]
    assert running.taken[0].recipients == ["bea@muster.example", "carl@muster.example"]
    assert b"Bcc" not in running.taken[0].content
    (sent,) = run.json("send", "note.eml", "--finished", "--recipient", "zoe@muster.example", *KEYS)["sent"]
    assert running.taken[1].recipients == ["zoe@muster.example"]
    assert sent["sent_copy"]["status"] == "not_wanted"
    running.recipient = lambda address: "550 5.1.1 unknown" if "bea" in address else "250 Ok"
    (sent,) = run.json("send", "note.eml", "--finished", *KEYS, code=1)["sent"]
    assert [(each["status"], each["reason"]["code"]) for each in sent["recipients"]] == [
        ("refused", "mail_recipient_refused"), ("not_sent", "mail_recipient_refused"),
    ]  # fmt: skip
    running.recipient = lambda _: "451 busy"
    code, out, _ = run("send", "letter.txt", "--sign", *KEYS)
    assert code == 1
    assert "waits in the outbox" in out
    (waits,) = run.json("outbox", "list", *KEYS)["waiting"]
    assert waits["recipients"] == ["bea@muster.example"]
    assert "letterlock outbox retry " + waits["batch"][:8] in out
    running.recipient = lambda _: "250 Ok"
    assert run("outbox", "retry", waits["batch"][:8], *KEYS)[0] == 0
    assert run.json("outbox", "list", *KEYS) == {"waiting": []}
    running.recipient = lambda _: "451 busy"
    (sent,) = run.json("send", "letter.txt", *KEYS, code=1)["sent"]
    assert run("outbox", "forget", sent["batch"][:8])[0] == 0
    assert run("outbox", "forget", sent["batch"][:8])[0] == 2
    (sent,) = run.json("send", "letter.txt", "--no-wait", *KEYS, code=1)["sent"]
    assert sent["recipients"][0]["status"] == "not_sent"
    assert run("outbox", "list", *KEYS)[1] == "Nothing waits.\n"
    assert run("outbox", "retry")[0] == 0


def test_what_is_refused_before_anything_is_sent(folder: Path, run: Run, server: tuple[SmtpServer, Listener]) -> None:
    """Wrong use, missing certificates, input that is no message."""
    _, listener = server
    run("accounts", "add", "anna@muster.example", "--smtp", f"localhost:{listener.port}", *KEYS, password="geheim")
    before = len(listener.peers)
    assert run("send", "letter.txt", "--recipient", "a@b", *KEYS)[0] == 2
    assert run("send", "note.eml", "--finished", "--attach", "letter.txt", *KEYS)[0] == 2
    assert run("send", "letter.txt", "--inline", "x", *KEYS)[0] == 2
    (folder / "none.eml").write_bytes(b"")
    assert run("send", "none.eml", "--finished", *KEYS)[0] == 3
    problems = run.json("send", "note.eml", "--finished", "--encrypt", *KEYS, code=2)["problems"]
    assert [each["code"] for each in problems] == ["recipient_without_certificate"]
    assert len(listener.peers) == before
