"""NSS's `cmsutil`, the engine of Thunderbird."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tests.interop.peer import Encryption, Peer, PeerRefused, Signature
from tests.interop.people import PASSPHRASE, Person, authority
from tests.needs import require_program


class Nss(Peer):
    """With a database that trusts the authority and holds everybody's key that it can read."""

    name = "NSS"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = require_program("cmsutil", "libnss3-tools")
        certutil = require_program("certutil", "libnss3-tools")
        self.import_key = require_program("pk12util", "libnss3-tools")
        self.database = f"sql:{folder}"
        self.run(certutil, "-N", "-d", self.database, "--empty-password")
        anchor = self.file("anchor.pem", authority()[1].public_bytes(Encoding.PEM))
        self.run(certutil, "-A", "-d", self.database, "-n", "anchor", "-t", "CT,C,C", "-i", anchor)
        self.known: set[str] = set()

    def _import(self, who: Person) -> None:
        if who.file_name in self.known:
            return
        try:
            octets = pkcs12.serialize_key_and_certificates(
                who.file_name.encode(), who.key, who.certificate, None,  # type: ignore[arg-type]
                serialization.BestAvailableEncryption(PASSPHRASE.encode()),
            )  # fmt: skip
        except (TypeError, ValueError):
            raise PeerRefused("no PKCS#12 for such a key") from None
        self.run(self.import_key, "-i", self.file("key.p12", octets), "-d", self.database, "-W", PASSPHRASE, "-K", "")
        self.known.add(who.file_name)

    def sign(self, how: Signature, who: Person, content: bytes) -> bytes:
        if how.pss:
            raise PeerRefused("no option for RSA-PSS")
        self._import(who)
        return self.run(
            self.program, "-S", "-d", self.database, "-N", who.file_name, "-G", "-P", "-H", how.digest.replace("-", ""),
            *(("-T",) if how.form == "detached" else ()), "-i", self.file("content", content),
        ).stdout  # fmt: skip

    def verify(self, how: Signature, who: Person, octets: bytes, content: bytes) -> bytes:
        return self.run(
            self.program, "-D", "-d", self.database, "-i", self.file("in", octets), "-u", "4",
            *(("-c", self.file("content", content)) if how.form == "detached" else ()),
        ).stdout  # fmt: skip

    def encrypt(self, how: Encryption, who: Person | None, content: bytes) -> bytes:
        if who is None or how.oaep or how.algorithm not in ("AES-128-CBC", "AES-256-CBC"):
            raise PeerRefused("no option for it")
        self._import(who)
        return self.run(
            self.program, "-E", "-d", self.database, "-r", who.address, "-i", self.file("content", content)
        ).stdout

    def decrypt(self, how: Encryption, who: Person | None, octets: bytes) -> bytes:
        if who is None:
            raise PeerRefused("no option for it")
        self._import(who)
        return self.run(self.program, "-D", "-d", self.database, "-i", self.file("in", octets)).stdout
