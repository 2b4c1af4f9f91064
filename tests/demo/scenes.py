"""The mails of the demo: what happened to each, and what must be said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from letterlock.verdict import SignatureStatus
from tests.signed_mail import DemoMail


@dataclass(frozen=True)
class Scene:
    """One mail. `story` tells a person what happened to it, `expected` is the right verdict."""

    name: str
    story: str
    message: Callable[[DemoMail], bytes]
    expected: SignatureStatus


@dataclass(frozen=True)
class Seen:
    """What was said about a mail, and the picture of it."""

    status: str
    sentence: str
    screenshot: Path | None


SCENES = (
    Scene("good", "Signed by Anna, whose company you trust", DemoMail.good, SignatureStatus.VALID),
    Scene("changed", "The same, with one byte changed on the way", DemoMail.changed, SignatureStatus.INVALID),
    Scene("mismatch", "Says it is from Anna, signed by Carla", DemoMail.mismatch, SignatureStatus.MISMATCH),
    Scene("unknown-issuer", "Signed, but by nobody you know", DemoMail.unknown_issuer, SignatureStatus.UNTRUSTED),
    Scene("unsigned", "Ordinary mail", DemoMail.unsigned, SignatureStatus.NONE),
)

CLOSING = "Kind regards"
"""Words that stand in every one of these mails."""


def fill_mailbox(mailbox: Path, mail: DemoMail) -> dict[Scene, Path]:
    """Writes the mails as they arrive into a Maildir and tells which file is which."""
    for name in ("tmp", "new", "cur"):
        (mailbox / name).mkdir(parents=True, exist_ok=True)
    files = {scene: mailbox / "new" / f"{number}.{scene.name}.eml" for number, scene in enumerate(SCENES, 1)}
    for scene, file in files.items():
        file.write_bytes(scene.message(mail))
    return files
