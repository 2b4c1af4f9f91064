"""`docs/proof.md` is true: its commands run, in its order, at Anna's and at Bea's computer."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.cli import build_parser, main
from letterlock.store import location
from letterlock.store.database import Store
from letterlock.trust.names import digest
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.keystore.vaults import PASSPHRASE
from tests.needs import PROJECT, require_program
from tests.operations.correspondents import Computer, pair

TEXT = (PROJECT / "docs" / "proof.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines() if line]
LETTER = "From: Anna <anna@muster.example>\nTo: bea@muster.example\nSubject: Offer\n\nDear Bea\n"


class Desks:
    """Anna's folder and Bea's, and whose turn it is."""

    def __init__(self, folder: Path, clock: str) -> None:
        self.folder = folder
        self.clock = clock
        self.anna, self.bea = pair(folder)
        for each in (self.anna, self.bea):
            with Store.open(each.database) as store:
                store.add_anchor(ROOT.der, "", ROOT.certificate.not_before, digest(ROOT.certificate.subject_dn.normal))
        (folder / "letter.txt").write_text(LETTER)
        (folder / "keys.txt").write_text(f"{PASSPHRASE}\n")
        (folder / "bea.txt").write_text(f"{PASSPHRASE}\n")
        roots = [each.files()[2].read_bytes() for each in (self.anna, self.bea)]
        (folder / "root.pem").write_bytes(roots[0])
        (folder / "roots.pem").write_bytes(b"".join(roots))
        self.now: Computer = self.anna

    def run(self, command: str) -> int:
        """One command of the document."""
        if command.startswith("openssl "):
            done = subprocess.run(shlex.split(command), capture_output=True, check=False)
            return done.returncode
        self.now = self.bea if "receipt make" in command else self.anna
        if "offer-at-bea.eml" in command:
            shutil.copyfile("offer.eml", "offer-at-bea.eml")
        return main(shlex.split(command.replace("http://localhost:3180/", self.clock))[1:])


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    require_program("openssl", "openssl")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(location, "policy", lambda: None)
    with stamping_server(tmp_path / "clock") as server:
        desks = Desks(tmp_path, server.url)
        monkeypatch.setattr(location, "database", lambda: desks.now.database)
        yield desks


def test_the_commands_run_and_what_they_say_is_so(desks: Desks, capfd: pytest.CaptureFixture[str]) -> None:
    """Signed with a time-stamp, entered, verified here and by OpenSSL, confirmed, and said to be delivered."""
    for command in COMMANDS:
        assert desks.run(command) == 0, (command, capfd.readouterr())
    said = capfd.readouterr()
    assert "Signed by" not in said.err
    assert main(["journal", "list", "--json", "--passphrase-file", "keys.txt"]) == 0
    sent, receipt = json.loads(capfd.readouterr().out)["entries"]
    assert sent["messages"] == [hashlib.sha256(Path("offer.eml").read_bytes()).hexdigest()]
    assert sent["time_stamped"]
    assert sent["details"]["recipients"] == ["bea@muster.example"]
    assert sent["details"]["subject"] == "Offer"
    assert [each["number"] for each in sent["receipts"]] == [receipt["number"]] == [2]
    assert main(["open", "offer.eml", "--json", "--remember"]) == 0
    verdict = json.loads(capfd.readouterr().out)["verdict"]
    assert verdict["signature"]["status"] == "valid"
    assert "receipt_received" in [each["code"] for each in verdict["reasons"]]
    assert [each["proven"] for each in verdict["signers"][0]["times"] if each["kind"] == "time_stamped"] == [True]
    assert main(["journal", "verify", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["entries"], report["unsigned"]) == (2, 1)
    assert report["end"]["own_key"]
    assert report["end"]["time_stamped"]


def test_an_entry_can_be_computed_by_hand(desks: Desks, capfd: pytest.CaptureFixture[str]) -> None:
    """As the document says: with nothing but SHA-256; and its details are the ones that were sealed."""
    for command in COMMANDS[:1] + [each for each in COMMANDS if "compose" in each or "head --out" in each]:
        assert desks.run(command) == 0
    capfd.readouterr()
    assert main(["journal", "list", "--json", "--passphrase-file", "keys.txt"]) == 0
    (entry,) = json.loads(capfd.readouterr().out)["entries"]
    end = Path("end.txt").read_text()
    identifier = re.findall(r"Journal: ([0-9a-f]+)", end)[0]
    before = hashlib.sha256(f"letterlock journal 1\n{identifier}".encode()).hexdigest()
    at = entry["at"].replace("Z", "+00:00")
    lines = ["letterlock journal entry 1", "1", before, at, entry["kind"], entry["body"]]
    computed = hashlib.sha256("".join(f"{each}\n" for each in lines).encode()).hexdigest()
    assert computed == entry["hash"]
    assert f"Hash of the last entry: {computed}" in end
    details = bytes.fromhex(entry["details"]["salt"]) + entry["details"]["text"].encode()
    assert hashlib.sha256(details).hexdigest() == json.loads(entry["body"])["details"]


def test_what_openssl_says_of_altered_files(desks: Desks) -> None:
    """Its commands in the document fail when the end or the receipt is another."""
    checks = [each for each in COMMANDS if each.startswith("openssl cms")]
    for command in COMMANDS[: COMMANDS.index(checks[-1]) + 1]:
        assert desks.run(command) == 0
    Path("end.txt").write_bytes(Path("end.txt").read_bytes().replace(b"Entries: 1", b"Entries: 2"))
    head, _, body = Path("receipt.eml").read_bytes().partition(b"\r\n\r\n")
    octets = bytearray(base64.b64decode(body))
    octets[octets.index(b"\x04\x20") + 7] ^= 1
    Path("receipt.eml").write_bytes(head + b"\r\n\r\n" + base64.encodebytes(octets))
    assert [desks.run(each) != 0 for each in checks] == [True, True]


def test_without_an_authority_it_is_said_or_refused(desks: Desks, capfd: pytest.CaptureFixture[str]) -> None:
    """The default signs and says so; `require on` makes nothing."""
    assert main(["timestamps", "add", "http://127.0.0.1:1024/"]) == 0
    assert main(["timestamps", "try"]) == 1
    compose = ["compose", "letter.txt", "--sign", "--passphrase-file", "keys.txt"]
    assert main([*compose, "--out", "without.eml"]) == 0
    assert "without a time-stamp" in capfd.readouterr().err
    assert main(["timestamps", "require", "on"]) == 0
    assert main([*compose, "--out", "none.eml"]) == 2
    assert not Path("none.eml").exists()
    assert "No time-stamp could be had" in capfd.readouterr().err
    assert main(["timestamps", "remove", "http://127.0.0.1:1024/"]) == 0
    assert main([*compose, "--out", "again.eml"]) == 0


def test_the_journal_is_deleted_as_a_whole(desks: Desks, capfd: pytest.CaptureFixture[str]) -> None:
    """And an end that was kept elsewhere tells that there was one."""
    for command in (each for each in COMMANDS if "compose" in each or "head --out" in each):
        assert desks.run(command) == 0
    assert main(["journal", "delete", "--yes"]) == 0
    assert "1 entries" in capfd.readouterr().out
    assert main(["journal", "verify"]) == 0
    assert main(["journal", "verify", "--head", "end.txt"]) == 1
    assert main(["journal", "head", "--out", "other.txt"]) == 2
    assert main(["journal", "keep", "off"]) == 0
    assert main(["compose", "letter.txt", "--sign", "--out", "unkept.eml", "--passphrase-file", "keys.txt"]) == 0
    capfd.readouterr()
    assert main(["journal", "list", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"entries": []}


def test_exit_codes_of_receipts(desks: Desks, capfd: pytest.CaptureFixture[str]) -> None:
    """As the document has them."""
    Path("plain.eml").write_bytes(b"From: anna@muster.example\r\n\r\nHello\r\n")
    Path("none.eml").write_bytes(b"")
    keys = ["--passphrase-file", "keys.txt"]
    assert main(["receipt", "make", "plain.eml", *keys]) == 2
    assert main(["receipt", "make", "none.eml", *keys]) == 3
    assert main(["receipt", "verify", "plain.eml"]) == 2
    assert main(["receipt", "verify", "none.eml"]) == 3
    assert "asks for no signed receipt" in capfd.readouterr().err


def test_every_option_is_one() -> None:
    """Of the commands in the text."""
    parser = build_parser()
    for command in COMMANDS:
        if command.startswith("letterlock"):
            parser.parse_args(shlex.split(command)[1:])
    for command in re.findall(r"`letterlock ([^`]+)`", TEXT):
        words = command.split()
        words += {"timestamps require": [], "trust add": ["FILE"]}.get(" ".join(words[:2]), [])
        if words[0] != "open" and words[1].isalpha() and words[1] != "entry":
            parser.parse_args(words)
