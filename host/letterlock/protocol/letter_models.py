"""Letters that are being written, in the protocol (1.8): what an answer begins with, and drafts, kept sealed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from letterlock.protocol.models import UploadParams
from letterlock.protocol.shapes import Handle, Id, NoParams, Octets, Shape, WithSecrets

DraftId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Typed = Annotated[str, StringConstraints(max_length=20_000)]
"""A field as it was typed, perhaps not finished: some 500 recipients."""
MessageId = Annotated[str, StringConstraints(max_length=502)]
ContentId = Annotated[str, StringConstraints(max_length=200)]
FileName = Annotated[str, StringConstraints(max_length=255)]
MediaType = Annotated[str, StringConstraints(max_length=127)]


class AnswerParams(Shape):
    """`answer`: which open message, and how it is answered."""

    message: Handle
    kind: Literal["reply", "reply_all", "forward"]


class AnswerRequest(Shape):
    """Asks what an answer to an open message begins with."""

    type: Literal["request"]
    id: Id
    operation: Literal["answer"]
    params: AnswerParams


class DraftFields(WithSecrets):
    """A letter beside its text. `form`: of the text. `quotes_decrypted`: it has words from an encrypted message.
    `sending`: it was on its way when this was kept, so that nobody sends it twice without looking."""

    sender: Typed
    to: Typed
    cc: Typed
    bcc: Typed
    subject: Typed
    form: Literal["plain", "html"]
    sign: bool
    encrypt: bool
    in_reply_to: MessageId | None
    references: Annotated[list[MessageId], Field(max_length=50)]
    quotes_decrypted: bool
    sending: bool


class DraftPutParams(UploadParams, WithSecrets):
    """`draft_put` takes the text (UTF-8) as upload. `draft` and `revision`: what was changed, null for a new one."""

    draft: DraftId | None
    revision: Octets | None
    fields: DraftFields


class DraftPutRequest(Shape):
    """Keeps a letter as it is now, sealed in the vault, which has to be unlocked."""

    type: Literal["request"]
    id: Id
    operation: Literal["draft_put"]
    params: DraftPutParams


class DraftAttachParams(UploadParams, WithSecrets):
    """`draft_attach` takes a file as upload. `content_id`: of a picture in the text."""

    draft: DraftId
    name: FileName
    media_type: MediaType
    content_id: ContentId | None


class DraftAttachRequest(Shape):
    """Keeps a file with a draft."""

    type: Literal["request"]
    id: Id
    operation: Literal["draft_attach"]
    params: DraftAttachParams


class DraftDetachParams(Shape):
    """`draft_detach`: which file of which draft."""

    draft: DraftId
    file: DraftId


class DraftDetachRequest(Shape):
    """Forgets a file of a draft."""

    type: Literal["request"]
    id: Id
    operation: Literal["draft_detach"]
    params: DraftDetachParams


class DraftListRequest(Shape):
    """Asks which drafts there are. Needs an unlocked vault, if there are any."""

    type: Literal["request"]
    id: Id
    operation: Literal["draft_list"]
    params: NoParams


class DraftParams(Shape):
    """`draft_open` and `draft_remove`: which one."""

    draft: DraftId


class DraftOpenRequest(Shape):
    """Asks for a draft, to go on with it."""

    type: Literal["request"]
    id: Id
    operation: Literal["draft_open"]
    params: DraftParams


class DraftRemoveRequest(Shape):
    """Forgets a draft and its files."""

    type: Literal["request"]
    id: Id
    operation: Literal["draft_remove"]
    params: DraftParams


# --- Replies


class Correspondent(Shape):
    """A mailbox: the name as people read it, perhaps empty, and the address."""

    name: str
    address: str


class Answering(Shape):
    """What an answer begins with, from the protected fields where the message has any.

    `sender`: the own address that the message was sent to, if it names one. `left_out`: recipients beyond the limit.
    `references`: with `in_reply_to`, for the fields of that name. `author`, `date` (UTC): of what is quoted.
    `encrypted`: the message was encrypted, so that its words must not go out in clear unasked.
    """

    sender: str | None
    to: list[Correspondent]
    cc: list[Correspondent]
    left_out: int
    subject: str
    in_reply_to: str | None
    references: list[str]
    author: str
    date: str | None
    encrypted: bool


class DraftKept(Shape):
    """A draft was kept; the next change names this `revision`."""

    draft: str
    revision: int


class DraftFile(Shape):
    """A file of a draft."""

    id: str
    name: str
    media_type: str
    size: Octets
    content_id: str | None


class DraftSummary(Shape):
    """A draft in the list. `changed`: UTC. `octets`: what it takes. `damaged`: it cannot be read any more."""

    draft: str
    changed: str
    octets: Octets
    subject: str
    to: str
    files: int
    sending: bool
    damaged: bool


class DraftList(Shape):
    """Every draft, the last changed first."""

    drafts: list[DraftSummary]


class DraftOpened(Shape):
    """A draft. `part` fetches its text as `body`, and each file by its `id`, from `message`, until `close`."""

    draft: str
    revision: int
    fields: DraftFields
    files: list[DraftFile]
    message: Handle


class DraftRemoved(Shape):
    """The draft, or the file, is not kept any more."""

    removed: str
