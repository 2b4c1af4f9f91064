"""`letterlock keys`: from nothing to an identity that works, and to another program and back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock import limits
from letterlock.cli import keys_carry, keys_identity, main
from letterlock.keystore.create import KINDS
from letterlock.keystore.pkcs12_write import Form
from tests.keystore.own_keys import NOW, ROOT, issue, pem
from tests.needs import PROJECT, require_program


class Home:
    """A newcomer's computer: no vault yet, an authority's certificate and passphrases in files."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.file("vault.txt", b"correct horse battery\n")
        self.file("p12.txt", "Tür auf, 1001 Nächte\n".encode())
        self.file("root.pem", ROOT.public_bytes(Encoding.PEM))

    def file(self, name: str, octets: bytes) -> str:
        (self.folder / name).write_bytes(octets)
        return str(self.folder / name)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def run(self, *arguments: str, code: int = 0, opens: bool = False) -> str:
        """`letterlock keys …`; what it printed, standard error last."""
        return "".join(self._run(arguments, code, opens))

    def json(self, *arguments: str, code: int = 0, opens: bool = False) -> Any:
        """The same for programs."""
        return json.loads(self._run((*arguments, "--json"), code, opens)[0])

    def _run(self, arguments: Sequence[str], code: int, opens: bool) -> tuple[str, str]:
        options = ("--passphrase-file", self.path("vault.txt")) if opens else ()
        assert main(("--language", "en", "keys", *arguments, *options)) == code, self.capsys.readouterr()
        done = self.capsys.readouterr()
        return done.out, done.err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    monkeypatch.setenv("LETTERLOCK_HOME", str(tmp_path / "home"))
    # What the usual counts cost is no claim of these tests.
    monkeypatch.setattr(limits, "KEY_FILE_ITERATIONS_WRITTEN", 2_000)
    monkeypatch.setattr(limits, "KEY_FILE_ITERATIONS_WRITTEN_MAC", 2_000)
    return Home(tmp_path, capsys)


def certified(
    home: Home, address: str = "anna@muster.example", kind: str = "P-256", days: int = 365, begun: int = 0
) -> str:
    """An identity, good for some days since some days ago; its key's identifier."""
    made = home.json("create", address, "--name", "Anna Muster", "--kind", kind, opens=True)
    certificates = issue(made["request"].encode(), days=days, start=NOW - timedelta(days=begun))
    issued = home.file("issued.pem", pem([*certificates, ROOT.public_bytes(Encoding.DER)]))
    home.run("certify", issued)
    return str(made["keys"][0]["id"])


def test_lists_of_the_command_line_are_complete() -> None:
    """What the parsers offer, so that they need not load what makes keys, is what there is."""
    assert set(keys_identity.KINDS) == set(KINDS)
    assert set(keys_carry.FORMS) == set(Form)


def test_from_nothing_to_an_identity_that_works(home: Home) -> None:
    """Create, certify, check: each says what it did and what comes next."""
    said = home.run("create", "anna@muster.example", "--name", "Anna Muster", "--out", home.path("a.pem"), opens=True)
    assert "letterlock keys certify FILE" in said
    issued = home.file(
        "issued.pem", pem([*issue((home.folder / "a.pem").read_bytes()), ROOT.public_bytes(Encoding.DER)])
    )
    assert "Installed: Anna Muster" in home.run("certify", issued)
    assert "does not work yet" in home.run("check", "anna@muster.example", code=1, opens=True)
    assert main(("trust", "add", home.path("root.pem"))) == 0
    home.capsys.readouterr()
    assert "anna@muster.example: works" in home.run("check", "anna@muster.example", opens=True)
    (checked,) = home.json("check", "anna@muster.example", opens=True)
    assert checked["works"]
    assert {each["code"] for each in checked["findings"]} >= {"identity_signs", "identity_decrypts"}
    shown = home.run("show", "anna@muster.example")
    assert "RSA 3072" in shown
    assert "Interop Authority" in shown


def test_a_request_of_a_key_that_is_here(home: Home) -> None:
    """Asked for again later, with another address too."""
    key = certified(home)
    said = home.run("request", key[:10], "--address", "info@muster.example", opens=True)
    assert said.startswith("-----BEGIN CERTIFICATE REQUEST-----")
    program = require_program("openssl", "openssl")
    shown = subprocess.run([program, "req", "-noout", "-text"], input=said.encode(), capture_output=True, check=True)
    assert b"email:info@muster.example" in shown.stdout


def test_renewal_announced_and_done(home: Home) -> None:
    """The end is announced in the list; after renewal the old key stays, for old mail."""
    key = certified(home, days=12)
    assert "ends in 11 days" in home.run("list") or "ends in 12 days" in home.run("list")
    made = home.json("renew", "anna@muster.example", opens=True)
    issued = home.file("new.pem", pem(issue(made["request"].encode())))
    assert f"The key {key[:16]} is from now on only for old mail." in home.run("certify", issued)
    assert "ends in" not in home.run("list")
    listed = home.json("list")
    assert [each["superseded"] is None for each in listed] == [False, True]


def test_a_default_for_an_address(home: Home) -> None:
    """A person chooses; the details say so."""
    first = certified(home)
    certified(home, kind="P-384")
    assert "signs with" in home.run("default", "anna@muster.example", first[:12])
    (shown,) = home.json("show", "anna@muster.example")
    assert shown["id"] == first
    assert shown["default_for"] == ["anna@muster.example"]
    assert "No certificate of the key" in home.run("default", "clara@muster.example", first[:12], code=2)


@pytest.mark.parametrize("form", keys_carry.FORMS)
def test_out_and_in_again(home: Home, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """Exported here, imported on another computer; the file is private, and an older one is never overwritten."""
    key = certified(home)
    out = home.path("anna.p12")
    secret = ("--file-passphrase-file", home.path("p12.txt"))
    home.run("export", "anna@muster.example", "--out", out, "--form", form, *secret, opens=True)
    assert Path(out).stat().st_mode & 0o077 == 0
    assert "File exists" in home.run("export", "--out", out, *secret, code=2, opens=True)
    monkeypatch.setenv("LETTERLOCK_HOME", home.path("elsewhere"))
    wrong = ("--file-passphrase-file", home.path("vault.txt"))
    assert "does not open with this passphrase" in home.run("import", out, *wrong, code=2, opens=True)
    assert f"key {key[:16]}" in home.run("import", out, *secret, opens=True)
    (listed,) = home.json("list")
    assert listed["id"] == key
    assert listed["certificates"][0]["addresses"] == ["anna@muster.example"]


def test_what_does_not_fit_is_said(home: Home) -> None:
    """Wrong file, wrong kind, unknown address: one sentence each, and exit code 2."""
    assert "no certificate in this file" in home.run("certify", home.path("vault.txt"), code=2)
    certified(home)
    assert "belongs to a key of yours" in home.run("certify", home.path("root.pem"), code=2)
    assert "are not made here" in home.run("create", "a@b.example", "--kind", "RSA-512", code=2, opens=True)
    assert "no key with a certificate" in home.run("show", "clara@muster.example", code=2)


def test_no_secret_is_an_argument() -> None:
    """No option takes a passphrase itself: other users can read arguments."""
    done = subprocess.run(
        [sys.executable, "-m", "letterlock", "keys", "export", "--help"],
        capture_output=True, text=True, env={"PYTHONPATH": str(PROJECT / "host")}, check=True,
    )  # fmt: skip
    assert "--passphrase " not in done.stdout
    assert "--file-passphrase " not in done.stdout


@pytest.mark.parametrize("kind", ["RSA-3072", "Ed25519-X25519", "ML-DSA-65-ML-KEM-768"])
def test_the_internal_authority_certifies_what_is_asked_for(
    home: Home, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Two computers: keys made on one, certified on the other, also those that cannot sign; and renewed."""
    secret = ("--passphrase-file", home.path("vault.txt"))

    def at(computer: str, *arguments: str) -> str:
        monkeypatch.setenv("LETTERLOCK_HOME", home.path(computer))
        assert main(("--language", "en", *arguments)) == 0, home.capsys.readouterr()
        return home.capsys.readouterr().out

    at("office", "authority", "init", "Muster AG", "--domain", "muster.example", *secret)
    root = home.file("muster.pem", b"")
    Path(root).write_text(at("office", "authority", "export", "pem"))
    at("anna", "trust", "add", root)
    at("anna", "keys", "create", "anna@muster.example", "--kind", kind, "--out", home.path("request.pem"), *secret)
    for again in (False, True):
        if again:
            renewed = at("anna", "keys", "renew", "anna@muster.example", "--same-key", *secret)
            home.file("request.pem", renewed.encode())
        who = "--as-requested" if again else "anna@muster.example"
        request = ("--request", home.path("request.pem"), "--out", home.path("issued"), "--json")
        issue = ("authority", "issue", who, *request)
        at("office", *issue, *secret)
        for file in sorted((home.folder / "issued").glob("*.pem")):
            at("anna", "keys", "certify", str(file))
            file.unlink()
        assert "anna@muster.example: works" in at("anna", "keys", "check", "anna@muster.example", *secret)
    (home.folder / "home").mkdir(exist_ok=True)
    entries = json.loads(at("anna", "keys", "list", "--json"))
    assert [len(each["certificates"]) for each in entries] == [2] * len(KINDS[kind])


def test_the_doctor_announces_an_end(home: Home) -> None:
    """What ends soon is a remark, what has ended is to be mended."""

    def said() -> dict[str, str]:
        main(("--language", "en", "doctor", "--json"))
        findings = json.loads(home.capsys.readouterr().out)["findings"]
        return {each["code"]: each["state"] for each in findings if each["code"].startswith("identity_")}

    certified(home, days=12)
    assert said() == {"identity_expires_soon": "remark"}
    home.run("remove", home.json("list")[0]["id"], "--yes", opens=True)
    certified(home, days=5, begun=9)
    assert said() == {"identity_expired": "mend"}
