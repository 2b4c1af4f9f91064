"""The shape of everything that protocol 1 carries: one model per frame, request and reply.

The JSON Schema and the TypeScript declarations are generated from here (`letterlock.protocol.generate`). The
models know types and bounds only; what may be said when is `session`'s business. Building them costs tens of
milliseconds, so they are built at first use (`defer_build`), and nothing that must start fast imports this module.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from letterlock.protocol.key_models import (
    KeyCertified,
    KeyCertifyRequest,
    KeyChecked,
    KeyCheckRequest,
    KeyCreateRequest,
    KeyDefaultRequest,
    KeyDefaultSet,
    KeyExported,
    KeyExportRequest,
    KeyImported,
    KeyImportRequest,
    KeyNotices,
    KeyNoticesRequest,
    KeyRenewRequest,
    KeyRequested,
    KeyRequestRequest,
    OwnKey,
)
from letterlock.protocol.people_models import (
    PeopleFound,
    PeopleImported,
    PeopleImportRequest,
    PeopleList,
    PeopleListRequest,
    PeopleLookupRequest,
    PeopleRemoved,
    PeopleRemoveRequest,
    Recipients,
    RecipientsRequest,
    TokenList,
    TokenListRequest,
    TokenLockRequest,
    TokensUnlocked,
    TokenUnlockRequest,
)
from letterlock.protocol.shapes import (
    Grant,
    Handle,
    Id,
    NoParams,
    Octets,
    PartId,
    Secret,
    ShortText,
    VersionText,
    WithSecrets,
)
from letterlock.protocol.shapes import Shape as _Model
from letterlock.verdict import Opened

# --- Both ways ----------------------------------------------------------------------------------------------------


class Chunk(_Model):
    """The next octets of a stream, base64 (RFC 4648 §4). `last` ends the stream; the last chunk may be empty."""

    type: Literal["chunk"]
    id: Id
    data: str
    last: bool


class Credit(_Model):
    """The receiver of a stream lets its sender send `octets` more (counted before base64)."""

    type: Literal["credit"]
    id: Id
    octets: Grant


# --- Client → host ------------------------------------------------------------------------------------------------


class ClientHello(_Model):
    """The client's first frame. `language` is the one that sentences are wanted in."""

    type: Literal["hello"]
    protocol: VersionText
    product: ShortText
    client: Literal["chromium", "firefox", "thunderbird", "command-line", "test"]
    language: ShortText


class OpenParams(_Model):
    """`open` takes the raw RFC 5322 message as upload. `size` is its length in octets, where it is known."""

    size: Annotated[int, Field(ge=0)] | None


class PartParams(_Model):
    """`part` fetches the decoded body of one part of an opened message."""

    message: Handle
    part: PartId


class CloseParams(_Model):
    """`close` lets the host forget an opened message."""

    message: Handle


class IssuersParams(_Model):
    """`issuers` fetches the certificates of authorities that an opened message lacks (1.3)."""

    message: Handle


class OpenRequest(_Model):
    """Asks for the verdict on a message."""

    type: Literal["request"]
    id: Id
    operation: Literal["open"]
    params: OpenParams


class PartRequest(_Model):
    """Asks for the body of a part."""

    type: Literal["request"]
    id: Id
    operation: Literal["part"]
    params: PartParams


class CloseRequest(_Model):
    """Closes an opened message."""

    type: Literal["request"]
    id: Id
    operation: Literal["close"]
    params: CloseParams


class IssuersRequest(_Model):
    """Asks for missing certificates to be fetched, and for the verdict with them (1.3)."""

    type: Literal["request"]
    id: Id
    operation: Literal["issuers"]
    params: IssuersParams


class VaultCreateParams(WithSecrets):
    """`vault_create` makes the vault with this passphrase; `recovery` asks for a code to be printed."""

    passphrase: Secret
    recovery: bool


class VaultUnlockParams(WithSecrets):
    """`vault_unlock` opens it: `secret` is the passphrase or the recovery code, and null for the keychain."""

    way: Literal["passphrase", "recovery", "keychain"]
    secret: Secret | None


class VaultPassphraseParams(WithSecrets):
    """`vault_passphrase` replaces the passphrase."""

    current: Secret
    new: Secret


class VaultStatusRequest(_Model):
    """Asks whether there is a vault, and whether this host has it unlocked."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_status"]
    params: NoParams


class VaultCreateRequest(_Model):
    """Makes the vault, which is unlocked then."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_create"]
    params: VaultCreateParams


class VaultUnlockRequest(_Model):
    """Unlocks the vault for this host."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_unlock"]
    params: VaultUnlockParams


class VaultLockRequest(_Model):
    """Locks the vault here, and asks every other host to."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_lock"]
    params: NoParams


class VaultPassphraseRequest(_Model):
    """Changes the passphrase, and leaves the vault unlocked."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_passphrase"]
    params: VaultPassphraseParams


class KeyListRequest(_Model):
    """Asks for the person's own keys and their certificates, which are readable while locked."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_list"]
    params: NoParams


class Cancel(_Model):
    """Stops a request; it ends with the error `cancelled`."""

    type: Literal["cancel"]
    id: Id


# --- Host → client ------------------------------------------------------------------------------------------------


class Limits(_Model):
    """What this host accepts and keeps. Octets, except `requests` and `open_messages`."""

    frame_in: int
    frame_out: int
    chunk: int
    requests: int
    message: int
    open_messages: int


class HostHello(_Model):
    """The host's first frame, sent at once and unasked."""

    type: Literal["hello"]
    protocol: VersionText
    product: ShortText
    operations: list[str]
    limits: Limits


class Progress(_Model):
    """How far a long request is, in octets. `total` is null where it is unknown. At most four a second."""

    type: Literal["progress"]
    id: Id
    done: Octets
    total: Octets | None


class PartReply(_Model):
    """What the chunks that follow will hold: `size` octets, decoded from their transfer encoding."""

    size: Octets
    type: str
    charset: str | None
    name: str | None


class CloseReply(_Model):
    """Nothing more to say."""


class VaultStatus(_Model):
    """The vault: is there one, is it locked for this host, does a recovery code or the keychain open it, and after how
    many seconds without use it locks itself."""

    exists: bool
    locked: bool
    recovery: bool
    keychain: bool
    idle_seconds: int


class VaultCreated(_Model):
    """The new vault, and the recovery code, which is shown now and never again."""

    status: VaultStatus
    recovery_code: str | None


class KeyList(_Model):
    """The own keys, and how many things in the vault are damaged (`letterlock keys test` names them)."""

    keys: list[OwnKey]
    damaged: int


class Reply(_Model):
    """The answer to a request. It ends the request, except for `part`, whose last chunk does."""

    type: Literal["reply"]
    id: Id
    result: (
        Opened
        | PartReply
        | VaultStatus
        | VaultCreated
        | KeyList
        | KeyRequested
        | KeyCertified
        | KeyImported
        | KeyExported
        | KeyDefaultSet
        | KeyChecked
        | KeyNotices
        | PeopleList
        | PeopleImported
        | PeopleRemoved
        | PeopleFound
        | Recipients
        | TokenList
        | TokensUnlocked
        | CloseReply
    )


class Update(_Model):
    """An opened message's verdict was renewed (1.3). It answers no request; `result` replaces what was said before."""

    type: Literal["update"]
    message: Handle
    result: Opened


class Failure(_Model):
    """A stable code for programs, a sentence and advice for people, whose fault it is, and the facts."""

    code: str
    sentence: str
    advice: str
    fault: Literal["mail", "client", "user", "host"]
    facts: dict[str, str | int | bool | list[str] | None]


class ErrorFrame(_Model):
    """A request failed and has ended, or (`id` null) a frame could not be attributed to a request."""

    type: Literal["error"]
    id: Id | None
    error: Failure


Request = (
    OpenRequest
    | PartRequest
    | CloseRequest
    | IssuersRequest
    | VaultStatusRequest
    | VaultCreateRequest
    | VaultUnlockRequest
    | VaultLockRequest
    | VaultPassphraseRequest
    | KeyListRequest
    | KeyCreateRequest
    | KeyRequestRequest
    | KeyCertifyRequest
    | KeyRenewRequest
    | KeyImportRequest
    | KeyExportRequest
    | KeyDefaultRequest
    | KeyCheckRequest
    | KeyNoticesRequest
    | PeopleListRequest
    | PeopleImportRequest
    | PeopleRemoveRequest
    | PeopleLookupRequest
    | RecipientsRequest
    | TokenListRequest
    | TokenUnlockRequest
    | TokenLockRequest
)
ClientFrame = ClientHello | Request | Chunk | Credit | Cancel
HostFrame = HostHello | Credit | Progress | Chunk | Reply | Update | ErrorFrame

REQUESTS: dict[str, type[Request]] = {
    "open": OpenRequest,
    "part": PartRequest,
    "close": CloseRequest,
    "issuers": IssuersRequest,
    "vault_status": VaultStatusRequest,
    "vault_create": VaultCreateRequest,
    "vault_unlock": VaultUnlockRequest,
    "vault_lock": VaultLockRequest,
    "vault_passphrase": VaultPassphraseRequest,
    "key_list": KeyListRequest,
    "key_create": KeyCreateRequest,
    "key_request": KeyRequestRequest,
    "key_certify": KeyCertifyRequest,
    "key_renew": KeyRenewRequest,
    "key_import": KeyImportRequest,
    "key_export": KeyExportRequest,
    "key_default": KeyDefaultRequest,
    "key_check": KeyCheckRequest,
    "key_notices": KeyNoticesRequest,
    "people_list": PeopleListRequest,
    "people_import": PeopleImportRequest,
    "people_remove": PeopleRemoveRequest,
    "people_lookup": PeopleLookupRequest,
    "recipients": RecipientsRequest,
    "token_list": TokenListRequest,
    "token_unlock": TokenUnlockRequest,
    "token_lock": TokenLockRequest,
}
"""The request of each operation of protocol 1."""

CLIENT_FRAMES: dict[str, type[ClientHello | Chunk | Credit | Cancel]] = {
    "hello": ClientHello,
    "chunk": Chunk,
    "credit": Credit,
    "cancel": Cancel,
}
"""The other frames a client may send, by their `type`."""
