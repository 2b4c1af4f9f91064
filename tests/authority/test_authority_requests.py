"""What a request says of its owner is his own word: an administrator says whose key it is, or confirms it."""

from __future__ import annotations

import base64
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letterlock import limits
from letterlock.authority.crl import RevocationReason
from letterlock.authority.failures import AlreadyRevoked, KeyCompromised, RequestNotConfirmed, RequestsDiffer
from letterlock.authority.people import CertificateRequest
from letterlock.keystore import issued, requests
from letterlock.keystore.entries import Purpose
from letterlock.keystore.identity_failures import CertificatesTooMany, RequestsTooMany
from letterlock.operations import authority_issue
from letterlock.operations.authority import Acting
from letterlock.operations.authority_files import Delivery
from letterlock.operations.authority_issue import Done, How, requested
from tests.authority.founded import Founded, founded
from tests.needs import PROJECT

AT = datetime.now(UTC).replace(microsecond=0)
ANNA, CHIEF = "anna@muster.example", "chief@muster.example"


@pytest.fixture
def ca(tmp_path: Path) -> Iterator[Founded]:
    with founded(tmp_path / "ca", at=AT) as ca:
        yield ca


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    return Delivery(tmp_path / "out", tmp_path / "slips")


def asking(*addresses: str, name: str = "", key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """A request in DER."""
    return requests.create(key or ec.generate_private_key(ec.SECP256R1()), addresses, name, Purpose.BOTH)


def parsed(*asked: bytes) -> tuple[CertificateRequest, ...]:
    return CertificateRequest.parse_all(requests.to_pem(asked, []))


def acting(ca: Founded) -> Acting:
    return Acting(ca.database, ca.authority, ca.key, None)  # type: ignore[arg-type]


def test_nobody_is_believed_on_his_own_word(ca: Founded, delivery: Delivery) -> None:
    """A request for the chief's address, signed with anybody's key, gets nothing; and nothing is in the log."""
    before = len(ca.authority.records.certificates())
    with pytest.raises(RequestNotConfirmed) as caught:
        requested(acting(ca), parsed(asking(CHIEF, name="The Chief")), delivery, AT)
    assert (caught.value.addresses, caught.value.name) == ((CHIEF,), "The Chief")
    assert len(ca.authority.records.certificates()) == before


def test_what_was_confirmed_is_certified(ca: Founded, delivery: Delivery) -> None:
    """Address and name as they were shown."""
    done = requested(acting(ca), parsed(asking(ANNA, name="Anna")), delivery, AT, as_requested=True)
    assert (done.certificates[0].addresses, done.certificates[0].name) == ((ANNA,), "Anna")


def test_what_the_administrator_says_is_all_that_is_certified(ca: Founded, delivery: Delivery) -> None:
    """Neither another address that the request asks for nor its name gets into the certificate."""
    done = requested(acting(ca), parsed(asking(ANNA, CHIEF, name="The Chief")), delivery, AT, (ANNA,))
    assert done.certificates[0].addresses == (ANNA,)
    assert "Chief" not in done.certificates[0].name


def test_requests_of_several_people_in_one_file(ca: Founded, delivery: Delivery) -> None:
    """Somebody may have put a request of his own beside another's: confirmed or not, neither is certified."""
    with pytest.raises(RequestsDiffer):
        requested(acting(ca), parsed(asking(ANNA), asking(ANNA, CHIEF)), delivery, AT, as_requested=True)


def test_a_key_that_somebody_else_has(ca: Founded, delivery: Delivery) -> None:
    """Once revoked as compromised it is never certified again; revoked for another reason it may be."""
    for reason, refused in ((RevocationReason.KEY_COMPROMISE, True), (RevocationReason.SUPERSEDED, False)):
        key = ec.generate_private_key(ec.SECP256R1())
        made = ca.issue(ANNA, key=key)
        ca.authority.revoke([made.serial], reason, ca.key, AT)
        asked = parsed(asking(ANNA, key=key))
        if refused:
            with pytest.raises(KeyCompromised):
                requested(acting(ca), asked, delivery, AT, (ANNA,))
        else:
            assert isinstance(requested(acting(ca), asked, delivery, AT, (ANNA,)), Done)


def test_what_was_revoked_is_not_renewed(ca: Founded, delivery: Delivery) -> None:
    """Named by its serial number, too: else a revocation would be undone by mistake."""
    made = ca.issue(ANNA)
    ca.authority.revoke([made.serial], RevocationReason.AFFILIATION_CHANGED, ca.key, AT)
    row = ca.authority.records.certificate(made.serial)
    assert row is not None
    with pytest.raises(AlreadyRevoked):
        list(authority_issue.renew(acting(ca), [row], delivery, How(), AT))


def test_a_file_with_more_requests_than_are_read_is_refused_as_a_whole() -> None:
    """Nothing is passed over in silence: who stands behind the limit would wait for ever."""
    one = asking(ANNA)
    assert len(requests.read(requests.to_pem([one] * limits.REQUESTS_IN_FILE, []))) == limits.REQUESTS_IN_FILE
    with pytest.raises(RequestsTooMany) as caught:
        requests.read(requests.to_pem([one] * (limits.REQUESTS_IN_FILE + 1), []))
    assert caught.value.found == limits.REQUESTS_IN_FILE + 1


def test_a_file_with_more_certificates_than_are_read_is_refused_as_a_whole(
    ca: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same one again and again is one."""
    monkeypatch.setattr(limits, "CERTIFICATE_FILE_ENTRIES", 3)
    blocks = [
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(ca.issue(ANNA).der) + b"-----END CERTIFICATE-----\n"
        for _ in range(4)
    ]
    assert len(issued.certificates(b"".join(blocks[:3] * 5))) == 3
    with pytest.raises(CertificatesTooMany):
        issued.certificates(b"".join(blocks))


# --- At a terminal -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "code"), [(ANNA, 0), ("yes", 2), ("", 2)])
def test_what_is_asked_for_is_shown_and_confirmed(tmp_path: Path, typed: str, code: int) -> None:
    """Addresses, name and the keys' identifiers, as their owner sees them; confirmed by typing the address."""
    office = Office(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "anna.csr").write_bytes(requests.to_pem([asking(ANNA, name="Anna Muster", key=key)], []))
    shown, done = office.at_a_terminal(typed, "authority", "issue", "--request", "anna.csr")
    assert done == code, shown
    import hashlib

    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for each in (ANNA, "Anna Muster", hashlib.sha256(public).hexdigest()[:16]):
        assert each in shown
    assert len(list(tmp_path.glob("key-files/*.pem"))) == (1 if code == 0 else 0)


def test_a_script_that_nobody_can_ask(tmp_path: Path) -> None:
    """Refused, saying for whom the certificate would be; a name that was not given is said, too."""
    office = Office(tmp_path)
    (tmp_path / "anna.csr").write_bytes(requests.to_pem([asking(ANNA, name="Anna Muster")], []))
    refused = office("authority", "issue", "--request", "anna.csr")
    assert refused.returncode == 2
    assert ANNA in refused.stderr
    named = office("authority", "issue", ANNA, "--request", "anna.csr")
    assert named.returncode == 0, named.stderr
    assert "“Anna Muster”; --name certifies one" in named.stderr


class Office:
    """An authority in a folder, and its commands as whole processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "LETTERLOCK_HOME": str(folder / "home"),
            "PYTHONPATH": str(PROJECT / "host"),
            "LANGUAGE": "en",
            "COLUMNS": "200",
        }
        (folder / "keys").write_text("correct horse battery staple\n")
        assert self("authority", "init", "Muster AG").returncode == 0

    def __call__(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(command),
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def at_a_terminal(self, typed: str, *command: str) -> tuple[str, int]:
        """What a person sees who types one line, and the exit code."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self._command(command),
            cwd=self.folder,
            env=self._environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        os.close(theirs)
        os.write(ours, f"{typed}\n".encode())
        shown, _ = process.communicate(timeout=60)
        os.close(ours)
        return shown, process.returncode

    def _command(self, command: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "letterlock", "--language", "en", *command, "--passphrase-file", "keys"]
