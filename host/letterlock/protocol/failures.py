"""Every way to break protocol 1. Each is answered with its own code, and the conversation goes on.

Facts are what a developer of the other side needs to find the mistake. They may come from a hostile peer, so they
are shortened here: an error frame must itself fit into a frame.
"""

from __future__ import annotations

from letterlock.errors import Fault, JsonFact, LetterlockError

FACT_CHARACTERS = 80
"""Longest text of the peer that is repeated in a fact."""


class _Broken(LetterlockError):
    """The client broke the protocol."""

    fault = Fault.CLIENT

    def facts(self) -> dict[str, JsonFact]:
        return {name: shortened(fact) if isinstance(fact, str) else fact for name, fact in super().facts().items()}


def shortened(text: str) -> str:
    """`text`, cut to what a fact may hold. Lone surrogates, which UTF-8 cannot carry, become question marks."""
    text = text[: FACT_CHARACTERS + 1].encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= FACT_CHARACTERS else text[: FACT_CHARACTERS - 1] + "…"


# --- Frames: what arrives is not one JSON object ------------------------------------------------------------------


class FrameEmpty(_Broken):
    """A frame of length 0 holds no JSON text."""

    code = "frame_empty"


class FrameTooLarge(_Broken):
    """A frame above the announced limit. It is skipped octet by octet and never kept."""

    code = "frame_too_large"
    octets: int
    limit: int


class FrameTruncated(_Broken):
    """The input ended inside a frame (or inside its length)."""

    code = "frame_truncated"
    missing: int


class FrameNotUtf8(_Broken):
    """The octets of the frame are not UTF-8 (RFC 8259 §8.1)."""

    code = "frame_not_utf8"


class FrameNotJson(_Broken):
    """The text is not JSON (RFC 8259). NaN and Infinity, which some parsers take, are not JSON either."""

    code = "frame_not_json"


class FrameTooDeep(_Broken):
    """Nested deeper than any frame of the protocol: an attempt to exhaust a recursive parser."""

    code = "frame_too_deep"
    limit: int


class FieldRepeated(_Broken):
    """An object names a field twice. Parsers disagree which one counts (RFC 8259 §4), so neither does."""

    code = "field_repeated"
    field: str


class FrameNotAnObject(_Broken):
    """JSON, but not an object."""

    code = "frame_not_an_object"


# --- Shapes: the object is no frame that we know ------------------------------------------------------------------


class UnknownFrameType(_Broken):
    """`type` names no frame that a client may send."""

    code = "unknown_frame_type"
    type: str


class UnknownField(_Broken):
    """A field the frame does not have. Ignoring it would hide that the two sides mean different things."""

    code = "unknown_field"
    field: str


class MissingField(_Broken):
    """A field the frame must have is not there."""

    code = "missing_field"
    field: str


class WrongType(_Broken):
    """A field has a value of another type, or outside its bounds."""

    code = "wrong_type"
    field: str
    expected: str


class UnknownOperation(_Broken):
    """`operation` names nothing this host can do."""

    code = "unknown_operation"
    operation: str


# --- Conversation -------------------------------------------------------------------------------------------------


class HelloExpected(_Broken):
    """The client must say hello before anything else."""

    code = "hello_expected"


class HelloRepeated(_Broken):
    """The client said hello twice. The first one counts."""

    code = "hello_repeated"


class ProtocolMismatch(_Broken):
    """The two sides speak different majors. `older` is the side to update: "host" or "extension"."""

    code = "protocol_mismatch"
    host: str
    client: str
    older: str

    @property
    def words(self) -> str:
        """The entry in the table of sentences: what to do depends on the side."""
        return f"{self.code}_{self.older}"


class CallerNotAllowed(_Broken):
    """The arguments name no extension that this host serves. Nothing else is said, and the process ends."""

    code = "caller_not_allowed"
    caller: str


# --- Requests and streams -----------------------------------------------------------------------------------------


class DuplicateId(_Broken):
    """The id belongs to a request that is not finished; that one goes on."""

    code = "duplicate_id"
    request: str


class TooManyRequests(_Broken):
    """More requests unanswered than the host announced."""

    code = "too_many_requests"
    limit: int


class UnknownStream(_Broken):
    """A chunk, credit or cancel for a request that does not exist, or no longer."""

    code = "unknown_stream"


class WrongDirection(_Broken):
    """A chunk for a request that takes none, or credit for one that sends none."""

    code = "wrong_direction"


class ChunkAfterLast(_Broken):
    """A chunk after the one that said it was the last."""

    code = "chunk_after_last"


class ChunkTooLarge(_Broken):
    """A chunk with more octets than the host announced."""

    code = "chunk_too_large"
    octets: int
    limit: int


class CreditExceeded(_Broken):
    """More octets than the host had granted."""

    code = "credit_exceeded"
    octets: int
    granted: int


class BadBase64(_Broken):
    """`data` is not base64 (RFC 4648 §4: standard alphabet, padded, no line breaks)."""

    code = "bad_base64"


class SizeDiffers(_Broken):
    """The upload ended with another number of octets than announced: something was lost on the way."""

    code = "size_differs"
    announced: int
    received: int


class UnknownMessage(_Broken):
    """The handle names no opened message, or one that was closed or dropped in the meantime."""

    code = "unknown_message"


class ReplyTooLarge(LetterlockError):
    """The answer does not fit into one frame. Browsers close the port above the limit, so it is never sent."""

    code = "reply_too_large"
    fault = Fault.MAIL
    octets: int
    limit: int
