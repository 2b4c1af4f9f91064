"""`letterlock open --mbox`: every message of a mailbox gets the verdict it gets alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import require_program
from tests.signed_mail import DemoMail

LINE = b"From anna@muster.example Tue Nov 24 10:00:00 2026\n"


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mail = DemoMail(folder / "mail")
        quoted = self.mail.sign("x", b"Content-Type: text/plain\r\n\r\nFrom the roof\r\n>From it\r\n")
        quoted = quoted.replace(b">From", b">>From").replace(b"\r\nFrom the", b"\r\n>From the")
        self.kinds = ["valid", "invalid", "mismatch", "valid", "none", "valid", "none"]
        made = (
            self.mail.good(), self.mail.changed(), self.mail.mismatch(), self.mail.opaque(), self.mail.unsigned(),
            quoted, self.mail.enveloped(),
        )  # fmt: skip
        self.path = folder / "mail.mbox"
        self.path.write_bytes(b"".join(LINE + raw.replace(b"\r\n", b"\n") + b"\n" for raw in made * 10))

    def __call__(self, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "letterlock", "open", str(path or self.path), "--mbox", *arguments]
        environment = {**os.environ, "LETTERLOCK_HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [*command, "--anchor", str(self.mail.anchor)], capture_output=True, check=False, env=environment
        )


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Mailbox:
    require_program("openssl", "openssl")
    return Mailbox(tmp_path_factory.mktemp("mailbox"))


def test_each_message_has_its_verdict_in_any_number_of_processes(mailbox: Mailbox) -> None:
    """In the file's order, one line of JSON each; lines that the mailbox quoted are what was signed."""
    alone = mailbox("--json")
    lines = [json.loads(line) for line in alone.stdout.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, 71))
    assert [line["verdict"]["signature"]["status"] for line in lines] == mailbox.kinds * 10
    assert alone.returncode == 0
    together = [json.loads(line) for line in mailbox("--json", "--jobs", "2").stdout.splitlines()]
    for one, other in zip(lines, together, strict=True):
        assert one["verdict"]["headline"] == other["verdict"]["headline"]
        assert one["parts"] == other["parts"]


def test_people_see_what_is_not_good_and_how_many(mailbox: Mailbox) -> None:
    """A line for each message that needs one, and a count of all."""
    said = mailbox().stdout.decode()
    assert said.count("\n") == 21
    assert "valid: 30, none: 20" in said
    assert "messages per second" in said
    assert "     2  invalid" in said


def test_a_file_without_a_message(mailbox: Mailbox, tmp_path: Path) -> None:
    """Nothing, or no mail: exit code 3, and no crash."""
    for octets in (b"", b"hello\n"):
        (path := tmp_path / "odd").write_bytes(octets)
        done = mailbox(path=path)
        assert (done.returncode, b"Traceback" in done.stderr) == (3, False)
