"""`docs/evidence.md` is true: its commands exist, OpenSSL's succeed on a fresh bundle and fail on others."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from letterlock.cli import build_parser
from letterlock.evidence.lifetimes import today
from tests.evidence.openssl_authority import ROOT, TODAY, stamping_server
from tests.evidence.repacked import altered, objects, repacked
from tests.needs import PROJECT, require_program
from tests.net import servers
from tests.published import Publisher
from tests.trust.chains import DAY
from tests.trust.evidence import crl

TEXT = (PROJECT / "docs" / "evidence.md").read_text(encoding="utf-8")
OURS, WITHOUT = TEXT.split("## Without this program")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", OURS, re.DOTALL) for line in block.splitlines()]
UNPACK, TIME, DIGEST, SIGNATURE, LISTS, ANSWER = re.findall(r"```sh\n(.*?)```", WITHOUT, re.DOTALL)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_understood(command: str) -> None:
    """Each is one that the command line takes."""
    program, *arguments = shlex.split(command)
    assert program == "letterlock"
    assert build_parser().parse_args(arguments).run


def test_the_table_of_lifetimes() -> None:
    """Each day is the one that the program goes by."""
    for name, day in (
        ("MD5", "2004-08-17"),
        ("SHA-1", "2013-12-31"),
        ("RSA 1024", "2013-12-31"),
        ("DSA 2048", "2023-12-31"),
        ("SHA-224", "2030-12-31"),
        ("RSA 2048", "2030-12-31"),
        ("RSA 4096", "2035-12-31"),
        ("EC P-256", "2035-12-31"),
        ("EC brainpoolP384r1", "2035-12-31"),
        ("Ed25519", "2035-12-31"),
    ):
        ending = today(name)
        assert f"{ending.day:%Y-%m-%d}" == day, name
        assert any(day in line and ending.source in line for line in OURS.splitlines()), name
    assert all(today(each).day is None for each in ("SHA-256", "SHA-512", "SHA3-512", "ML-DSA-65"))
    assert today("ROT13").day is not None


class Desk:
    """A bundle that the command line saved, in a folder as the document has it."""

    def __init__(self, folder: Path, lists: bool) -> None:
        self.folder = folder
        require_program("unzip", "unzip")
        with Publisher(folder / "authority", responder=not lists) as publisher, stamping_server(folder / "tsa") as tsa:
            if not lists:
                publisher.answering("V")
                publisher.routes["/ca.crl"] = servers.answer(b"", status="404 Not Found")
            (folder / "known").mkdir()
            made = crl(ROOT, made=TODAY - DAY, until=TODAY + 9 * DAY)
            (folder / "known" / "time.crl").write_bytes(made)
            (folder / "root.pem").write_bytes(publisher.root.pem)
            (folder / "time-root.pem").write_bytes(ROOT.pem)
            (folder / "mail.eml").write_bytes(publisher.mail())
            patient = {"private_addresses": True, "request_seconds": 50, "total_seconds": 100}
            (folder / "policy.json").write_text(json.dumps({"mozilla": False, "revocation": patient}))
            anchors = ["--anchor", "root.pem", "--anchor", "time-root.pem"]
            saving = ["save", "mail.eml", "-o", "proof.asice", "--tsa", tsa.url, "--evidence", "known"]
            done = self.letterlock("evidence", *saving, *anchors, "--revocation", "crl" if lists else "ocsp")
            assert done.returncode == 0, done.stderr.decode()
            done = self.letterlock("evidence", "verify", "proof.asice", *anchors)
            assert done.returncode == 0, (done.stdout + done.stderr).decode()

    def letterlock(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, str(PROJECT / "tests" / "policed.py"), str(self.folder / "policy.json"), *arguments]
        return subprocess.run(command, capture_output=True, check=False, cwd=self.folder, timeout=60)

    def fails(self, bundle: bytes, *blocks: str, folder: str) -> str:
        """The first command of these that fails on another bundle; none where all succeed."""
        place = self.folder / folder
        place.mkdir()
        for root in ("root.pem", "time-root.pem"):
            (place / root).write_bytes((self.folder / root).read_bytes())
        (place / "proof.asice").write_bytes(bundle)
        for block in blocks:
            for command in block.splitlines():
                done = subprocess.run(
                    ["bash", "-o", "pipefail", "-c", command], cwd=place, capture_output=True, check=False, timeout=60
                )
                if done.returncode:
                    return command
        return ""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """With lists."""
    return Desk(tmp_path_factory.mktemp("desk"), lists=True)


def test_openssl_succeeds_on_a_fresh_bundle(desk: Desk) -> None:
    """Time-stamp, digest, signature, lists."""
    fresh = (desk.folder / "proof.asice").read_bytes()
    assert desk.fails(fresh, UNPACK, TIME, DIGEST, SIGNATURE, LISTS, folder="fresh") == ""


def test_openssl_succeeds_with_an_answer(tmp_path: Path) -> None:
    """OCSP, and fails on an answer that was altered."""
    desk = Desk(tmp_path, lists=False)
    fresh = (desk.folder / "proof.asice").read_bytes()
    assert desk.fails(fresh, UNPACK, TIME, DIGEST, SIGNATURE, ANSWER, folder="fresh") == ""
    (name,) = (each for each in objects(fresh) if each.endswith(".ocsp"))
    answer = bytearray(objects(fresh)[name])
    answer[answer.rindex(b"\x80\x00")] ^= 2
    other = repacked({**objects(fresh), name: bytes(answer)})
    assert desk.fails(other, UNPACK, TIME, DIGEST, SIGNATURE, ANSWER, folder="altered") in ANSWER.splitlines()


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("message.eml", DIGEST),
        ("META-INF/ASiCManifest001.xml", TIME),
        ("META-INF/timestamp001.tst", TIME),
        (".crl", LISTS),
    ],
)
def test_openssl_fails_on_an_altered_one(desk: Desk, name: str, block: str) -> None:
    """At the command that is about what was altered."""
    fresh = (desk.folder / "proof.asice").read_bytes()
    whole = [each for each in objects(fresh) if each.endswith(name)]
    changed = fresh
    for each in whole:
        changed = altered(changed, each)
    failed = desk.fails(changed, UNPACK, TIME, DIGEST, SIGNATURE, LISTS, folder=name.rpartition("/")[2])
    # A list may be damaged so that it is none any more.
    assert failed in [*block.splitlines(), *(UNPACK.splitlines() if name == ".crl" else ())]
    if name == "message.eml":
        assert desk.fails(changed, UNPACK, TIME, SIGNATURE, folder="signature") in SIGNATURE.splitlines()
