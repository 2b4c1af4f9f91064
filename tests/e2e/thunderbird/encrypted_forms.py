"""Encrypted mail in every form there is (RFC 8551 §3), made by OpenSSL for a person of a `WritingDesk`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from letterlock.operations.keys import certificates
from tests.needs import require_program
from tests.operations.writing_desk import WritingDesk

FORMS = {
    "cbc": "encryption_decrypted",
    "gcm": "encryption_decrypted",
    "signed inside": "signature_valid",
    "triple-wrapped": "signature_valid",
    "signed around": "signature_partial",
}
"""Each form, and what the bar says of it."""


class Forms:
    """What OpenSSL needs of two people: `sender`, who signs, and `reader`, for whom is encrypted."""

    def __init__(self, desk: WritingDesk, folder: Path, sender: str, reader: str) -> None:
        self._openssl = require_program("openssl", "openssl")
        self._folder = folder
        self.sender, self.reader = sender, reader
        for address in (sender, reader):
            entry = next(
                each for each in desk.vault.entries() if any(address in one.addresses for one in certificates(each))
            )
            own, *_ = certificates(entry)
            private: Any = desk.vault.private_key(entry.id)
            self._file(address, "key").write_bytes(
                private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            )
            self._file(address, "cert").write_bytes(self._run(["x509", "-inform", "DER"], own.der))
        self._file("issuing", "cert").write_bytes(self._run(["x509", "-inform", "DER"], desk.issuing.der))

    def make(self, form: str, entity: bytes, subject: str) -> bytes:
        """A mail in one of the `FORMS`, with the entity (its MIME header and body) inside."""
        forms: dict[str, Callable[[], bytes]] = {
            "cbc": lambda: self.encrypted(entity, "-aes-256-cbc"),
            "gcm": lambda: self.encrypted(entity, "-aes-256-gcm"),
            "signed inside": lambda: self.encrypted(self.signed(entity)),
            "triple-wrapped": lambda: self.signed(self.encrypted(self.signed(entity))),
            "signed around": lambda: self.signed(self.encrypted(entity)),
        }
        return self.headed(subject, forms[form]())

    def headed(self, subject: str, entity: bytes) -> bytes:
        """A mail that consists of an entity."""
        return f"From: Bea <{self.sender}>\r\nTo: {self.reader}\r\nSubject: {subject}\r\n".encode() + entity

    def stranger(self, subject: str, entity: bytes) -> bytes:
        """Encrypted for a certificate of the reader's whose key nobody has any more."""
        key, old = self._file("old", "key"), self._file("old", "cert")
        named = ["-subj", "/CN=Anna Muster (old)", "-addext", f"subjectAltName=email:{self.reader}", "-days", "300"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self._run(["req", "-x509", *kind, "-keyout", str(key), "-out", str(old), *named], b"")
        return self.headed(subject, self._cms(["-encrypt", "-aes-256-cbc", str(old)], entity))

    def encrypted(self, entity: bytes, cipher: str = "-aes-256-cbc") -> bytes:
        """An application/pkcs7-mime entity for the reader."""
        return self._cms(["-encrypt", cipher, str(self._file(self.reader, "cert"))], entity)

    def signed(self, entity: bytes) -> bytes:
        """A multipart/signed entity by the sender."""
        key = ["-signer", str(self._file(self.sender, "cert")), "-inkey", str(self._file(self.sender, "key"))]
        return self._cms(["-sign", *key, "-certfile", str(self._file("issuing", "cert"))], entity)

    def _cms(self, options: list[str], entity: bytes) -> bytes:
        made = self._run(["cms", *options[:1], "-binary", *options[1:]], entity)
        return made.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def _run(self, arguments: list[str], octets: bytes) -> bytes:
        return subprocess.run([self._openssl, *arguments], input=octets, capture_output=True, check=True).stdout

    def _file(self, address: str, name: str) -> Path:
        return self._folder / f"{address}.{name}.pem"


def entity(mail: EmailMessage) -> bytes:
    """A mail's content with its MIME header alone."""
    for name in [each for each in mail if not each.lower().startswith("content-")]:
        del mail[name]
    return mail.as_bytes(policy=SMTP)
