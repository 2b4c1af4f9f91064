"""`letterlock evidence` as a person or a script runs it: whole processes, their words and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.cli import main
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.evidence.repacked import altered, objects
from tests.needs import require_program
from tests.net.servers import Server
from tests.signed_mail import DemoMail

ANCHORS = ("--anchor", "root.pem", "--anchor", "time-root.pem")


class Desk:
    """A folder with a mail, roots, and an authority for time."""

    def __init__(self, folder: Path, authority: Server) -> None:
        require_program("openssl", "openssl")
        self.folder, self.url = folder, authority.url
        self.mail = DemoMail(folder / "mail")
        (folder / "root.pem").write_bytes(self.mail.anchor.read_bytes())
        (folder / "time-root.pem").write_bytes(ROOT.pem)
        (folder / "mail.eml").write_bytes(self.mail.good())

    def __call__(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        environment = {"LETTERLOCK_HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [sys.executable, "-m", "letterlock", *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, **environment},
            timeout=60,
        )

    def save(self, name: str, *more: str, mail: str = "mail.eml", stdin: bytes = b"") -> bytes:
        done = self("evidence", "save", mail, "-o", name, "--tsa", self.url, *ANCHORS, *more, stdin=stdin)
        assert done.returncode == 0, done.stderr.decode()
        return (self.folder / name).read_bytes()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("evidence")
    with stamping_server(folder / "tsa") as authority:
        yield Desk(folder, authority)


@pytest.fixture(scope="module")
def saved(desk: Desk) -> str:
    desk.save("proof.asice")
    return "proof.asice"


def test_verify_says_what_it_shows_and_what_not(desk: Desk, saved: str) -> None:
    """Nobody publishes lists here: limited, exit code 1; and the sentences are those of the JSON."""
    told = desk("evidence", "verify", saved, *ANCHORS)
    found = json.loads(desk("evidence", "verify", saved, *ANCHORS, "--json").stdout)
    assert (told.returncode, found["status"]) == (1, "limited")
    assert {each["code"] for each in found["reasons"]} == {"bundle_revocation_unknown"}
    text = " ".join(told.stdout.decode().split())
    for each in (*found["statements"], *found["not_proven"], found["headline"]):
        assert " ".join(each["sentence"].split())[:40] in text
    german = desk("--language", "de", "evidence", "verify", saved, *ANCHORS)
    assert "Was sie nicht beweisen" in german.stdout.decode()


def test_from_standard_input_with_pdf(desk: Desk) -> None:
    """The same mail gives the same object; the reports are in both forms and languages."""
    octets = desk.save("piped.asice", "--pdf", mail="-", stdin=(desk.folder / "mail.eml").read_bytes())
    held = objects(octets)
    assert held["message.eml"] == (desk.folder / "mail.eml").read_bytes()
    assert {each for each in held if each.startswith("report")} == {
        f"report-{language}.{form}" for language in ("en", "de") for form in ("html", "pdf")
    }
    assert held["report-de.pdf"].startswith(b"%PDF-")


def test_renew_replaces_the_file(desk: Desk, saved: str) -> None:
    """Named twice, it is stamped twice; an altered one is not renewed, and stays as it is."""
    before = (desk.folder / saved).read_bytes()
    (desk.folder / "again.asice").write_bytes(before)
    done = desk("evidence", "renew", "again.asice", "--tsa", desk.url, "--tsa", desk.url, *ANCHORS)
    assert done.returncode == 0, done.stderr
    found = json.loads(desk("evidence", "verify", "again.asice", *ANCHORS, "--json").stdout)
    assert [each["kind"] for each in found["time_stamps"]] == ["first", "renewal", "renewal"]
    wrong = altered(before, "verdict.json")
    (desk.folder / "wrong.asice").write_bytes(wrong)
    done = desk("evidence", "renew", "wrong.asice", "--tsa", desk.url, *ANCHORS)
    assert (done.returncode, b"verdict.json" in done.stderr) == (2, True)
    assert (desk.folder / "wrong.asice").read_bytes() == wrong
    done = desk("evidence", "verify", "wrong.asice", *ANCHORS)
    assert (done.returncode, b"verdict.json" in done.stdout) == (1, True)


def test_exit_codes(
    desk: Desk, saved: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """3 for what is no bundle or no mail, 2 for wrong use; each with words, and nothing half is left."""
    monkeypatch.chdir(desk.folder)
    monkeypatch.setenv("LETTERLOCK_HOME", str(desk.folder / "home"))
    for command, code in (
        (("verify", "mail.eml", *ANCHORS), 3),
        (("report", "mail.eml", "-o", "r.html", *ANCHORS), 3),
        (("renew", "mail.eml", "--tsa", desk.url), 3),
        (("verify", saved), 2),
        (("verify", "absent.asice", *ANCHORS), 2),
        (("report", saved, "-o", "report.doc", *ANCHORS), 2),
        (("save", "root.pem", "-o", "x.asice", "--tsa", desk.url), 3),
        (("save", "mail.eml", "-o", "x.asice"), 2),
        (("save", "mail.eml", "-o", "x.asice", "--tsa", "ftp://x.example/"), 2),
        (("save", "mail.eml", "-o", "x.asice", "--tsa", "http://127.0.0.1:9/"), 2),
        (("save", "mail.eml", "-o", saved, "--tsa", desk.url), 2),
    ):
        try:
            ended = main(["evidence", *command])
        except SystemExit as left:
            ended = left.code  # type: ignore[assignment]
        assert (ended, bool(capsys.readouterr().err)) == (code, True), command
    assert not list(desk.folder.glob("*x.asice*"))


def test_an_authority_chosen_for_good(desk: Desk) -> None:
    """`letterlock timestamps` names it; and one that is not trusted here is used, with the doubt said."""
    assert desk("timestamps", "add", desk.url).returncode == 0
    done = desk("evidence", "save", "mail.eml", "-o", "chosen.asice", "--anchor", "root.pem")
    assert done.returncode == 0, done.stderr
    assert b"Clock" in done.stderr
    assert desk("timestamps", "remove", desk.url).returncode == 0


def test_encrypted_mail_stays_encrypted(desk: Desk) -> None:
    """What was inside is not written down; whoever checks the signature needs the key."""
    (desk.folder / "secret.txt").write_text("correct horse")
    good = desk.mail.good()
    header, body = good.split(b"\r\n\r\n", 1)
    entity = header[header.index(b"MIME-Version") :] + b"\r\n\r\n" + body
    (desk.folder / "encrypted.eml").write_bytes(desk.mail.encrypt("Secret", entity, to=desk.mail.carla))
    key = str(desk.mail.key_file(desk.mail.carla, "correct horse"))
    keys = ("--identity", key, "--passphrase-file", "secret.txt")
    octets = desk.save("secret.asice", *keys, mail="encrypted.eml")
    opened = json.loads(desk("open", "encrypted.eml", "--json", *ANCHORS, *keys).stdout)
    assert opened["verdict"]["encryption"]["status"] == "decrypted"
    held = objects(octets)
    reply = json.loads(held["verdict.json"])
    assert (reply["parts"], reply["verdict"]["headers"]["protected"]) == ([], None)
    without = json.loads(desk("evidence", "verify", "secret.asice", *ANCHORS, "--json").stdout)
    assert (without["status"], without["verdict"]["encryption"]["status"]) == ("not_proven", "undecryptable")
    found = json.loads(desk("evidence", "verify", "secret.asice", *ANCHORS, *keys, "--json").stdout)
    assert found["verdict"]["encryption"]["status"] == "decrypted"
    assert found["status"] == "limited"


def test_automatic(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Senders are chosen, shown and removed; 1 for one that was not chosen, 2 for what is none."""
    monkeypatch.setenv("LETTERLOCK_HOME", str(desk.folder / "another"))
    for options, code, words in (
        (("--add", "Anna@muster.example"), 0, "anna@muster.example → "),
        (("--add", "@bank.example"), 0, "anna@muster.example, @bank.example → "),
        (("--folder", str(desk.folder / "kept")), 0, str(desk.folder / "kept")),
        (("--remove", "anna@muster.example"), 0, "@bank.example → "),
        (("--remove", "anna@muster.example"), 1, ""),
        (("--add", "anna"), 2, "neither an address"),
        ((), 0, "@bank.example → "),
    ):
        assert main(["--language", "en", "evidence", "automatic", *options]) == code
        said = capsys.readouterr()
        assert words in said.out + said.err
