"""`letterlock doctor` finds each kind of damage and says what mends it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from letterlock import words
from letterlock.cli.sample import signed_message
from letterlock.cli.trial import DESKTOP_PATH, attempt, desktop_environment
from letterlock.clients import launcher, requirements
from letterlock.clients.failures import DependencyMissing
from letterlock.clients.table import System
from letterlock.errors import Reason
from letterlock.words.setup import LINES, WORDS
from tests.setup.conftest import CommandLine, Computer

ORIGIN = "chrome-extension://gibofoagldhcngncamdmdaeadgfgakfk/"
MOZILLA = ".mozilla/native-messaging-hosts"


def script(folder: Path, text: str) -> Path:
    """A program that stands in for the launcher."""
    path = folder / "host"
    path.write_text(f"#!{sys.executable} -S\n{text}")
    path.chmod(0o755)
    return path


def tried(program: Path, seconds: float = 10, message: bytes = b"") -> list[Reason]:
    return attempt([str(program), ORIGIN], message or signed_message(), language="en", seconds=seconds)


def codes(reasons: list[Reason]) -> list[str]:
    return [reason.code for reason in reasons]


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The launcher of the real host, with directories of its own."""
    program = tmp_path / "letterlock-host"
    program.write_bytes(launcher.render(System.LINUX, launcher.interpreter(), str(tmp_path / "own")))
    program.chmod(0o755)
    return program


# --- Starting the host -------------------------------------------------------------------------------------------


def test_the_real_host_opens_the_built_in_message(real: Path) -> None:
    """Intact, and its signer unknown: nothing to mend."""
    assert tried(real) == []


def test_a_host_that_finds_it_broken_is_found_out(real: Path) -> None:
    """Here by changing the message: any status but `untrusted` is wrong."""
    (reason,) = tried(real, message=signed_message().replace(b"signatures are", b"signatures ARE"))
    assert (reason.code, reason.facts()) == ("host_wrong_verdict", {"status": "invalid"})


def test_each_built_in_message_is_signed_by_another_key() -> None:
    """The key is thrown away; nothing to steal, nothing to trust by mistake."""
    assert signed_message() != signed_message()


def test_a_crash_is_reported_with_the_host_s_last_words(tmp_path: Path) -> None:
    """As after the environment was removed or Python updated."""
    program = script(tmp_path, "import sys; sys.stderr.write('first\\nNo module named letterlock\\n'); sys.exit(3)")
    (reason,) = tried(program)
    assert reason.facts() == {"launcher": str(program), "exit_code": 3, "said": "No module named letterlock"}


def test_a_silent_host_is_given_up(tmp_path: Path) -> None:
    """After the time allowed, and the process is ended."""
    program = script(tmp_path, "import sys; sys.stdin.read()")
    assert codes(tried(program, seconds=0.3)) == ["host_silent"]


@pytest.mark.parametrize("output", ["hello, world", "Welcome to Fish\\n" * 100])
def test_output_that_is_no_frame_is_shown(tmp_path: Path, output: str) -> None:
    """A print in a start file; browsers close the port without a word."""
    program = script(tmp_path, f"import sys; sys.stdout.write('{output}'); sys.stdout.flush(); sys.stdin.read()")
    (reason,) = tried(program, seconds=5)
    assert reason.code == "host_garbled"
    assert str(reason.facts()["said"]).startswith(output[:5])


def test_frames_that_are_not_ours_are_garbage(tmp_path: Path) -> None:
    """Another program's host, well-framed: an object without our fields."""
    frame = "import struct, sys; t = b'{\"a\":1}'; sys.stdout.buffer.write(struct.pack('=I', len(t)) + t)"
    assert codes(tried(script(tmp_path, frame))) == ["host_garbled"]


def test_a_refusal_is_passed_on(real: Path) -> None:
    """The host's own sentence."""
    (reason,) = attempt(
        [str(real), "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"], b"", language="de", seconds=10
    )
    assert reason.code == "host_refused"
    assert reason.facts()["error"] == "caller_not_allowed"


def test_a_launcher_that_cannot_start_is_said(tmp_path: Path) -> None:
    """Its interpreter was removed."""
    program = tmp_path / "host"
    program.write_text("#!/nowhere/sh\n")
    program.chmod(0o755)
    assert codes(tried(program)) == ["host_did_not_start"]


def test_the_host_gets_the_environment_of_the_desktop() -> None:
    """What a terminal adds would hide what is wrong for a browser."""
    terminal = {"HOME": "/home/anna", "PATH": "/venv/bin:/bin", "PYTHONPATH": "/src", "VIRTUAL_ENV": "/venv"}
    assert desktop_environment(terminal) == {"HOME": "/home/anna", "PATH": DESKTOP_PATH}


# --- The whole report --------------------------------------------------------------------------------------------


def report(letterlock: CommandLine) -> tuple[int, list[dict[str, Any]]]:
    """The report, and of its findings those to mend."""
    outcome = letterlock("doctor", "--json")
    document = json.loads(outcome.out)
    mend = [finding for finding in document["findings"] if finding["state"] == "mend"]
    assert document["good"] is (not mend)
    return outcome.code, mend


def test_after_set_up_all_is_well(letterlock: CommandLine) -> None:
    """Each client's way to the real host is gone to its end."""
    letterlock("setup", "--yes")
    outcome = letterlock("doctor")
    assert outcome.code == 0, outcome.out
    for client in ("Chromium", "Firefox", "Thunderbird"):
        assert f"✓ {client} finds and starts Letterlock, and a signed test message is opened rightly" in outcome.out
    assert "cannot be seen from outside the browser" in outcome.out
    assert outcome.out.rstrip().endswith("All is well.")


def test_before_set_up_each_client_lacks_its_manifest(letterlock: CommandLine) -> None:
    """And set-up is what helps."""
    code, mend = report(letterlock)
    assert code == 1
    assert [(each["subject"], each["code"]) for each in mend] == [
        ("chromium", "manifest_missing"),
        ("firefox", "manifest_missing"),
        ("thunderbird", "manifest_missing"),
    ]
    assert {each["advice"] for each in mend} == {"Run letterlock setup."}


def edit(manifest: Path, **fields: object) -> None:
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), **fields}))


@pytest.mark.parametrize(
    ("fields", "code", "fact"),
    [
        ({"name": "other"}, "manifest_field_wrong", {"field": "name"}),
        ({"type": "tcp"}, "manifest_field_wrong", {"field": "type"}),
        ({"description": None}, "manifest_field_wrong", {"field": "description"}),
        ({"path": "relative/host"}, "manifest_field_wrong", {"field": "path"}),
        ({"allowed_extensions": "webmail@letterlock"}, "manifest_field_wrong", {"field": "allowed_extensions"}),
        ({"allowed_extensions": ["x@y"]}, "manifest_caller_missing", {"extension": "webmail@letterlock"}),
        ({"path": "/nowhere/host"}, "launcher_missing", {"launcher": "/nowhere/host"}),
    ],
)
def test_a_wrong_field_is_named(
    letterlock: CommandLine, computer: Computer, fields: dict[str, object], code: str, fact: dict[str, str]
) -> None:
    """Clients ignore such a manifest without a word."""
    for program in ("chromium", "thunderbird"):
        (computer.folder / "bin" / program).unlink()
    letterlock("setup", "--yes")
    edit(computer.manifest(MOZILLA), **fields)
    returned, mend = report(letterlock)
    assert returned == 1
    assert [each["code"] for each in mend] == [code]
    assert fact.items() <= mend[0]["facts"].items()


def test_one_damaged_file_is_one_thing_to_mend(letterlock: CommandLine, computer: Computer) -> None:
    """Firefox and Thunderbird read it; a person mends it once. Programs are told for each client."""
    letterlock("setup", "--yes")
    edit(computer.manifest(MOZILLA), type="tcp")
    outcome = letterlock("doctor")
    assert outcome.out.count("manifest_field_wrong") == 1
    assert "To mend: 1" in outcome.out
    assert [each["subject"] for each in report(letterlock)[1]] == ["firefox", "thunderbird"]


def test_a_manifest_for_one_add_on_only_is_told_for_the_other(letterlock: CommandLine, computer: Computer) -> None:
    """Firefox works, Thunderbird does not, though both read the same file."""
    letterlock("setup", "--yes", "--client", "firefox")
    edit(computer.manifest(MOZILLA), allowed_extensions=["webmail@letterlock"])
    (computer.folder / "bin/chromium").unlink()
    _, mend = report(letterlock)
    assert [(each["subject"], each["code"]) for each in mend] == [("thunderbird", "manifest_caller_missing")]


def test_damage_to_files_is_told_apart(letterlock: CommandLine, computer: Computer) -> None:
    """Not JSON, not there, not executable."""
    (computer.folder / "bin/chromium").unlink()
    (computer.folder / "bin/thunderbird").unlink()
    letterlock("setup", "--yes")
    manifest = computer.manifest(MOZILLA)
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-5])
    assert [each["code"] for each in report(letterlock)[1]] == ["manifest_not_json"]
    manifest.write_bytes(b"[]")
    assert [each["code"] for each in report(letterlock)[1]] == ["manifest_not_json"]
    manifest.write_bytes(whole)
    computer.launcher.chmod(0o644)
    assert [each["code"] for each in report(letterlock)[1]] == ["launcher_not_executable"]
    computer.launcher.unlink()
    assert [each["code"] for each in report(letterlock)[1]] == ["launcher_missing"]


def test_a_profile_directory_of_set_up_is_examined_too(letterlock: CommandLine, computer: Computer) -> None:
    """No client leads there but the journal."""
    for program in ("chromium", "firefox", "thunderbird"):
        (computer.folder / "bin" / program).unlink()
    profile = computer.folder / "profile"
    letterlock("setup", "--yes", "--profile-dir", str(profile))
    assert report(letterlock) == (0, [])
    edit(profile / "NativeMessagingHosts/letterlock.json", allowed_origins=[])
    assert [each["code"] for each in report(letterlock)[1]] == ["manifest_caller_missing"]


def test_a_sandboxed_client_beside_a_working_one_is_a_remark(letterlock: CommandLine, computer: Computer) -> None:
    """Nobody must mend what they do not use."""
    computer.make("/snap/chromium/current")
    letterlock("setup", "--yes")
    outcome = letterlock("doctor")
    assert outcome.code == 0
    assert "Chromium comes from Snap" in outcome.out


def test_a_sandboxed_client_alone_is_to_mend(letterlock: CommandLine, computer: Computer) -> None:
    """There is no way to the host."""
    for program in ("chromium", "firefox", "thunderbird"):
        (computer.folder / "bin" / program).unlink()
    computer.make("/var/lib/flatpak/app/org.mozilla.firefox")
    code, mend = report(letterlock)
    assert code == 1
    assert [each["code"] for each in mend] == ["doctor_not_set_up", "client_flatpak_closed"]


def test_without_any_client_that_is_what_is_missing(letterlock: CommandLine, computer: Computer) -> None:
    """Nothing to set up for."""
    for program in ("chromium", "firefox", "thunderbird"):
        (computer.folder / "bin" / program).unlink()
    assert [each["code"] for each in report(letterlock)[1]] == ["setup_no_client_found"]


def test_a_damaged_journal_does_not_stop_the_examination(letterlock: CommandLine, computer: Computer) -> None:
    """It is one finding among the others."""
    letterlock("setup", "--yes")
    (computer.machine.config / "setup.json").write_text("?")
    assert [each["code"] for each in report(letterlock)[1]] == ["setup_journal_unreadable"]


def test_a_library_that_is_missing_or_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both bounds count; what only an extra needs does not."""
    installed = {"cryptography": "49.0.1", "pydantic": "3.0", "rich": "13"}

    def version(name: str) -> str:
        if name not in installed:
            raise requirements.metadata.PackageNotFoundError
        return installed[name]

    needed = ["cryptography>=50", "pydantic<3,>=2.12", "rich>=13", "pybase64>=1.4", 'pytest>=8; extra == "dev"']
    monkeypatch.setattr(requirements.metadata, "requires", lambda name: needed)
    monkeypatch.setattr(requirements.metadata, "version", version)
    assert requirements.missing() == [
        DependencyMissing("cryptography", ">=50", "49.0.1"),
        DependencyMissing("pydantic", "<3,>=2.12", "3.0"),
        DependencyMissing("pybase64", ">=1.4", "–"),
    ]


def test_everything_to_mend_has_advice_and_every_line_both_languages() -> None:
    """What is wrong is never said without what helps."""
    for code, texts in WORDS.items():
        assert all(advice for _, advice in texts.values()), code
    for name, lines in LINES.items():
        assert set(lines) == set(words.LANGUAGES), name
        fields = [set(re.findall(r"{(\w+)}", text)) for text in lines.values()]
        assert fields[0] == fields[1], name
