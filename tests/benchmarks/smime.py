"""S/MIME file to plaintext file, and back: the engine with the MIME reader and the transfer encoding that `open` uses.

    python -m tests.benchmarks.smime OPERATION FOLDER

does one operation ("verify opaque", "decrypt GCM" …) in a process of its own, on the files that `cms.py` put there.
The file takes the place of the spool: it is read once for its structure and once for what is in it.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from letterlock.cms import (
    Certificate,
    CertificateKey,
    EnvelopedReader,
    EnvelopedWriter,
    PrivateSigningKey,
    SignedData,
    SignedDataReader,
    SignedDataWriter,
    Signing,
    candidates,
    check,
    recipient_for,
)
from letterlock.mime import transfer
from letterlock.mime.reader import Entity, Reader

CHUNK = 262_144
"""As many octets as `Spool.blocks` hands out."""

Sink = Callable[[bytes], object]


@dataclass(frozen=True)
class Person:
    """A key and its certificate, loaded: a host has them at hand before the mail comes."""

    certificate: x509.Certificate
    key: PrivateKeyTypes

    @classmethod
    def load(cls, folder: Path) -> Person:
        """From `me.crt` and `me.key`."""
        certificate = x509.load_pem_x509_certificate((folder / "me.crt").read_bytes())
        return cls(certificate, load_pem_private_key((folder / "me.key").read_bytes(), None))


def run(operation: str, folder: Path, person: Person) -> None:
    """One operation, from file to file; whatever is wrong raises."""
    work, form = operation.split()
    source = folder / ("content" if work in ("sign", "encrypt") else f"{form}.eml")
    with source.open("rb") as file, (folder / "out").open("wb") as out:
        match work:
            case "verify":
                _verify(file, out)
            case "decrypt":
                opening = EnvelopedReader(out.write, [CertificateKey(person.certificate, person.key)])
                root = _structure(file)
                _pour(_body(file, root), opening.feed)
                opening.close()
            case "sign":
                _sign(file, out, person, detached=form == "detached")
            case "encrypt":
                out.write(_HEADER % (b"authEnveloped-data" if form == "GCM" else b"enveloped-data"))
                encoded = transfer.Base64Writer(out.write)
                length = os.fstat(file.fileno()).st_size
                to = [recipient_for(person.certificate)]
                enveloped = EnvelopedWriter(encoded.write, to, f"AES-256-{form}", length=length)
                _pour(_blocks(file, 0, length), enveloped.write)
                enveloped.close()
                encoded.close()


_HEADER = (
    b'MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=%s; name="smime.p7m"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)
_SIGNED_HEADER = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n'
    b' micalg="sha-256"; boundary="%s"\r\n\r\n--%s\r\n'
)
_SIGNATURE_HEADER = (
    b'\r\n--%s\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


def _verify(file: IO[bytes], out: IO[bytes]) -> None:
    root = _structure(file)
    digest = hashes.Hash(hashes.SHA256())

    def content(octets: bytes) -> None:
        digest.update(octets)
        out.write(octets)

    if root.children:
        part, signature = root.children
        signed = _signed(_body(file, signature), lambda octets: None)
        _pour(_blocks(file, part.start, part.end), content)
    else:
        signed = _signed(_body(file, root), content)
    confirm(signed, digest.finalize())


def _signed(pieces: Iterator[bytes], content: Callable[[bytes], None]) -> SignedData:
    reader = SignedDataReader(content)
    _pour(pieces, reader.feed)
    return reader.close()


def confirm(signed: SignedData, digest: bytes) -> None:
    """The one signature fits content of that digest, or it raises."""
    (signer,) = signed.signers
    found = [each for der in signed.certificates if (each := Certificate.load(der))]
    check(signer, next(candidates(signer, found)), lambda algorithm: digest, lambda octets: b"")


def _sign(file: IO[bytes], out: IO[bytes], person: Person, detached: bool) -> None:
    signing = Signing(PrivateSigningKey(person.certificate, person.key), datetime.now(UTC))
    length = os.fstat(file.fileno()).st_size
    boundary = secrets.token_hex(16).encode()
    out.write(_SIGNED_HEADER % (boundary, boundary) if detached else _HEADER % b"signed-data")
    encoded = transfer.Base64Writer(out.write)
    signed = SignedDataWriter(encoded.write, [signing], length=length, detached=detached)
    for piece in _blocks(file, 0, length):
        if detached:
            out.write(piece)
        signed.write(piece)
    if detached:
        out.write(_SIGNATURE_HEADER % boundary)
    signed.close()
    encoded.close()
    if detached:
        out.write(b"--%s--\r\n" % boundary)


def _structure(file: IO[bytes]) -> Entity:
    reader = Reader()
    _pour(_blocks(file, 0, os.fstat(file.fileno()).st_size), reader.feed)
    return reader.close()


def _body(file: IO[bytes], entity: Entity) -> Iterator[bytes]:
    return transfer.decode(entity.encoding, _blocks(file, entity.body, entity.end))


def _blocks(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end:
        piece = file.read(min(CHUNK, end - start))
        start += len(piece)
        yield piece


def _pour(pieces: Iterator[bytes], into: Sink) -> None:
    for piece in pieces:
        into(piece)


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), Person.load(Path(sys.argv[2])))
