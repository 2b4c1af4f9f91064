"""Clients are found by their programs and profiles, and sandboxed ones are recognised."""

from __future__ import annotations

from pathlib import Path

import pytest

from letterlock import words
from letterlock.clients.detect import Installation, Packaging, Reach, detect
from letterlock.clients.examine import confinement
from letterlock.clients.table import System
from tests.setup.conftest import Computer, computer_in


def found(computer: Computer) -> dict[str, list[Installation]]:
    by_client: dict[str, list[Installation]] = {}
    for each in detect(computer.machine):
        by_client.setdefault(each.client.id, []).append(each)
    return by_client


@pytest.fixture
def bare(tmp_path: Path) -> Computer:
    """A Linux computer with nothing installed."""
    return computer_in(tmp_path)


def test_programs_on_the_path_are_found(computer: Computer) -> None:
    """What a package of the distribution installs."""
    assert set(found(computer)) == {"chromium", "firefox", "thunderbird"}


def test_nothing_is_found_where_nothing_is(bare: Computer) -> None:
    """An empty computer has no clients."""
    assert detect(bare.machine) == []


def test_a_program_outside_the_path_is_found_at_its_usual_place(bare: Computer) -> None:
    """Chrome's package links into /usr/bin only if it likes."""
    bare.make("/opt/google/chrome/chrome")
    assert set(found(bare)) == {"chrome"}


def test_a_profile_betrays_a_program_unpacked_anywhere(bare: Computer) -> None:
    """Thunderbird from a tar file has a profile, though no program on the PATH."""
    bare.make("~/.thunderbird/profiles.ini")
    assert found(bare)["thunderbird"][0].reach is Reach.DIRECT


def test_our_own_manifest_is_no_sign_of_a_client(bare: Computer) -> None:
    """A directory that set-up made must not make the next run find a browser there."""
    bare.make("~/.config/chromium/NativeMessagingHosts/letterlock.json", "~/.mozilla/native-messaging-hosts/x.json")
    assert detect(bare.machine) == []


@pytest.mark.parametrize("place", ["/snap/chromium/current", "/var/lib/snapd/snap/chromium/current"])
def test_a_snap_is_recognised_and_cannot_start_a_host(bare: Computer, place: str) -> None:
    """Chromium's snap does not know the portal."""
    bare.make(place)
    (chromium,) = found(bare)["chromium"]
    assert (chromium.packaging, chromium.reach) == (Packaging.SNAP, Reach.CLOSED)
    assert chromium.looks_in == "~/snap/chromium/common/chromium/NativeMessagingHosts"
    reason = confinement(chromium)
    assert reason is not None
    assert reason.code == "client_snap_closed"
    assert "Chromium comes from Snap" in words.say(reason.code, reason.facts()).sentence


def test_firefox_from_snap_asks_the_portal(bare: Computer) -> None:
    """It reads the usual places through the desktop."""
    bare.make("/snap/firefox/current")
    (firefox,) = found(bare)["firefox"]
    assert firefox.reach is Reach.PORTAL
    reason = confinement(firefox)
    assert reason is not None
    assert reason.code == "client_snap_portal"


@pytest.mark.parametrize(
    ("place", "client", "looks_in"),
    [
        (
            "~/.local/share/flatpak/app/org.chromium.Chromium",
            "chromium",
            "~/.var/app/org.chromium.Chromium/config/chromium/NativeMessagingHosts",
        ),
        (
            "/var/lib/flatpak/app/org.mozilla.firefox",
            "firefox",
            "~/.var/app/org.mozilla.firefox/.mozilla/native-messaging-hosts",
        ),
        (
            "/var/lib/flatpak/app/org.mozilla.Thunderbird",
            "thunderbird",
            "~/.var/app/org.mozilla.Thunderbird/.mozilla/native-messaging-hosts",
        ),
    ],
)
def test_a_flatpak_is_recognised_and_cannot_start_a_host(
    bare: Computer, place: str, client: str, looks_in: str
) -> None:
    """Installed for the user or for all."""
    bare.make(place)
    (installation,) = found(bare)[client]
    assert (installation.packaging, installation.reach) == (Packaging.FLATPAK, Reach.CLOSED)
    assert installation.looks_in == looks_in
    reason = confinement(installation)
    assert reason is not None
    assert reason.code == "client_flatpak_closed"


def test_a_link_into_a_snap_is_not_a_native_program(bare: Computer) -> None:
    """`/snap/bin` is on Ubuntu's PATH."""
    bare.make("/snap/bin/chromium", "/snap/chromium/current")
    (bare.folder / "bin/chromium").symlink_to(bare.folder / "root/snap/bin/chromium")
    assert [each.packaging for each in found(bare)["chromium"]] == [Packaging.SNAP]


def test_ubuntu_s_script_that_calls_the_snap_is_not_a_native_program(bare: Computer) -> None:
    """Its package `firefox` holds only this."""
    bare.install("firefox", '#!/bin/sh\nexec /snap/bin/firefox "$@"\n')
    bare.make("/snap/firefox/current")
    assert [each.packaging for each in found(bare)["firefox"]] == [Packaging.SNAP]


def test_native_and_sandboxed_side_by_side_are_both_named(computer: Computer) -> None:
    """A person may have both; each gets its own line."""
    computer.make("/var/lib/flatpak/app/org.mozilla.firefox")
    assert [each.packaging for each in found(computer)["firefox"]] == [Packaging.NATIVE, Packaging.FLATPAK]


def test_mac_bundles_are_found_for_all_and_for_one(tmp_path: Path) -> None:
    """Below /Applications and ~/Applications."""
    mac = computer_in(tmp_path, System.MACOS)
    mac.make("/Applications/Google Chrome.app/x", "~/Applications/Thunderbird.app/x")
    assert set(found(mac)) == {"chrome", "thunderbird"}


def test_windows_programs_are_found_for_all_and_for_one(tmp_path: Path) -> None:
    """Below %PROGRAMFILES% and %LOCALAPPDATA%."""
    windows = computer_in(tmp_path, System.WINDOWS)
    windows.make(
        "%PROGRAMFILES%/Mozilla Firefox/firefox.exe",
        "%LOCALAPPDATA%/Vivaldi/Application/vivaldi.exe",
        "%APPDATA%/Thunderbird/profiles.ini",
    )
    assert set(found(windows)) == {"firefox", "vivaldi", "thunderbird"}
