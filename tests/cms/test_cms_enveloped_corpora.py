"""Encrypted objects that others made, opened with the keys that lie beside them.

What comes out of each, beside what its maker says, is in `test_cms_expected.py`.
"""

from __future__ import annotations

import base64
import email
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.cms import Decrypted, EncryptedReader, RecipientKey, content_type
from letterlock.cms.content_types import AUTH_ENVELOPED_DATA, ENVELOPED_DATA
from letterlock.errors import LetterlockError
from tests.cms.decrypting import decrypt
from tests.cms.keyrings import keys_for

SECONDS = 1.0
"""Longest any object here may take."""


def objects(path: Path) -> Iterator[bytes]:
    """The bare objects in a file: DER, PEM, or the application/pkcs7-mime parts of a mail."""
    data = path.read_bytes()
    if data.startswith(b"\x30"):
        yield data
    elif armoured := re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", data, re.DOTALL):
        yield base64.b64decode(armoured[1])
    else:
        for part in email.message_from_bytes(data).walk():
            if part.get_content_type() in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
                body = part.get_payload(decode=True)
                assert isinstance(body, bytes)
                yield body


def outcome(octets: bytes, keys: list[RecipientKey]) -> tuple[Decrypted, bytes] | LetterlockError:
    """What comes out, or why nothing does."""
    try:
        return decrypt(octets, keys, 1009)
    except LetterlockError as failure:
        return failure


def plaintext(corpora: Path, path: str) -> bytes | None:
    """What must come out, where its maker says so."""
    folder = (corpora / path).parent
    if path.startswith("pqc-hackathon-cms"):
        return (folder / "expected_plaintext.txt").read_bytes()
    if "rfc4134" in path:
        return (folder / "ExContent.bin").read_bytes()
    return None


def is_text(content: bytes) -> bool:
    """What a wrong key never yields."""
    return len(content) > 3 and not re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", content)


def test_encrypted_data_of_rfc_4134(corpora: Path) -> None:
    """The RFC's EncryptedData opens with the RFC's key (§7.1, §7.2)."""
    folder = corpora / "bc-test-data" / "rfc4134"
    key = bytes.fromhex("737c791f25ead0e04629254352f7dc6291e5cb26917ada32")
    for name in ("7.1.bin", "7.2.bin"):
        content: list[bytes] = []
        reader = EncryptedReader(content.append, key)
        reader.feed((folder / name).read_bytes())
        assert reader.close().weak == ("3DES",)
        assert b"".join(content) == (folder / "ExContent.bin").read_bytes()


@pytest.mark.timeout(600)
def test_no_encrypted_object_of_others_crashes_or_hangs(corpora: Path) -> None:
    """Fuzz seeds and odd files, with a keyring of many keys: an answer or a coded failure, quickly."""
    keys = [*keys_for(corpora, "nss/x"), *keys_for(corpora, "bc-java/x"), *keys_for(corpora, "gnupg/x")]
    files = [
        file
        for folder in ("fuzz-openssl-cms", "bc-java", "libksba", "gnutls", "asn1crypto", "rustcrypto-cms", "gnupg")
        for file in sorted((corpora / folder).rglob("*"))
        if file.is_file() and file.stat().st_size < 1_000_000
    ]
    encrypted = 0
    for file in files:
        for octets in _objects_of_anything(file):
            encrypted += content_type(octets) in (ENVELOPED_DATA, AUTH_ENVELOPED_DATA)
            start = time.process_time()
            outcome(octets, keys)
            assert time.process_time() - start < SECONDS, file
    assert encrypted > 50


def _objects_of_anything(file: Path) -> list[bytes]:
    try:
        return list(objects(file))
    except (ValueError, AssertionError):
        return [file.read_bytes()]
