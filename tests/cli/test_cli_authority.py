"""The internal CA as an administrator types it: docs/authority.md from top to bottom, and the story of the README."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from letterlock.__main__ import main
from tests.needs import PROJECT, require_program
from tests.test_documents import NOTE

GUIDE = (PROJECT / "docs" / "authority.md").read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new administrator's folder, with the files that the guide speaks of."""
    monkeypatch.setenv("LETTERLOCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys.txt").write_text("correct horse battery staple\n")
    (tmp_path / "root.txt").write_text("another long passphrase\n")
    (tmp_path / "note.eml").write_bytes(NOTE)
    (tmp_path / "staff.csv").write_text("name,address,keys\nBea,bea@muster.example,\nDora,dora@muster.example,P-384\n")
    return tmp_path


def test_the_guide_runs_from_top_to_bottom(desk: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each command succeeds, and at the end everything is where the guide says."""
    openssl = require_program("openssl", "openssl")
    subprocess.run(
        [openssl, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "carla.key", "-out", "carla.csr",
         "-subj", "/CN=Carla", "-addext", "subjectAltName=email:carla@muster.example"],
        check=True, capture_output=True,
    )  # fmt: skip
    for command in commands(GUIDE):
        assert command[0] == "letterlock"
        if command[2] == "ocsp":
            serve_and_ask(desk, command[1:])
        else:
            assert main(command[1:]) == 0, command
    capfdbinary.readouterr()
    assert main(["authority", "list", "--json"]) == 0
    issued = json.loads(capfdbinary.readouterr().out)
    by_status = [(each["role"], each["addresses"], each["status"]) for each in issued]
    assert ("person", ["carla@muster.example"], "revoked") in by_status
    assert by_status.count(("person", ["anna@muster.example"], "in-force")) == 2
    assert {path.name for path in (desk / "key-files").iterdir()} == {
        f"{name}@muster.example.p12" for name in ("anna", "bea", "dora")
    }
    assert {path.name for path in (desk / "renewed").iterdir()} == {"anna@muster.example.p12"}
    crl = subprocess.run([openssl, "crl", "-inform", "DER", "-in", "issuing.crl", "-noout", "-text"],
                         check=True, capture_output=True)  # fmt: skip
    assert b"Affiliation Changed" in crl.stdout
    assert main(["trust", "path", "chain.pem", "--json"]) == 0, "this computer trusts its own authority"


def serve_and_ask(desk: Path, command: list[str]) -> None:
    """The responder as a process of its own: it serves the newest list, and ends when told to."""
    import urllib.request

    command[command.index("--listen") + 1] = "127.0.0.1:0"
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "letterlock", *command],
        cwd=desk,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "host")},
        stdout=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        assert process.stdout
        found = re.search(r"http://[0-9.:]+", process.stdout.readline())
        assert found
        served = urllib.request.urlopen(f"{found[0]}/issuing.crl", timeout=20).read()
        assert served == (desk / "issuing.crl").read_bytes()
    finally:
        guard.cancel()
        process.terminate()
        process.wait(20)
        assert process.stdout
        process.stdout.close()


def test_from_nothing_to_a_signed_and_encrypted_mail_in_five_commands(
    desk: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The README's own lines, as a new user types them: the last one says valid and decrypted."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    story = readme.split("### Signed and encrypted mail, with an authority of your own")[1].split("\n### ")[0]
    typed = commands(story)
    assert 0 < len(typed) <= 5
    for command in typed[:-1]:
        assert main(command[1:]) == 0, command
    capfdbinary.readouterr()
    assert main([*typed[-1][1:], "--json"]) == 0
    verdict = json.loads(capfdbinary.readouterr().out)["verdict"]
    assert (verdict["signature"]["status"], verdict["encryption"]["status"]) == ("valid", "decrypted")
    assert b"Dear Bea" not in (desk / "protected.eml").read_bytes()


def test_refusals_have_their_exit_codes(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No authority yet; an address outside; a changed log; a wrong passphrase."""
    keys = ["--passphrase-file", "keys.txt"]
    assert main(["authority", "list"]) == 2
    assert main(["authority", "init", "Muster AG", "--domain", "muster", *keys]) == 2
    assert main(["authority", "init", "Muster AG", "--domain", "muster.example", *keys]) == 0
    assert main(["authority", "init", "Muster AG", *keys]) == 2
    assert main(["authority", "issue", "eve@other.example", "--keys", "P-256", *keys]) == 2
    assert "name_not_permitted" in capfd.readouterr().err
    assert main(["authority", "issue", *keys]) == 2
    assert main(["authority", "list", "--json"]) == 0
    assert main(["authority", "crl", "--passphrase-file", "root.txt"]) == 2
    assert main(["protect", "note.eml", "--sign", *keys]) == 2
    assert main(["protect", "note.eml"]) == 2
    import sqlite3

    with sqlite3.connect(desk / "home" / "data" / "letterlock.sqlite") as connection:
        connection.execute("DELETE FROM authority_log WHERE number = 2")
    connection.close()
    capfd.readouterr()
    assert main(["authority", "audit", "--json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert "log_entry_missing" in {each["code"] for each in found["reasons"]}
