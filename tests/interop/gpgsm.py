"""GnuPG's `gpgsm`, with a home of its own and an agent that ends with it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tests.interop.peer import PASSWORD, Encryption, Peer, PeerRefused, Signature
from tests.interop.people import PASSPHRASE, Person, authority
from tests.needs import require_program


class Gpgsm(Peer):
    """In batch mode; the passphrase comes by loopback."""

    name = "gpgsm"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = require_program("gpgsm", "gpgsm")
        # The agent's socket lies in the home; its path must be short.
        folder.chmod(0o700)
        self.environment = {**os.environ, "GNUPGHOME": str(folder), "LC_ALL": "C"}
        fingerprint = authority()[1].fingerprint(hashes.SHA1()).hex().upper()
        self.file("trustlist.txt", f"{fingerprint} S relax\n".encode())
        self.file("gpg-agent.conf", b"allow-loopback-pinentry\n")
        self.file("gpgsm.conf", b"disable-crl-checks\nno-secmem-warning\n")
        self.gpgsm("--import", self.file("anchor.crt", authority()[1].public_bytes(Encoding.DER)))
        self.known: set[str] = set()

    def gpgsm(self, *arguments: str | Path, passphrase: bytes = PASSPHRASE.encode()) -> bytes:
        """What the program writes."""
        return self.run(
            self.program, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-fd", "0", *arguments,
            environment=self.environment, stdin=passphrase + b"\n",
        ).stdout  # fmt: skip

    def _import(self, who: Person) -> None:
        if who.file_name in self.known:
            return
        encryption = (
            serialization.PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(2_048)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())
            .build(PASSPHRASE.encode())
        )
        try:
            octets = pkcs12.serialize_key_and_certificates(
                who.file_name.encode(), who.key, who.certificate, None, encryption,  # type: ignore[arg-type]
            )  # fmt: skip
        except (TypeError, ValueError):
            raise PeerRefused("no PKCS#12 for such a key") from None
        self.gpgsm("--import", self.file("key.p12", octets))
        self.known.add(who.file_name)

    def sign(self, how: Signature, who: Person, content: bytes) -> bytes:
        if how.pss:
            raise PeerRefused("no option for RSA-PSS")
        self._import(who)
        return self.gpgsm(
            "--sign", "--local-user", who.address, "--digest-algo", how.digest.replace("-", ""),
            *(("--detach-sign",) if how.form == "detached" else ()), "--output", "-", self.file("content", content),
        )  # fmt: skip

    def verify(self, how: Signature, who: Person, octets: bytes, content: bytes) -> bytes:
        signed = self.file("in", octets)
        if how.form == "detached":
            self.gpgsm("--verify", signed, self.file("content", content))
            return content
        return self.gpgsm("--output", "-", "--verify", signed)

    def encrypt(self, how: Encryption, who: Person | None, content: bytes) -> bytes:
        if who is None or how.oaep or not how.algorithm.endswith("CBC"):
            raise PeerRefused("no option for it")
        self._import(who)
        return self.gpgsm(
            "--encrypt", "--recipient", who.address, "--cipher-algo", how.algorithm[:7].replace("-", ""),
            "--output", "-", self.file("content", content),
        )  # fmt: skip

    def decrypt(self, how: Encryption, who: Person | None, octets: bytes) -> bytes:
        if who is not None:
            self._import(who)
            return self._decrypted(self.file("in", octets))
        if how.kind != "password":
            raise PeerRefused("no option for it")
        return self.gpgsm("--output", "-", "--decrypt", self.file("in", octets), passphrase=PASSWORD)

    def _decrypted(self, file: Path) -> bytes:
        """Its exit code also says that it does not know the other recipients; its status line says what matters."""
        out = self.folder / "out"
        out.unlink(missing_ok=True)
        words = ["--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--status-fd", "2"]
        done = subprocess.run(
            [self.program, *words, "--output", out, "--decrypt", file], input=PASSPHRASE.encode() + b"\n",
            env=self.environment, cwd=self.folder, capture_output=True, timeout=60,
        )  # fmt: skip
        if b"[GNUPG:] DECRYPTION_OKAY" not in done.stderr:
            raise PeerRefused(done.stderr.decode(errors="replace")[-400:])
        return out.read_bytes()

    def close(self) -> None:
        subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, check=False, capture_output=True)
