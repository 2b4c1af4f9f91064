"""The verdict on what was read last in Outlook on the web, from one host to another, and to nobody else."""

from __future__ import annotations

import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from letterlock.native.client import HostProcess
from letterlock.native.last import LastVerdict, fetch, place
from letterlock.verdict import Opened
from tests.dialects.extension import create_message
from tests.dialects.office import Office, data_url
from tests.operations.writing_desk import SIGNED

NOTHING = {"verdict": None, "read": None}
MESSAGE = b"From: anna@muster.example\r\nTo: bea@muster.example\r\nSubject: Offerte\r\n\r\nx\r\n"


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory of the session; its name is short, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="r") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def opened(office: Office) -> Opened:
    found = office.open(office.protected(MESSAGE, SIGNED))
    made = Opened(verdict=found.verdict, parts=found.parts, message=None)
    found.close()
    return made


def ask(office: Office) -> dict[str, Any]:
    """What our own extension gets from its host."""
    with HostProcess(environment={"LETTERLOCK_HOME": str(office.folder)}) as host:
        request = host.request("owa_last", {})
        return dict(host._answer(request)["result"])


def test_the_whole_verdict_of_what_was_read_last(office: Office, runtime: Path) -> None:
    """The extension's own host shows what the other one read; once the browser is closed there is nothing."""
    assert ask(office) == NOTHING
    with office.host() as extension:
        extension.ask(create_message(data_url(office.protected(MESSAGE, SIGNED))))
        found = ask(office)
        assert found["verdict"]["signature"]["status"] == "valid"
        assert found["verdict"]["headers"]["outer"]["subject"] == "Offerte"
        assert found["read"].endswith("Z")
        extension.ask(create_message("data:multipart/signed;base64,*"))
        assert ask(office) == found, "what could not be read is not what was read last"
    assert ask(office) == NOTHING
    assert not any(each.is_socket() for each in runtime.rglob("*"))


def test_of_two_browsers_the_one_that_read_last_is_asked(office: Office, runtime: Path) -> None:
    data = office.folder / "data"
    first, second = LastVerdict(data), LastVerdict(data)
    whole = opened(office)
    other = whole.model_copy(update={"verdict": whole.verdict.model_copy(update={"layers": []})})
    first.keep(whole)
    assert fetch(data)["verdict"]["layers"]
    second.keep(other)
    assert fetch(data)["verdict"]["layers"] == []
    first.keep(whole)
    assert fetch(data)["verdict"]["layers"]
    second.close()
    assert fetch(data)["verdict"]["layers"]
    first.close()
    assert fetch(data) == NOTHING


def test_only_its_user_can_ask(office: Office, runtime: Path) -> None:
    """The directory is closed to others; one that somebody else could enter is not used."""
    last = LastVerdict(office.folder / "data")
    last.keep(opened(office))
    where = place(office.folder / "data")
    assert where is not None
    assert stat.S_IMODE(where.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    last.close()
    where.parent.chmod(0o755)
    assert place(office.folder / "data") is None
    where.parent.rmdir()
    where.parent.symlink_to(runtime)
    assert place(office.folder / "data") is None
    LastVerdict(office.folder / "data").keep(opened(office))
    assert fetch(office.folder / "data") == NOTHING


NO_VERDICTS = (
    b"", b"{", b"null", b"[]", b'{"verdict": {}, "read": "x"}', b'{"verdict": null}', b"[" * 5000, b"x" * 3_000_000,
)  # fmt: skip


@pytest.mark.parametrize("said", NO_VERDICTS)
def test_what_is_no_verdict_is_nothing(office: Office, runtime: Path, said: bytes) -> None:
    """Another program of the same user may listen there."""
    where = place(office.folder / "data")
    assert where is not None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(where))
        listener.listen()

        def serve() -> None:
            peer, _ = listener.accept()
            with peer, suppress(OSError):
                peer.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        assert fetch(office.folder / "data") == NOTHING
        thread.join(20)


def test_reading_goes_on_where_nobody_can_be_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No place for a socket, or a name that is too long for one."""
    long = office.folder / ("x" * 120)
    long.mkdir(exist_ok=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    last = LastVerdict(office.folder / "data")
    last.keep(opened(office))
    assert fetch(office.folder / "data") == NOTHING
    last.close()
