"""The table of clients says what the documents say, for every system."""

from __future__ import annotations

from pathlib import Path

import pytest

from letterlock.clients.machine import Machine, is_key
from letterlock.clients.table import BY_ID, CLIENTS, Client, Family, System

SUPPORT = "~/Library/Application Support"
CHROME_KEY = "HKCU\\Software\\Google\\Chrome\\NativeMessagingHosts"
MOZILLA_KEY = "HKCU\\Software\\Mozilla\\NativeMessagingHosts"

DOCUMENTED = [
    ("chromium", System.LINUX, "$CONFIG/chromium/NativeMessagingHosts"),
    ("chromium", System.MACOS, f"{SUPPORT}/Chromium/NativeMessagingHosts"),
    ("chromium", System.WINDOWS, "HKCU\\Software\\Chromium\\NativeMessagingHosts"),
    ("chrome", System.LINUX, "$CONFIG/google-chrome/NativeMessagingHosts"),
    ("chrome", System.MACOS, f"{SUPPORT}/Google/Chrome/NativeMessagingHosts"),
    ("chrome", System.WINDOWS, CHROME_KEY),
    ("chrome-beta", System.LINUX, "$CONFIG/google-chrome-beta/NativeMessagingHosts"),
    ("chrome-beta", System.MACOS, f"{SUPPORT}/Google/Chrome Beta/NativeMessagingHosts"),
    ("chrome-beta", System.WINDOWS, CHROME_KEY),
    ("chrome-dev", System.LINUX, "$CONFIG/google-chrome-unstable/NativeMessagingHosts"),
    ("chrome-canary", System.MACOS, f"{SUPPORT}/Google/Chrome Canary/NativeMessagingHosts"),
    ("edge", System.LINUX, "$CONFIG/microsoft-edge/NativeMessagingHosts"),
    ("edge", System.MACOS, f"{SUPPORT}/Microsoft Edge/NativeMessagingHosts"),
    ("edge", System.WINDOWS, "HKCU\\Software\\Microsoft\\Edge\\NativeMessagingHosts"),
    ("edge-dev", System.LINUX, "$CONFIG/microsoft-edge-dev/NativeMessagingHosts"),
    ("brave", System.LINUX, "$CONFIG/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
    ("brave", System.MACOS, f"{SUPPORT}/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
    ("brave", System.WINDOWS, CHROME_KEY),
    ("vivaldi", System.LINUX, "$CONFIG/vivaldi/NativeMessagingHosts"),
    ("vivaldi", System.MACOS, f"{SUPPORT}/Vivaldi/NativeMessagingHosts"),
    ("vivaldi", System.WINDOWS, CHROME_KEY),
    ("opera", System.LINUX, "$CONFIG/google-chrome/NativeMessagingHosts"),
    ("opera", System.LINUX, "$CONFIG/opera/NativeMessagingHosts"),
    ("opera", System.MACOS, f"{SUPPORT}/Google/Chrome/NativeMessagingHosts"),
    ("opera", System.WINDOWS, CHROME_KEY),
    ("firefox", System.LINUX, "~/.mozilla/native-messaging-hosts"),
    ("firefox", System.MACOS, f"{SUPPORT}/Mozilla/NativeMessagingHosts"),
    ("firefox", System.WINDOWS, MOZILLA_KEY),
    ("librewolf", System.LINUX, "~/.librewolf/native-messaging-hosts"),
    ("librewolf", System.MACOS, f"{SUPPORT}/LibreWolf/NativeMessagingHosts"),
    ("librewolf", System.WINDOWS, MOZILLA_KEY),
    ("thunderbird", System.LINUX, "~/.mozilla/native-messaging-hosts"),
    ("thunderbird", System.MACOS, f"{SUPPORT}/Mozilla/NativeMessagingHosts"),
    ("thunderbird", System.WINDOWS, MOZILLA_KEY),
]

SHARED = [
    ("chromium", System.LINUX, "/etc/chromium/native-messaging-hosts"),
    ("chromium", System.MACOS, "/Library/Application Support/Chromium/NativeMessagingHosts"),
    ("chrome", System.LINUX, "/etc/opt/chrome/native-messaging-hosts"),
    ("chrome", System.MACOS, "/Library/Google/Chrome/NativeMessagingHosts"),
    ("chrome", System.WINDOWS, "HKLM\\Software\\Google\\Chrome\\NativeMessagingHosts"),
    ("edge", System.LINUX, "/etc/opt/edge/native-messaging-hosts"),
    ("edge", System.MACOS, "/Library/Microsoft/Edge/NativeMessagingHosts"),
    ("firefox", System.LINUX, "/usr/lib/mozilla/native-messaging-hosts"),
    ("firefox", System.MACOS, "/Library/Application Support/Mozilla/NativeMessagingHosts"),
    ("thunderbird", System.LINUX, "/usr/lib/mozilla/native-messaging-hosts"),
    ("librewolf", System.LINUX, "/usr/lib/librewolf/native-messaging-hosts"),
]

ROWS = [(client, system) for client in CLIENTS for system in System]


@pytest.mark.parametrize(("client", "system", "place"), DOCUMENTED)
def test_a_user_s_place_is_the_documented_one(client: str, system: System, place: str) -> None:
    """Each documented place is in the table."""
    assert place in BY_ID[client].where[system].user


@pytest.mark.parametrize(("client", "system", "place"), SHARED)
def test_the_place_for_all_users_is_the_documented_one(client: str, system: System, place: str) -> None:
    """Each documented place of the system is in the table."""
    assert place in BY_ID[client].where[system].shared


@pytest.mark.parametrize(("client", "system"), ROWS, ids=lambda each: getattr(each, "id", each))
def test_every_row_is_complete(client: Client, system: System) -> None:
    """Every client has places, signs and a source on every system; keys on Windows only."""
    where = client.where[system]
    assert where.user
    assert where.shared
    assert where.programs
    assert where.profiles
    assert where.source
    assert all(is_key(place) is (system is System.WINDOWS) for place in (*where.user, *where.shared))
    assert all(place.startswith("HKCU\\") for place in where.user if is_key(place))
    assert all(place.startswith("HKLM\\") for place in where.shared if is_key(place))


def test_ids_are_unique_and_each_family_has_its_extension() -> None:
    """One id, one client; Thunderbird's add-on is not Firefox's."""
    assert len(BY_ID) == len(CLIENTS)
    assert {each.extension for each in CLIENTS if each.family is Family.CHROMIUM} == {
        "gibofoagldhcngncamdmdaeadgfgakfk"
    }
    assert BY_ID["firefox"].extension == BY_ID["librewolf"].extension == "webmail@letterlock"
    assert BY_ID["thunderbird"].extension == "thunderbird@letterlock"


def test_the_issue_s_clients_are_all_known() -> None:
    """Every browser and mail program that set-up promises to find."""
    promised = {"chromium", "chrome", "edge", "brave", "vivaldi", "opera", "firefox", "librewolf", "thunderbird"}
    assert promised <= set(BY_ID)


def machine(system: System = System.LINUX, **environment: str) -> Machine:
    return Machine(system, Path("/home/anna"), Path("/data"), Path("/settings"), environment=environment)


@pytest.mark.parametrize(
    ("template", "environment", "path"),
    [
        ("~/.mozilla", {}, "/home/anna/.mozilla"),
        ("$CONFIG/chromium", {}, "/home/anna/.config/chromium"),
        ("$CONFIG/chromium", {"XDG_CONFIG_HOME": "/elsewhere"}, "/elsewhere/chromium"),
        ("$CONFIG/chromium", {"XDG_CONFIG_HOME": "relative"}, "/home/anna/.config/chromium"),
        ("/etc/chromium", {}, "/etc/chromium"),
        ("%APPDATA%/Thunderbird", {"APPDATA": "/roaming"}, "/roaming/Thunderbird"),
        ("%PROGRAMFILES(X86)%/Opera", {"PROGRAMFILES(X86)": "/x86"}, "/x86/Opera"),
    ],
)
def test_a_template_becomes_the_path_it_means(template: str, environment: dict[str, str], path: str) -> None:
    """Templates of the table, expanded."""
    assert machine(**environment).path(template) == Path(path)


def test_a_template_whose_variable_is_not_set_is_no_path() -> None:
    """Windows without `%PROGRAMFILES(X86)%` has no such directory."""
    assert machine(System.WINDOWS).path("%PROGRAMFILES(X86)%/Opera") is None
