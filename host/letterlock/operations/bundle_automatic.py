"""Evidence kept without being asked, of valid mail from senders that the person chose.

    automatic.add(database, "anna@muster.example")
    automatic.add(database, "@bank.example")                      # everybody there
    said = automatic.keep(opened, trust, online, database, policy)

It is done after the verdict was shown: an authority for time-stamps takes its time. Each message is kept once, under
the first digits of its SHA-256. What became of it is told beside the verdict.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from letterlock.errors import Coded, Fault, LetterlockError, Reason
from letterlock.operations import bundle_save, timestamps
from letterlock.operations.bundle_files import written
from letterlock.operations.bundle_save import Saving
from letterlock.operations.online import Online
from letterlock.operations.open import OpenedMessage
from letterlock.operations.trust import TrustSettings
from letterlock.store.database import Store
from letterlock.verdict import SignatureStatus

_SENDERS, _FOLDER = "evidence.senders", "evidence.folder"
_NAME_DIGITS = 32


class EvidenceKept(Reason):
    """The message was saved as evidence, in `file`."""

    code = "evidence_kept"
    file: str


class EvidenceNotKept(Reason):
    """The message should have been saved as evidence, and was not; `why` is the code of what happened."""

    code = "evidence_not_kept"
    why: str


class EvidenceSenderWrong(LetterlockError):
    """A sender is an address, or "@" with a domain."""

    code = "evidence_sender_wrong"
    fault = Fault.USER
    text: str


class Automatic(NamedTuple):
    """Whose mail is kept, and where."""

    senders: tuple[str, ...]
    folder: Path

    def wants(self, opened: OpenedMessage) -> bool:
        """Whether a message is to be kept: valid, and each of its senders is named."""
        if opened.verdict.signature.status is not SignatureStatus.VALID:
            return False
        names = [name.lower() for signer in opened.assessment.deciding for name in signer.names]
        return bool(names) and all(self._named(each) for each in names)

    def _named(self, address: str) -> bool:
        return address in self.senders or f"@{address.rpartition('@')[2]}" in self.senders


def settings(database: Path) -> Automatic:
    """What is in force; the folder is beside the database unless the person chose another one."""
    with Store.read(database) as store:
        senders, folder = store.setting(_SENDERS, []), store.setting(_FOLDER, "")
    return Automatic(tuple(senders), Path(folder) if folder else database.parent / "evidence")


def add(database: Path, sender: str) -> bool:
    """Keep this sender's mail from now on; false if it was so already. Raises `EvidenceSenderWrong`."""
    name, at, domain = sender.strip().lower().rpartition("@")
    if not at or "." not in domain or any(not each.isprintable() or each.isspace() for each in name + domain):
        raise EvidenceSenderWrong(sender[:100])
    wanted = f"{name}@{domain}"
    with Store.open(database) as store:
        before = store.change_setting(_SENDERS, [], lambda kept: [*kept, *({wanted} - set(kept))])
    return wanted not in before


def remove(database: Path, sender: str) -> bool:
    """Keep it no more; false if it was not kept. What is kept stays."""
    wanted = sender.strip().lower()
    with Store.open(database) as store:
        before = store.change_setting(_SENDERS, [], lambda kept: [each for each in kept if each != wanted])
    return wanted in before


def keep_in(database: Path, folder: Path) -> None:
    """Keep evidence in this folder from now on."""
    with Store.open(database) as store:
        store.set_setting(_FOLDER, str(folder.absolute()))


def keep(
    opened: OpenedMessage, trust: TrustSettings, online: Online, database: Path, policy: Path | None
) -> Coded | None:
    """What became of it; none where the message is not to be kept, or was before."""
    automatic = settings(database)
    if not automatic.senders or not automatic.wants(opened):
        return None
    place = automatic.folder / f"{_digest(opened)[:_NAME_DIGITS]}.asice"
    if place.exists():
        return None
    try:
        authorities = timestamps.settings(database, policy).authorities
        saving = Saving(trust, authorities, datetime.now(UTC), online=online)
        automatic.folder.mkdir(parents=True, exist_ok=True)
        written(place, lambda out: bundle_save.keep(opened, out, saving), replace=False)
    except LetterlockError as failure:
        return EvidenceNotKept(failure.code)
    except OSError as failure:
        return EvidenceNotKept(failure.strerror or str(failure))
    return EvidenceKept(str(place))


def _digest(opened: OpenedMessage) -> str:
    digest = hashlib.sha256()
    for piece in opened.raw():
        digest.update(piece)
    return digest.hexdigest()
