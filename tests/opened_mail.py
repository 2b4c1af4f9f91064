"""Opening messages in tests, and taking them apart and together again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from letterlock.cms import RecipientKey
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings


def opened(
    raw: bytes,
    settings: TrustSettings,
    keys: Sequence[RecipientKey] = (),
    at: datetime | None = None,
    step: int = 1 << 20,
) -> OpenedMessage:
    """A message opened, fed in portions of `step` octets."""
    opening = Opening(settings, at, keys=keys)
    for start in range(0, len(raw), step):
        opening.feed(raw[start : start + step])
    return opening.close()


def codes(message: OpenedMessage) -> list[str]:
    """The codes of a message's reasons, in their order."""
    return [reason.code for reason in message.verdict.reasons]


def status(message: OpenedMessage) -> str:
    """The status of a message's signature."""
    return message.verdict.signature.status.value


def text(message: OpenedMessage) -> bytes:
    """All that is shown, one part after the other."""
    return b"".join(b"".join(message.body(part.id)) for part in message.parts)


def entity(raw: bytes) -> bytes:
    """The MIME entity of a message that `DemoMail` made, without the fields that only a message has."""
    header, body = raw.split(b"\r\n\r\n", 1)
    return header[header.index(b"Content-Type: ") :] + b"\r\n\r\n" + body


def boundary(raw: bytes) -> bytes:
    """The delimiter of the outermost multipart."""
    return b"--" + raw.split(b'boundary="', 1)[1].split(b'"', 1)[0]


def outside(raw: bytes, name: bytes, value: bytes | None) -> bytes:
    """The message with another field outside, or (None) without it; a field it has not is added."""
    header, body = raw.split(b"\r\n\r\n", 1)
    lines = header.split(b"\r\n")
    places = [number for number, line in enumerate(lines) if line.lower().startswith(name.lower() + b":")]
    for number in reversed(places):
        del lines[number]
    if value is not None:
        lines.insert(places[0] if places else 0, name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
