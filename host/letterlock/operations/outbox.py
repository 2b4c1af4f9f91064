"""The outbox: messages on their way, sealed by the vault, one process at a time on each (`store.outbox` says how).

Subjects, addresses and contents are sealed; what is readable without the vault is how many there are, since when, and
for which account.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.errors import LetterlockError
from letterlock.mime.sendable import Measure
from letterlock.operations.account_failures import MailUnsendable, OutboxTaken
from letterlock.store import outbox as kept
from letterlock.store.database import Store
from letterlock.store.failures import OutboxItemUnknown, StoreBusy, StoreDamaged
from letterlock.store.outbox import COPY, ENDING, HELD, MESSAGE, WAITING, StoredItem

if TYPE_CHECKING:
    from letterlock.keystore.vault import Vault

RENEW_SECONDS = limits.OUTBOX_CLAIM_SECONDS / 5


@dataclass(frozen=True)
class Parcel:
    """What is to be sent or put into a folder. `recipients` empty: the copy. `pieces` None: those of
    the parcel before it."""

    sender: str
    recipients: tuple[str, ...]
    pieces: Iterable[bytes] | None
    message_id: str = ""
    receipt: bool = False


@dataclass(frozen=True)
class Slip:
    """What is sealed beside a message: who to, and what was found out about it."""

    sender: str
    recipients: tuple[str, ...]
    message_id: str
    receipt: bool
    octets: int = 0
    pieces: int = 0
    eight_bit: bool = False
    utf8: bool = False


@dataclass(frozen=True)
class Item:
    """A message or a copy that waits. `busy`: a process works on it now. `unsure`: it may have been sent already."""

    stored: StoredItem = field(repr=False)
    slip: Slip
    busy: bool
    unsure: bool

    @property
    def id(self) -> str:
        """Its identifier."""
        return self.stored.id

    @property
    def is_copy(self) -> bool:
        """Whether it goes into a folder and to nobody."""
        return self.stored.role == COPY


class Outbox:
    """The outbox of one database, as one sending sees it. All methods raise as `Store.open` and `Vault.seal` do.

    Args:
        clock: seconds since 1970, which every process of this computer has in common.
    """

    def __init__(self, database: Path, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._renewed = 0.0

    @staticmethod
    def counted(database: Path) -> int:
        """How many sendings wait; also while the vault is locked."""
        with Store.read(database) as store:
            return len({each.batch for each in kept.every(store)})

    def put(self, account: str, parcels: Sequence[Parcel]) -> list[Item]:
        """Keep a batch, whole or not at all; this process has it claimed then.

        Raises:
            MailUnsendable: SMTP cannot carry one of them.
            OutboxFull, OutboxTaken.
        """
        batch, now = secrets.token_hex(8), datetime.now(UTC)
        contents: list[str] = []
        items = []
        for number, parcel in enumerate(parcels):
            contents.append(secrets.token_hex(8) if parcel.pieces is not None else contents[-1])
            role = MESSAGE if parcel.recipients else COPY
            state = WAITING if parcel.recipients else HELD
            items.append(
                StoredItem(
                    secrets.token_hex(8), batch, number, account, role, state, contents[-1], b"", self._owner,
                    self._until(), now,
                )
            )  # fmt: skip
        try:
            with Store.open(self._database) as store:
                putting = _Putting(store, items, self._owner, self._clock)
                slips: list[Slip] = []
                for item, parcel in zip(items, parcels, strict=True):
                    slips.append(self._filled(putting, item, parcel, slips[-1] if slips else None))
                whole = [
                    replace(item, envelope=self._sealed(item, slip)) for item, slip in zip(items, slips, strict=True)
                ]
                putting.finish(whole)
        except BaseException:
            self._forget(items)
            raise
        return [Item(each, slip, busy=False, unsure=False) for each, slip in zip(whole, slips, strict=True)]

    def items(self, batch: str | None = None) -> list[Item]:
        """What waits, or what is left of one batch. Raises `VaultLocked`, `SecretDamaged`."""
        with Store.read(self._database) as store:
            found = kept.every(store, batch)
        return [self._item(each) for each in found]

    def batch(self, start: str) -> str:
        """The identifier of the batch whose identifier begins so. Raises `OutboxItemUnknown`."""
        with Store.read(self._database) as store:
            found = {each.batch for each in kept.every(store) if start and each.batch.startswith(start)}
        if len(found) != 1:
            raise OutboxItemUnknown(start)
        return found.pop()

    def pieces(self, item: Item) -> Iterator[bytes]:
        """The octets of an item, unsealed one piece at a time. Raises `OutboxTaken`: somebody has sent it meanwhile."""
        for number in range(item.slip.pieces):
            with Store.read(self._database) as store:
                try:
                    sealed = kept.piece(store, item.stored.content, number)
                except StoreDamaged:
                    still = [each for each in kept.every(store, item.stored.batch) if each.claim == self._owner]
                    if item.id in {each.id for each in still}:
                        raise
                    raise OutboxTaken from None
            yield self._vault.unseal(_piece(item.stored.content, number), sealed)

    # --- Steps ---

    def claim(self, item: Item) -> bool:
        """Take an item to work on it; false: somebody else does."""
        if item.stored.claim == self._owner:
            return True
        with Store.open(self._database) as store:
            return kept.claim(store, item.stored, self._owner, self._clock(), self._until())

    def beat(self) -> None:
        """Say that this process still works. Called often, writes rarely."""
        now = self._clock()
        if now - self._renewed < RENEW_SECONDS:
            return
        self._renewed = now
        try:
            with Store.open(self._database) as store:
                kept.renew(store, self._owner, self._until())
        except StoreBusy:
            # If the claim runs out meanwhile, `ending` finds that out.
            pass

    def ending(self, item: Item) -> None:
        """The last word is about to be said. Raises `OutboxTaken`: somebody else says it."""
        self._become(item, ENDING)

    def waits(self, item: Item) -> None:
        """It was not sent after all, and waits again. Raises `OutboxTaken`."""
        self._become(item, WAITING)

    def sent(self, item: Item) -> None:
        """It is where it belongs."""
        with Store.open(self._database) as store:
            kept.sent(store, item.stored)

    def forget(self, item: Item) -> None:
        """It is not to be sent any more."""
        with Store.open(self._database) as store:
            kept.forget(store, item.id)

    def forget_batch(self, batch: str) -> int:
        """A person does not want it any more; how many items those were. Raises `OutboxItemUnknown`."""
        with Store.open(self._database) as store:
            return kept.forget_batch(store, batch, self._clock())

    def release(self) -> None:
        """This process works on nothing any more."""
        with Store.open(self._database) as store:
            kept.release(store, self._owner)

    # --- Inside ---

    def _until(self) -> float:
        return self._clock() + limits.OUTBOX_CLAIM_SECONDS

    def _become(self, item: Item, state: str) -> None:
        with Store.open(self._database) as store:
            if not kept.become(store, item.id, self._owner, state, self._until()):
                raise OutboxTaken

    def _filled(self, putting: _Putting, item: StoredItem, parcel: Parcel, before: Slip | None) -> Slip:
        """Keep the pieces of a parcel, and say what was found out about it."""
        slip = Slip(parcel.sender, parcel.recipients, parcel.message_id, parcel.receipt)
        if parcel.pieces is None:
            assert before is not None
            known = before.octets, before.pieces, before.eight_bit, before.utf8
            return replace(slip, octets=known[0], pieces=known[1], eight_bit=known[2], utf8=known[3])
        measure, number = Measure(), 0
        for piece in _even(map(measure.pass_, parcel.pieces)):
            putting.piece(item.content, number, self._vault.seal(_piece(item.content, number), piece))
            number += 1
        if not measure.sendable:
            raise MailUnsendable(measure.longest, limits.MAIL_LINE_LENGTH)
        return replace(
            slip, octets=measure.octets, pieces=number, eight_bit=measure.eight_bit, utf8=measure.utf8
        )  # fmt: skip

    def _forget(self, items: Sequence[StoredItem]) -> None:
        try:
            with Store.open(self._database) as store:
                for each in items:
                    kept.forget(store, each.id)
        except LetterlockError:
            # Whoever puts the next batch sweeps it away.
            pass

    def _sealed(self, item: StoredItem, slip: Slip) -> bytes:
        return self._vault.seal(_envelope(item), json.dumps(asdict(slip)).encode())

    def _item(self, stored: StoredItem) -> Item:
        said = json.loads(self._vault.unseal(_envelope(stored), stored.envelope))
        try:
            slip = Slip(**{**said, "recipients": tuple(said["recipients"])})
        except (TypeError, KeyError):
            raise StoreDamaged(str(self._database), f"outbox {stored.id}") from None
        busy = stored.claim is not None and stored.until >= self._clock() and stored.claim != self._owner
        return Item(stored, slip, busy, unsure=stored.state == ENDING and not busy)


class _Putting:
    """Pieces on their way into the database: all at once while they are few, else in steps that are not too small."""

    def __init__(self, store: Store, items: Sequence[StoredItem], owner: str, clock: Callable[[], float]) -> None:
        self._store, self._items, self._owner, self._clock = store, items, owner, clock
        self._held: list[kept.Piece] = []
        self._begun = False

    def piece(self, content: str, number: int, sealed: bytes) -> None:
        """One more. Raises `OutboxTaken`: this took so long that it was swept away."""
        self._held.append((content, number, sealed))
        if sum(len(octets) for _, _, octets in self._held) >= _STEP_OCTETS:
            self._flush()

    def finish(self, whole: Sequence[StoredItem]) -> None:
        """Those were all, and `whole` are the items as they are to be kept."""
        if not self._begun:
            kept.put(self._store, whole, self._held, self._clock())
            return
        self._flush()
        if not kept.ready(self._store, whole, self._until()):
            raise OutboxTaken

    def _flush(self) -> None:
        if not self._begun:
            kept.prepare(self._store, self._items, self._clock())
            self._begun = True
        if not kept.add_pieces(self._store, self._held, self._owner, self._until()):
            raise OutboxTaken
        self._held = []

    def _until(self) -> float:
        return self._clock() + limits.OUTBOX_CLAIM_SECONDS


_STEP_OCTETS = 4 * limits.OUTBOX_PIECE_OCTETS


def _envelope(item: StoredItem) -> str:
    """What an envelope belongs to: it cannot be taken for another item's, another account's, or another content's."""
    return f"outbox {item.id} {item.batch} {item.account} {item.role} {item.content}"


def _piece(content: str, number: int) -> str:
    return f"outbox piece {content} {number}"


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same octets in pieces of `limits.OUTBOX_PIECE_OCTETS`."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= limits.OUTBOX_PIECE_OCTETS:
            yield bytes(held[: limits.OUTBOX_PIECE_OCTETS])
            del held[: limits.OUTBOX_PIECE_OCTETS]
    if held:
        yield bytes(held)
