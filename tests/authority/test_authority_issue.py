"""Issuing to a list of staff: whole people only, whatever happens in the middle."""

from __future__ import annotations

import os
import random
import re
import stat
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letterlock.authority import people, staff
from letterlock.authority.audit import audit
from letterlock.authority.failures import BundleInTheWay, CertificateNotGood, SlipsBesideBundles, StaffUnreadable
from letterlock.authority.settings import Settings
from letterlock.authority.staff import Person
from letterlock.keystore import pkcs12
from letterlock.keystore.pkcs12_write import Form
from letterlock.keystore.vault import Vault
from letterlock.operations import authority, authority_files, authority_issue
from letterlock.operations.authority_files import Delivery
from letterlock.operations.authority_issue import How, Outcome
from letterlock.trust.certificate import Certificate
from tests.authority import issuer
from tests.keystore.vaults import made as made_vault
from tests.needs import PROJECT, require_program

AT = datetime.now(UTC).replace(microsecond=0)
QUICK = How("P-256")


class Office:
    """An organisation with an authority, and two folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "data" / "letterlock.sqlite"
        self.vault: Vault = made_vault(self.database)
        settings = Settings("Muster AG", domains=("muster.example",), issuing_key="P-384", root_key="P-384")
        authority.init(self.database, self.vault, settings, AT)
        self.bundles, self.slips = folder / "bundles", folder / "slips"

    def issue(self, *everybody: Person, how: How = QUICK, at: datetime = AT) -> list[Outcome]:
        with authority.acting(self.database, self.vault) as acting:
            delivery = Delivery(self.bundles, self.slips)
            return [each.outcome for each in authority_issue.issue(acting, everybody, delivery, how, at)]

    def opened(self, address: str) -> pkcs12.KeyFile:
        """A person's key file, opened with the passphrase on the slip."""
        return pkcs12.read((self.bundles / f"{address}.p12").read_bytes(), self.passphrase(address))

    def passphrase(self, address: str) -> str:
        found = re.search(r"^    ([a-z2-9-]{24})$", (self.slips / f"{address}.txt").read_text(), re.MULTILINE)
        assert found
        return found[1]

    def check(self, count: int) -> None:
        """`count` people, each with one certificate, the file it is in and the slip that opens it, and nothing else."""
        with authority.reading(self.database) as found:
            rows = found.records.certificates("person")
            assert audit(found).findings == ()
        assert len(rows) == count
        bundles = {sha256(each.read_bytes()).hexdigest(): each for each in self.bundles.iterdir()}
        assert set(bundles) == {each.bundle for each in rows}
        assert {each.name for each in self.slips.iterdir()} == {f"{each.stem}.txt" for each in bundles.values()}
        for row in rows:
            key_file = self.opened(Certificate.parse(row.der).addresses[0])
            assert row.der in [each.certificate for each in key_file.keys]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def persons(count: int) -> list[Person]:
    return [Person(0, f"Person {number}", (f"p{number}@muster.example",)) for number in range(count)]


def test_each_person_gets_a_file_and_apart_from_it_a_passphrase(office: Office) -> None:
    """Both private to their owner, in private folders; the passphrase is in no file beside the slip."""
    assert office.issue(*persons(3)) == [Outcome.ISSUED] * 3
    office.check(3)
    for path in (*office.bundles.iterdir(), *office.slips.iterdir(), office.bundles, office.slips):
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path
    passphrase = office.passphrase("p0@muster.example").encode()
    for path in office.folder.rglob("*"):
        if path.is_file() and path.parent != office.slips:
            assert passphrase not in path.read_bytes()


@pytest.mark.parametrize("form", list(Form))
def test_openssl_opens_what_is_handed_out(office: Office, form: Form) -> None:
    """Key, certificate and chain, with the passphrase from the slip."""
    openssl = require_program("openssl", "openssl")
    office.issue(Person(0, "Anna", ("anna@muster.example",)), how=How("RSA-3072", form=form))
    command = [openssl, "pkcs12", "-in", office.bundles / "anna@muster.example.p12", "-nodes", "-passin", "stdin"]
    if form is Form.COMPATIBLE:
        command.append("-legacy")
    if form is Form.PBMAC1 and b" 3.0." in subprocess.check_output([openssl, "version"]):
        pytest.skip("OpenSSL before 3.4 does not know PBMAC1 (RFC 9879)")
    passphrase = office.passphrase("anna@muster.example")
    text = subprocess.run(command, input=passphrase, capture_output=True, text=True, check=True).stdout
    assert text.count("BEGIN CERTIFICATE") == 3
    assert "BEGIN PRIVATE KEY" in text


@pytest.mark.parametrize("kind", people.KINDS)
def test_every_kind_of_keys_is_handed_out_whole(office: Office, kind: str) -> None:
    """One key or a pair, each with its certificate, in one file."""
    if "RSA" in kind and kind != "RSA-3072":
        kind = "P-384"  # the same code, and seconds of waiting for primes
    office.issue(Person(0, "", ("anna@muster.example",)), how=How(kind))
    keys = office.opened("anna@muster.example").keys
    assert len(keys) == len(people.KINDS[kind])
    for each in keys:
        assert each.certificate is not None
        public = each.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert Certificate.parse(each.certificate).key_der == public


def test_who_has_one_is_passed_over(office: Office) -> None:
    """A second run does nothing; `again` makes another, in another folder."""
    office.issue(*persons(2))
    assert office.issue(*persons(3)) == [Outcome.HAS_ONE, Outcome.HAS_ONE, Outcome.ISSUED]
    office.check(3)
    with pytest.raises(BundleInTheWay):
        office.issue(*persons(1), how=How("P-256", again=True))


def test_a_refused_person_stops_the_list_and_those_before_stay_done(office: Office) -> None:
    """An address outside the domains: nothing of it is kept, and the next run goes on behind."""
    wrong = Person(0, "Eve", ("eve@other.example",))
    with pytest.raises(CertificateNotGood):
        office.issue(*persons(2), wrong, *persons(4)[2:])
    office.check(2)
    assert office.issue(*persons(4)) == [Outcome.HAS_ONE] * 2 + [Outcome.ISSUED] * 2
    office.check(4)


def test_nothing_is_written_over_or_beside(office: Office) -> None:
    """A stranger's file of the same name stays; bundles and slips never share a folder."""
    office.bundles.mkdir()
    theirs = office.bundles / "p0@muster.example.p12"
    theirs.write_bytes(b"something else")
    with pytest.raises(BundleInTheWay):
        office.issue(*persons(1))
    assert theirs.read_bytes() == b"something else"
    for slips in (office.bundles, office.bundles / "slips", office.folder):
        with pytest.raises(SlipsBesideBundles):
            Delivery(office.bundles, slips)


class Killed(BaseException):
    """What nobody catches."""


STEPS = ["write_private", "keep", "replace"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [0, 1, 2])
def test_killed_at_any_step_the_next_run_completes(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str, when: str, call: int
) -> None:
    """Before and after each writing, naming and keeping, of the first person and the second."""
    calls = Counter[str]()

    def dying(function):  # type: ignore[no-untyped-def]
        def run(*args, **named):  # type: ignore[no-untyped-def]
            calls[step] += 1
            if calls[step] == call + 1 and when == "before":
                raise Killed
            result = function(*args, **named)
            if calls[step] == call + 1:
                raise Killed
            return result

        return run

    with monkeypatch.context() as patched:
        if step == "write_private":
            patched.setattr(authority_files, step, dying(authority_files.write_private))
        elif step == "keep":
            patched.setattr(authority.Authority, step, dying(authority.Authority.keep))
        else:
            patched.setattr(Path, step, dying(Path.replace))
        with suppress(Killed):
            office.issue(*persons(3))
    office.issue(*persons(3))
    office.check(3)


def command(office: Office, csv: Path) -> list[str]:
    return [sys.executable, issuer.__file__, *map(str, (office.database, csv, office.bundles, office.slips))]


ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{PROJECT / 'host'}:{PROJECT}"}


def written(office: Office, count: int) -> Path:
    csv = office.folder / "staff.csv"
    lines = [f"Person {number},p{number}@muster.example" for number in range(count)]
    csv.write_text("name,address\n" + "\n".join(lines) + "\n")
    return csv


def test_killed_for_real_again_and_again_the_list_is_issued_once(office: Office) -> None:
    """kill -9 at random moments until the list is done: one certificate, one file, one slip for each."""
    csv = written(office, 10)
    chance = random.Random(5)
    kills = 0
    for _ in range(60):
        process = subprocess.Popen(command(office, csv), env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        # Lines about people who are done already are no progress; one new person at least comes of each run.
        for line in process.stdout:
            if line.strip() != Outcome.HAS_ONE.value:
                break
        time.sleep(chance.random() / 50)
        process.kill()
        kills += process.wait() == -9
        process.stdout.close()
        if len(list(office.bundles.glob("*.p12"))) == 10:
            break
    assert kills > 2
    subprocess.run(command(office, csv), env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    office.check(10)


def test_two_processes_with_one_list_issue_it_once(office: Office) -> None:
    """The second waits for the first, and finds everything done."""
    csv = written(office, 6)
    processes = [subprocess.Popen(command(office, csv), env=ENVIRONMENT, stdout=subprocess.PIPE) for _ in range(2)]
    said = [each.communicate()[0].decode().split() for each in processes]
    assert [each.returncode for each in processes] == [0, 0]
    assert Counter(said[0] + said[1]) == {"issued": 6, "has-one": 6}
    office.check(6)


def test_renewal_makes_new_keys_of_the_same_kind(office: Office, tmp_path: Path) -> None:
    """The old certificates stay good; who is due is found by the days left, once."""
    office.issue(Person(0, "Anna", ("anna@muster.example",)), how=How("P-256-pair"))
    with authority.acting(office.database, office.vault) as acting:
        later = AT + timedelta(days=710)
        assert authority.expiring(acting.authority, 10, later) == ()
        due = authority.expiring(acting.authority, 30, later)
        assert len(due) == 2
        delivery = Delivery(tmp_path / "new", tmp_path / "new slips")
        (done,) = authority_issue.renew(acting, due, delivery, QUICK, later)
        assert [each.key_usage for each in done.certificates] == [{"digitalSignature"}, {"keyAgreement"}]
        assert authority.expiring(acting.authority, 30, later) == ()
        assert len(authority.in_force(acting.authority, "anna@muster.example", later)) == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name,address\nAnna,anna@muster.example\nAnna,ANNA@muster.example\n", 3),
        ("name,address\nAnna\n", 2),
        ("name,address\nAnna,\n", 2),
        ("name,address\nAnna,anna\n", 2),
        ("name,address,keys\nAnna,anna@muster.example,DSA\n", 2),
        ("name,mail\nAnna,anna@muster.example\n", 1),
        ("", 1),
        ("name,address\n", 1),
        ('name,address\n"Anna,anna@muster.example\n', 2),
        ("name,address\nAn\0na,anna@muster.example\n", 2),
        ("name,address,name\nAnna,anna@muster.example,x\n", 1),
        (f"name,address\n{'x' * 65},anna@muster.example\n", 2),
    ],
)
def test_a_list_is_understood_whole_or_not_at_all(text: str, line: int) -> None:
    """The failure names the line."""
    with pytest.raises(StaffUnreadable) as caught:
        staff.read(text.encode(), frozenset(people.KINDS))
    assert caught.value.facts()["line"] == line


def test_lists_are_read_as_spreadsheets_write_them() -> None:
    """Semicolons, a byte order mark, CRLF, quotation marks, several addresses, empty lines."""
    text = '\ufeffName;Address;Keys\r\n"Muster; Anna";anna@muster.example  info@muster.example;P-256\r\n\r\n;;\r\n'
    (anna,) = staff.read(text.encode(), frozenset(people.KINDS))
    assert anna == Person(2, "Muster; Anna", ("anna@muster.example", "info@muster.example"), "P-256")
    with pytest.raises(StaffUnreadable):
        staff.read("name,address\nJürgen,j@muster.example\n".encode("latin-1"), frozenset(people.KINDS))


def test_ones_own_keys_go_into_the_vault_once(office: Office) -> None:
    """The key with its certificate and chain; a second run finds it, `again` makes another."""
    anna = Person(0, "Anna", ("anna@muster.example",))
    with authority.acting(office.database, office.vault) as acting:
        outcomes = [
            authority_issue.keep_mine(acting, anna, "P-256", AT, again=again).outcome for again in (False, False, True)
        ]
        assert outcomes == [Outcome.ISSUED, Outcome.HAS_ONE, Outcome.ISSUED]
        rows = acting.authority.records.certificates("person")
        assert len(rows) == 2
        for row in rows:
            entry = office.vault.find(Certificate.parse(row.der).key_der)
            assert entry is not None
            assert (entry.certificates, len(entry.chain)) == ((row.der,), 2)
