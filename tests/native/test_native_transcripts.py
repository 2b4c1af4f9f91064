"""Golden conversations, played to the real host process (the extension's tests read the same files)."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pybase64
import pytest

from letterlock.native.client import OUR_EXTENSION, HostProcess
from letterlock.protocol.frames import FrameDecoder, encode, parse

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.json"))
SECONDS = 20


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    """The host says exactly what the golden conversation says."""
    transcript = json.loads(path.read_text("utf-8"))
    player = Player(transcript.get("argv", [OUR_EXTENSION]), tmp_path, transcript.get("host"))
    try:
        for number, step in enumerate(transcript["conversation"], 1):
            player.play(step, f"{path.name}, step {number}")
    finally:
        player.process.kill()
        player.process.wait()


class Player:
    """Plays the client's steps and compares the host's."""

    def __init__(self, argv: list[str], home: Path, host: str | None = None) -> None:
        program = [str(Path(__file__).with_name(host))] if host else ["-m", "letterlock", "serve"]
        self.process = subprocess.Popen(
            [sys.executable, *program, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**HOST_ENVIRONMENT, "LETTERLOCK_HOME": str(home)},
        )
        self.names: dict[str, str] = {}

    def play(self, step: dict[str, Any], where: str) -> None:
        """One step."""
        assert self.process.stdin is not None
        if step["from"] == "client":
            if "end" in step:
                self.process.stdin.close()
            else:
                write(self.process.stdin, self.octets(step))
        elif "exit" in step:
            assert self.process.wait(SECONDS) == step["exit"], where
            assert self.process.stdout is not None
            assert self.process.stdout.read() == b"", where
        else:
            frame = self.frame()
            while frame["type"] == "progress" and step["frame"]["type"] != "progress":
                frame = self.frame()
            self.compare(step["frame"], frame, f"{where}: {frame}")

    def octets(self, step: dict[str, Any]) -> bytes:
        """What a client's step sends."""
        if "octets" in step:
            octets = bytes.fromhex(step["octets"])
            length = struct.unpack("<I", octets[:4])[0]
            return struct.pack("=I", length) + octets[4:]
        if "text" in step:
            text = step["text"].encode()
            return struct.pack("=I", len(text)) + text
        if "flood" in step:
            return struct.pack("=I", step["flood"]["length"]) + b" " * int(step["flood"]["sent"])
        return encode(self.sent(step["frame"]))

    def frame(self) -> dict[str, Any]:
        """The host's next frame."""
        decoder = FrameDecoder()
        assert self.process.stdout is not None
        while True:
            octets = self.process.stdout.read(1)
            assert octets, "the host ended"
            for text in decoder.feed(octets):
                assert isinstance(text, bytes)
                return parse(text, depth=64)

    def sent(self, value: Any) -> Any:
        """A value with its placeholders filled in."""
        if isinstance(value, dict):
            if "$base64" in value:
                return base64_of(value["$base64"])
            if "$ref" in value:
                return self.names[value["$ref"]]
            return {name: self.sent(inner) for name, inner in value.items()}
        return [self.sent(item) for item in value] if isinstance(value, list) else value

    def compare(self, expected: Any, found: Any, where: str) -> None:
        """Fails unless what was found is what was expected."""
        if isinstance(expected, dict):
            if "$any" in expected:
                return
            if "$bind" in expected:
                assert isinstance(found, str), where
                self.names[expected["$bind"]] = found
                return
            if "$has" in expected:
                assert isinstance(found, dict), where
                for name, inner in expected["$has"].items():
                    assert name in found, f"{where}: no {name}"
                    self.compare(inner, found[name], f"{where}: {name}")
                return
            if set(expected) & {"$base64", "$ref"}:
                expected = self.sent(expected)
        if isinstance(expected, dict):
            assert isinstance(found, dict), where
            assert set(found) == set(expected), where
            for name, inner in expected.items():
                self.compare(inner, found[name], f"{where}: {name}")
        elif isinstance(expected, list):
            assert isinstance(found, list), where
            assert len(found) == len(expected), where
            for inner, item in zip(expected, found, strict=True):
                self.compare(inner, item, where)
        else:
            assert found == expected, where
            assert type(found) is type(expected), where


def base64_of(texts: str | list[str | list[Any]]) -> str:
    """The base64 placeholder: a text, or texts and pairs of text and number one after the other."""
    pieces = [texts] if isinstance(texts, str) else texts
    whole = "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in pieces)
    return pybase64.b64encode(whole.encode()).decode()


def write(pipe: Any, octets: bytes) -> None:
    view = memoryview(octets)
    while view:
        view = view[pipe.write(view) :]


HOST_ENVIRONMENT = HostProcess().environment
