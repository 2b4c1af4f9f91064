"""Drafts: letters that are being written, sealed by the vault as they are typed (`store.drafts` keeps them).

    drafts = Drafts(location.database(), vault)
    kept = drafts.put(None, None, fields, text)
    drafts.attach(kept.id, name, type, None, pieces)
    found = drafts.open(kept.id)

Nothing of a letter is on the disk in clear: not its recipients, not its subject, not the names of its files. What is
readable without the vault is how many drafts there are, how large, and when they were changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.errors import UnknownPart
from letterlock.keystore.failures import SecretDamaged
from letterlock.store import drafts as kept
from letterlock.store.database import Store
from letterlock.store.drafts import StoredDraft, StoredFile
from letterlock.store.failures import DraftTooLarge, StoreDamaged
from letterlock.verdict import Part

if TYPE_CHECKING:
    from letterlock.keystore.vault import Vault

Fields = dict[str, Any]
"""What a letter says beside its text, as JSON: whoever writes it knows what it means."""

BODY = "body"
"""The part of an opened draft that is its text."""


@dataclass(frozen=True)
class DraftFile:
    """A file of a draft. `content_id`: of a picture in the text."""

    id: str
    name: str
    type: str
    size: int
    content_id: str | None
    pieces: int = field(repr=False)


@dataclass(frozen=True)
class Draft:
    """A draft as it is kept. `fields` None: what is kept is not what was written, and cannot be read any more."""

    id: str
    revision: int
    changed: datetime
    octets: int
    fields: Fields | None = field(repr=False)
    files: tuple[DraftFile, ...] = ()


class Drafts:
    """The drafts of one database. All methods raise as `Store.open` and `Vault.seal` do."""

    def __init__(self, database: Path, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def counted(self) -> int:
        """How many there are; also while the vault is locked."""
        with Store.read(self._database) as store:
            return len(kept.every(store))

    def listed(self) -> list[Draft]:
        """All of them, the last changed first; the damaged ones too. Raises `VaultLocked` if there is any."""
        with Store.read(self._database) as store:
            found = [(each, kept.files(store, each.id)) for each in kept.every(store)]
        return [self._read(stored, files) for stored, files in found]

    def put(self, draft: str | None, revision: int | None, fields: Fields, text: bytes) -> Draft:
        """Keep a letter as it is now.

        Args:
            draft: None for a new one.
            revision: what was changed; None for a new one.
            text: in UTF-8.

        Raises:
            DraftUnknown, DraftChanged, DraftsFull, DraftTooLarge.
        """
        if len(text) > limits.DRAFT_TEXT_OCTETS:
            raise DraftTooLarge(limits.DRAFT_TEXT_OCTETS)
        name, number = (kept.new_id(), 1) if draft is None else (draft, (revision or 0) + 1)
        envelope = self._vault.seal(_envelope(name, number), json.dumps(fields).encode())
        body = self._vault.seal(_body(name, number), text)
        stored = StoredDraft(name, number, datetime.now(UTC), len(body), envelope)
        with Store.open(self._database) as store:
            kept.put(store, stored, body)
        return Draft(name, number, stored.changed, stored.octets, fields)

    def attach(
        self, draft: str, name: str, type_: str, content_id: str | None, octets: Iterable[bytes]
    ) -> DraftFile:  # fmt: skip
        """Keep a file with a draft. Raises `DraftUnknown`, `DraftsFull`, `DraftTooLarge`."""
        id_, size = kept.new_id(), 0
        pieces: list[bytes] = []
        for piece in _even(octets):
            size += len(piece)
            pieces.append(self._vault.seal(_piece(id_, len(pieces)), piece))
        made = DraftFile(id_, name, type_, size, content_id, len(pieces))
        said = {"name": name, "type": type_, "size": size, "content_id": content_id}
        stored = StoredFile(id_, len(pieces), self._vault.seal(_file(draft, id_), json.dumps(said).encode()))
        with Store.open(self._database) as store:
            kept.attach(store, draft, stored, pieces)
        return made

    def detach(self, draft: str, file: str) -> None:
        """Forget a file. Raises `DraftFileUnknown`."""
        with Store.open(self._database) as store:
            kept.detach(store, draft, file)

    def remove(self, draft: str) -> None:
        """Forget a draft; also while the vault is locked. Raises `DraftUnknown`."""
        with Store.open(self._database) as store:
            kept.remove(store, draft)

    def open(self, draft: str) -> OpenedDraft:
        """A draft, to go on with. Raises `DraftUnknown`, `SecretDamaged`."""
        with Store.read(self._database) as store:
            stored, body = kept.whole(store, draft)
            files = kept.files(store, draft)
        found = self._read(stored, files)
        if found.fields is None:
            raise SecretDamaged(_envelope(stored.id, stored.revision))
        return OpenedDraft(self, found, self._vault.unseal(_body(stored.id, stored.revision), body))

    def pieces(self, file: DraftFile) -> Iterator[bytes]:
        """The octets of a file, unsealed one piece at a time. Raises `DraftFileUnknown`, `SecretDamaged`."""
        for number in range(file.pieces):
            with Store.read(self._database) as store:
                sealed = kept.piece(store, file.id, number)
            yield self._vault.unseal(_piece(file.id, number), sealed)

    def _read(self, stored: StoredDraft, files: list[StoredFile]) -> Draft:
        try:
            fields = json.loads(self._vault.unseal(_envelope(stored.id, stored.revision), stored.envelope))
            attached = tuple(self._file(stored.id, each) for each in files)
        except (SecretDamaged, StoreDamaged, ValueError):
            fields, attached = None, ()
        return Draft(stored.id, stored.revision, stored.changed, stored.octets, fields, attached)

    def _file(self, draft: str, stored: StoredFile) -> DraftFile:
        said = json.loads(self._vault.unseal(_file(draft, stored.id), stored.envelope))
        return DraftFile(stored.id, said["name"], said["type"], said["size"], said["content_id"], stored.pieces)


class OpenedDraft:
    """A draft whose text and files are fetched like the parts of a message (`native.messages`)."""

    def __init__(self, drafts: Drafts, draft: Draft, text: bytes) -> None:
        self.draft = draft
        self._drafts = drafts
        self._text = text
        self._files = {each.id: each for each in draft.files}

    def part(self, part_id: str) -> Part:
        """The text, or a file. Raises `UnknownPart`."""
        file = self._files.get(part_id)
        if file is None and part_id != BODY:
            raise UnknownPart(part_id)
        return Part(
            id=part_id,
            type=file.type if file else "text/plain",
            charset=None if file else "utf-8",
            name=file.name if file else None,
            disposition="attachment" if file else "inline",
            content_id=file.content_id if file else None,
            size=file.size if file else len(self._text),
            covered=False,
        )

    def body(self, part_id: str) -> Iterator[bytes]:
        """Its octets. Raises `UnknownPart`."""
        if part_id == BODY:
            return iter((self._text,))
        if part_id not in self._files:
            raise UnknownPart(part_id)
        return self._drafts.pieces(self._files[part_id])

    text = body
    """The text is in UTF-8 already; a file is fetched as it is."""

    def close(self) -> None:
        """Forget the text."""
        self._text = b""


def _envelope(draft: str, revision: int) -> str:
    """What an envelope belongs to: no older revision, and no other draft's, can be put in its place."""
    return f"draft {draft} {revision}"


def _body(draft: str, revision: int) -> str:
    return f"draft text {draft} {revision}"


def _file(draft: str, file: str) -> str:
    return f"draft file {draft} {file}"


def _piece(file: str, number: int) -> str:
    return f"draft piece {file} {number}"


def _even(octets: Iterable[bytes]) -> Iterator[bytes]:
    """The same octets in pieces of `limits.OUTBOX_PIECE_OCTETS`. Raises `DraftTooLarge`."""
    held, size = bytearray(), 0
    for each in octets:
        size += len(each)
        if size > limits.DRAFT_FILE_OCTETS:
            raise DraftTooLarge(limits.DRAFT_FILE_OCTETS)
        held += each
        while len(held) >= limits.OUTBOX_PIECE_OCTETS:
            yield bytes(held[: limits.OUTBOX_PIECE_OCTETS])
            del held[: limits.OUTBOX_PIECE_OCTETS]
    if held:
        yield bytes(held)
