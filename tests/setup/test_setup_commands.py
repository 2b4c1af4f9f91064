"""`letterlock setup`, `uninstall` and `clients`, as a person and a script use them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.clients.table import CLIENTS
from tests.setup.conftest import CommandLine, Computer, computer_in

CHROMIUM = ".config/chromium/NativeMessagingHosts"
MOZILLA = ".mozilla/native-messaging-hosts"
ORIGIN = "chrome-extension://gibofoagldhcngncamdmdaeadgfgakfk/"
SELF_BUILT = "abcdefghijklmnopabcdefghijklmnop"


def written(path: Path) -> dict[str, object]:
    return dict(json.loads(path.read_bytes()))


def test_set_up_writes_a_manifest_for_each_client(letterlock: CommandLine, computer: Computer) -> None:
    """Firefox and Thunderbird share one that names both add-ons; every manifest names the launcher."""
    assert letterlock("setup", "--yes").code == 0
    chromium = written(computer.manifest(CHROMIUM))
    mozilla = written(computer.manifest(MOZILLA))
    assert chromium == {
        "name": "letterlock",
        "description": "Letterlock: S/MIME for the mail you already read",
        "path": str(computer.launcher),
        "type": "stdio",
        "allowed_origins": [ORIGIN],
    }
    assert mozilla["allowed_extensions"] == ["webmail@letterlock", "thunderbird@letterlock"]
    assert mozilla["path"] == str(computer.launcher)


def test_files_have_the_modes_that_clients_need(letterlock: CommandLine, computer: Computer) -> None:
    """Whatever the umask: manifests readable, the launcher executable, the journal private."""
    before = os.umask(0o077)
    try:
        letterlock("setup", "--yes")
    finally:
        os.umask(before)
    assert computer.manifest(CHROMIUM).stat().st_mode & 0o777 == 0o644
    assert computer.launcher.stat().st_mode & 0o777 == 0o755
    assert (computer.machine.config / "setup.json").stat().st_mode & 0o777 == 0o600


def test_a_second_run_changes_nothing(letterlock: CommandLine, computer: Computer) -> None:
    """Same files, same journal, and it says so."""
    letterlock("setup", "--yes")
    before = {path: path.stat().st_mtime_ns for path in computer.home.rglob("*") if path.is_file()}
    again = letterlock("setup")
    assert again.code == 0
    assert "Everything is set up as it should be." in again.out
    assert {path: path.stat().st_mtime_ns for path in computer.home.rglob("*") if path.is_file()} == before


def test_removal_takes_away_exactly_what_set_up_wrote(letterlock: CommandLine, computer: Computer) -> None:
    """Directories, too, if set-up made them; the neighbours stay."""
    computer.make("~/.mozilla/native-messaging-hosts/org.example.json", "~/.config/chromium/Local State")
    before = computer.files()
    letterlock("setup", "--yes")
    assert computer.files() > before
    assert letterlock("uninstall", "--yes").code == 0
    assert computer.files() == before


def test_removal_after_several_set_ups_takes_away_all_of_them(letterlock: CommandLine, computer: Computer) -> None:
    """The journal adds up."""
    before = computer.files()
    letterlock("setup", "--yes", "--client", "chromium")
    letterlock("setup", "--yes", "--client", "thunderbird")
    letterlock("setup", "--yes", "--client", "vivaldi")
    assert computer.manifest(".config/vivaldi/NativeMessagingHosts").exists()
    letterlock("uninstall", "--yes")
    assert computer.files() == before


def test_only_the_clients_named_are_written_for(letterlock: CommandLine, computer: Computer) -> None:
    """Also one that is not found."""
    assert letterlock("setup", "--yes", "--client", "librewolf").code == 0
    assert computer.manifest(".librewolf/native-messaging-hosts").exists()
    assert not computer.manifest(MOZILLA).exists()


def test_a_profile_directory_is_written_for_alone(letterlock: CommandLine, computer: Computer) -> None:
    """What a demo or a test needs: nothing of the user's is touched."""
    profile = computer.folder / "a profile"
    assert letterlock("setup", "--yes", "--profile-dir", str(profile)).code == 0
    assert written(profile / "NativeMessagingHosts/letterlock.json")["allowed_origins"] == [ORIGIN]
    assert not computer.manifest(CHROMIUM).exists()
    letterlock("uninstall", "--yes")
    assert not profile.exists()


def test_a_self_built_extension_is_added_to_callers_and_manifests(letterlock: CommandLine, computer: Computer) -> None:
    """The manifest lets the browser start the host, `callers.json` lets the host answer; later runs keep it."""
    letterlock("setup", "--yes", "--extension-id", SELF_BUILT, "--extension-id", "mine@example.org")
    callers = written(computer.machine.config / "callers.json")
    assert callers == {"chromium": [SELF_BUILT], "mozilla": ["mine@example.org"]}
    letterlock("setup", "--yes")
    assert written(computer.manifest(CHROMIUM))["allowed_origins"] == [ORIGIN, f"chrome-extension://{SELF_BUILT}/"]
    assert "mine@example.org" in str(written(computer.manifest(MOZILLA))["allowed_extensions"])


def test_callers_are_a_setting_and_survive_removal(letterlock: CommandLine, computer: Computer) -> None:
    """Only `--purge` deletes settings."""
    letterlock("setup", "--yes", "--extension-id", SELF_BUILT)
    letterlock("uninstall", "--yes")
    assert (computer.machine.config / "callers.json").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--client", "netscape"], "does not know a client “netscape”"),
        (["--extension-id", "nonsense"], "“nonsense” is not the id of an extension"),
        (["--extension-id", "abcdefghijklmnopabcdefghijklmnoq"], "is not the id of an extension"),
    ],
)
def test_a_wrong_argument_is_said_and_nothing_written(
    letterlock: CommandLine, computer: Computer, arguments: list[str], sentence: str
) -> None:
    """In words, with what helps, and exit code 2."""
    outcome = letterlock("setup", "--yes", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert computer.files() == set()


def test_a_damaged_list_of_callers_is_not_overwritten(letterlock: CommandLine, computer: Computer) -> None:
    """Somebody wrote it by hand."""
    computer.make("~/settings/letterlock/callers.json")
    outcome = letterlock("setup", "--yes", "--extension-id", SELF_BUILT)
    assert outcome.code == 2
    assert "callers.json is damaged" in outcome.err
    assert (computer.machine.config / "callers.json").read_bytes() == b""


def test_without_a_terminal_nothing_is_written_unasked(letterlock: CommandLine, computer: Computer) -> None:
    """The plan is shown; --yes is named."""
    outcome = letterlock("setup")
    assert outcome.code == 2
    assert "What set-up would write" in outcome.out
    assert "--yes" in outcome.err
    assert computer.files() == set()


def test_a_dry_run_writes_nothing(letterlock: CommandLine, computer: Computer) -> None:
    """Even with --yes."""
    outcome = letterlock("setup", "--yes", "--dry-run", "--extension-id", SELF_BUILT)
    assert outcome.code == 0
    assert str(computer.manifest(MOZILLA)) in outcome.out
    assert computer.files() == set()


@pytest.mark.parametrize(("typed", "wrote"), [("", True), ("y", True), ("j", True), ("n", False), ("what?", False)])
def test_a_person_is_asked(
    letterlock: CommandLine, computer: Computer, answers: list[str], typed: str, wrote: bool
) -> None:
    """Enter means yes here, because the plan was just shown."""
    answers.append(typed)
    assert letterlock("setup").code == (0 if wrote else 1)
    assert computer.manifest(CHROMIUM).exists() is wrote


FOREIGN = b'{"name": "letterlock", "path": "/opt/other/host", "type": "stdio"}'


def foreign(computer: Computer) -> Path:
    manifest = computer.manifest(MOZILLA)
    manifest.parent.mkdir(parents=True)
    manifest.write_bytes(FOREIGN)
    return manifest


def test_somebody_else_s_manifest_is_kept(letterlock: CommandLine, computer: Computer) -> None:
    """--yes agrees to the plan, not to taking away what is not ours."""
    manifest = foreign(computer)
    outcome = letterlock("setup", "--yes")
    assert outcome.code == 1
    assert "it starts /opt/other/host" in outcome.out
    assert manifest.read_bytes() == FOREIGN
    assert computer.manifest(CHROMIUM).exists()
    letterlock("uninstall", "--yes")
    assert manifest.read_bytes() == FOREIGN


def test_somebody_else_s_manifest_is_replaced_on_demand(letterlock: CommandLine, computer: Computer) -> None:
    """--replace says so."""
    manifest = foreign(computer)
    assert letterlock("setup", "--yes", "--replace").code == 0
    assert written(manifest)["path"] == str(computer.launcher)


@pytest.mark.parametrize(("typed", "replaced"), [("y", True), ("", False)])
def test_a_person_is_asked_about_each_foreign_manifest(
    letterlock: CommandLine, computer: Computer, answers: list[str], typed: str, replaced: bool
) -> None:
    """Here Enter means no."""
    manifest = foreign(computer)
    answers += ["y", typed]
    letterlock("setup")
    assert (manifest.read_bytes() != FOREIGN) is replaced


def test_a_damaged_manifest_of_ours_is_renewed(letterlock: CommandLine, computer: Computer) -> None:
    """The journal knows that it was ours."""
    letterlock("setup", "--yes")
    computer.manifest(MOZILLA).write_text("{")
    assert letterlock("setup", "--yes").code == 0
    assert written(computer.manifest(MOZILLA))["name"] == "letterlock"


def test_a_manifest_that_others_made_theirs_survives_removal(letterlock: CommandLine, computer: Computer) -> None:
    """It was ours once; now it starts something else."""
    letterlock("setup", "--yes")
    computer.manifest(MOZILLA).write_bytes(FOREIGN)
    outcome = letterlock("uninstall", "--yes")
    assert "changed by others, stays" in outcome.out
    assert computer.manifest(MOZILLA).read_bytes() == FOREIGN
    assert not computer.manifest(CHROMIUM).exists()


def test_a_manifest_of_ours_that_somebody_edited_is_removed(letterlock: CommandLine, computer: Computer) -> None:
    """It still starts our launcher, so without the launcher it is worth nothing."""
    letterlock("setup", "--yes")
    manifest = computer.manifest(CHROMIUM)
    manifest.write_text(json.dumps({**written(manifest), "description": "edited"}))
    letterlock("uninstall", "--yes")
    assert not manifest.exists()


def test_linked_folders_are_one_place(letterlock: CommandLine, computer: Computer) -> None:
    """LibreWolf's own instructions link its folder to Mozilla's."""
    (computer.home / ".librewolf").mkdir()
    (computer.home / ".mozilla/native-messaging-hosts").mkdir(parents=True)
    (computer.home / ".librewolf/native-messaging-hosts").symlink_to(computer.home / ".mozilla/native-messaging-hosts")
    outcome = letterlock("setup", "--yes", "--client", "firefox", "--client", "librewolf", "--json")
    places = [step["place"] for step in json.loads(outcome.out)["steps"]]
    assert len(places) == len(set(places)) == 2


def test_a_dead_link_is_somebody_s(letterlock: CommandLine, computer: Computer) -> None:
    """A manager of dot files may put its target back."""
    manifest = computer.manifest(MOZILLA)
    manifest.parent.mkdir(parents=True)
    manifest.symlink_to(computer.home / "nowhere")
    assert letterlock("setup", "--yes").code == 1
    assert manifest.is_symlink()


def test_one_place_that_cannot_be_written_does_not_stop_the_others(letterlock: CommandLine, computer: Computer) -> None:
    """The failure is said in words; the rest is done and removable."""
    computer.make("~/.mozilla")  # a file where a folder should be
    outcome = letterlock("setup", "--yes")
    assert outcome.code == 1
    assert "could not be written or removed: Not a directory" in outcome.out
    assert computer.manifest(CHROMIUM).exists()
    assert letterlock("uninstall", "--yes").code == 0
    assert computer.files() == {".mozilla"}


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of a user without root's powers, who this process is for the test (root may write everywhere)."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid():
            yield Path(folder)
            return
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


def test_a_read_only_folder_is_said_in_words(
    ordinary_user: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a traceback: the place, the system's reason, and what helps."""
    from letterlock.cli import setup
    from letterlock.cli.setup_show import PlanView  # noqa: F401  imported while its files can be read

    computer = computer_in(ordinary_user / "computer")
    computer.install("firefox")
    folder = computer.home / ".mozilla"
    folder.mkdir(mode=0o555)
    monkeypatch.setattr(setup, "machine_for", lambda system: computer.machine)
    monkeypatch.setattr("letterlock.clients.launcher.interpreter", lambda: Path("/usr/bin/python3"))
    outcome = CommandLine(computer, capsys)("setup", "--yes")
    assert outcome.code == 1
    assert "Permission denied" in outcome.out
    assert "Check who owns this place" in outcome.out
    assert computer.launcher.exists()


@pytest.mark.parametrize("name", ["with space", "it's", 'say "hello"', "Käthe", "100%"])
def test_any_home_can_be_set_up(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is JSON and the launcher quoted, whatever the user is called."""
    from letterlock import cli
    from letterlock.cli import setup

    computer = computer_in(tmp_path / name)
    computer.install("firefox")
    monkeypatch.setattr(setup, "machine_for", lambda system: computer.machine)
    assert cli.main(["setup", "--yes"]) == 0
    assert written(computer.manifest(MOZILLA))["path"] == str(computer.launcher)


def test_clients_in_sandboxes_are_named_with_what_helps(letterlock: CommandLine, computer: Computer) -> None:
    """They get no manifest, but a sentence."""
    computer.make("/snap/opera/current", "/var/lib/flatpak/app/com.brave.Browser")
    outcome = letterlock("setup", "--yes")
    assert "Opera comes from Snap" in outcome.out
    assert "Brave comes from Flatpak (com.brave.Browser)" in outcome.out
    assert "Install Brave as a package" in outcome.out
    assert not (computer.home / ".config/BraveSoftware").exists()


def test_with_sandboxed_clients_only_nothing_can_be_set_up(letterlock: CommandLine, computer: Computer) -> None:
    """The reason comes before the failure."""
    for program in ("chromium", "firefox", "thunderbird"):
        (computer.folder / "bin" / program).unlink()
    computer.make("/snap/chromium/current")
    outcome = letterlock("setup", "--yes")
    assert outcome.code == 2
    assert "Chromium comes from Snap" in outcome.out
    assert "No browser and no mail program was found that can start Letterlock" in outcome.err


def test_for_all_users_the_system_s_places_are_written(
    letterlock: CommandLine, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And taken away again; the user's own set-up is another matter."""
    monkeypatch.setattr("letterlock.clients.launcher.check_reachable", lambda python: None)
    root = computer.machine.root
    assert letterlock("setup", "--system", "--yes").code == 0
    launcher = root / "usr/local/lib/letterlock/letterlock-host"
    for place in ("etc/chromium/native-messaging-hosts", "usr/lib/mozilla/native-messaging-hosts"):
        assert written(root / place / "letterlock.json")["path"] == str(launcher)
    assert b"LETTERLOCK_HOME" not in launcher.read_bytes()
    assert computer.files() == set()
    assert letterlock("uninstall", "--system", "--yes").code == 0
    assert list(root.rglob("*")) == []


def test_a_program_gets_one_document(letterlock: CommandLine, computer: Computer) -> None:
    """`--json`: every step with its state, before and after."""
    planned = letterlock("setup", "--json")
    assert planned.code == 1
    document = json.loads(planned.out)
    assert document["complete"] is False
    assert {step["state"] for step in document["steps"]} == {"new"}
    assert {step["kind"] for step in document["steps"]} == {"launcher", "manifest"}
    assert computer.files() == set()
    done = json.loads(letterlock("setup", "--json", "--yes").out)
    assert done["complete"] is True
    assert all(step["written"] for step in done["steps"])
    removed = json.loads(letterlock("uninstall", "--json", "--yes").out)
    assert removed["removed"] is True
    assert {each["left"] for each in removed["removals"]} == {"ours"}


def test_removal_without_set_up_removes_nothing(letterlock: CommandLine) -> None:
    """And says so."""
    outcome = letterlock("uninstall")
    assert outcome.code == 0
    assert "Set-up wrote nothing here." in outcome.out


def test_removal_asks_first(letterlock: CommandLine, computer: Computer, answers: list[str]) -> None:
    """No means no."""
    letterlock("setup", "--yes")
    answers.append("n")
    assert letterlock("uninstall").code == 1
    assert computer.manifest(CHROMIUM).exists()


@pytest.mark.parametrize(("typed", "deleted"), [("delete", True), ("y", False), ("", False)])
def test_keys_are_deleted_only_after_the_word_was_typed(
    letterlock: CommandLine, computer: Computer, answers: list[str], typed: str, deleted: bool
) -> None:
    """Enter, or a yes out of habit, is not enough."""
    letterlock("setup", "--yes")
    computer.make("~/data/letterlock/letterlock.sqlite")
    answers += ["y", typed]
    outcome = letterlock("uninstall", "--purge")
    assert outcome.code == 0
    assert str(computer.machine.data / "letterlock.sqlite") in outcome.out
    assert (computer.machine.data / "letterlock.sqlite").exists() is not deleted


def test_only_our_files_are_deleted(letterlock: CommandLine, computer: Computer) -> None:
    """Whoever set LETTERLOCK_HOME to a home has other things below `data`."""
    letterlock("setup", "--yes", "--extension-id", SELF_BUILT)
    computer.make("~/data/letterlock/letterlock.sqlite", "~/data/letterlock/letterlock.sqlite-wal")
    computer.make("~/data/letterlock/thesis.odt")
    outcome = letterlock("uninstall", "--purge", "--yes", "--json")
    assert len(json.loads(outcome.out)["purged"]) == 3
    assert [path.name for path in computer.home.rglob("*") if path.is_file()] == ["thesis.odt"]


def test_a_damaged_journal_is_said(letterlock: CommandLine, computer: Computer) -> None:
    """Without it nobody knows what may be removed; set-up finds its own files again."""
    letterlock("setup", "--yes")
    journal = computer.machine.config / "setup.json"
    journal.write_text('{"version": 2}')
    outcome = letterlock("uninstall", "--yes")
    assert outcome.code == 2
    assert "does not know what it wrote" in outcome.err
    journal.unlink()
    assert letterlock("setup", "--yes").code == 0
    assert letterlock("uninstall", "--yes").code == 0
    assert [path for path in computer.home.rglob("*") if path.is_file()] == []


def test_every_client_is_listed_with_its_places(letterlock: CommandLine) -> None:
    """For people and for programs."""
    assert "LibreWolf" in letterlock("clients").out
    rows = json.loads(letterlock("clients", "--json").out)
    assert [row["client"] for row in rows] == [client.id for client in CLIENTS]
    found = {row["client"] for row in rows if row["found"]}
    assert found == {"chromium", "firefox", "thunderbird"}


def test_german_is_spoken(letterlock: CommandLine) -> None:
    """The same table, in the other language."""
    outcome = letterlock("--language", "de", "setup", "--dry-run")
    assert "Was die Einrichtung schreiben würde" in outcome.out
