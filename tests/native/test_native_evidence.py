"""Saving evidence over the real pipe: the bundle is fetched like a part, and holds outside of the host."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from letterlock.native.client import HostFailed, HostProcess
from letterlock.operations import trust
from letterlock.operations.bundle_verify import Verifying, verify
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.evidence.repacked import objects
from tests.signed_mail import DemoMail


def asked(host: HostProcess, operation: str, params: dict[str, Any]) -> Any:
    request = host.request(operation, params)
    while True:
        frame = host.receive()
        if frame.get("id") == request and frame["type"] == "error":
            raise HostFailed(frame["error"])
        if frame.get("id") == request and frame["type"] == "reply":
            return frame["result"]


def _kept(host: HostProcess, message: str) -> Any:
    """What is told once the message was kept without being asked; its verdict may be renewed before."""
    while True:
        update = host.updated(message, 60)
        for reason in update["verdict"]["reasons"]:
            if reason["code"] == "evidence_kept":
                return reason


def test_a_message_is_saved(tmp_path: Path) -> None:
    """By the authority that the user chose; before that, nobody can stamp it, and the message stays open."""
    home = {"LETTERLOCK_HOME": str(tmp_path / "home")}
    mail = DemoMail(tmp_path / "mail")
    message = mail.good()
    root = tmp_path / "time-root.pem"
    root.write_bytes(ROOT.pem)

    def letterlock(*arguments: str) -> None:
        command = [sys.executable, "-m", "letterlock", *arguments]
        subprocess.run(command, env={**os.environ, **home}, check=True, capture_output=True)

    for anchor in (mail.anchor, root):
        letterlock("trust", "add", str(anchor))
    with stamping_server(tmp_path / "tsa") as authority, HostProcess(environment=home, seconds=60) as host:
        opened = host.open(message)
        with pytest.raises(HostFailed) as failed:
            asked(host, "evidence_save", {"message": opened["message"]})
        assert failed.value.code == "bundle_no_authority"
        letterlock("timestamps", "add", authority.url)
        saved = asked(host, "evidence_save", {"message": opened["message"]})
        octets = host.part(saved["message"], saved["part"])
        assert len(octets) == saved["size"]
        assert saved["name"].endswith(".asice")
        assert (len(saved["times"]), saved["reasons"]) == (1, [])
        for wrong in (saved["message"], "unknown"):
            with pytest.raises(HostFailed) as failed:
                asked(host, "evidence_save", {"message": wrong})
            assert failed.value.code == "unknown_message"
        assert asked(host, "close", {"message": saved["message"]}) == {}
        assert host.part(opened["message"], opened["parts"][0]["id"])
        letterlock("evidence", "automatic", "--add", "@muster.example")
        again = host.open(message)
        reason = _kept(host, again["message"])
        assert Path(reason["facts"]["file"]).is_file()
    assert objects(octets)["message.eml"] == message
    anchors = trust.given([mail.anchor, root])
    found = verify(io.BytesIO(octets), Verifying(anchors, datetime.now(UTC)))
    assert found.status == "limited"
    assert {each.code for each in found.reasons} == {"bundle_revocation_unknown"}
