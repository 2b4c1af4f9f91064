"""The vault over the real pipe: secrets go in, and nothing of them comes out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from letterlock.native.client import OUR_EXTENSION
from letterlock.protocol import vault_models as models
from letterlock.protocol.frames import encode
from tests.native.test_native_transcripts import HOST_ENVIRONMENT

SECRET = "swordfish-swordfish"


def conversation(home: Path, *requests: dict[str, Any]) -> tuple[bytes, bytes]:
    """What the host writes to stdout and stderr."""
    hello = {"type": "hello", "protocol": "1.8", "product": "0.1.0", "client": "test", "language": "en"}
    frames = [hello] + [{"type": "request", "id": f"r{n}", **each} for n, each in enumerate(requests)]
    process = subprocess.Popen(
        [sys.executable, "-m", "letterlock", "serve", OUR_EXTENSION],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**HOST_ENVIRONMENT, "LETTERLOCK_HOME": str(home)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join(encode(frame) for frame in frames))
    process.stdin.flush()
    out = b""
    while b'"error"' not in out:
        part = process.stdout.read1(65_536)  # type: ignore[attr-defined]
        assert part, "the host ended without an error"
        out += part
    rest, err = process.communicate(timeout=30)
    return out + rest, err


@pytest.mark.parametrize(
    "request_",
    [
        {"operation": "vault_unlock", "params": {"way": "passphrase", "secret": SECRET}},
        {"operation": "vault_unlock", "params": {"way": SECRET, "secret": SECRET}},
        {"operation": "vault_unlock", "params": {"way": "passphrase", "secret": [SECRET]}},
        {"operation": "vault_unlock", "params": {"way": "passphrase", "secret": SECRET * 1000}},
        {"operation": "vault_unlock", "params": {"way": "passphrase", "secret": {"a": SECRET}}},
        {"operation": "vault_create", "params": {"passphrase": SECRET, "recovery": SECRET}},
        {"operation": "vault_create", "params": {"passphrase": SECRET}},
        {"operation": "vault_passphrase", "params": {"current": SECRET, "new": SECRET}},
        {"operation": "vault_status", "params": SECRET},
    ],
)
def test_no_secret_is_repeated(tmp_path: Path, request_: dict[str, Any]) -> None:
    """Not in an answer, not in an error about the shape of the request, not in the log."""
    out, err = conversation(tmp_path, request_)
    assert b'"error"' in out
    assert SECRET.encode() not in out + err


def test_a_request_shows_no_secret() -> None:
    """What a traceback would print of the parameters is empty."""
    params = models.VaultUnlockParams(way="passphrase", secret=SECRET)
    request = models.VaultUnlockRequest(type="request", id="r", operation="vault_unlock", params=params)
    for shown in (repr(params), str(params), repr(request), str(request), f"{request}"):
        assert SECRET not in shown
