"""The window that asks for passphrase and PIN: real pinentry on a (virtual) screen, and programs that misbehave."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.dialects.owa import asking
from letterlock.dialects.owa.asking import Asker, Dialog, NobodyToAsk, NotAnswered, OneAtATime, Pinentry
from tests.dialects.office import Person
from tests.needs import require_program


def program(folder: Path, text: str) -> list[str]:
    file = folder / "program"
    file.write_text(text)
    file.chmod(0o755)
    return [str(file)]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[str]:
    """A screen of its own."""
    xvfb = require_program("Xvfb", "xvfb")
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [xvfb, "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.e2e
def test_a_person_types_the_passphrase_into_the_window(screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Debian's pinentry shows is typed into by keyboard, with characters of every kind."""
    pinentry = require_program("pinentry-fltk", "pinentry-fltk")
    typing = require_program("xdotool", "xdotool")
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for _ in range(3):
        # The first keys may come before the field listens; then it is asked once more.
        typed = _typed(Pinentry([str(pinentry)]), typing)
        if typed == TYPED:
            break
    assert typed == TYPED


TYPED = "correct horse 50% +x"


def _typed(window: Pinentry, typing: Path) -> str:
    answers: list[str] = []
    what = "Outlook needs 100 % of your keys.\nReally."
    asked = threading.Thread(target=lambda: answers.append(window.ask(what, "PIN:")))
    asked.start()
    try:
        _run(typing, "search", "--sync", "--onlyvisible", "--name", ".")
        deadline = time.monotonic() + 60
        while asked.is_alive() and time.monotonic() < deadline:
            _run(typing, "type", "--delay", "20", TYPED)
            _run(typing, "key", "Return")
            asked.join(3)
    finally:
        window.stop()
        asked.join(20)
    return "".join(answers)


def _run(*arguments: str | Path) -> None:
    subprocess.run([*map(str, arguments)], timeout=60, check=False, capture_output=True)


ASSUAN = """#!{python} -S
import sys
def say(line):
    sys.stdout.buffer.write(line + b"\\n"); sys.stdout.buffer.flush()
say(b"OK hello")
for line in sys.stdin:
    {body}
"""


def assuan(folder: Path, body: str) -> Pinentry:
    return Pinentry(program(folder, ASSUAN.format(python=sys.executable, body=body)))


def test_answers_are_unescaped_and_unknown_lines_passed_over(tmp_path: Path) -> None:
    """Assuan escapes per cent signs and line ends; status lines and comments mean nothing here."""
    body = (
        "say(b'S STATUS x') or say(b'# c') or (line.startswith('GETPIN') and say(b'D 50%25 \\xc3\\xa4')) or say(b'OK')"
    )
    assert assuan(tmp_path, body).ask("what", "PIN:") == "50% ä"


def test_what_the_window_says_cannot_end_its_line(tmp_path: Path) -> None:
    """A token's label comes from a card: it cannot give the program another order."""
    heard = tmp_path / "heard"
    body = f"open({str(heard)!r}, 'a').write(line) and say(b'OK')"
    assuan(tmp_path, body).ask("Card\nGETPIN\r\nBYE %0ABYE \x00\x1b[2J", "PIN:", "wrong\nBYE")
    lines = heard.read_text().splitlines()
    assert [each.partition(" ")[0] for each in lines] == [
        "SETTITLE", "SETDESC", "SETPROMPT", "SETERROR", "SETTIMEOUT", "OPTION", "GETPIN",
    ]  # fmt: skip
    assert lines[1] == "SETDESC Card%0AGETPIN%0ABYE %250ABYE [2J"
    assert all(len(each) < 1000 for each in lines)


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nexit 0\n",
        "#!/bin/sh\necho OK; exit 0\n",
        "#!/bin/sh\necho OK; while read l; do case $l in GETPIN*) echo ERR 99;; *) echo OK;; esac; done\n",
        "#!/bin/sh\nexec head -c 100000 /dev/zero\n",
    ],
)
def test_a_window_that_gives_no_answer_is_no_answer(tmp_path: Path, text: str) -> None:
    """Closed, crashed, or something else altogether."""
    with pytest.raises(NotAnswered):
        Pinentry(program(tmp_path, text)).ask("what", "PIN:")


def test_a_window_that_nobody_answers_is_closed(tmp_path: Path) -> None:
    """When the browser leaves."""
    window = Pinentry(program(tmp_path, "#!/bin/sh\necho OK; exec sleep 60\n"))
    failed: list[type[BaseException]] = []

    def ask() -> None:
        try:
            window.ask("what", "PIN:")
        except NotAnswered:
            failed.append(NotAnswered)

    asking_thread = threading.Thread(target=ask)
    asking_thread.start()
    while asking_thread.is_alive():
        window.stop()
        asking_thread.join(0.1)
    assert failed == [NotAnswered] or failed == []


def test_without_a_program_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And it is said what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(asking, "_PLACES", ())
    assert asking.found() is None
    with pytest.raises(NobodyToAsk):
        Pinentry().ask("what", "PIN:")


def test_the_dialog_of_macos_gives_what_was_typed(tmp_path: Path) -> None:
    """Its arguments are ours; what was typed comes through a pipe."""
    arguments = tmp_path / "arguments"
    text = f"#!/bin/sh\nprintf '%s|' \"$@\" > {arguments}\nprintf 'correct horse\\n'\n"
    assert Dialog(program(tmp_path, text)).ask("what", "PIN:", "wrong") == "correct horse"
    given = arguments.read_text().split("|")
    assert given[0] == "-e"
    assert "hidden answer" in given[1]
    assert given[2] == "wrong\nwhat\nPIN:"
    for failing in ("#!/bin/sh\nexit 1\n", "#!/bin/sh\necho\n"):
        with pytest.raises(NotAnswered):
            Dialog(program(tmp_path, failing)).ask("what", "PIN:")
    with pytest.raises(NobodyToAsk):
        Dialog([str(tmp_path / "gone")]).ask("what", "PIN:")


def test_one_window_serves_all_who_wait() -> None:
    """Who waited while it was unlocked goes on; who waited while it was closed is not asked again."""
    locked = [True]
    person = Person()
    one = OneAtATime(person)
    opened, let = threading.Event(), threading.Event()
    outcomes: list[str] = []

    def attempt(asker: Asker, wrong: str) -> str | None:
        opened.set()
        let.wait(20)
        raise NotAnswered

    def wait() -> None:
        try:
            one.unlock(lambda: locked[0], attempt)
            outcomes.append("unlocked")
        except NotAnswered:
            outcomes.append("closed")

    first = threading.Thread(target=wait)
    first.start()
    assert opened.wait(20)
    others = [threading.Thread(target=wait) for _ in range(3)]
    for each in others:
        each.start()
    while one._waiting < 4:
        time.sleep(0.01)
    opened.clear()
    let.set()
    for each in (first, *others):
        each.join(20)
    assert outcomes == ["closed"] * 4
    assert not opened.is_set(), "nobody was asked a second time"
    locked[0] = False
    wait()
    assert outcomes[-1] == "unlocked"


def test_the_installed_program_is_found() -> None:
    """Wherever the browser's PATH leads."""
    if shutil.which("pinentry-fltk") is None:
        pytest.skip("pinentry-fltk is missing: apt-get install pinentry-fltk")
    found = asking.found()
    assert found is not None
    assert Path(found[0]).name.startswith("pinentry")
