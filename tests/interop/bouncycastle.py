"""Bouncy Castle, by way of `BouncyCastle.java` on a pipe."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding

from tests.interop.peer import Encryption, Peer, PeerRefused, Signature
from tests.interop.people import Person
from tests.needs import require_path, require_program

_JARS = Path("/usr/share/java")
_PACKAGES = {
    "bcprov.jar": "libbcprov-java",
    "bcutil.jar": "libbcutil-java",
    "bcpkix.jar": "libbcpkix-java",
    "bcmail.jar": "libbcmail-java",
}


class BouncyCastle(Peer):
    """One Java machine for all tasks; its start compiles the program."""

    name = "Bouncy Castle"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        java = require_program("java", "default-jdk-headless")
        require_program("javac", "default-jdk-headless")
        jars = [require_path(_JARS / jar, package) for jar, package in _PACKAGES.items()]
        self.process = subprocess.Popen(
            [java, "-cp", ":".join(map(str, jars)), Path(__file__).parent / "BouncyCastle.java"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "stderr").open("wb"),
            cwd=folder,
            text=True,
        )

    def task(self, *words: str | Path) -> bytes:
        """One task; what it wrote."""
        out = self.folder / "out"
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\t".join(map(str, (*words, out))) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer, (self.folder / "stderr").read_text()
        if answer != "ok":
            raise PeerRefused(answer)
        return out.read_bytes()

    def files(self, who: Person | None) -> tuple[str | Path, str | Path]:
        """Certificate and key in DER."""
        if who is None:
            return "-", "-"
        private = who.key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self.file("crt", who.certificate.public_bytes(Encoding.DER)), self.file("key", private)

    def sign(self, how: Signature, who: Person, content: bytes) -> bytes:
        hashed = how.digest.replace("SHA-", "SHA")
        algorithm = f"{hashed}with{'RSA' if who.kind == 'RSA' else 'ECDSA'}"
        if who.kind.startswith(("Ed", "ML")):
            algorithm = who.kind
        return self.task("sign", algorithm + "andMGF1" * how.pss, how.form, *self.files(who), self.file("in", content))

    def verify(self, how: Signature, who: Person, octets: bytes, content: bytes) -> bytes:
        detached = self.file("content", content) if how.form == "detached" else "-"
        return self.task("verify", self.files(who)[0], self.file("in", octets), detached)

    def encrypt(self, how: Encryption, who: Person | None, content: bytes) -> bytes:
        to = self.files(who)[0]
        return self.task("encrypt", how.kind, how.algorithm, how.oaep or "-", to, self.file("in", content))

    def decrypt(self, how: Encryption, who: Person | None, octets: bytes) -> bytes:
        return self.task("decrypt", how.kind, self.files(who)[1], self.file("in", octets))

    def compress(self, content: bytes) -> bytes:
        return self.task("compress", self.file("in", content))

    def uncompress(self, octets: bytes) -> bytes:
        return self.task("uncompress", self.file("in", octets))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)
