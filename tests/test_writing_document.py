"""`docs/writing.md` is true: its command makes the message, and every option that it names is one."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from letterlock.cli import build_parser, main
from letterlock.store import location
from tests.keystore.vaults import PASSPHRASE
from tests.needs import PROJECT
from tests.operations.writing_desk import WritingDesk

TEXT = (PROJECT / "docs" / "writing.md").read_text(encoding="utf-8")
(COMMAND,) = re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL)
(LETTER,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Anna's and Bea's keys, the letter and its attachment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(location, "database", lambda: tmp_path / "letterlock.sqlite")
    monkeypatch.setattr(location, "policy", lambda: None)
    WritingDesk(tmp_path)
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    (tmp_path / "offer.pdf").write_bytes(b"%PDF-\xff\x00")
    (tmp_path / "page.html").write_text('<p>Dear Bea<img src="cid:logo">', encoding="utf-8")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "keys.txt").write_text(f"{PASSPHRASE}\n")
    return tmp_path


def test_the_command_makes_a_message_that_opens(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As written, and once more with the page in HTML and as JSON."""
    arguments = shlex.split(COMMAND)[1:]
    assert main(arguments) == 0
    assert main(arguments) == 2, "what exists is not replaced"
    capfd.readouterr()
    more = ["--html", "page.html", "--inline", "logo=logo.png", "--folder", "made", "--json"]
    assert main([*arguments[:4], *more, *arguments[-2:]]) == 0
    report = json.loads(capfd.readouterr().out)
    assert [each["for"] for each in report["made"]] == ["everybody"]
    assert report["made"][0]["algorithm"] == "AES-256-GCM"
    assert [each["code"] for each in report["made"][0]["reasons"]] == ["everybody_reads_gcm"]
    assert report["signed_by"]["name"]
    for file in ("offer.eml", report["made"][0]["file"]):
        assert main(["open", file, "--my-keys", "--passphrase-file", "keys.txt", "--json"]) == 0
        opened = json.loads(capfd.readouterr().out)
        assert opened["verdict"]["signature"]["status"] == "valid"
        assert opened["verdict"]["headers"]["protected"]["subject"] == "Offer for the roof"


def test_all_that_is_missing_is_said_and_nothing_is_written(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """An address that is none, one without a certificate, a file that is not there, an image that is not sent along."""
    (folder / "letter.txt").write_text("From: anna@muster.example\nTo: zoe@muster.example\nCc: x@@\n\nHello\n")
    arguments = shlex.split(COMMAND)[1:]
    more = ["--html", "page.html", "--attach", "none.pdf", "--json"]
    assert main([*arguments, *more]) == 2
    said = json.loads(capfd.readouterr().out)
    assert said["made"] == []
    assert [each["code"] for each in said["problems"]] == [
        "address_not_an_address", "attachment_unreadable", "inline_image_missing", "recipient_without_certificate",
    ]  # fmt: skip
    assert all(each["sentence"] for each in said["problems"])
    assert main([*arguments, "--attach", "none.pdf"]) == 2
    assert "none.pdf" in capfd.readouterr().err
    assert not (folder / "offer.eml").exists()


def test_several_messages_need_a_folder(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With Bcc to another, the copy for Sent is the last."""
    (folder / "letter.txt").write_text("From: anna@muster.example\nBcc: bea@muster.example\n\nHello\n")
    arguments = shlex.split(COMMAND)[1:]
    assert main(arguments) == 2
    assert not (folder / "offer.eml").exists()
    assert main([*arguments, "--folder", "made"]) == 0
    assert sorted(each.name for each in (folder / "made").iterdir()) == ["1 blind.eml", "2 sent.eml"]


def test_every_option_is_one() -> None:
    """Those in the text and those in the table."""
    compose = build_parser().parse_args(["compose", "letter.txt"])
    for option in set(re.findall(r"--([a-z][a-z-]*)", TEXT)):
        assert hasattr(compose, option.replace("-", "_")), option
