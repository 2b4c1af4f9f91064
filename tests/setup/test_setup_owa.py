"""`letterlock setup --owa`: Microsoft's extension finds this host, and what was there before is put back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from letterlock.clients.table import CLIENTS, OWA, OWA_CLIENTS, System
from letterlock.native import callers
from letterlock.operations.owa import keep_raised
from letterlock.store import location
from tests.setup.conftest import CommandLine, Computer, computer_in

NAME = "com.microsoft.outlook.smime.chromenativeapp"
CHROMIUM = ".config/chromium/NativeMessagingHosts"
MICROSOFT = [
    "chrome-extension://maafgiompdekodanheihhgilkjchcakm/",
    "chrome-extension://gamjhjfeblghkihfjdpmbpajhlpmobbp/",
]
FOREIGN = json.dumps({"name": NAME, "path": "/opt/other/owa", "type": "stdio", "allowed_origins": MICROSOFT}).encode()


def manifest(computer: Computer) -> Path:
    return computer.home / CHROMIUM / f"{NAME}.json"


def foreign(computer: Computer) -> Path:
    file = manifest(computer)
    file.parent.mkdir(parents=True)
    file.write_bytes(FOREIGN)
    return file


def findings(letterlock: CommandLine) -> dict[str, dict[str, object]]:
    """What `doctor` found about Outlook on the web, by subject."""
    document = json.loads(letterlock("doctor", "--json", "--seconds", "60").out)
    return {each["subject"]: each for each in document["findings"] if each["subject"].startswith("owa")}


def test_microsoft_s_extension_finds_this_host(letterlock: CommandLine, computer: Computer) -> None:
    """Under the name it asks for, with both its ids, and a launcher of its own; ours is not touched."""
    assert letterlock("setup", "--owa", "--yes").code == 0
    written = json.loads(manifest(computer).read_bytes())
    assert written["name"] == NAME
    assert written["type"] == "stdio"
    assert written["allowed_origins"] == MICROSOFT
    launcher = Path(written["path"])
    assert launcher == computer.machine.data / "letterlock-owa-host"
    assert launcher.read_text().rstrip().endswith('-P -m letterlock serve --owa "$@"')
    assert not computer.manifest(CHROMIUM).exists()
    assert not (computer.home / ".mozilla").exists()


def test_both_hosts_live_beside_each_other(letterlock: CommandLine, computer: Computer) -> None:
    """And removal takes away both, and nothing else."""
    before = computer.files()
    assert letterlock("setup", "--yes").code == 0
    assert letterlock("setup", "--owa", "--yes").code == 0
    assert computer.manifest(CHROMIUM).exists()
    assert manifest(computer).exists()
    assert letterlock("setup", "--owa", "--yes").code == 0
    assert letterlock("uninstall", "--yes").code == 0
    assert computer.files() == before


def test_somebody_else_s_host_is_kept_unasked(letterlock: CommandLine, computer: Computer) -> None:
    """Also with --yes."""
    file = foreign(computer)
    assert letterlock("setup", "--owa", "--yes").code == 1
    assert file.read_bytes() == FOREIGN


def test_removal_puts_back_what_was_replaced(letterlock: CommandLine, computer: Computer) -> None:
    """Octet by octet, also after set-up ran twice."""
    file = foreign(computer)
    assert letterlock("setup", "--owa", "--yes", "--replace").code == 0
    assert json.loads(file.read_bytes())["path"] == str(computer.machine.data / "letterlock-owa-host")
    assert letterlock("setup", "--owa", "--yes", "--extension-id", "abcdefghijklmnopabcdefghijklmnop").code == 0
    assert letterlock("uninstall", "--yes").code == 0
    assert file.read_bytes() == FOREIGN
    assert not (computer.machine.config / "setup.json").exists()


def test_removal_puts_a_replaced_link_back(letterlock: CommandLine, computer: Computer) -> None:
    """Somebody's manifest may be a link into a package."""
    package = computer.folder / "package.json"
    package.write_bytes(FOREIGN)
    file = manifest(computer)
    file.parent.mkdir(parents=True)
    file.symlink_to(package)
    assert letterlock("setup", "--owa", "--yes", "--replace").code == 0
    assert not file.is_symlink()
    letterlock("uninstall", "--yes")
    assert file.readlink() == package
    assert package.read_bytes() == FOREIGN


def test_a_value_of_the_registry_is_put_back(
    letterlock: CommandLine, computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows Microsoft's own host stands there."""
    from letterlock.cli import setup

    windows = computer_in(tmp_path / "windows", System.WINDOWS)
    monkeypatch.setattr(setup, "machine_for", lambda system: windows.machine)
    registry = windows.machine.registry
    assert registry is not None
    key = f"HKCU\\Software\\Google\\Chrome\\NativeMessagingHosts\\{NAME}"
    registry.write(key, "C:\\Program Files\\Microsoft\\smime.json")
    assert letterlock("setup", "--owa", "--yes", "--client", "chrome").code == 1
    assert registry.read(key) == "C:\\Program Files\\Microsoft\\smime.json"
    assert letterlock("setup", "--owa", "--yes", "--client", "chrome", "--replace").code == 0
    assert registry.read(key) == str(windows.machine.data / "owa.json")
    assert letterlock("uninstall", "--yes").code == 0
    assert registry.read(key) == "C:\\Program Files\\Microsoft\\smime.json"


def test_the_doctor_goes_the_way_of_microsoft_s_extension(letterlock: CommandLine, computer: Computer) -> None:
    """It starts the launcher with Microsoft's id and initialises; before set-up it says nothing."""
    assert findings(letterlock) == {}
    letterlock("setup", "--owa", "--yes")
    found = findings(letterlock)
    assert found["owa-chromium"]["state"] == "good"
    assert found["owa-chromium"]["code"] == "check_owa"


def test_the_doctor_finds_what_is_broken(letterlock: CommandLine, computer: Computer) -> None:
    """A host of another kind, a manifest that leaves an id out, a damaged list of sites."""
    letterlock("setup", "--owa", "--yes")
    launcher = computer.machine.data / "letterlock-owa-host"
    good = launcher.read_bytes()
    launcher.write_bytes(good.replace(b" --owa", b""))
    assert findings(letterlock)["owa-chromium"]["code"] == "owa_host_not_answering"
    launcher.write_bytes(good)
    document = json.loads(manifest(computer).read_bytes())
    manifest(computer).write_text(json.dumps({**document, "allowed_origins": MICROSOFT[:1]}))
    assert findings(letterlock)["owa-chromium"]["code"] == "manifest_caller_missing"
    (computer.machine.config / "owa.json").write_text("[]")
    assert findings(letterlock)["owa"]["code"] == "owa_sites_unreadable"


def test_the_doctor_says_that_something_weak_was_asked_for(letterlock: CommandLine, computer: Computer) -> None:
    """What the server wanted last is kept for it."""
    letterlock("setup", "--owa", "--yes")
    keep_raised(location.database(), ["SHA-1"])
    found = findings(letterlock)["owa"]
    assert (found["state"], found["code"], found["facts"]) == ("remark", "owa_raised", {"algorithms": ["SHA-1"]})


def test_sites_are_settings(letterlock: CommandLine, computer: Computer) -> None:
    """They are added, kept by removal, and what is no host name is refused."""
    file = computer.machine.config / "owa.json"
    assert letterlock("setup", "--owa", "--yes", "--owa-site", "Mail.Muster.Example").code == 0
    assert letterlock("setup", "--owa", "--yes", "--owa-site", "owa.muster.example").code == 0
    assert json.loads(file.read_bytes()) == {"sites": ["mail.muster.example", "owa.muster.example"]}
    refused = letterlock("setup", "--owa", "--yes", "--owa-site", "https://x/owa")
    assert refused.code != 0
    assert "is not the name of a server" in refused.err
    letterlock("uninstall", "--yes")
    assert file.exists()
    file.write_text("{")
    assert letterlock("setup", "--owa", "--yes").code != 0
    assert file.read_text() == "{"


def test_without_its_library_it_is_not_set_up(
    letterlock: CommandLine, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would fail at the first mail is said before."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    before = computer.files()
    assert letterlock("setup", "--owa", "--yes").code != 0
    assert computer.files() == before


def test_the_callers_are_those_of_the_manifest() -> None:
    """The host starts without the table, so it has the ids once more."""
    assert callers.OWA["chromium"] == set(OWA.extensions)
    assert set(OWA_CLIENTS) <= {client.id for client in CLIENTS}
