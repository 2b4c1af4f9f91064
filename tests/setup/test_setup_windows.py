"""On Windows the registry leads to manifests in the data directory. The registry here is one in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from letterlock.clients.apply import Left, apply, removals, remove
from letterlock.clients.detect import detect
from letterlock.clients.examine import ways
from letterlock.clients.journal import Journal
from letterlock.clients.plan import SetKey, State, Step, plan
from letterlock.clients.registry import MemoryRegistry, missing_ancestors
from letterlock.clients.table import BY_ID, System
from tests.setup.conftest import Computer, computer_in

PYTHON = Path("/python/python.exe")
CHROME = "HKCU\\Software\\Google\\Chrome\\NativeMessagingHosts\\letterlock"
EDGE = "HKCU\\Software\\Microsoft\\Edge\\NativeMessagingHosts\\letterlock"
MOZILLA = "HKCU\\Software\\Mozilla\\NativeMessagingHosts\\letterlock"


@pytest.fixture
def windows(tmp_path: Path) -> Computer:
    """A Windows computer."""
    return computer_in(tmp_path, System.WINDOWS)


def registry(windows: Computer) -> MemoryRegistry:
    assert isinstance(windows.machine.registry, MemoryRegistry)
    return windows.machine.registry


def steps(windows: Computer, *clients: str) -> list[Step]:
    journal = Journal.load(windows.machine.config)
    return plan(windows.machine, [BY_ID[client] for client in clients], journal, PYTHON)


def set_up(windows: Computer, *clients: str) -> None:
    done = apply(windows.machine, steps(windows, *clients), Journal.load(windows.machine.config))
    assert not [each for each in done if each.failure]


def test_keys_lead_to_one_manifest_for_each_family(windows: Computer) -> None:
    """Brave, Vivaldi and Opera read Chrome's key; Firefox and Thunderbird share Mozilla's."""
    set_up(windows, "chrome", "brave", "vivaldi", "opera", "edge", "firefox", "thunderbird")
    data = windows.machine.data
    values = {key: value for key, value in registry(windows).contents().items() if value is not None}
    assert values == {
        CHROME: str(data / "chromium.json"),
        EDGE: str(data / "chromium.json"),
        MOZILLA: str(data / "mozilla.json"),
    }
    manifest = json.loads((data / "chromium.json").read_bytes())
    assert manifest["path"] == str(data / "letterlock-host.bat")
    assert (data / "letterlock-host.bat").read_bytes().startswith(b"@echo off\r\n")


def test_keys_come_after_the_files_they_lead_to(windows: Computer) -> None:
    """A browser that starts in between finds nothing or all."""
    kinds = [isinstance(step, SetKey) for step in steps(windows, "chrome", "firefox", "edge")]
    assert kinds == sorted(kinds)


def test_a_second_run_changes_nothing(windows: Computer) -> None:
    """Every step is as it should be."""
    set_up(windows, "chrome", "firefox")
    assert {step.state for step in steps(windows, "chrome", "firefox")} == {State.SAME}


def test_removal_restores_the_registry(windows: Computer) -> None:
    """Keys that were there stay, keys made on the way go."""
    registry(windows).write("HKCU\\Software\\Mozilla\\NativeMessagingHosts\\org.example", "C:\\x.json")
    before = registry(windows).contents()
    set_up(windows, "chrome", "firefox")
    remove(windows.machine, Journal.load(windows.machine.config))
    assert registry(windows).contents() == before
    assert windows.files() == set()


def test_a_foreign_key_is_seen_and_survives_removal(windows: Computer) -> None:
    """It leads to another installation's manifest."""
    registry(windows).write(MOZILLA, "C:\\other\\letterlock.json")
    (key,) = [step for step in steps(windows, "firefox") if isinstance(step, SetKey)]
    assert (key.state, key.present) == (State.FOREIGN, "C:\\other\\letterlock.json")
    set_up(windows, "chrome")
    remove(windows.machine, Journal.load(windows.machine.config))
    assert registry(windows).read(MOZILLA) == "C:\\other\\letterlock.json"


def test_a_key_that_others_changed_since_stays(windows: Computer) -> None:
    """Somebody set up another Letterlock after this one."""
    set_up(windows, "firefox")
    registry(windows).write(MOZILLA, "C:\\other\\letterlock.json")
    journal = Journal.load(windows.machine.config)
    assert {each.place: each.left for each in removals(windows.machine, journal)}[MOZILLA] is Left.ALTERED
    remove(windows.machine, journal)
    assert registry(windows).read(MOZILLA) == "C:\\other\\letterlock.json"


def test_an_examination_follows_the_key(windows: Computer) -> None:
    """No key, no host; with the key, the manifest it leads to."""
    windows.make("%PROGRAMFILES%/Mozilla Firefox/firefox.exe")
    found = detect(windows.machine)
    (way,) = ways(windows.machine, found, Journal())
    assert [reason.code for reason in way.reasons] == ["registry_key_missing"]
    set_up(windows, "firefox")
    (way,) = ways(windows.machine, found, Journal.load(windows.machine.config))
    assert way.reasons == ()
    assert way.command()[1:] == [str(windows.machine.data / "mozilla.json"), "webmail@letterlock"]


def test_keys_do_not_care_for_case() -> None:
    """As Windows' own do not."""
    memory = MemoryRegistry()
    memory.write("HKCU\\Software\\Mozilla\\X", "value")
    assert memory.read("HKCU\\SOFTWARE\\mozilla\\x") == "value"
    assert missing_ancestors(memory, "HKCU\\software\\MOZILLA\\Y\\Z") == ["HKCU\\software\\MOZILLA\\Y"]


def test_a_key_with_keys_below_it_is_not_removed() -> None:
    """As Windows refuses it."""
    memory = MemoryRegistry()
    memory.write("HKCU\\A\\B", "value")
    assert not memory.remove("HKCU\\A")
    assert memory.remove("HKCU\\A\\B")
    assert memory.is_empty("HKCU\\A")
