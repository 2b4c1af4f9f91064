"""Answers and drafts over the real pipe: kept by one host, found by the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from letterlock import limits
from letterlock.limits import CHUNK_OCTETS
from letterlock.native.client import HostFailed, HostProcess
from tests.keystore.vaults import PASSPHRASE
from tests.native.test_native_send import answer, asked
from tests.operations.writing_desk import WritingDesk

FIELDS: dict[str, Any] = {
    "sender": "anna@muster.example",
    "to": "bea@muster.example, ",
    "cc": "",
    "bcc": "",
    "subject": "Nordtor",
    "form": "html",
    "sign": True,
    "encrypt": True,
    "in_reply_to": "<1@muster.example>",
    "references": ["<1@muster.example>"],
    "quotes_decrypted": True,
    "sending": False,
}
TEXT = "<p>Grüße</p>".encode()
FILE = bytes(range(256)) * 10_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    folder = tmp_path_factory.mktemp("letters") / "data"
    folder.mkdir()
    return WritingDesk(folder)


def started(desk: WritingDesk) -> HostProcess:
    return HostProcess(environment={"LETTERLOCK_HOME": str(Path(desk.database).parent.parent)})


@pytest.fixture
def host(desk: WritingDesk) -> Iterator[HostProcess]:
    with started(desk) as process:
        asked(process, "vault_unlock", {"way": "passphrase", "secret": PASSPHRASE})
        yield process


def uploaded(host: HostProcess, operation: str, octets: bytes, **params: Any) -> Any:
    """The answer to a request with an upload."""
    request = host.request(operation, {"size": len(octets), **params})
    credit = sent = 0
    last = False
    while not last:
        if credit or not octets:
            size = min(CHUNK_OCTETS, credit, len(octets) - sent)
            last = sent + size == len(octets)
            host.send_chunk(request, octets[sent : sent + size], last)
            sent, credit = sent + size, credit - size
            continue
        frame = host.receive(30)
        if frame["id"] != request:
            continue
        if frame["type"] == "error":
            raise HostFailed(frame["error"])
        credit += frame["octets"] if frame["type"] == "credit" else 0
    return answer(host, request)[0]


def test_a_letter_outlives_the_host_that_kept_it(host: HostProcess, desk: WritingDesk) -> None:
    """Killed without a word; the next host has its fields, its text and its file, once its vault is unlocked."""
    kept = uploaded(host, "draft_put", TEXT, draft=None, revision=None, fields=FIELDS)
    more = {"name": "Plan.bin", "media_type": "application/octet-stream", "content_id": None}
    file = uploaded(host, "draft_attach", FILE, draft=kept["draft"], **more)
    host.process.kill()
    with started(desk) as next_host:
        with pytest.raises(HostFailed, match="vault_locked"):
            asked(next_host, "draft_list", {})
        asked(next_host, "vault_unlock", {"way": "passphrase", "secret": PASSPHRASE})
        (listed,) = asked(next_host, "draft_list", {})["drafts"]
        assert (listed["draft"], listed["subject"], listed["files"]) == (kept["draft"], "Nordtor", 1)
        opened = asked(next_host, "draft_open", {"draft": kept["draft"]})
        assert (opened["fields"], opened["files"]) == (FIELDS, [file])
        assert next_host.part(opened["message"], "body") == TEXT
        assert next_host.part(opened["message"], file["id"]) == FILE
        with pytest.raises(HostFailed, match="unknown_part"):
            next_host.part(opened["message"], "1")
        with pytest.raises(HostFailed, match="draft_changed"):
            uploaded(next_host, "draft_put", TEXT, draft=kept["draft"], revision=7, fields=FIELDS)
        asked(next_host, "draft_detach", {"draft": kept["draft"], "file": file["id"]})
        asked(next_host, "draft_remove", {"draft": kept["draft"]})
        assert asked(next_host, "draft_list", {})["drafts"] == []
        with pytest.raises(HostFailed, match="draft_unknown"):
            asked(next_host, "draft_open", {"draft": kept["draft"]})


def test_a_text_that_is_too_long_is_refused_before_it_is_held(host: HostProcess) -> None:
    """And an empty one is kept: a letter begins so."""
    with pytest.raises(HostFailed, match="draft_too_large"):
        uploaded(host, "draft_put", b"x" * (limits.DRAFT_TEXT_OCTETS + 1), draft=None, revision=None, fields=FIELDS)
    kept = uploaded(host, "draft_put", b"", draft=None, revision=None, fields=FIELDS)
    asked(host, "draft_remove", {"draft": kept["draft"]})


def test_an_answer_begins_with_what_was_decrypted(host: HostProcess, desk: WritingDesk) -> None:
    """Bea's encrypted mail: whom it goes to, from which address, its hidden subject; and the message itself."""
    note = b"From: bea@muster.example\r\nTo: anna@muster.example\r\nSubject: Nordtor\r\n\r\nAt noon?\r\n"
    message = desk.protected(note)
    opened = uploaded(host, "open", message)
    found = asked(host, "answer", {"message": opened["message"], "kind": "reply_all"})
    assert (found["sender"], found["subject"], found["encrypted"]) == ("anna@muster.example", "Re: Nordtor", True)
    assert (found["to"], found["cc"]) == ([{"name": "", "address": "bea@muster.example"}], [])
    assert host.part(opened["message"], "raw") == message
    with pytest.raises(HostFailed, match="unknown_message"):
        asked(host, "answer", {"message": "guessed", "kind": "reply"})
