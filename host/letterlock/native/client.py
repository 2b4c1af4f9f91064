"""A client of the native host, for `letterlock doctor`, the demo and the tests: starts a host and talks to it.

It speaks protocol 1 as an extension does, over the same pipes, one request at a time. It trusts the host (which it
started) and refuses to know what an answer means.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Literal, Self

import pybase64

from letterlock.errors import LetterlockError
from letterlock.limits import CHUNK_OCTETS, CREDIT_OCTETS, FRAME_OUT_OCTETS
from letterlock.protocol.frames import FrameDecoder, encode, encode_chunk, parse
from letterlock.protocol.version import PROTOCOL

OUR_EXTENSION = "chrome-extension://gibofoagldhcngncamdmdaeadgfgakfk/"
"""Argument of our own extension in Chromium."""

SECONDS = 30.0
"""How long an answer may take before the host counts as not answering."""

HEARD_OCTETS = 64
"""Octets kept of what the host wrote first."""

ANSWER_DEPTH = 64
"""Nesting accepted in an answer; a verdict reaches about ten."""


class HostFailed(Exception):
    """The host answered with an error frame; `error` is its content."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error.get('code')}: {error.get('sentence')}")
        self.error = error
        self.code = str(error.get("code"))


class HostGone(Exception):
    """The host will not answer any more; `how` says why.

    `ended`: it closed its output. `silent`: it did not answer in time. `garbled`: it wrote something that is no frame.
    """

    def __init__(self, message: str, how: Literal["ended", "silent", "garbled"] = "ended") -> None:
        super().__init__(message)
        self.how = how


class HostProcess:
    """A host that runs as long as the `with` block.

        with HostProcess() as host:
            opened = host.open(pathlib.Path("mail.eml").read_bytes())
            body = host.part(opened["message"], opened["parts"][0]["id"])

    Args:
        command: Program and arguments, exactly as a browser would start them (the launcher of a written manifest,
            the argument that names the extension). Default: this Python, as our own extension in Chromium.
        environment: Set on top of the inherited environment.
        inherit: Inherit the environment of this process. `doctor` passes False: a browser has another one.
        directory: Where the host starts. Browsers take the directory of the launcher.
        language: The language of sentences.
        greet: Say hello as soon as the host did; tests that break this rule pass False.
        waits: The host speaks first. One that speaks another dialect does not.
    """

    def __init__(
        self,
        command: Sequence[str] = (sys.executable, "-m", "letterlock", "serve", OUR_EXTENSION),
        *,
        environment: Mapping[str, str] | None = None,
        inherit: bool = True,
        directory: Path | None = None,
        language: str = "en",
        client: str = "command-line",
        seconds: float = SECONDS,
        greet: bool = True,
        waits: bool = True,
    ) -> None:
        self._command = list(command)
        self.environment = {**(os.environ if inherit else {}), **(environment or {})}
        self._directory = directory
        self._greeting = {"language": language, "client": client}
        self._seconds = seconds
        self._greet = greet and waits
        self._waits = waits
        self._requests = 0
        self._broken = ""
        self._updates: list[dict[str, Any]] = []
        self._arrived: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self.hello: dict[str, Any] = {}
        self.stderr = ""
        self.heard = b""  # the first octets of the output, for whoever must say what garbled it

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            cwd=self._directory,
            bufsize=0,
        )
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._listen_stderr)]
        for thread in self._threads:
            thread.start()
        try:
            self.hello = self.receive() if self._waits else {}
            if self.hello.get("type") == "error":
                raise HostFailed(self.hello["error"])
            if self._greet:
                hello = {"type": "hello", "protocol": str(PROTOCOL), "product": self.hello["product"], **self._greeting}
                self.send(hello)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, message: bytes) -> dict[str, Any]:
        """Uploads a raw message and returns the reply: `verdict`, `parts` and the handle `message`.

        Raises:
            HostFailed: The host refused it.
            HostGone: The host ended or did not answer.
        """
        request = self.request("open", {"size": len(message)})
        credit = sent = 0
        last = False
        while True:
            while not last and (credit or sent == len(message)):
                size = min(CHUNK_OCTETS, credit, len(message) - sent)
                last = sent + size == len(message)
                self.send_chunk(request, message[sent : sent + size], last)
                sent += size
                credit -= size
            frame = self._answer(request)
            if frame["type"] == "credit":
                credit += frame["octets"]
            elif frame["type"] == "reply":
                return dict(frame["result"])

    def updated(self, message: str, seconds: float | None = None) -> dict[str, Any]:
        """The renewed verdict on an opened message: waits for its `update`, and returns what a reply would hold."""
        while True:
            frame = next((each for each in self._updates if each["message"] == message), None)
            if frame is not None:
                self._updates.remove(frame)
                return dict(frame["result"])
            frame = self.receive(seconds)
            if frame["type"] == "update":
                self._updates.append(frame)

    def part(self, message: str, part: str) -> bytes:
        """The decoded body of one part of an opened message."""
        return b"".join(self.part_chunks(message, part))

    def part_chunks(self, message: str, part: str) -> Iterator[bytes]:
        """The decoded body of one part, chunk by chunk; credit is granted as they are taken."""
        request = self.request("part", {"message": message, "part": part})
        self.send({"type": "credit", "id": request, "octets": CREDIT_OCTETS})
        ended = False
        try:
            while not ended:
                try:
                    frame = self._answer(request)
                except HostFailed:
                    ended = True
                    raise
                if frame["type"] == "chunk":
                    octets = pybase64.b64decode(frame["data"], validate=True)
                    ended = frame["last"]
                    yield octets
                    if octets and not ended:
                        self.send({"type": "credit", "id": request, "octets": len(octets)})
        finally:
            if not ended:  # the caller has seen enough
                self.send({"type": "cancel", "id": request})

    def request(self, operation: str, params: Mapping[str, Any]) -> str:
        """Sends a request and returns its id."""
        self._requests += 1
        request = f"r{self._requests}"
        self.send({"type": "request", "id": request, "operation": operation, "params": dict(params)})
        return request

    def send(self, frame: Mapping[str, Any]) -> None:
        """Sends one frame."""
        self.send_octets(encode(frame))

    def send_chunk(self, request: str, octets: bytes, last: bool) -> None:
        """Sends one chunk of an upload."""
        self.send_octets(encode_chunk(request, octets, last))

    def send_octets(self, octets: bytes) -> None:
        """Writes to the host's input as it is."""
        assert self.process.stdin is not None
        view = memoryview(octets)
        try:
            while view:
                view = view[self.process.stdin.write(view) or 0 :]
        except OSError as error:
            raise HostGone("the host does not read any more") from error

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """The next frame of the host.

        Raises:
            HostGone: There is none, or not within `seconds`.
        """
        try:
            frame = self._arrived.get(timeout=self._seconds if seconds is None else seconds)
        except Empty:
            raise HostGone("the host does not answer", "silent") from None
        if frame is None:
            self._arrived.put(None)
            raise HostGone(self._broken or "the host ended", "garbled" if self._broken else "ended")
        return frame

    def close(self, seconds: float = 5.0) -> int:
        """Ends the host by ending its input, and returns its exit code. A host that stays is killed."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        for thread in self._threads:
            thread.join(seconds)
        return code

    def _answer(self, request: str) -> dict[str, Any]:
        while True:
            frame = self.receive()
            if frame["type"] == "error" and frame["id"] in (request, None):
                raise HostFailed(frame["error"])
            if frame.get("id") == request:
                return frame
            if frame["type"] == "update":
                self._updates.append(frame)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        decoder = FrameDecoder(FRAME_OUT_OCTETS)
        try:
            with self.process.stdout as pipe:
                while data := pipe.read(65536):
                    self.heard = self.heard or data[:HEARD_OCTETS]
                    for text in decoder.feed(data):
                        if not isinstance(text, bytes):
                            raise text
                        self._arrived.put(parse(text, ANSWER_DEPTH))
        except LetterlockError as failure:
            # A browser closes the port on such a frame, so nothing that comes later counts.
            self._broken = f"the host sent no frame of the protocol: {failure}"
        finally:
            self._arrived.put(None)

    def _listen_stderr(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as pipe:
            while data := pipe.read(4096):
                self.stderr = (self.stderr + data.decode("utf-8", "replace"))[-65536:]
