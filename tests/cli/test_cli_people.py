"""`letterlock people` as a person or a script runs it: whole processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli_message import CommandLine
from tests.needs import require_program
from tests.signed_mail import ANNA


@pytest.fixture
def letterlock(tmp_path: Path) -> CommandLine:
    require_program("openssl", "openssl")
    return CommandLine(tmp_path)


def test_a_signed_mail_is_enough_to_answer_encrypted(letterlock: CommandLine) -> None:
    """Opened with the memory on, its signer is known, shown, can be encrypted to, and can be forgotten."""
    anchor = str(letterlock.mail.anchor)
    empty = letterlock("people", "list")
    assert b"Nobody" in empty.stdout
    unknown = letterlock("people", "check", ANNA.address, "--anchor", anchor)
    assert unknown.returncode == 1
    assert b"No certificate of" in unknown.stdout

    assert letterlock("verify", letterlock.write("good"), "--anchor", anchor, "--remember").returncode == 0

    (person,) = json.loads(letterlock("people", "list", "--json").stdout)["people"]
    assert (person["address"], person["source"]) == (ANNA.address, "mail")
    assert ANNA.name.encode() in letterlock("people", "list", ANNA.address).stdout

    check = letterlock("people", "check", ANNA.address, "--anchor", anchor, "--json")
    assert check.returncode == 0
    answer = json.loads(check.stdout)
    assert answer["all"]
    assert answer["recipients"][0]["certificate"]["certificate"]["sha256"] == person["certificate"]["sha256"]
    assert answer["algorithm"] == "AES-256-CBC"
    assert letterlock("people", "check", ANNA.address, "who@muster.example", "--anchor", anchor).returncode == 1
    # Without the anchor nobody vouches for the certificate, and it says so.
    assert letterlock("people", "check", ANNA.address).returncode == 1

    assert letterlock("people", "remove", ANNA.address, person["certificate"]["sha256"][:10]).returncode == 0
    again = letterlock("people", "remove", ANNA.address)
    assert again.returncode == 2
    assert ANNA.address.encode() in again.stderr


def test_a_file_is_imported_in_both_languages(letterlock: CommandLine, tmp_path: Path) -> None:
    """And one that holds no certificate is refused with a sentence."""
    imported = letterlock("people", "import", str(letterlock.mail.anna.certificate))
    assert imported.returncode == 0, imported.stderr
    assert ANNA.address.encode() in imported.stdout
    assert b"Known already" in letterlock("people", "import", str(letterlock.mail.anna.certificate)).stdout
    (tmp_path / "empty.vcf").write_text("BEGIN:VCARD\nEND:VCARD\n")
    refused = letterlock("--language", "de", "people", "import", str(tmp_path / "empty.vcf"))
    assert refused.returncode == 2
    assert "kein Zertifikat" in refused.stderr.decode()


def test_directories_are_set_shown_and_refused(letterlock: CommandLine) -> None:
    """Only directories are; a lookup that finds nobody ends with 1."""
    assert b"No directory" in letterlock("people", "directory").stdout
    assert letterlock("people", "directory", "http://muster.example/").returncode == 2
    assert letterlock("people", "directory", "ldap://127.0.0.1:1/o=Muster").returncode == 0
    assert letterlock("people", "directory").stdout == b"ldap://127.0.0.1:1/o=Muster\n"
    found = letterlock("people", "lookup", ANNA.address, "--no-dns")
    assert found.returncode == 1
    assert b"127.0.0.1" in found.stdout
    assert b"No directory" in letterlock("people", "directory", "--none").stdout
