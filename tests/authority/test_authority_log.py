"""The log of the internal CA: whoever changes anything without the key is found out."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from letterlock.authority.audit import audit
from letterlock.authority.ca import Authority
from letterlock.authority.crl import RevocationReason
from letterlock.authority.failures import AlreadyRevoked, LogBroken, SerialUnknown
from letterlock.authority.log import START, Entry, Head, Kind
from letterlock.store.database import Store
from tests.authority.founded import NOW, Founded, founded


@pytest.fixture
def ca(tmp_path: Path) -> Iterator[Founded]:
    with founded(tmp_path) as ca:
        for name in ("anna", "bea", "carla"):
            ca.issue(f"{name}@muster.example")
        ca.authority.revoke(
            [ca.authority.records.certificates("person")[1].serial], RevocationReason.SUPERSEDED, ca.key, NOW
        )
        ca.authority.make_list(ca.key, NOW)
        yield ca


def tampered(ca: Founded, *statements: str) -> list[str]:
    """The codes an audit finds after somebody with a database tool was there."""
    with sqlite3.connect(ca.database) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    with Store.read(ca.database) as store:
        return [each.code for each in audit(Authority.of(store)).findings]


def test_an_untouched_log_is_whole(ca: Founded) -> None:
    """Two authorities, three people, one revocation, one list: seven entries, nothing found."""
    found = audit(ca.authority)
    assert (found.entries, found.findings) == (7, ())


@pytest.mark.parametrize("number", range(1, 8))
def test_every_deleted_entry_is_missed(ca: Founded, number: int) -> None:
    """The first, the last, and each between."""
    assert "log_entry_missing" in tampered(ca, f"DELETE FROM authority_log WHERE number = {number}")


@pytest.mark.parametrize("column", ["at", "kind", "body", "hash"])
@pytest.mark.parametrize("number", [1, 4, 7])
def test_every_altered_entry_is_seen(ca: Founded, column: str, number: int) -> None:
    """Whatever of it was changed."""
    codes = tampered(ca, f"UPDATE authority_log SET {column} = {column} || ' ' WHERE number = {number}")
    assert set(codes) & {"log_entry_altered", "log_head_wrong"}


def test_reordered_entries_are_seen(ca: Founded) -> None:
    """Two entries that changed places."""
    codes = tampered(
        ca,
        "UPDATE authority_log SET number = -3 WHERE number = 3",
        "UPDATE authority_log SET number = 3 WHERE number = 4",
        "UPDATE authority_log SET number = 4 WHERE number = -3",
    )
    assert "log_entry_altered" in codes


def test_a_chain_made_anew_without_the_key_has_no_head(ca: Founded) -> None:
    """An attacker who computes every hash again still cannot sign the end."""
    previous, statements = START, []
    for row in ca.authority.records.log():
        body = row.body.replace("anna@", "eve@")
        entry = Entry.following(row.number, previous, NOW, Kind(row.kind), json.loads(body))
        values = f"at='{entry.at}', body='{entry.body}', hash='{entry.hash}'"
        statements.append(f"UPDATE authority_log SET {values} WHERE number={row.number}")
        previous = entry.hash
    assert "log_head_wrong" in tampered(ca, *statements)
    assert "log_head_wrong" in tampered(ca, f"UPDATE authority_head SET hash = '{previous}'")


def test_nothing_is_added_to_a_log_that_was_changed(ca: Founded) -> None:
    """Else the authority would sign what somebody else wrote."""
    tampered(ca, "UPDATE authority_head SET signature = x'00'")
    with pytest.raises(LogBroken):
        ca.issue("dora@muster.example")
    tampered(ca, "DELETE FROM authority_log WHERE number = 7")
    with pytest.raises(LogBroken):
        ca.authority.make_list(ca.key, NOW)
    assert len(ca.authority.records.certificates("person")) == 3, "nor is anything else kept"


def test_a_rollback_is_seen_with_a_head_kept_elsewhere(ca: Founded, tmp_path: Path) -> None:
    """An older database as a whole is consistent in itself; only what was kept elsewhere shows it."""
    backup = tmp_path / "old.sqlite"
    shutil.copyfile(ca.database, backup)
    ca.issue("dora@muster.example")
    head = audit(ca.authority).head
    assert head is not None
    kept = Head.parse(head.json())
    assert kept == head
    ca.issue("edna@muster.example")
    assert audit(ca.authority, kept).findings == (), "a log that went on still has the entry"
    with Store.read(backup) as store:
        old = Authority.of(store)
        assert audit(old).findings == ()
        assert [each.code for each in audit(old, kept).findings] == ["log_rolled_back"]
        forged = Head(head.number, head.hash, head.issuer, b"\0" + head.signature[1:])
        assert [each.code for each in audit(old, forged).findings] == ["exported_head_wrong"]


def test_certificates_and_revocations_must_be_the_logs(ca: Founded) -> None:
    """Put in, taken out, changed, revoked or made good again behind the log's back."""
    first, second, third = (each.serial for each in ca.authority.records.certificates("person"))
    assert tampered(ca, f"UPDATE authority_certificate SET der = x'3000' WHERE serial = '{first}'") == [
        "certificate_not_logged"
    ]
    assert "certificate_lost" in tampered(ca, f"DELETE FROM authority_certificate WHERE serial = '{third}'")
    made_good = f"UPDATE authority_certificate SET revoked = NULL, reason = NULL WHERE serial = '{second}'"
    assert "revocation_not_logged" in tampered(ca, made_good)
    assert "certificate_not_logged" in tampered(
        ca, "INSERT INTO authority_certificate VALUES ('77', 'person', x'3000', NULL, NULL, NULL)"
    )


def test_revocation_is_of_what_was_issued_and_once(ca: Founded) -> None:
    """An unknown serial number, an authority's own, or one that is revoked: none of the given is."""
    first, second, third = (each.serial for each in ca.authority.records.certificates("person"))
    for serials, failure in (
        ([first, "77"], SerialUnknown),
        ([first, ca.authority.chain.root.serial], SerialUnknown),
        ([first, second], AlreadyRevoked),
    ):
        with pytest.raises(failure):
            ca.authority.revoke(serials, RevocationReason.KEY_COMPROMISE, ca.key, NOW)
    assert [each.serial for each in ca.authority.revocations()] == [int(second, 16)]
    assert audit(ca.authority).findings == ()
    assert third


def test_what_is_signed_for_the_log_can_be_nothing_else(ca: Founded) -> None:
    """The head's octets begin with text, everything else that the key signs with a SEQUENCE."""
    head = audit(ca.authority).head
    assert head is not None
    assert head.signed.startswith(b"letterlock authority log head 1\n")


def test_two_processes_write_one_log(ca: Founded) -> None:
    """Lists and certificates made by both at once: every number once, and nothing lost."""

    def work(name: str) -> None:
        with Store.open(ca.database) as store:
            own = replace(ca, authority=Authority.of(store))
            for number in range(8):
                own.issue(f"{name}{number}@muster.example")
                own.authority.make_list(own.key, NOW)

    processes = [get_context("fork").Process(target=work, args=(name,)) for name in ("one", "two")]
    for each in processes:
        each.start()
    for each in processes:
        each.join(60)
    assert [each.exitcode for each in processes] == [0, 0]
    found = audit(ca.authority)
    assert (found.entries, found.findings) == (7 + 2 * 16, ())
    assert ca.authority.records.list_number("issuing") == 17
