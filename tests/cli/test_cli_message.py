"""`letterlock open`, `verify` and `trust` as a person or a script runs them: whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from letterlock.native.client import HostProcess
from letterlock.verdict import Opened
from tests.needs import require_program
from tests.signed_mail import DemoMail


class CommandLine:
    """`letterlock` with a home of its own, and messages to open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.mail = DemoMail(folder / "mail")

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "letterlock", *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, "LETTERLOCK_HOME": str(self.home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | environment,
        )

    def write(self, kind: str) -> str:
        path = self.folder / f"{kind}.eml"
        path.write_bytes(getattr(self.mail, kind)())
        return str(path)


@pytest.fixture(scope="module")
def letterlock(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    require_program("openssl", "openssl")
    return CommandLine(tmp_path_factory.mktemp("cli"))


@pytest.mark.parametrize(
    ("kind", "code"),
    [("good", 0), ("opaque", 0), ("changed", 1), ("mismatch", 1), ("unknown_issuer", 1), ("unsigned", 1)],
)
def test_exit_codes(letterlock: CommandLine, kind: str, code: int) -> None:
    """`verify` succeeds for `valid` only; `open` succeeds wherever there is a verdict."""
    path, anchor = letterlock.write(kind), str(letterlock.mail.anchor)
    assert letterlock("verify", path, "--anchor", anchor).returncode == code
    assert letterlock("open", path, "--anchor", anchor).returncode == 0


def test_no_message_and_wrong_use(letterlock: CommandLine, tmp_path: Path) -> None:
    """3 for input that is no message, 2 for a command that is wrong; each says why on standard error."""
    junk = tmp_path / "junk"
    junk.write_bytes(b"\x00\x01")
    for command in ("open", "verify"):
        done = letterlock(command, str(junk))
        assert (done.returncode, done.stdout) == (3, b"")
        assert b"not an e-mail message" in done.stderr
        assert letterlock(command).returncode == 2
        assert letterlock(command, str(tmp_path / "absent.eml")).returncode == 2
        assert letterlock(command, letterlock.write("good"), "--anchor", str(junk)).returncode == 2
        assert letterlock(command, letterlock.write("good"), "--at", "yesterday").returncode == 2


def test_json_is_what_the_native_host_replies(letterlock: CommandLine) -> None:
    """The same shape and, but for the handle and the time of checking, the same content."""
    path = Path(letterlock.write("good"))
    done = letterlock("open", str(path), "--json")
    printed = json.loads(done.stdout)
    jsonschema.validate(printed, Opened.model_json_schema(mode="serialization"))
    with HostProcess(environment={"LETTERLOCK_HOME": str(letterlock.home)}) as host:
        replied = host.open(path.read_bytes())
    for each in (printed, replied):
        each["message"] = None
        each["verdict"]["signers"][0]["checked_at"] = ""
        # The host remembers the first opening, the command line only if told.
        each["verdict"]["signers"][0]["times"] = [
            moment["kind"] for moment in each["verdict"]["signers"][0]["times"] if moment["kind"] != "first_opened"
        ]
    assert printed == replied


def test_json_with_memory_is_the_native_hosts_reply_to_the_letter(letterlock: CommandLine, tmp_path: Path) -> None:
    """For a trusted signer too, whom the host remembers: the time that counts is one; only handle and clock differ."""
    home = {"LETTERLOCK_HOME": str(tmp_path / "home")}
    path = Path(letterlock.write("good"))
    assert letterlock("trust", "add", str(letterlock.mail.anchor), **home).returncode == 0
    with HostProcess(environment=home) as host:
        replied = host.open(path.read_bytes())
    printed = json.loads(letterlock("open", str(path), "--json", "--remember", **home).stdout)
    assert replied["verdict"]["signature"]["status"] == "valid"
    assert "first_contact" in [reason["code"] for reason in replied["verdict"]["reasons"]]
    assert replied.pop("message")
    assert printed.pop("message") is None
    for each in (printed, replied):
        (checked,) = [one for one in each["verdict"]["signers"][0]["times"] if one["kind"] == "checked"]
        assert datetime.fromisoformat(checked.pop("at")) > datetime.now(UTC) - timedelta(minutes=1)
    assert printed == replied


def test_standard_input(letterlock: CommandLine) -> None:
    """`-` reads the message from standard input."""
    done = letterlock("open", "-", "--json", "--anchor", str(letterlock.mail.anchor), stdin=letterlock.mail.good())
    assert json.loads(done.stdout)["verdict"]["signature"]["status"] == "valid"


def test_at_judges_at_that_time(letterlock: CommandLine) -> None:
    """A time before the certificate's first day."""
    path, anchor = letterlock.write("good"), str(letterlock.mail.anchor)
    done = letterlock("open", path, "--json", "--anchor", anchor, "--at", "2020-01-01T00:00:00Z")
    verdict = json.loads(done.stdout)["verdict"]
    assert verdict["signature"]["status"] == "untrusted"
    assert verdict["signers"][0]["checked_at"] == "2020-01-01T00:00:00Z"


def test_parts_are_written_and_stay_in_the_folder(letterlock: CommandLine, tmp_path: Path) -> None:
    """Part names come from the sender; none can leave the folder or replace a file."""
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        b'--b\r\nContent-Type: application/pdf; name="../../evil.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"aGVsbG8=\r\n--b--\r\n"
    )
    folder = tmp_path / "parts"
    done = letterlock("open", "-", "--json", "--parts", str(folder), stdin=raw)
    files = {part["id"]: Path(part["file"]) for part in json.loads(done.stdout)["parts"]}
    assert {path.parent for path in files.values()} == {folder}
    assert files["1.1"].read_bytes() == b"hello"
    assert files["1.2"].read_bytes() == b"hello"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["parts"]
    again = letterlock("open", "-", "--parts", str(folder), stdin=raw)
    assert again.returncode == 2
    assert b"exists" in again.stderr


def test_a_long_name_of_large_characters_is_a_file_name(letterlock: CommandLine, tmp_path: Path) -> None:
    """120 Chinese characters are 360 octets, more than a file system takes; nobody else may read what was written."""
    name = "".join(f"%{octet:02X}" for octet in ("汉" * 120).encode())
    raw = f"From: a@b.example\r\nContent-Type: text/plain; name*=utf-8''{name}.txt\r\n\r\nx\r\n".encode()
    assert letterlock("open", "-", "--parts", str(tmp_path / "parts"), stdin=raw).returncode == 0
    (file,) = (tmp_path / "parts").iterdir()
    assert file.name.endswith("汉.txt")
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_identity_opens_encrypted_mail(letterlock: CommandLine, tmp_path: Path) -> None:
    """`--identity` and `--passphrase-file` decrypt, this once; a wrong passphrase is wrong use and says so."""
    path, identity = letterlock.write("enveloped"), str(letterlock.mail.key_file(letterlock.mail.carla, "gehëim"))
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("gehëim\n", encoding="utf-8")
    done = letterlock("open", path, "--json", "--identity", identity, "--passphrase-file", str(passphrase))
    assert json.loads(done.stdout)["verdict"]["encryption"]["status"] == "decrypted"
    passphrase.write_text("wrong")
    done = letterlock("open", path, "--identity", identity, "--passphrase-file", str(passphrase))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"passphrase" in done.stderr


def test_trust_is_kept(letterlock: CommandLine, tmp_path: Path) -> None:
    """Add, list, use, remove: an anchor stays from one process to the next until it is removed."""
    home = {"LETTERLOCK_HOME": str(tmp_path / "home")}
    path = letterlock.write("good")
    assert b"trust nobody yet" in letterlock("trust", "list", **home).stdout
    assert not (tmp_path / "home").exists(), "looking must not create anything"
    added = letterlock("trust", "add", str(letterlock.mail.anchor), "--note", "by phone", **home)
    assert added.returncode == 0
    assert b"Muster AG Root CA" in added.stdout
    (row,) = json.loads(letterlock("trust", "list", "--json", **home).stdout)
    assert (row["name"], row["note"]) == ("Muster AG Root CA", "by phone")
    assert letterlock("verify", path, **home).returncode == 0
    assert letterlock("trust", "remove", row["sha256"][:12], **home).returncode == 0
    assert letterlock("verify", path, **home).returncode == 1
    assert letterlock("trust", "remove", row["sha256"][:12], **home).returncode == 2


def test_german(letterlock: CommandLine) -> None:
    """Sentences come in the user's language, from the environment or as asked for."""
    path, anchor = letterlock.write("changed"), str(letterlock.mail.anchor)
    assert "Unterwegs verändert" in letterlock("open", path, "--anchor", anchor, LC_ALL="de_CH.UTF-8").stdout.decode()
    assert "Unterwegs verändert" in letterlock("--language", "de", "open", path, "--anchor", anchor).stdout.decode()
    assert "Changed on the way" in letterlock("open", path, "--anchor", anchor, LC_ALL="fr_FR.UTF-8").stdout.decode()


def test_hostile_names_cannot_move_the_cursor(letterlock: CommandLine) -> None:
    """Escape sequences and direction overrides from a message are shown as dots."""
    raw = "From: \x1b[2J\u202eanna@muster.example\r\nSubject: =?utf-8?B?G1sySg==?= [bold]x[/bold]\r\n\r\nx\r\n".encode()
    out = letterlock("open", "-", stdin=raw).stdout.decode()
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]x[/bold]" in out


def test_output_that_nobody_reads(letterlock: CommandLine) -> None:
    """`letterlock open … | head -0` says nothing about broken pipes."""
    path = letterlock.write("good")
    command = f"'{sys.executable}' -m letterlock open --json '{path}' | head -c 1 >/dev/null"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.stderr == b""


def test_a_person_sees_the_protected_header_and_what_stands_outside(letterlock: CommandLine, tmp_path: Path) -> None:
    """The sender's own subject, and beside it the one that mail programs show."""
    raw = letterlock.mail.sign(
        "Pay to another account",
        b"From: Anna Muster <anna@muster.example>\r\nSubject: The roof\r\n"
        b'Content-Type: text/plain; hp="clear"\r\n\r\nx\r\n',
    )
    (path := tmp_path / "protected.eml").write_bytes(raw)
    said = letterlock("open", str(path), "--anchor", str(letterlock.mail.anchor), COLUMNS="200").stdout.decode()
    assert "Subject: The roof  (outside: Pay to another account)" in said
    assert "headers_changed" in said
