"""Withdrawal at a terminal and in scripts: the options, the setting, and the administrator's last word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.needs import PROJECT
from tests.net import servers
from tests.net.servers import answer
from tests.published import Publisher


class Desk:
    """A command line with a home and a policy, an authority that publishes, and a mail by somebody it certified."""

    def __init__(self, folder: Path, **publishes: bool) -> None:
        self.publisher = Publisher(folder / "authority", **publishes)
        self.folder = folder
        self.policy: dict[str, Any] = {
            "mozilla": False,
            "revocation": {"private_addresses": True, "request_seconds": 30, "total_seconds": 60},
        }
        (folder / "root.pem").write_bytes(self.publisher.root.pem)

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        policy = self.folder / "policy.json"
        policy.write_text(json.dumps(self.policy))
        return subprocess.run(
            [sys.executable, str(PROJECT / "tests" / "policed.py"), str(policy), *arguments],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, "LETTERLOCK_HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        )

    def verify(self, *options: str, chain: bool = True) -> tuple[int, str, list[str]]:
        """Exit code, status and the codes of the reasons."""
        (self.folder / "mail.eml").write_bytes(self.publisher.mail(chain=chain))
        done = self("verify", "mail.eml", "--json", "--anchor", "root.pem", *options)
        verdict = json.loads(done.stdout)["verdict"]
        return done.returncode, verdict["signature"]["status"], [each["code"] for each in verdict["reasons"]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    with made.publisher:
        yield made


def test_by_default_nothing_is_fetched(desk: Desk) -> None:
    """Scripts get the same answer everywhere, and no server hears of it."""
    assert desk.verify() == (0, "valid", ["revocation_not_checked"])
    assert desk.publisher.asked() == 0


def test_lists_are_fetched_on_request_and_waited_for(desk: Desk) -> None:
    """The verdict is the last one; the next call finds them at hand, in any mode."""
    assert desk.verify("--revocation", "crl") == (0, "valid", [])
    assert desk.publisher.asked() == 2
    assert desk.verify() == (0, "valid", [])
    assert desk.verify("--revocation", "strict") == (0, "valid", [])
    assert desk.publisher.asked() == 2
    done = desk("trust", "revocation", "--forget", "--json")
    assert json.loads(done.stdout)["forgotten"] == 2
    assert desk.verify() == (0, "valid", ["revocation_not_checked"])


def test_a_withdrawn_certificate_fails_the_script(desk: Desk) -> None:
    """Exit code 1."""
    desk.publisher.routes["/ca.crl"] = answer(desk.publisher.list(desk.publisher.ca, desk.publisher.anna))
    code, status, codes = desk.verify("--revocation", "crl")
    assert (code, status, codes[0]) == (1, "untrusted", "certificate_revoked")


def test_a_folder_of_evidence_keeps_strict_off_the_network(desk: Desk) -> None:
    """What is in the folder counts, and nothing else; asking for lists as well has to be said."""
    (desk.folder / "evidence").mkdir()
    (desk.folder / "evidence" / "ca.crl").write_bytes(desk.publisher.list(desk.publisher.ca))
    for options in ((), ("--revocation", "strict")):
        code, status, codes = desk.verify("--evidence", "evidence", *options)
        assert (code, status, codes[0]) == (1, "untrusted", "revocation_evidence_missing")
    assert desk.publisher.asked() == 0
    assert desk.verify("--evidence", "evidence", "--revocation", "crl") == (0, "valid", [])
    assert desk.publisher.asked() == desk.publisher.asked("/root.crl") == 1


def test_without_the_administrators_permission_this_network_is_not_asked(desk: Desk) -> None:
    """The same option, and nobody connects."""
    desk.policy = {"mozilla": False}
    assert desk.verify("--revocation", "crl") == (0, "valid", ["revocation_not_checked", "fetch_address_forbidden"])
    assert desk.publisher.asked() == 0


def test_the_administrators_patience_counts(desk: Desk) -> None:
    """A server that never answers."""
    desk.publisher.routes["/ca.crl"] = servers.silent
    desk.policy["revocation"] |= {"request_seconds": 1, "total_seconds": 3}
    assert desk.verify("--revocation", "crl") == (0, "valid", ["revocation_not_checked", "fetch_timed_out"])


def test_issuers_are_fetched_on_request(tmp_path: Path) -> None:
    """The mail lacks its authority's certificate; also for a bare certificate."""
    desk = Desk(tmp_path, lists=False, issuer=True)
    with desk.publisher:
        assert desk.verify(chain=False) == (1, "untrusted", ["issuer_unknown", "issuer_published"])
        assert desk.verify("--revocation", "strict", chain=False)[1] == "untrusted"
        assert desk.publisher.asked() == 0
        (tmp_path / "anna.cer").write_bytes(desk.publisher.anna.der)
        path = ("trust", "path", "anna.cer", "--anchor", "root.pem", "--json")
        assert desk(*path).returncode == 1
        assert desk(*path, "--fetch-issuers").returncode == 0
        assert desk.publisher.asked("/ca.cer") == desk.publisher.asked() == 1
        assert desk.verify(chain=False) == (0, "valid", ["revocation_not_checked"])


def test_a_bare_certificate_is_looked_up_too(desk: Desk) -> None:
    """`trust path --revocation crl`: withdrawn, so there is no valid path."""
    desk.publisher.routes["/ca.crl"] = answer(desk.publisher.list(desk.publisher.ca, desk.publisher.anna))
    (desk.folder / "anna.pem").write_bytes(desk.publisher.anna.pem + desk.publisher.ca.pem)
    path = ("trust", "path", "anna.pem", "--anchor", "root.pem", "--json")
    assert desk(*path).returncode == 0
    done = desk(*path, "--revocation", "crl")
    assert done.returncode == 1
    assert json.loads(done.stdout)["reasons"][0]["code"] == "certificate_revoked"


def test_the_setting_is_kept_and_the_organisation_has_the_last_word(desk: Desk) -> None:
    """`trust revocation MODE`, for the mail that clients open."""

    def holds(*arguments: str) -> str:
        return str(json.loads(desk("trust", "revocation", *arguments, "--json").stdout)["mode"])

    assert holds() == "crl"
    assert holds("strict") == "strict"
    assert holds() == "strict"
    desk.policy["revocation"]["mode"] = "off"
    assert holds() == "off"
    assert b"Your organisation decided so" in desk("trust", "revocation", "ocsp").stdout
    assert desk("trust", "revocation", "sometimes").returncode == 2


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"modus": "crl"},
        {"mode": "sometimes"},
        {"mode": []},
        {"private_addresses": 1},
        {"request_seconds": 0},
        {"total_seconds": "5"},
        {"total_seconds": True},
        {"total_seconds": 1e9},
    ],
)
def test_a_policy_that_cannot_be_understood_is_not_passed_over(desk: Desk, wrong: Any) -> None:
    """The administrator's wish would not be done, and nobody would know."""
    desk.policy["revocation"] = wrong
    done = desk("trust", "revocation")
    assert done.returncode != 0
    assert b"revocation" in done.stderr
