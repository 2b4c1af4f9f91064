"""Encrypted objects that others made, opened with the keys that lie beside them.

Where our answer differs from what the other project expects, it does so on purpose, and the reason stands here.
"""

from __future__ import annotations

import base64
import email
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.cms import Decrypted, EncryptedReader, EncryptionNotSupported, RecipientKey, content_type
from letterlock.cms.content_types import AUTH_ENVELOPED_DATA, ENVELOPED_DATA, SIGNED_DATA
from letterlock.errors import LetterlockError
from tests.cms.decrypting import decrypt
from tests.cms.keyrings import keys_for

SECONDS = 1.0
"""Longest any object here may take."""

_BOUNCY_CASTLE = "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test"

DIVERGENCES = {
    f"{_BOUNCY_CASTLE}/test128.message": (
        "The algorithm is AES-128, the content key has 24 octets. Bouncy Castle uses whatever key there is. A key of a "
        "wrong length is what a wrong RSA padding looks like, and must not be told from one (RFC 3218)."
    ),
    f"{_BOUNCY_CASTLE}/test256.message": "the same with AES-256",
}
"""Objects that another project decrypts and we refuse."""

NOT_SUPPORTED = re.compile(r"RC2-40|ML-KEM-512|composite ML-KEM")
"""What is recognised and cannot be had from the library."""


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


def rows(corpora: Path) -> Iterator[str]:
    for row in json.loads((corpora / "expected.json").read_text()):
        if row["operation"] in ("decrypt", "decrypt+verify", "decrypt-password"):
            yield row["path"]


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


def test_objects_of_others_decrypt(corpora: Path) -> None:
    """Every one that its maker decrypts comes out the same here, or is of a kind that we name and do not support."""
    seen: Counter[str] = Counter()
    for path in rows(corpora):
        for octets in objects(corpora / path):
            if content_type(octets) == SIGNED_DATA:
                continue  # encrypted inside a signature: `tests/operations` opens such mails
            diverges = path in DIVERGENCES
            answer = outcome(octets, keys_for(corpora, path))
            if isinstance(answer, LetterlockError):
                named = isinstance(answer, EncryptionNotSupported) and NOT_SUPPORTED.match(answer.algorithm)
                assert named or diverges, f"{path}: {answer}"
                seen["diverges" if diverges else "not supported"] += 1
                continue
            decrypted, content = answer
            assert not diverges, f"{path} does not diverge any more"
            expected = plaintext(corpora, path)
            assert content == expected if expected is not None else is_text(content), path
            assert decrypted.authenticated == (content_type(octets) == AUTH_ENVELOPED_DATA)
            assert decrypt(octets, keys_for(corpora, path), 7)[1] == content
            seen["decrypted"] += 1
    assert seen["decrypted"] > 60
    assert seen["not supported"] > 40
    assert seen["diverges"] == len(DIVERGENCES)


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
