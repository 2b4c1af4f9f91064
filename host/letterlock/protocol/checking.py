"""From a JSON object to a frame of the protocol, or to the one failure that names what is wrong with it."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from letterlock.protocol.failures import MissingField, UnknownField, WrongType
from letterlock.protocol.shapes import ID_CHARACTERS

Model = TypeVar("Model", bound=BaseModel)


def attributable(frame: dict[str, object]) -> str | None:
    """The id of the request that a frame is about. Whatever else is wrong with it, the client learns whose it was."""
    request = frame.get("id")
    if frame.get("type") == "hello" or not isinstance(request, str) or not 1 <= len(request) <= ID_CHARACTERS:
        return None
    try:
        request.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return request


def checked(model: type[Model], frame: dict[str, object]) -> Model:
    """The frame as `model`.

    Raises:
        UnknownField, MissingField, WrongType: It is none; the first thing that is wrong is named.
    """
    try:
        return model.model_validate(frame)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        raise UnknownField(field=field)
    if first["type"] == "missing":
        raise MissingField(field=field)
    raise WrongType(field=field, expected=first["msg"])
