"""How the requests about answers and drafts meet `letterlock.operations.letter_serve`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from letterlock import limits
from letterlock.native.calls import Call
from letterlock.native.messages import OpenMessages

if TYPE_CHECKING:
    from letterlock.operations.letter_serve import HostLetters
    from letterlock.operations.open import OpenedMessage


def letter_operations(
    messages: OpenMessages, letters: Callable[[], HostLetters]
) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on what is loaded when the first of them is asked for."""

    def answer(call: Call, asked: Any) -> None:
        with messages.held(asked.message) as kept, kept.reading:
            call.reply(letters().answer(cast("OpenedMessage", kept.opened), asked.kind))

    def put(call: Call, asked: Any) -> None:
        call.reply(letters().put(asked, b"".join(_bounded(call))))

    def open_(call: Call, asked: Any) -> None:
        said, opened = letters().open(asked.draft)
        handle = messages.keep(opened)
        try:
            call.reply({**said, "message": handle})
        except BaseException:
            messages.close(handle)
            raise

    return {
        "answer": answer,
        "draft_put": put,
        "draft_attach": lambda call, asked: call.reply(letters().attach(asked, call.upload())),
        "draft_detach": lambda call, asked: call.reply(letters().detach(asked.draft, asked.file)),
        "draft_list": lambda call, _: call.reply(letters().listed()),
        "draft_open": open_,
        "draft_remove": lambda call, asked: call.reply(letters().remove(asked.draft)),
    }


def _bounded(call: Call) -> Iterator[bytes]:
    """The upload. Raises `DraftTooLarge` before more of it is held than is kept."""
    from letterlock.store.failures import DraftTooLarge

    size = 0
    for data in call.upload():
        size += len(data)
        if size > limits.DRAFT_TEXT_OCTETS:
            raise DraftTooLarge(limits.DRAFT_TEXT_OCTETS)
        yield data
