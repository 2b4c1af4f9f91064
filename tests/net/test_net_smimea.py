"""Certificates in the DNS, from signed zones of a real BIND, and from whoever answers in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from letterlock.net import failures as f
from letterlock.net.dnssec import ROOT_ANCHORS, Validator
from letterlock.net.smimea import certificates, owner
from tests.net import named
from tests.trust.chains import issue, person

pytest.importorskip("dns", reason="dnspython is missing: pip install 'letterlock[dns]'")

ANNA = person("Anna", issue("Root"), "Anna@signed.example")
OTHER = person("Other", issue("Root"), "other@signed.example")


def record(address: str, octets: bytes, zone: str = "signed.example.", how: str = "3 0 0") -> str:
    name = owner(address).removesuffix(zone).rstrip(".")
    return f"{name} IN SMIMEA {how} {octets.hex()}\n"


RECORDS = (
    record("anna@signed.example", ANNA.der)
    + record("digest@signed.example", bytes(32), how="3 0 1")
    + f"{owner('alias@signed.example')} IN CNAME {owner('anna@signed.example')}\n"
    + f"{owner('loop@signed.example')} IN CNAME {owner('loop@signed.example')}\n"
    + "*._smimecert.wild IN SMIMEA 3 0 0 3003020101\n"
)


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[named.Named]:
    folder = tmp_path_factory.mktemp("named")
    bare = record("anna@bare.example", ANNA.der, "bare.example.")
    with named.running(folder, {"signed.example.": RECORDS, "bare.example.": bare}) as running:
        yield running


def find(zones: named.Named, address: str, ask: Callable[[Any, Any], Any] | None = None) -> list[bytes]:
    return certificates(address, ask=ask or zones.ask, anchors=zones.anchors)


def test_a_signed_record_is_found(zones: named.Named) -> None:
    """As it was typed or in lower case; through an alias too."""
    assert find(zones, "anna@signed.example") == [ANNA.der]
    assert find(zones, "ANNA@signed.example") == [ANNA.der]
    assert find(zones, "alias@signed.example") == [ANNA.der]


@pytest.mark.parametrize("address", ["nobody@signed.example", "digest@signed.example", "loop@signed.example"])
def test_nothing_is_said_where_there_is_nothing_of_use(zones: named.Named, address: str) -> None:
    """No record, one with a digest alone, and an alias that leads in a circle."""
    with pytest.raises(f.DnsNothingFound):
        find(zones, address)


def test_an_unsigned_zone_proves_nothing(zones: named.Named) -> None:
    """Anybody on the way could have written it."""
    with pytest.raises(f.DnsNotProven):
        find(zones, "anna@bare.example")


def test_a_wildcard_is_not_a_record(zones: named.Named) -> None:
    """It would stand for every address at once, and counts only with proofs that are not looked at here."""
    with pytest.raises((f.DnsNotProven, f.DnsNothingFound)):
        find(zones, "anybody@wild.signed.example")


def test_another_root_is_not_believed(zones: named.Named) -> None:
    """The real root's keys vouch for nothing that this server says."""
    with pytest.raises(f.DnsNotProven):
        certificates("anna@signed.example", ask=zones.ask, anchors={".": ROOT_ANCHORS})


def test_signatures_that_ran_out_prove_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Old answers cannot be played again."""
    folder = tmp_path_factory.mktemp("expired")
    with named.running(folder, {"signed.example.": RECORDS}, expired=True) as old, pytest.raises(f.DnsNotProven):
        find(old, "anna@signed.example")


def test_a_changed_answer_is_refused(zones: named.Named) -> None:
    """Whoever sits between exchanges the certificate and keeps the signature."""
    import dns.rdatatype
    import dns.rrset

    def ask(name: Any, type_: Any) -> Any:
        answer = zones.ask(name, type_)
        if type_ == dns.rdatatype.SMIMEA:
            for position, each in enumerate(answer.answer):
                if each.rdtype == type_:
                    text = f"3 0 0 {OTHER.der.hex()}"
                    answer.answer[position] = dns.rrset.from_text(each.name, each.ttl, "IN", "SMIMEA", text)
            answer.index = None
        return answer

    with pytest.raises(f.DnsNotProven):
        find(zones, "anna@signed.example", ask)


@pytest.mark.parametrize("stripped", ["RRSIG", "DNSKEY", "DS"])
def test_without_any_link_of_the_chain_nothing_is_proven(zones: named.Named, stripped: str) -> None:
    """Leaving records out is the easiest attack."""
    import dns.rdatatype

    def ask(name: Any, type_: Any) -> Any:
        answer = zones.ask(name, type_)
        answer.answer = [each for each in answer.answer if each.rdtype != dns.rdatatype.from_text(stripped)]
        answer.index = None
        return answer

    with pytest.raises(f.DnsNotProven):
        find(zones, "anna@signed.example", ask)


def test_a_zone_cannot_sign_for_another(zones: named.Named, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A second tree with keys of its own, asked for the leaf only, does not fit under the first one's root."""
    import dns.rdatatype

    folder = tmp_path_factory.mktemp("other")
    with named.running(folder, {"signed.example.": record("anna@signed.example", OTHER.der)}) as mallory:

        def ask(name: Any, type_: Any) -> Any:
            leaf = type_ in (dns.rdatatype.SMIMEA, dns.rdatatype.DNSKEY) and "signed" in name.to_text()
            return (mallory if leaf else zones).ask(name, type_)

        with pytest.raises(f.DnsNotProven):
            find(zones, "anna@signed.example", ask)


def test_the_work_is_bounded(zones: named.Named) -> None:
    """A name of a hundred labels, each said to be a zone, ends after a bounded number of questions."""
    validator = Validator(zones.ask, zones.anchors)
    with pytest.raises((f.DnsNotProven, f.DnsNothingFound)):
        validator.records(".".join(["a"] * 100) + ".signed.example.", "SMIMEA")


@pytest.mark.parametrize("name", ["", "..", "a" * 64 + ".example.", "\x00.example.", "ü" * 300])
def test_names_that_are_none_are_refused(zones: named.Named, name: str) -> None:
    with pytest.raises(f.FetchFailure):
        find(zones, f"anna@{name}")


def test_the_owner_name_is_that_of_the_standard() -> None:
    """RFC 8162 §3 with RFC 7929's example: hugh@example.com."""
    assert owner("hugh@example.com").startswith("c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6.")
