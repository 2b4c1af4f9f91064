"""What is found when a message is taken apart: its layers, what is shown of it, and which signature is around that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from letterlock.cms import SignedData
from letterlock.errors import Coded
from letterlock.mime.reader import Entity
from letterlock.operations.source import Content, Source

if TYPE_CHECKING:
    from letterlock.cms import Decompressed, Decrypted

AMBIGUITIES = frozenset(
    {
        "ambiguous_content_type",
        "ambiguous_delimiter",
        "duplicate_content_fields",
        "encoded_multipart",
        "header_control_characters",
        "header_malformed",
        "reused_boundary",
    }
)
"""Oddities of an entity around a signature over which mail readers are known to differ."""


class Kind(Enum):
    """What a layer is."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    COMPRESSED = "compressed"
    CERTIFICATES = "certificates"
    UNKNOWN = "unknown"


@dataclass
class Layer:
    """One layer. `content` is what its signers signed; `failure` why the layer is unusable as a whole."""

    kind: Kind
    entity: Entity
    multipart: bool
    signed: SignedData | None = None
    content: Content | None = None
    decrypted: Decrypted | None = None
    decompressed: Decompressed | None = None
    failure: Coded | None = None
    receipt: bytes | None = None
    """What is signed where that is a receipt (RFC 2634 §2.8): no mail, and nothing to be shown."""
    receipt_object: bytes = b""
    """The whole object of a receipt, so that it can be kept; empty where it is too large for that."""
    uncovered: list[Entity] = field(default_factory=list)
    """Parts beside the signed one and its signature: shown by readers, signed by nobody."""


@dataclass
class Shown:
    """A leaf that is shown, where its octets are, and the innermost signed layer around it.

    `omitted` are the places in its decoded octets of what only repeats protected header fields. `choices` are, for each
    multipart/alternative around it, the alternative that it belongs to.
    """

    source: Source
    entity: Entity
    signed: Layer | None
    omitted: range | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payload:
    """The cryptographic payload (RFC 9788 §1.6): what stands inside all layers around everything shown.

    `root` is the entity whose fields may be protected ones; `wrapped` whether it is a message in a message/rfc822 part
    (RFC 8551 §3.1); `signed` the layer whose signature covers it, if that is the innermost one.
    """

    source: Source
    root: Entity
    wrapped: bool
    signed: Layer | None


@dataclass
class Structure:
    """`chain`: the layers around everything shown, outermost first; `fragments`: those around only a part."""

    chain: list[Layer] = field(default_factory=list)
    fragments: list[Layer] = field(default_factory=list)
    remarks: list[Coded] = field(default_factory=list)
    oddities: set[str] = field(default_factory=set)
    shown: list[Shown] = field(default_factory=list)
    payload: Payload | None = None
