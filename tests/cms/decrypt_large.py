"""Decrypts so many megabytes, made as they are fed, and prints the process's peak memory in kilobytes.

python -m tests.cms.decrypt_large cbc 50
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from letterlock.cms import CertificateKey, EnvelopedReader
from tests.cms import envelope as e
from tests.cms.builder import DATA, identity, integer, oid, tlv

PIECE = bytes(range(256)) * 1024


def message(mode: str, pieces: int) -> Iterator[bytes]:
    """A BER message of so many pieces; nothing of it is kept."""
    content = e.cbc() if mode == "cbc" else e.gcm()
    kind = e.ENVELOPED if mode == "cbc" else e.AUTH_ENVELOPED
    recipients = tlv(0x31, e.transport(identity("RSA").certificate)(e.KEY))
    yield b"\x30\x80" + oid(kind) + b"\xa0\x80\x30\x80" + integer(0) + recipients
    yield b"\x30\x80" + oid(DATA) + content.identifier + b"\xa0\x80"
    cipher = Cipher(AES(e.KEY), modes.CBC(e.IV) if mode == "cbc" else modes.GCM(e.NONCE)).encryptor()
    for _ in range(pieces):
        yield tlv(0x04, cipher.update(PIECE))
    if mode == "cbc":
        yield tlv(0x04, cipher.update(bytes((16,)) * 16)) + b"\0\0\0\0"
    else:
        cipher.finalize()
        yield b"\0\0\0\0" + tlv(0x04, cipher.tag)  # type: ignore[attr-defined]
    yield b"\0\0\0\0\0\0"


def main() -> None:
    mode, megabytes = sys.argv[1], int(sys.argv[2])
    received = 0

    def count(octets: bytes) -> None:
        nonlocal received
        received += len(octets)

    who = identity("RSA")
    reader = EnvelopedReader(count, [CertificateKey(who.certificate, who.key)])
    for piece in message(mode, 4 * megabytes):
        reader.feed(piece)
    assert reader.close().authenticated == (mode == "gcm")
    assert received == megabytes * 1024 * 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main()
