"""Verdicts that are renewed: a real host asks real servers after it has answered, and its client is told."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from letterlock.native.client import OUR_EXTENSION, HostGone, HostProcess
from tests.e2e.browsers import wait_for
from tests.needs import PROJECT
from tests.net import servers
from tests.net.servers import answer
from tests.published import Publisher

LONG = 60
"""Seconds that an answer may take on a machine that is busy with other things."""


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with Publisher(tmp_path / "authority", issuer=True) as running:
        yield running


def host(publisher: Publisher, *, greet: bool = True, **revocation: Any) -> HostProcess:
    """On a computer whose administrator trusts the publisher and lets it be asked."""
    folder = publisher.folder.parent
    (folder / "root.pem").write_bytes(publisher.root.pem)
    rules = {"private_addresses": True, "request_seconds": LONG, "total_seconds": LONG} | revocation
    policy = folder / "policy.json"
    policy.write_text(json.dumps({"anchors": ["root.pem"], "mozilla": False, "revocation": rules}))
    command = [sys.executable, str(PROJECT / "tests" / "policed.py"), str(policy), "serve", OUR_EXTENSION]
    return HostProcess(command, environment={"LETTERLOCK_HOME": str(folder / "home")}, client="test", greet=greet)


def said(opened: dict[str, Any]) -> tuple[str, list[str]]:
    """The status, and what is said of withdrawal."""
    verdict = opened["verdict"]
    codes = [each["code"] for each in verdict["reasons"]]
    return verdict["signature"]["status"], [
        each for each in codes if each != "first_contact" and each != "signer_known"
    ]


def test_the_verdict_comes_at_once_and_an_update_follows(publisher: Publisher) -> None:
    """By default: valid and pending, then untrusted because the certificate was withdrawn; parts keep their ids."""
    publisher.routes["/ca.crl"] = answer(publisher.list(publisher.ca, publisher.anna))
    with host(publisher) as running:
        opened = running.open(publisher.mail())
        assert said(opened) == ("valid", ["revocation_pending"])
        renewed = running.updated(opened["message"], LONG)
        assert said(renewed)[0] == "untrusted"
        assert said(renewed)[1][0] == "certificate_revoked"
        assert [part["id"] for part in renewed["parts"]] == [part["id"] for part in opened["parts"]]
        assert b"roof" in running.part(opened["message"], renewed["parts"][0]["id"])
        # What was fetched is at hand now: the next opening needs no update.
        assert said(running.open(publisher.mail()))[1][0] == "certificate_revoked"
        with pytest.raises(HostGone):
            running.receive(0.5)


def test_strict_is_untrusted_until_it_is_known(publisher: Publisher) -> None:
    """As the architecture says."""
    with host(publisher, mode="strict") as running:
        opened = running.open(publisher.mail())
        assert said(opened)[0] == "untrusted"
        assert said(opened)[1][0] == "revocation_pending"
        assert said(running.updated(opened["message"], LONG)) == ("valid", [])


def test_a_silent_server_holds_up_nobody(publisher: Publisher) -> None:
    """The verdict is there, and another mail is opened, while the server is still waited for."""
    publisher.routes["/ca.crl"] = servers.silent
    with host(publisher) as running:
        assert said(running.open(publisher.mail())) == ("valid", ["revocation_pending"])
        running.open(b"From: x@y.example\r\n\r\nother\r\n")
        with pytest.raises(HostGone):
            running.receive(0.1)


def test_an_update_says_that_a_server_did_not_answer(publisher: Publisher) -> None:
    """It was waited for as long as the administrator allows."""
    publisher.routes["/ca.crl"] = servers.silent
    with host(publisher, request_seconds=1) as running:
        first = running.open(publisher.mail())
        assert said(running.updated(first["message"], LONG)) == ("valid", ["revocation_not_checked", "fetch_timed_out"])


def test_many_mails_share_one_request(publisher: Publisher) -> None:
    """Eight mails of one authority's customers are opened at once: each list is fetched once, each mail renewed."""

    all_open = threading.Event()

    def slowly(connection: Any, request: bytes) -> None:
        all_open.wait(LONG)
        answer(publisher.list(publisher.ca))(connection, request)

    publisher.routes["/ca.crl"] = slowly
    with host(publisher) as running:
        mails = [running.open(publisher.mail() + b"\r\n" * number) for number in range(8)]
        all_open.set()
        for mail in mails:
            assert said(running.updated(mail["message"], LONG)) == ("valid", [])
    assert publisher.asked("/ca.crl") == 1
    assert publisher.asked("/root.crl") == 1


def test_who_closes_a_mail_hears_no_more_of_it(publisher: Publisher) -> None:
    """The request is given up at once, and no frame comes."""
    publisher.routes["/ca.crl"] = servers.silent
    with host(publisher) as running:
        opened = running.open(publisher.mail())
        wait_for(lambda: publisher.asked("/ca.crl"), "the request to the server", LONG)
        process = psutil.Process(running.process.pid)
        threads = process.num_threads()
        request = running.request("close", {"message": opened["message"]})
        assert running.receive()["id"] == request
        wait_for(lambda: process.num_threads() == threads - 1, "the end of the thread that asked", LONG / 2)
        with pytest.raises(HostGone):
            running.receive(0.1)


def test_the_end_of_the_input_ends_a_host_that_waits_for_a_server(publisher: Publisher) -> None:
    """Long before the server would be given up."""
    publisher.routes["/ca.crl"] = servers.silent
    with host(publisher) as running:
        running.open(publisher.mail())
        wait_for(lambda: publisher.asked("/ca.crl"), "the request to the server", LONG)
        assert running.close(LONG / 2) == 0


def test_an_older_extension_is_promised_nothing(publisher: Publisher) -> None:
    """It reads that it was not checked, gets no frame it does not know, and nobody is asked."""
    with host(publisher, greet=False) as running:
        hello = {"type": "hello", "protocol": "1.2", "product": "0.1.0", "client": "test", "language": "en"}
        running.send(hello)
        assert said(running.open(publisher.mail())) == ("valid", ["revocation_not_checked"])
        with pytest.raises(HostGone):
            running.receive(0.5)
    assert publisher.asked() == 0


def test_issuers_come_on_a_persons_wish(publisher: Publisher) -> None:
    """The reply is the verdict with them, and its own update follows; before, nobody was asked."""
    with host(publisher) as running:
        opened = running.open(publisher.mail(chain=False))
        assert said(opened) == ("untrusted", ["issuer_unknown", "issuer_published"])
        assert publisher.asked() == 0
        request = running.request("issuers", {"message": opened["message"]})
        reply = running.receive()
        assert (reply["type"], reply["id"]) == ("reply", request)
        assert said(reply["result"]) == ("valid", ["revocation_pending"])
        assert said(running.updated(opened["message"], LONG)) == ("valid", [])
