"""An authority whose issuing key was made on a token and stays there: SoftHSM2, and OpenSSL as the judge."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.__main__ import main
from letterlock.operations import authority, authority_responder
from letterlock.operations.authority_responder import Responder
from tests.keystore import softhsm
from tests.needs import require_program

pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")

LABELS = iter(f"CA card {number}" for number in range(100))


class Office:
    """An administrator's folder, with a card in the reader. Each command is one run of the program."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.label = next(LABELS)
        self.card = softhsm.Card(self.label)
        self._capfd = capfd
        for name, text in (("keys", "correct horse battery staple"), ("pin", softhsm.PIN), ("wrong", "0815")):
            Path(name).write_text(f"{text}\n")
        self.token = ("--token", self.label, "--pin-file", "pin")
        assert self("tokens", "add", str(softhsm.library()))[0] == 0

    def __call__(self, *command: str) -> tuple[int, str, str]:
        """Exit code, output, and what went wrong. Afterwards the card is locked, whatever came of it."""
        self._capfd.readouterr()
        code = main(list(command))
        said = self._capfd.readouterr()
        assert not self.unlocked(), command
        return code, said.out, said.err

    def authority(self, *command: str) -> str:
        """A command of the authority that works, with its keys."""
        code, out, err = self("authority", *command, "--passphrase-file", "keys", *self.token)
        assert code == 0, err
        return out

    def unlocked(self) -> bool:
        """Whether this process is logged in to the card: then it shows its private keys to everybody here."""
        token = next(iter(pkcs11.lib(str(softhsm.library())).get_tokens(token_label=self.label)))
        with token.open() as session:
            return bool(list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Office:
    softhsm.library()
    if "SOFTHSM2_CONF" not in os.environ:
        # A process sees only the first folder of tokens it was given: another test may have given it one.
        (tmp_path / "softhsm").mkdir()
        softhsm.prepare(tmp_path / "softhsm")
    monkeypatch.setenv("LETTERLOCK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Office(capfd)


def openssl(*arguments: str) -> str:
    """What OpenSSL says, on either channel."""
    program = require_program("openssl", "openssl")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["P-384", "RSA-4096"])
def test_an_authority_on_a_token_issues_revokes_and_is_audited(kind: str, office: Office) -> None:
    """OpenSSL verifies what the token signed; without the token, or with a wrong PIN, nothing is signed."""
    office.authority("init", "Muster AG", "--key", kind)
    issue = ("authority", "issue", "anna@muster.example", "--keys", "P-256", "--passphrase-file", "keys")
    code, _, err = office(*issue)
    assert code == 2
    assert office.label in err, "the card whose PIN is needed is named"
    assert office(*issue, "--token", office.label, "--pin-file", "wrong")[0] == 2
    office.authority("issue", "anna@muster.example", "--keys", "P-256", "--mine")
    listed = json.loads(office("authority", "list", "--json")[1])
    assert [each["role"] for each in listed] == ["root", "issuing", "person"]
    office.authority("revoke", "anna@muster.example")
    office.authority("crl", "--out", "issuing.crl")
    assert office("authority", "export", "chain", "--out", "chain.pem")[0] == 0
    assert office("authority", "audit")[0] == 0
    assert "verify OK" in openssl("crl", "-inform", "DER", "-in", "issuing.crl", "-CAfile", "chain.pem", "-noout")
    own = json.loads(office("keys", "list", "--json")[1])
    assert "authority" not in [each["purpose"] for each in own if "Root" not in each["label"]]


@pytest.mark.parametrize("offline", [True, False])
def test_the_issuing_certificate_is_renewed_over_the_key_on_the_token(office: Office, offline: bool) -> None:
    """The key stays, so what it certified before leads to the new certificate, too; the root's key comes from its file,
    or from the vault."""
    Path("root.txt").write_text("root, alone in a safe\n")
    root = ("--root-key", "root.p12", "--root-passphrase-file", "root.txt") if offline else ()
    office.authority("init", "Muster AG", *root)
    Path("anna.txt").write_text("name,address\nAnna,anna@muster.example\n")
    office.authority("issue", "anna@muster.example", "--keys", "P-256", "--mine")
    if offline:
        command = ("authority", "renew", "--issuing", "--passphrase-file", "keys", *office.token)
        assert "root" in office(*command)[2].lower(), "without the root's key nothing is renewed"
    assert "Renewed: Muster AG Mail CA" in office.authority("renew", "--issuing", *root)
    assert office("authority", "audit")[0] == 0
    assert office("authority", "export", "chain", "--out", "chain.pem")[0] == 0
    (anna,) = json.loads(office("keys", "list", "--json")[1])[-1]["certificates"]
    export = ("keys", "export", "anna@muster.example", "--out", "anna.p12", "--passphrase-file", "keys")
    assert office(*export, "--file-passphrase-file", "root.txt")[0] == 0, anna
    own = openssl("pkcs12", "-in", "anna.p12", "-passin", "file:root.txt", "-nokeys", "-clcerts")
    Path("anna.pem").write_text(own[own.index("-----BEGIN") :])
    assert "anna.pem: OK" in openssl("verify", "-CAfile", "chain.pem", "anna.pem")
    issuing = [each for each in json.loads(office("authority", "list", "--json")[1]) if each["role"] == "issuing"]
    assert len(issuing) == 2


def test_the_responder_answers_without_the_token(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own key is certified by the token, which is locked before the first request. OpenSSL believes the answer."""
    office.authority("init", "Muster AG")
    office.authority("issue", "anna@muster.example", "--keys", "P-256", "--mine")
    assert office("authority", "export", "chain", "--out", "chain.pem")[0] == 0
    answers: list[bytes] = []

    def serve(application: Responder, host: str, port: int, ready: object) -> None:
        assert not office.unlocked()
        answers.append(application.answer(Path("request.der").read_bytes())[0])

    monkeypatch.setattr(authority_responder, "serve", serve)
    with authority.reading(Path("home/data/letterlock.sqlite")) as found:
        serial = next(each.serial for each in authority.issued(found, datetime.now(UTC)) if each.role == "person")
        Path("issuing.pem").write_bytes(authority.exported(found, "chain", ""))
    asked = ("-issuer", "issuing.pem", "-serial", f"0x{serial}", "-no_nonce", "-reqout", "request.der")
    openssl("ocsp", *asked)
    office.authority("ocsp", "--listen", "127.0.0.1:0")
    Path("answer.der").write_bytes(answers[0])
    said = openssl("ocsp", *asked[:4], "-respin", "answer.der", "-CAfile", "chain.pem")
    assert "Response verify OK" in said
    assert f"0x{serial}: good" in said


def test_a_key_that_is_on_the_token_already_is_taken(office: Office) -> None:
    """By its label or by its identifier, as the token's own tools show them; it signs as one made here does."""
    _make(office, "EC:secp384r1", "CA key", "0a0b")
    made = office.authority("init", "Muster AG", "--token-key", "0A:0B")
    assert "P-384" in made
    office.authority("issue", "anna@muster.example", "--keys", "P-256", "--mine")
    office.authority("crl", "--out", "issuing.crl")
    assert office("authority", "export", "chain", "--out", "chain.pem")[0] == 0
    assert "verify OK" in openssl("crl", "-inform", "DER", "-in", "issuing.crl", "-CAfile", "chain.pem", "-noout")
    issued = json.loads(office("authority", "list", "--json")[1])
    assert [each["role"] for each in issued] == ["root", "issuing", "person"]


@pytest.mark.parametrize(
    ("key", "wanted", "code"),
    [
        (None, "CA key", "token_key_absent"),
        (("EC:secp256r1", "CA key", "01"), "CA key", "ca_key_not_supported"),
        (("RSA:2048", "CA key", "01"), "CA key", "ca_key_not_supported"),
        (("EC:secp384r1", "CA key", "01", "--extractable"), "CA key", "token_key_leaves"),
        (("EC:secp384r1", "CA key", "01", "twice"), "CA key", "token_key_ambiguous"),
    ],
)
def test_a_key_that_will_not_do(office: Office, key: tuple[str, ...] | None, wanted: str, code: str) -> None:
    """One that is not there, of two that are called so, too short, or that the token would hand out: no authority."""
    from letterlock.words import say

    if key:
        _make(office, *(each for each in key if each != "twice"))
    if key and "twice" in key:
        _make(office, key[0], key[1], "02")
    init = ("authority", "init", "Muster AG", "--passphrase-file", "keys", *office.token, "--token-key", wanted)
    exit_code, _, err = office("--language", "en", *init)
    assert exit_code == 2
    start = say(code, {"token": office.label, "key": wanted}, "en").sentence[:20]
    assert start in " ".join(err.split()), err
    assert office("authority", "list")[0] == 2, "nothing was founded"


def test_naming_a_key_needs_the_token(office: Office) -> None:
    """Which one it is on is never guessed."""
    init = ("authority", "init", "Muster AG", "--passphrase-file", "keys", "--token-key", "CA key")
    assert office(*init)[0] == 2


def _make(office: Office, kind: str, label: str, identifier: str, *options: str) -> None:
    """A key pair, made on the card by OpenSC's tool, as an administrator might have done before."""
    tool = require_program("pkcs11-tool", "opensc")
    login = ("--token-label", office.label, "--login", "--pin", softhsm.PIN)
    made = ("--keypairgen", "--key-type", kind, "--label", label, "--id", identifier, "--usage-sign", *options)
    done = subprocess.run(
        [tool, "--module", str(softhsm.library()), *login, *made], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
