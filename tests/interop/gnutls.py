"""GnuTLS's `certtool`, which signs and verifies only."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.interop.peer import Peer, Signature
from tests.interop.people import Person, authority
from tests.needs import require_program


class GnuTls(Peer):
    """The --p7 options."""

    name = "GnuTLS"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = require_program("certtool", "gnutls-bin")
        self.anchor = self.file("anchor.pem", authority()[1].public_bytes(Encoding.PEM))

    def sign(self, how: Signature, who: Person, content: bytes) -> bytes:
        certificate, key = who.write(self.folder)
        out = self.folder / "out"
        self.run(
            self.program, "--p7-detached-sign" if how.form == "detached" else "--p7-sign", "--p7-include-cert",
            "--p7-time", "--load-certificate", certificate, "--load-privkey", key,
            "--hash", how.digest.replace("-", ""),
            *(("--sign-params", "RSA-PSS") if how.pss else ()), "--infile", self.file("content", content),
            "--outfile", out, "--outder",
        )  # fmt: skip
        return out.read_bytes()

    def verify(self, how: Signature, who: Person, octets: bytes, content: bytes) -> bytes:
        out = self.folder / "out"
        self.run(
            self.program, "--p7-verify", "--inder", "--load-ca-certificate", self.anchor,
            "--infile", self.file("in", octets), "--outfile", out,
            *(("--load-data", self.file("content", content)) if how.form == "detached" else ("--p7-show-data",)),
        )  # fmt: skip
        return content if how.form == "detached" else out.read_bytes()
