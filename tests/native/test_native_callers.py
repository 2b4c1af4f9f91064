"""Who may start this host: our own extensions, and those that somebody allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from letterlock.native.callers import Caller, admit, identify, standard_lists
from letterlock.protocol.failures import CallerNotAllowed

OURS = "gibofoagldhcngncamdmdaeadgfgakfk"
BRACED = "{12345678-1234-1234-1234-123456789abc}"
FOREIGN = "abcdefghijklmnopabcdefghijklmnop"
MANIFEST = "/home/anna/.mozilla/native-messaging-hosts/letterlock.json"


@pytest.mark.parametrize(
    ("arguments", "caller"),
    [
        ([f"chrome-extension://{OURS}/"], Caller("chromium", OURS)),
        ([f"chrome-extension://{OURS}/", "--parent-window=0"], Caller("chromium", OURS)),
        (["--parent-window=1234", f"chrome-extension://{OURS}/"], Caller("chromium", OURS)),
        ([MANIFEST, "webmail@letterlock"], Caller("mozilla", "webmail@letterlock")),
        ([MANIFEST, "thunderbird@letterlock"], Caller("mozilla", "thunderbird@letterlock")),
        ([r"C:\Users\anna\letterlock.json", "webmail@letterlock"], Caller("mozilla", "webmail@letterlock")),
    ],
)
def test_our_extensions(arguments: list[str], caller: Caller) -> None:
    """Each browser's way to name them; no list is read."""
    assert admit(arguments, lists=[Path("/nonexistent")]) == caller


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        [OURS],
        [f"chrome-extension://{OURS}"],
        [f"chrome-extension://{OURS}/page.html"],
        [f"chrome-extension://{OURS}/\n"],
        [f"chrome-extension://{OURS}x/"],
        [f"Chrome-Extension://{OURS}/"],
        [f"chrome-extension://{OURS.upper()}/"],
        [f"https://{OURS}/"],
        [f"chrome-extension://{OURS}/", f"chrome-extension://{OURS}/"],
        [f"chrome-extension://{OURS}/", "webmail@letterlock"],
        [f"chrome-extension://{FOREIGN}/"],
        ["--parent-window=0"],
        ["webmail@letterlock"],
        [MANIFEST],
        [MANIFEST, "webmail@letterlock", "more"],
        [MANIFEST, "webmail@letterlock "],
        [MANIFEST, "Webmail@letterlock"],
        [MANIFEST, "other@example.org"],
        [MANIFEST, OURS],
        ["webmail@letterlock", MANIFEST],
    ],
)
def test_everybody_else(arguments: list[str]) -> None:
    """Other extensions, and arguments that no browser gives."""
    with pytest.raises(CallerNotAllowed):
        admit(arguments, lists=[])


def test_an_id_of_the_other_family_is_foreign() -> None:
    """A Mozilla id in a Chromium list allows nobody, and the other way round."""
    assert identify(["chrome-extension://webmail@letterlock/"]) is None


@pytest.mark.parametrize(
    ("arguments", "extension"),
    [
        ([f"chrome-extension://{FOREIGN}/"], FOREIGN),
        ([MANIFEST, BRACED], BRACED),
    ],
)
def test_added_extensions(tmp_path: Path, arguments: list[str], extension: str) -> None:
    """What is on one of the lists is served."""
    empty, full = tmp_path / "empty.json", tmp_path / "full.json"
    empty.write_text("{}")
    full.write_text(json.dumps({"chromium": [FOREIGN], "mozilla": [BRACED]}))
    assert admit(arguments, [tmp_path / "missing.json", empty, full]).extension == extension
    with pytest.raises(CallerNotAllowed):
        admit(arguments, [empty])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"chromium"',
        json.dumps({"chromium": FOREIGN}),
        json.dumps({"chromium": [[FOREIGN]]}),
        "[" * 100_000,
        " " * 70_000,
    ],
)
def test_a_damaged_list_allows_nobody(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no reason to serve anybody or to crash; stderr tells its author."""
    file = tmp_path / "callers.json"
    file.write_text(text)
    with pytest.raises(CallerNotAllowed):
        admit([f"chrome-extension://{FOREIGN}/"], [file])
    assert str(file) in capsys.readouterr().err


def test_a_list_that_is_a_folder_allows_nobody(tmp_path: Path) -> None:
    """Whatever is in its place, the host does not crash."""
    with pytest.raises(CallerNotAllowed):
        admit([f"chrome-extension://{FOREIGN}/"], [tmp_path])


def test_the_users_list_lies_with_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`letterlock setup` writes where the host reads."""
    monkeypatch.setenv("LETTERLOCK_HOME", str(tmp_path))
    assert standard_lists()[0] == tmp_path / "config" / "callers.json"
