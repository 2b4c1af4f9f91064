"""Whose word counts, over the real pipe: looked at before it is kept, kept by choice, and taken back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from letterlock.native.client import HostFailed, HostProcess
from tests.signed_mail import DemoMail


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    return DemoMail(tmp_path_factory.mktemp("mail"))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostProcess]:
    with HostProcess(environment={"LETTERLOCK_HOME": str(tmp_path)}) as host:
        yield host


def ask(host: HostProcess, operation: str, **params: object) -> dict[str, Any]:
    request = host.request(operation, params)
    while True:
        frame = host.receive()
        if frame.get("id") == request and frame["type"] == "error":
            raise HostFailed(frame["error"])
        if frame.get("id") == request and frame["type"] == "reply":
            return dict(frame["result"])


def test_only_what_was_chosen_is_kept(host: HostProcess, mail: DemoMail) -> None:
    """A file is shown first; of two certificates the chosen one is kept, with its note, and mail is believed then."""
    other = mail.anna.certificate.read_bytes()
    file = {"file": base64.b64encode(mail.anchor.read_bytes() + other).decode(), "name": "root.pem"}
    shown = ask(host, "trust_read", **file)
    root, anna = (each["sha256"] for each in shown["certificates"])
    assert shown["kept"] == []
    assert host.open(mail.good())["verdict"]["signature"]["status"] == "untrusted"
    listed = ask(host, "trust_add", **file, sha256=[root, "0" * 64], note="by telephone")
    assert [(each["sha256"], each["note"]) for each in listed["anchors"]] == [(root, "by telephone")]
    assert ask(host, "trust_read", **file)["kept"] == [root]
    assert host.open(mail.good())["verdict"]["signature"]["status"] == "valid"
    assert ask(host, "trust_remove", sha256=root)["anchors"] == []
    assert host.open(mail.good())["verdict"]["signature"]["status"] == "untrusted"
    assert anna != root
