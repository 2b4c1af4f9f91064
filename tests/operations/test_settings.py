"""What a person sets holds in every client, and what is told to a helper tells nothing of the person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.operations.settings import WRITING, HostSettings, WritingDefaultsTooMany, report
from letterlock.operations.vault import HostVault
from letterlock.store.database import Store
from tests.keystore.vaults import PASSPHRASE, QUICK, Vault


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "letterlock.sqlite"


def test_nothing_is_set_before_somebody_sets_it(database: Path) -> None:
    """And reading makes no database."""
    assert HostSettings(database).listed() == {
        "idle_seconds": limits.VAULT_IDLE_SECONDS,
        "writing": [],
        "evidence": {"senders": [], "folder": str(database.parent / "evidence")},
    }
    assert not database.exists()


def test_an_address_is_the_same_however_it_is_written(database: Path) -> None:
    """One entry for each, changed and taken back under any spelling of it."""
    settings = HostSettings(database)
    settings.change(writing={"address": "Anna@Muster.example", "sign": True, "encrypt": "always"})
    kept = settings.change(writing={"address": " anna@muster.example", "sign": False, "encrypt": "never"})["writing"]
    assert kept == [{"address": "anna@muster.example", "sign": False, "encrypt": "never"}]
    assert settings.change(forget="ANNA@muster.example")["writing"] == []


def test_an_open_vault_heeds_a_new_time_to_lock(database: Path) -> None:
    """What is set in one process counts in another that has unlocked before: from its next look."""
    now = [1_000.0]
    vault = Vault(database, QUICK, clock=lambda: now[0])
    vault.create(PASSPHRASE)
    now[0] += 600
    assert not vault.locked
    HostSettings(database).change(idle_seconds=300)
    assert HostVault(database).status()["idle_seconds"] == 300
    assert vault.locked
    vault.unlock(PASSPHRASE)
    now[0] += 299
    assert not vault.locked
    now[0] += 2
    assert vault.locked


@pytest.mark.parametrize(("said", "holds"), [(True, 1800), ("60", 1800), (1, 60), (10**9, 12 * 60 * 60)])
def test_a_time_that_nobody_may_set_does_not_hold(database: Path, said: object, holds: int) -> None:
    """Whatever stands in the database: a vault never stays open for ever."""
    with Store.open(database) as store:
        store.set_setting("vault.idle_seconds", said)
    assert HostSettings(database).listed()["idle_seconds"] == holds


def test_what_a_newer_version_wrote_is_left_alone(database: Path) -> None:
    """It is not shown, and not lost when something else is set."""
    newer = {"eve@x.example": {"sign": "by card"}}
    with Store.open(database) as store:
        store.set_setting(WRITING, newer)
    kept = HostSettings(database).change(writing={"address": "", "sign": True, "encrypt": "possible"})["writing"]
    assert kept == [{"address": "", "sign": True, "encrypt": "possible"}]
    with Store.read(database) as store:
        assert store.setting(WRITING)["eve@x.example"] == newer["eve@x.example"]


def test_addresses_without_end_are_refused(database: Path) -> None:
    """Nobody fills the database by settings; what was there can still be changed."""
    with Store.open(database) as store:
        full = {f"{at}@x.example": [True, "never"] for at in range(limits.WRITING_DEFAULTS)}
        store.set_setting(WRITING, full)
    settings = HostSettings(database)
    with pytest.raises(WritingDefaultsTooMany):
        settings.change(writing={"address": "one@more.example", "sign": True, "encrypt": "never"})
    assert settings.change(writing={"address": "0@x.example", "sign": False, "encrypt": "never"})["writing"]


def test_the_report_tells_nothing_of_the_person(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No path, no address: only what the installation is made of, and whether its database can be read."""
    assert report(database, "1.8")["store"] == "new"
    HostSettings(database).change(writing={"address": "anna@muster.example", "sign": True, "encrypt": "always"})
    said = report(database, "1.8")
    assert said["store"] == "good"
    assert said["libraries"].keys() >= {"cryptography", "pydantic"} or said["libraries"] == {}
    whole = json.dumps(said)
    assert str(database.parent) not in whole
    assert "muster" not in whole
    database.write_bytes(b"no database at all" * 100)
    assert report(database, "1.8")["store"] == "store_damaged"
