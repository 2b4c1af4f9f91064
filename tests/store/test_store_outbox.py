"""The outbox's rows: one step at a time, each for whoever holds the claim, and pieces that go with their last item."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.store import accounts, outbox
from letterlock.store.accounts import StoredAccount
from letterlock.store.database import Store
from letterlock.store.failures import AccountUnknown, OutboxItemUnknown, StoreDamaged, TooManyAccounts
from letterlock.store.outbox import COPY, ENDING, HELD, MESSAGE, WAITING, StoredItem

NOW = 1_000.0
LETTER = StoredItem("a", "batch", 0, "account", MESSAGE, WAITING, "c", b"x", "me", NOW + 30, datetime.now(UTC))
SAME = replace(LETTER, id="b", number=1, role=COPY, state=HELD)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "letterlock.sqlite") as opened:
        outbox.put(opened, [LETTER, SAME], [("c", 0, b"piece")], NOW)
        yield opened


def states(store: Store) -> dict[str, str]:
    return {each.id: each.state for each in outbox.every(store)}


def test_a_claim_keeps_others_away_until_it_runs_out(store: Store) -> None:
    """And only for the state in which the item was seen: who looked before it was sent must not send it again."""
    assert not outbox.claim(store, LETTER, "you", NOW + 10, NOW + 40)
    assert outbox.claim(store, LETTER, "you", NOW + 31, NOW + 60)
    assert not outbox.become(store, "a", "me", ENDING, NOW + 60), "the claim is somebody else's now"
    assert outbox.become(store, "a", "you", ENDING, NOW + 60)
    outbox.release(store, "you")
    assert not outbox.claim(store, LETTER, "me", NOW, NOW + 30), "it was waiting when it was seen"
    assert outbox.claim(store, replace(LETTER, state=ENDING), "me", NOW, NOW + 30)


def test_a_renewed_claim_holds(store: Store) -> None:
    """All that one holds at once."""
    outbox.renew(store, "me", NOW + 100)
    assert not outbox.claim(store, LETTER, "you", NOW + 60, NOW + 90)
    assert {each.until for each in outbox.every(store)} == {NOW + 100}


def test_a_copy_is_held_until_its_message_is_sent_and_keeps_the_pieces(store: Store) -> None:
    """They go with the last item that needs them."""
    outbox.sent(store, LETTER)
    assert states(store) == {"b": WAITING}
    assert outbox.piece(store, "c", 0) == b"piece"
    outbox.sent(store, SAME)
    assert states(store) == {}
    with pytest.raises(StoreDamaged):
        outbox.piece(store, "c", 0)


def test_a_copy_of_what_is_not_sent_goes_with_it(store: Store) -> None:
    """Nothing of the batch stays."""
    outbox.forget(store, "a")
    assert states(store) == {}
    assert store.rows("SELECT count(*) FROM outbox_piece") == [(0,)]


def test_what_is_being_sent_is_not_forgotten(store: Store) -> None:
    """The process that sends it would find it gone in the middle."""
    with pytest.raises(OutboxItemUnknown):
        outbox.forget_batch(store, "batch", NOW)
    assert outbox.forget_batch(store, "batch", NOW + 31) == 2
    with pytest.raises(OutboxItemUnknown):
        outbox.forget_batch(store, "batch", NOW + 31)


def test_a_batch_in_steps_is_there_whole_or_not_at_all(store: Store) -> None:
    """Not seen before it is ready; swept away when its maker is gone, and then the maker is told."""
    other = replace(LETTER, id="d", batch="other", content="e")
    outbox.prepare(store, [other], NOW)
    assert outbox.add_pieces(store, [("e", 0, b"1")], "me", NOW + 30)
    assert "d" not in states(store)
    assert not outbox.claim(store, replace(other, state=outbox.PREPARING), "you", NOW, NOW + 9), "it is held"
    outbox.put(store, [replace(LETTER, id="f", batch="third", content="g")], [], NOW + 31)
    assert not outbox.add_pieces(store, [("e", 1, b"2")], "me", NOW + 60)
    assert not outbox.ready(store, [other], NOW + 60)
    assert store.rows("SELECT count(*) FROM outbox_piece WHERE content = 'e'") == [(0,)]


@pytest.mark.parametrize("change", ["made = 'x'", "envelope = 'text'", "state = 7.5", "until = 'x'"])
def test_damaged_rows_are_said(store: Store, change: str) -> None:
    """None is passed over."""
    with sqlite3.connect(store.path) as connection:
        connection.execute(f"UPDATE outbox SET {change} WHERE id = 'a'")
    with pytest.raises(StoreDamaged):
        outbox.every(store)


def test_accounts_have_a_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it none is added; those that are there can be changed and removed."""
    monkeypatch.setattr(limits, "ACCOUNTS_KEPT", 1)
    accounts.put(store, StoredAccount("a", "anna@x.example", {}))
    accounts.put(store, StoredAccount("a", "anna@y.example", {}))
    with pytest.raises(TooManyAccounts):
        accounts.put(store, StoredAccount("b", "bea@x.example", {}))
    assert accounts.one(store, "a").address == "anna@y.example"
    accounts.remove(store, "a")
    with pytest.raises(AccountUnknown):
        accounts.one(store, "a")
