"""Microsoft's extension as far as a host can tell, written from the description of the dialect alone.

It knows nothing of Letterlock's code: four octets of length, JSON, the envelope, slices up, parts down. It can be slow,
impatient, forgetful and greedy, as a person's browser is.
"""

from __future__ import annotations

import json
import os
import queue
import struct
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

NS = ":#Microsoft.Exchange.Clients.BrowserExtension.Smime"
MICROSOFT = "chrome-extension://maafgiompdekodanheihhgilkjchcakm/"
EDGE = "chrome-extension://gamjhjfeblghkihfjdpmbpajhlpmobbp/"
SLICE = 100_000
SECONDS = 60.0


def frame(message: Mapping[str, Any]) -> bytes:
    """A message as it stands on the pipe."""
    text = json.dumps(message).encode()
    return struct.pack("=I", len(text)) + text


def upload(
    port: object, request: object, operation: Mapping[str, Any], size: int = SLICE, numbered: bool = True
) -> list[dict[str, Any]]:
    """The messages that carry a request, in order."""
    text = json.dumps(operation)
    slices = [text[start : start + size] for start in range(0, len(text), size)]
    made = []
    for index, data in enumerate(slices):
        body: dict[str, Any] = {
            "__type": f"PostPartialSmimeRequest{NS}",
            "PartialData": data,
            "StartOffset": index * size,
            "IsLastPart": index == len(slices) - 1,
        }
        if numbered:
            body |= {"PartIndex": index, "TotalSize": len(text)}
        made.append(envelope("UploadPartialRequest", port, request, body))
    return made


def download(port: object, request: object, size: int = SLICE, **place: object) -> dict[str, Any]:
    """The message that asks for a part."""
    return envelope("DownloadPartialResult", port, request, {"MaxPartSize": size, **place})


def envelope(kind: str, port: object, request: object, data: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope of the dialect."""
    return {
        "__type": f"ExtensionMessage{NS}",
        "messageType": kind,
        "portId": port,
        "requestId": request,
        "data": dict(data),
    }


def initialise(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"__type": f"InitializeParams{NS}", "Settings": json.dumps(settings)}


def create_message(smime: str, **more: Any) -> dict[str, Any]:
    return {"__type": f"CreateMessageFromSmimeParams{NS}", "Smime": smime, **more}


def signing_certificate() -> dict[str, Any]:
    return {"__type": f"GetSigningCertificateParams{NS}"}


def create_smime(message: Mapping[str, Any], signing: str | None, encryption: Sequence[str] | None) -> dict[str, Any]:
    return {
        "__type": f"CreateSmimeFromMessageParams{NS}",
        "EmailMessage": json.dumps(message),
        "SigningCertificate": signing,
        "EncryptionCertificates": None if encryption is None else json.dumps(list(encryption)),
    }


class Extension:
    """A running host, and the extension that started it.

    Args:
        command: the host; the browser adds the origin.
        environment: set on top of the inherited one.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], origin: str = MICROSOFT) -> None:
        self._command = [*command, origin]
        self._environment = {**os.environ, **environment}
        self._arrived: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._kept: list[dict[str, Any]] = []
        self._requests = 0

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            bufsize=0,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.stderr = b""
        self._errors = threading.Thread(target=self._read_errors, daemon=True)
        self._errors.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> int:
        """Closes the port, as a closed browser does."""
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        code = self.process.wait(20)
        self._reader.join(20)
        self._errors.join(20)
        return code

    def say(self, message: Mapping[str, Any]) -> None:
        """Sends one message."""
        self.send(frame(message))

    def send(self, octets: bytes) -> None:
        """Writes octets as they are."""
        assert self.process.stdin is not None
        view = memoryview(octets)
        while view:
            view = view[self.process.stdin.write(view) or 0 :]

    def hear(self, port: object = None, request: object = None, seconds: float = SECONDS) -> dict[str, Any]:
        """The next message for a request (or any)."""
        while True:
            for each in self._kept:
                if request is None or (each.get("portId"), each.get("requestId")) == (port, request):
                    self._kept.remove(each)
                    return each
            heard = self._arrived.get(timeout=seconds)
            assert heard is not None, f"the host ended: {self.stderr.decode(errors='replace')[-2000:]}"
            self._kept.append(heard)

    def silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing more comes for a moment."""
        try:
            heard = self._arrived.get(timeout=seconds)
        except queue.Empty:
            return not self._kept
        if heard is not None:
            self._kept.append(heard)
        return False

    def settings(self) -> dict[str, Any]:
        """What the policy allows."""
        self.say(envelope("GetSettings", "p", -1, {}))
        return self.hear()

    def ask(self, operation: Mapping[str, Any], size: int = SLICE, part: int = SLICE, port: object = "p") -> Any:
        """Carries out one operation as the extension does: slice, acknowledgement, slice …, part, part …"""
        self._requests += 1
        request = self._requests
        self.give(port, request, upload(port, request, operation, size))
        return self.fetch(port, request, part)

    def give(self, port: object, request: object, messages: Sequence[Mapping[str, Any]]) -> None:
        """Uploads, each slice after the last one was acknowledged."""
        for each in messages:
            self.say(each)
            answer = self.hear(port, request)
            data = answer["data"]
            assert answer["messageType"] == "UploadPartialRequest"
            assert data["__type"] == f"AcknowledgePartialSmimeRequestArrived{NS}"
            if each["data"]["IsLastPart"]:
                assert (data["PartIndex"], data["StartOffset"], data["NextStartOffset"]) == (-1, -1, -1)
                assert data["Status"] == 1
            else:
                start = each["data"]["StartOffset"]
                assert data["StartOffset"] == start
                assert data["NextStartOffset"] == start + len(each["data"]["PartialData"])
                assert data["Status"] == 0

    def fetch(self, port: object, request: object, size: int = SLICE) -> Any:
        """Downloads to the end, and reads the result."""
        return json.loads("".join(self.parts(port, request, size)))

    def parts(self, port: object, request: object, size: int = SLICE) -> Iterator[str]:
        """The parts of a result."""
        index = place = 0
        while True:
            self.say(download(port, request, size, PartIndex=index))
            answer = self.hear(port, request)
            data = answer["data"]
            assert answer["messageType"] == "DownloadPartialResult"
            assert data["__type"] == f"ReturnPartialSmimeResult{NS}"
            assert data["PartIndex"] == index
            assert data["StartOffset"] == place
            assert len(data["PartialData"]) <= size
            place += len(data["PartialData"])
            assert data["EndOffset"] == place
            assert data["IsLastPart"] == (place == data["TotalSize"])
            yield data["PartialData"]
            if data["IsLastPart"]:
                return
            index += 1

    def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            while head := self._exactly(4):
                text = self._exactly(struct.unpack("=I", head)[0])
                # Chromium closes the port above this.
                assert len(text) <= 1024 * 1024
                self._arrived.put(json.loads(text))
        finally:
            self._arrived.put(None)

    def _exactly(self, count: int) -> bytes:
        assert self.process.stdout is not None
        octets = b""
        while len(octets) < count:
            more = self.process.stdout.read(count - len(octets))
            if not more:
                return b""
            octets += more
        return octets

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        while more := self.process.stderr.read(4096):
            self.stderr += more
