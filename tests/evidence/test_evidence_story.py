"""Fifteen years later: who signed in 2026 is shown in 2041, when nobody can be asked any more.

The mail is signed by `openssl cms`, certified by the internal authority, and stamped by `openssl ts`, each at its own
day (libfaketime). In 2035, before elliptic curves are given up, an authority with ML-DSA stamps, which this OpenSSL
cannot; its tokens are made by the tests.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.authority import exports, keys, ocsp
from letterlock.operations.authority_responder import Responder
from letterlock.operations.bundle_renew import Renewing, renew
from letterlock.operations.bundle_save import Saving, save
from letterlock.operations.online import Online
from letterlock.operations.timestamps import Authority
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from letterlock.trust.revocation import Mode
from tests.authority.founded import Founded, founded, private_pem
from tests.evidence.notary import Notary
from tests.evidence.openssl_authority import CONFIG, private
from tests.evidence.tokens import stamping
from tests.needs import PROJECT, require_program
from tests.net.servers import Server, answer
from tests.published import HERE
from tests.trust.chains import Issued, issue
from tests.trust.evidence import crl

SIGNED = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST, SECOND = datetime(2030, 9, 1, tzinfo=UTC), datetime(2035, 3, 1, tzinfo=UTC)
JUDGED = datetime(2041, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


def year(number: int) -> datetime:
    return datetime(number, 1, 1, tzinfo=UTC)


def at_that_time(when: datetime, *command: str, folder: Path, data: bytes = b"") -> bytes:
    """What a program says whose clock stands there."""
    faketime = str(require_program("faketime", "faketime"))
    done = subprocess.run(
        [faketime, "-f", f"@{when:%Y-%m-%d %H:%M:%S}", *command],
        input=data,
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "TZ": "UTC"},
        timeout=60,
    )
    assert done.stdout, done.stderr.decode()
    return done.stdout


class World:
    """The authorities for mail and for time, and everything they publish. `now` is everybody's clock."""

    def __init__(self, folder: Path, ca: Founded, web: Server, routes: dict[str, Any]) -> None:
        self.folder, self.ca, self.web, self.routes = folder, ca, web, routes
        self.now = SIGNED
        self.anna = ca.issue("anna@muster.example", name="Anna Muster")
        key = keys.generate("P-256")
        signs = ca.authority.responder(key.public, ca.key, SIGNED)
        self.responder = Responder(
            ca.database, ocsp.Responder(ca.authority.chain.issuing, signs, key), lambda: self.now
        )
        self.time_root = issue("Time Root", not_after=year(2050))
        self.clocks = {
            2026: self._clock("Clock 2026", year(2032), self.time_root, "/time.crl"),
            2030: self._clock("Clock 2030", year(2036), self.time_root, "/time.crl"),
        }
        self.later_root = issue("Later Time Root", kind="ML-DSA-65", not_after=year(2070))
        self.later = self._clock("Clock 2035", year(2055), self.later_root, "/later.crl", kind="ML-DSA-65")
        self.publish()

    def publish(self) -> None:
        """The lists of today. The issuing authority has none that can be had: its responder is asked."""
        made = {"made": self.now - DAY, "until": self.now + 7 * DAY}
        self.routes["/root.crl"] = answer(self.ca.authority.make_list(self.ca.key, self.now, root=self.ca.root))
        self.routes["/time.crl"] = answer(crl(self.time_root, **made))
        self.routes["/later.crl"] = answer(crl(self.later_root, **made))

    def mail(self) -> bytes:
        """Signed by Anna with OpenSSL."""
        chain = self.ca.authority.chain
        (self.folder / "anna.pem").write_bytes(exports.pem([self.anna]))
        (self.folder / "issuing.pem").write_bytes(exports.pem([chain.issuing]))
        (self.folder / "anna.key").write_bytes(private_pem(self.ca.people[self.anna.serial]))
        command = ["openssl", "cms", "-sign", "-signer", "anna.pem", "-inkey", "anna.key", "-certfile", "issuing.pem"]
        content = b"Content-Type: text/plain\r\n\r\nI take the house for 900,000.\r\n"
        signed = at_that_time(self.now, *command, folder=self.folder, data=content)
        head = b"From: anna@muster.example\r\nTo: bert@beispiel.example\r\nSubject: The house\r\n"
        return head + signed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def settings(self) -> TrustSettings:
        roots = (self.ca.authority.chain.root, self.time_root.certificate, self.later_root.certificate)
        return TrustSettings(tuple(Anchor(each, "user") for each in roots), mode=Mode.OCSP, online=True, network=HERE)

    def online(self) -> Online:
        return Online(clock=lambda: self.now)

    def stamp(self, clock: int) -> Authority:
        """The address of `openssl ts` at its own day."""
        return Authority(f"{self.web.url}/stamp/{clock}")

    def answered(self, path: str, body: bytes) -> bytes:
        if path == "/ocsp":
            return self.responder.answer(body)[0]
        clock = self.clocks[int(path.rpartition("/")[2])]
        for name, octets in {
            "clock.pem": clock.pem, "root.pem": self.time_root.pem, "clock.key": private(clock),
            "serial": b"01", "question": body,
            "config": CONFIG.format(
                folder=self.folder, digest="sha256", precision=0, chain="no", ess="sha256"
            ).encode(),
        }.items():  # fmt: skip
            (self.folder / name).write_bytes(octets)
        command = ["openssl", "ts", "-reply", "-queryfile", "question", "-config", "config"]
        return at_that_time(self.now, *command, folder=self.folder)

    def _clock(self, name: str, until: datetime, root: Issued, lists: str, **kind: str) -> Issued:
        point = x509.UniformResourceIdentifier(f"{self.web.url}{lists}")
        points = x509.CRLDistributionPoints([x509.DistributionPoint([point], None, None, None)])
        return stamping(name, root, not_after=until, extensions=[(points, False)], **kind)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    routes: dict[str, Any] = {}
    made: list[World] = []

    def talk(connection: Any, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        if path in routes:
            routes[path](connection, request)
        elif path == "/ocsp" or path.startswith("/stamp/"):
            answer(made[0].answered(path, body))(connection, request)
        else:
            answer(b"", status="404 Not Found")(connection, request)

    web = Server(talk)
    try:
        with founded(folder / "authority", url=web.url, at=SIGNED) as ca:
            made.append(World(folder, ca, web, routes))
            yield made[0]
    finally:
        web.close()


def letterlock(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The command line, in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "letterlock", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "host"), "LETTERLOCK_HOME": str(folder / "home")},
        timeout=60,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2026 to 2035, after which nobody can be asked any more: mail.eml, fresh.asice, renewed.asice and the roots."""
    require_program("faketime", "faketime")
    folder = tmp_path_factory.mktemp("story")
    with world(folder) as it:
        mail = it.mail()
        (folder / "mail.eml").write_bytes(mail)
        fresh = io.BytesIO()
        saved = save([mail], fresh, Saving(it.settings(), [it.stamp(2026)], it.now, online=it.online()))
        saved.opened.close()
        assert saved.doubts == ()
        it.now = FIRST
        it.publish()
        once = io.BytesIO()
        renew(fresh, once, Renewing(it.settings(), it.stamp(2030), it.now, it.online()))
        it.now = SECOND
        it.publish()
        twice = io.BytesIO()
        with Notary(it.later, SECOND, token_digest="SHA-512") as notary:
            renew(once, twice, Renewing(it.settings(), notary.authority, it.now, it.online()))
        for name, file in (("fresh", fresh), ("once", once), ("renewed", twice)):
            (folder / f"{name}.asice").write_bytes(file.getvalue())
        roots = (it.ca.authority.chain.root, it.time_root.certificate, it.later_root.certificate)
        (folder / "roots.pem").write_bytes(b"".join(map(_pem, roots)))
    return folder


def _pem(certificate: Certificate) -> bytes:
    return x509.load_der_x509_certificate(certificate.der).public_bytes(Encoding.PEM)


def test_in_2041_it_holds(told: Path) -> None:
    """From one file and the roots, offline: who signed, by when, not withdrawn, and three time-stamps in a chain."""
    arguments = ("--anchor", "roots.pem", "--at", f"{JUDGED:%Y-%m-%dT%H:%M:%SZ}", "--json")
    done = letterlock(told, "evidence", "verify", "renewed.asice", *arguments)
    found = json.loads(done.stdout)
    assert (done.returncode, found["status"], found["reasons"]) == (0, "holds", [])
    assert found["existed_by"][:10] == "2026-06-01"
    assert [each["time"][:4] for each in found["time_stamps"]] == ["2026", "2030", "2035"]
    assert all(each["relied_on"] for each in found["time_stamps"])
    said = {each["code"]: each for each in found["statements"]}
    assert said["evidence_signed"]["facts"]["addresses"] == ["anna@muster.example"]
    assert any(each["object"].endswith(".ocsp") for each in said["evidence_not_withdrawn"]["proof"])
    assert found["verdict"]["signature"]["status"] == "valid"


def test_in_2034_one_renewal_is_enough(told: Path) -> None:
    """The authority of 2030 is still in force, and so are its algorithms."""
    arguments = ("--anchor", "roots.pem", "--at", "2034-01-01T00:00:00Z", "--json")
    done = letterlock(told, "evidence", "verify", "once.asice", *arguments)
    assert (done.returncode, json.loads(done.stdout)["reasons"]) == (0, [])


@pytest.mark.parametrize("file", ["fresh", "once"])
def test_without_renewal_it_does_not_hold(told: Path, file: str) -> None:
    """The authorities' certificates ran out before anybody stamped again."""
    arguments = ("--anchor", "roots.pem", "--at", f"{JUDGED:%Y-%m-%dT%H:%M:%SZ}", "--json")
    done = letterlock(told, "evidence", "verify", f"{file}.asice", *arguments)
    found = json.loads(done.stdout)
    assert (done.returncode, found["status"]) == (1, "not_proven")
    assert {"bundle_no_time_stamp", "bundle_time_stamp_aged", "bundle_algorithm_ended"} <= {
        each["code"] for each in found["reasons"]
    }


def test_without_evidence_it_is_not_proven(told: Path) -> None:
    """The same mail and the same root: expired, and nobody says that it was signed before."""
    arguments = ("--anchor", "roots.pem", "--at", f"{JUDGED:%Y-%m-%dT%H:%M:%SZ}", "--json")
    done = letterlock(told, "verify", "mail.eml", *arguments)
    verdict = json.loads(done.stdout)["verdict"]
    assert (done.returncode, verdict["signature"]["status"]) == (1, "untrusted")
    assert verdict["reasons"][0]["code"] == "certificate_expired"


def test_the_report_for_a_judge(told: Path) -> None:
    """As a page and as PDF."""
    for file, language, words in (
        ("report.html", "de", b"Was sie nicht beweisen"),
        ("report.pdf", "en", b"%PDF-"),
    ):
        arguments = ("--anchor", "roots.pem", "--at", "2034-01-01T00:00:00Z", "--language", language)
        done = letterlock(told, "evidence", "report", "once.asice", "-o", file, *arguments)
        assert done.returncode == 0, done.stderr
        assert words in (told / file).read_bytes()
