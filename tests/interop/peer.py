"""What a row of the matrix asks of a program, and what the programs have in common."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.interop.people import Person

SHARED_KEY = bytes(range(32))
SHARED_KEY_ID = b"ours"
PASSWORD = b"correct horse"


class PeerRefused(Exception):
    """The program does not do it; its own words."""


@dataclass(frozen=True)
class Signature:
    """How content is signed: by whose key, and what differs from the usual. `form` is opaque, detached or streamed."""

    name: str
    kind: str
    digest: str = "SHA-256"
    pss: bool = False
    form: str = "opaque"


@dataclass(frozen=True)
class Encryption:
    """How content is encrypted: to whose key (or "shared key", "password"), with what."""

    name: str
    kind: str
    algorithm: str = "AES-256-CBC"
    oaep: str | None = None


class Peer:
    """A program, with a folder of its own. A method that it does not override is one that the program lacks."""

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sign(self, how: Signature, who: Person, content: bytes) -> bytes:
        """DER or BER of the SignedData."""
        raise PeerRefused("no such function")

    def verify(self, how: Signature, who: Person, octets: bytes, content: bytes) -> bytes:
        """The content that the program confirms."""
        raise PeerRefused("no such function")

    def encrypt(self, how: Encryption, who: Person | None, content: bytes) -> bytes:
        """DER or BER of the EnvelopedData or AuthEnvelopedData."""
        raise PeerRefused("no such function")

    def decrypt(self, how: Encryption, who: Person | None, octets: bytes) -> bytes:
        """The content."""
        raise PeerRefused("no such function")

    def compress(self, content: bytes) -> bytes:
        """BER of the CompressedData."""
        raise PeerRefused("no such function")

    def uncompress(self, octets: bytes) -> bytes:
        """The content."""
        raise PeerRefused("no such function")

    def close(self) -> None:
        """Whatever was started ends."""

    def file(self, name: str, octets: bytes = b"") -> Path:
        """A file in the program's folder."""
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def run(
        self, *arguments: str | Path, environment: dict[str, str] | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs the program; a failure is a refusal."""
        done = subprocess.run(arguments, capture_output=True, cwd=self.folder, timeout=60, env=environment, input=stdin)
        if done.returncode:
            raise PeerRefused(done.stderr.decode(errors="replace")[-400:])
        return done
