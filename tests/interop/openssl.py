"""OpenSSL's `cms` command."""

from __future__ import annotations

from pathlib import Path

from tests.interop.peer import PASSWORD, SHARED_KEY, SHARED_KEY_ID, Encryption, Peer, Signature
from tests.interop.people import Person
from tests.needs import require_program


class OpenSsl(Peer):
    """As Debian builds it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = require_program("openssl", "openssl")
        version = self.run(self.program, "version").stdout.decode().split()[1]
        self.name = f"OpenSSL {'.'.join(version.split('.')[:2])}"

    def sign(self, how: Signature, who: Person, content: bytes) -> bytes:
        certificate, key = who.write(self.folder)
        return self.run(
            self.program, "cms", "-sign", "-binary", "-outform", "DER", "-in", self.file("content", content),
            "-signer", certificate, "-inkey", key, "-md", how.digest.lower().replace("sha-", "sha"),
            *(() if how.form == "detached" else ("-nodetach",)),
            *(("-stream",) if how.form == "streamed" else ()),
            *(("-keyopt", "rsa_padding_mode:pss") if how.pss else ()),
        ).stdout  # fmt: skip

    def verify(self, how: Signature, who: Person, octets: bytes, content: bytes) -> bytes:
        return self.run(
            self.program, "cms", "-verify", "-binary", "-noverify", "-inform", "DER", "-in", self.file("in", octets),
            *(("-content", self.file("content", content)) if how.form == "detached" else ()),
        ).stdout  # fmt: skip

    def encrypt(self, how: Encryption, who: Person | None, content: bytes) -> bytes:
        return self.run(
            self.program, "cms", "-encrypt", "-binary", "-outform", "DER", "-in", self.file("content", content),
            f"-{how.algorithm.lower()}", *self._to(how, who),
        ).stdout  # fmt: skip

    def _to(self, how: Encryption, who: Person | None) -> tuple[str | Path, ...]:
        if who is None:
            return self._secret(how)
        certificate, _ = who.write(self.folder)
        more = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256") if how.oaep else ()
        return ("-recip", certificate, *more)

    def _secret(self, how: Encryption) -> tuple[str | Path, ...]:
        if how.kind == "password":
            return ("-pwri_password", PASSWORD.decode())
        return ("-secretkey", SHARED_KEY.hex(), "-secretkeyid", SHARED_KEY_ID.hex())

    def decrypt(self, how: Encryption, who: Person | None, octets: bytes) -> bytes:
        with_key: tuple[str | Path, ...] = self._secret(how)
        if who is not None:
            certificate, key = who.write(self.folder)
            with_key = ("-recip", certificate, "-inkey", key)
        return self.run(
            self.program, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", self.file("in", octets), *with_key
        ).stdout

    def compress(self, content: bytes) -> bytes:
        return self.run(
            self.program, "cms", "-compress", "-binary", "-outform", "DER", "-in", self.file("content", content)
        ).stdout

    def uncompress(self, octets: bytes) -> bytes:
        return self.run(
            self.program, "cms", "-uncompress", "-binary", "-inform", "DER", "-in", self.file("in", octets)
        ).stdout
