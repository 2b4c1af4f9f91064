"""What a client says in protocol 1: its frames, and the requests about messages.

A host that starts for a mail needs these and no others. The requests about keys and people are in `vault_models`,
`key_models` and `people_models`, loaded when one comes (`requests`); what a host says is in `host_models`, which is for
readers and tests. The models know types and bounds only; what may be said when is `session`'s business.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from letterlock.protocol.shapes import Grant, Handle, Id, PartId, Shape, ShortText, VersionText

# --- Both ways ----------------------------------------------------------------------------------------------------


class Chunk(Shape):
    """The next octets of a stream, base64 (RFC 4648 §4). `last` ends the stream; the last chunk may be empty."""

    type: Literal["chunk"]
    id: Id
    data: str
    last: bool


class Credit(Shape):
    """The receiver of a stream lets its sender send `octets` more (counted before base64)."""

    type: Literal["credit"]
    id: Id
    octets: Grant


# --- Client → host ------------------------------------------------------------------------------------------------


class ClientHello(Shape):
    """The client's first frame. `language` is the one that sentences are wanted in."""

    type: Literal["hello"]
    protocol: VersionText
    product: ShortText
    client: Literal["chromium", "firefox", "thunderbird", "command-line", "test"]
    language: ShortText


class UploadParams(Shape):
    """What takes an upload, most of all a raw RFC 5322 message. `size` is its length in octets, where it is known."""

    size: Annotated[int, Field(ge=0)] | None


class OpenParams(UploadParams):
    """`open` takes the raw RFC 5322 message as upload. `size` is its length in octets, where it is known."""


class PartParams(Shape):
    """`part` fetches the decoded body of one part of an opened message.

    `text` (1.7): as text, in UTF-8, whatever charset the mail has it in. The part `raw` (1.8) is the message as it was.
    """

    message: Handle
    part: PartId
    text: bool = False


class CloseParams(Shape):
    """`close` lets the host forget an opened message."""

    message: Handle


class IssuersParams(Shape):
    """`issuers` fetches the certificates of authorities that an opened message lacks (1.3)."""

    message: Handle


class OpenRequest(Shape):
    """Asks for the verdict on a message."""

    type: Literal["request"]
    id: Id
    operation: Literal["open"]
    params: OpenParams


class PartRequest(Shape):
    """Asks for the body of a part."""

    type: Literal["request"]
    id: Id
    operation: Literal["part"]
    params: PartParams


class CloseRequest(Shape):
    """Closes an opened message."""

    type: Literal["request"]
    id: Id
    operation: Literal["close"]
    params: CloseParams


class IssuersRequest(Shape):
    """Asks for missing certificates to be fetched, and for the verdict with them (1.3)."""

    type: Literal["request"]
    id: Id
    operation: Literal["issuers"]
    params: IssuersParams


class Cancel(Shape):
    """Stops a request; it ends with the error `cancelled`."""

    type: Literal["cancel"]
    id: Id


CLIENT_FRAMES: dict[str, type[ClientHello | Chunk | Credit | Cancel]] = {
    "hello": ClientHello,
    "chunk": Chunk,
    "credit": Credit,
    "cancel": Cancel,
}
"""The other frames a client may send, by their `type`."""
