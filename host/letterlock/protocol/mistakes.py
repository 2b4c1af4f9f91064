"""A mistake of our own, as a failure that may leave the process: where it happened, not what it was about."""

from __future__ import annotations

import traceback
from pathlib import Path

from letterlock.errors import InternalError

_PACKAGE = Path(__file__).parents[1]


def internal_error(mistake: BaseException) -> InternalError:
    """The innermost place in our own code and the kind of mistake.

    Never the mistake's text, which may quote the message, nor a path, which names the user.
    """
    place = "letterlock"
    for frame in traceback.extract_tb(mistake.__traceback__):
        file = Path(frame.filename)
        if file.is_relative_to(_PACKAGE):
            module = ".".join(file.relative_to(_PACKAGE).with_suffix("").parts)
            place = f"{module}:{frame.name}:{frame.lineno}"
    return InternalError(where=f"{place} {type(mistake).__name__}")
