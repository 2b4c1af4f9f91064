"""Reads and decrypts an object the way a caller does, for claims about it."""

from __future__ import annotations

from collections.abc import Iterable

from letterlock.cms import Decrypted, EnvelopedReader, RecipientKey


def decrypt(octets: bytes, keys: Iterable[RecipientKey], size: int | None = None) -> tuple[Decrypted, bytes]:
    """What is said of the content and the content itself, fed whole or in chunks of `size`."""
    content: list[bytes] = []
    reader = EnvelopedReader(content.append, keys)
    for position in range(0, len(octets), size or len(octets) or 1):
        reader.feed(octets[position : position + size] if size else octets)
    return reader.close(), b"".join(content)
