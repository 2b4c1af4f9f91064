"""Asking time-stamping authorities: OpenSSL behind HTTP on this computer, and everything else that may answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterlock.evidence.timestamp import parse
from letterlock.net.failures import FetchFailure, LocationForbidden
from letterlock.operations import timestamps
from letterlock.operations.timestamps import Authority, NoTimeStamp, Stamping, TimeStampPolicyWrong
from letterlock.operations.trust import TrustSettings
from letterlock.store.failures import PolicyUnusable
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.net import servers
from tests.trust.chains import anchored

VALUE = b"a signature value"
TRUST = TrustSettings(tuple(anchored(ROOT)))


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    with stamping_server(tmp_path_factory.mktemp("clock")) as server:
        yield server


def test_an_authority_stamps(server: servers.Server) -> None:
    """The token is there, of now, and believed; only the digest went out."""
    stamped = timestamps.stamp(VALUE, Stamping((Authority(server.url),)), TRUST, now())
    assert abs(stamped.time - now()) < timedelta(minutes=1)
    assert stamped.doubt is None
    assert VALUE not in server.requests[-1]
    assert b"User-Agent" not in server.requests[-1]


def test_an_authority_that_nobody_here_trusts_stamps_with_a_doubt(server: servers.Server) -> None:
    """Somebody else may believe it."""
    stamped = timestamps.stamp(VALUE, Stamping((Authority(server.url),)), TrustSettings(), now())
    assert stamped.doubt is not None
    assert stamped.doubt.code == "time_stamp_authority_not_trusted"


def test_the_policy_is_asked_for(server: servers.Server) -> None:
    """One that the authority does not have is refused in its own words."""
    stamped = timestamps.stamp(VALUE, Stamping((Authority(server.url, "1.2.3.4.5"),)), TRUST, now())
    assert parse(stamped.token).info.policy.dotted_string == "1.2.3.4.5"
    with pytest.raises(NoTimeStamp) as refused:
        timestamps.stamp(VALUE, Stamping((Authority(server.url, "1.2.3.4.6"),)), TRUST, now())
    (why,) = refused.value.failures
    assert why.code == "time_stamp_refused"
    assert str(why.facts()["text"]).startswith("rejection, unacceptedPolicy: ")


def test_the_next_authority_is_asked_where_the_first_fails(server: servers.Server) -> None:
    """One that is off, and one that answers nonsense, stand before it."""
    with servers.serving(servers.answer(b"<html>")) as nonsense:
        three = (Authority("http://127.0.0.1:1024/"), Authority(nonsense.url), Authority(server.url))
        assert timestamps.stamp(VALUE, Stamping(three), TRUST, now()).authority == three[2]
        with pytest.raises(NoTimeStamp) as failed:
            timestamps.stamp(VALUE, Stamping(three[:2]), TRUST, now())
    assert failed.value.codes == ("fetch_unreachable", "time_stamp_malformed")


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (servers.silent, "fetch_timed_out"),
        (servers.drip, "fetch_timed_out"),
        (servers.endless(b"HTTP/1.1 200 OK\r\n\r\n"), "fetch_too_large"),
        (servers.answer(b"", status="503 Busy"), "fetch_refused"),
        (servers.answer(b""), "time_stamp_malformed"),
        (servers.answer(bytes.fromhex("30053003020102")), "time_stamp_refused"),
        (servers.redirect("file:///etc/passwd", 307), "fetch_location_forbidden"),
    ],
    ids=["silent", "drip", "endless", "busy", "empty", "rejection", "redirect"],
)
def test_whatever_else_answers_ends_in_time(talk: servers.Talk, code: str) -> None:
    """With a code, never in a crash or a wait without end."""
    hasty = TRUST._replace(network=TRUST.network._replace(request_seconds=1.0))
    with servers.serving(talk) as server, pytest.raises(NoTimeStamp) as failed:
        timestamps.stamp(VALUE, Stamping((Authority(server.url),)), hasty, now())
    assert failed.value.codes == (code,)


def test_a_clock_that_goes_wrong_is_noticed(server: servers.Server) -> None:
    """The authority's or this computer's: nobody can tell, so there is no time-stamp."""
    for wrong in (now() - timedelta(days=1), now() + timedelta(days=1)):
        with pytest.raises(NoTimeStamp) as failed:
            timestamps.stamp(VALUE, Stamping((Authority(server.url),)), TRUST, wrong)
        assert failed.value.codes == ("time_stamp_not_now",)


def test_an_old_answer_is_not_taken(server: servers.Server) -> None:
    """Recorded and played again: the nonce differs."""
    stamped = timestamps.stamp_by(Authority(server.url), VALUE, TRUST, now())
    old = bytes.fromhex("3003020100") + stamped.token
    reply = b"\x30\x82" + len(old).to_bytes(2, "big") + old
    with servers.serving(servers.answer(reply)) as replaying, pytest.raises(NoTimeStamp) as failed:
        timestamps.stamp(VALUE, Stamping((Authority(replaying.url),)), TRUST, now())
    assert failed.value.codes == ("time_stamp_for_other",)


def test_authorities_are_kept(tmp_path: Path) -> None:
    """Added once, in order, removed; required only where there is one."""
    database = tmp_path / "letterlock.sqlite"
    assert timestamps.settings(database) == Stamping()
    first, second = Authority("https://one.example/"), Authority("http://two.example/tsa", "1.2.3")
    assert timestamps.add(database, first)
    assert timestamps.add(database, second)
    assert not timestamps.add(database, first._replace(policy="1.2.4"))
    timestamps.require(database, True)
    first = first._replace(policy="1.2.4")
    assert timestamps.settings(database) == Stamping((first, second), required=True)
    assert timestamps.remove(database, first.url)
    assert not timestamps.remove(database, first.url)
    assert timestamps.remove(database, second.url)
    assert timestamps.settings(database) == Stamping()


def test_the_organisation_decides(tmp_path: Path) -> None:
    """Its authorities stand in place of the user's; a policy that cannot be used is said."""
    database, policy = tmp_path / "letterlock.sqlite", tmp_path / "policy.json"
    timestamps.add(database, Authority("https://own.example/"))
    said = {"time_stamps": {"authorities": [{"url": "https://time.muster.example/"}], "required": True}}
    policy.write_text(json.dumps(said))
    found = timestamps.settings(database, policy)
    assert found == Stamping((Authority("https://time.muster.example/"),), required=True, by_organisation=True)
    policy.write_text(json.dumps({"time_stamps": {"required": False}}))
    assert timestamps.settings(database, policy) == Stamping((Authority("https://own.example/"),))
    for wrong in (
        [],
        {"required": 1},
        {"authorities": {}},
        {"authorities": [{"policy": "1.2"}]},
        {"authorities": [{"url": 1}]},
        {"authorities": [{"url": "ftp://x.example/"}]},
        {"authorities": [{"url": "https://x.example/", "policy": "x"}]},
        {"more": 1},
    ):
        policy.write_text(json.dumps({"time_stamps": wrong}))
        with pytest.raises(PolicyUnusable):
            timestamps.settings(database, policy)


@pytest.mark.parametrize(
    "url", ["ldap://x.example/", "file:///x", "http://", "http://u:p@x.example/", "", "http://x:25/"]
)
def test_no_place_for_an_authority(url: str) -> None:
    """Only HTTP, without a password in it."""
    with pytest.raises(LocationForbidden):
        Authority.parse(url)
    assert issubclass(LocationForbidden, FetchFailure)


@pytest.mark.parametrize("policy", ["", "x", "1", "1..2", "3.1", "1.02", "1.2" * 50])
def test_no_policy(policy: str) -> None:
    """A policy is an object identifier."""
    with pytest.raises(TimeStampPolicyWrong):
        Authority.parse("http://x.example/", policy)
