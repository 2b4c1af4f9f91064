"""What the host says in protocol 1, and everything that either side may say.

The JSON Schema and the TypeScript declarations are generated from here (`letterlock.protocol.generate`). The host
itself writes plain objects (`answers`); a test holds each of them against these.
"""

from __future__ import annotations

from typing import Literal

from letterlock.protocol.evidence_models import EvidenceSaved, EvidenceSaveRequest
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
)
from letterlock.protocol.letter_models import (
    Answering,
    AnswerRequest,
    DraftAttachRequest,
    DraftDetachRequest,
    DraftFile,
    DraftKept,
    DraftList,
    DraftListRequest,
    DraftOpened,
    DraftOpenRequest,
    DraftPutRequest,
    DraftRemoved,
    DraftRemoveRequest,
)
from letterlock.protocol.models import (
    Cancel,
    Chunk,
    ClientHello,
    CloseRequest,
    Credit,
    IssuersRequest,
    OpenRequest,
    PartRequest,
)
from letterlock.protocol.owa_models import OwaLast, OwaLastRequest
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
from letterlock.protocol.proof_models import (
    JournalList,
    JournalListRequest,
    JournalReport,
    JournalVerifyRequest,
    ReceiptGiven,
    ReceiptGiveRequest,
    ReceiptMade,
    ReceiptMakeRequest,
)
from letterlock.protocol.sending_models import (
    AccountChecked,
    AccountCheckRequest,
    AccountFindRequest,
    AccountFound,
    AccountList,
    AccountListRequest,
    AccountPutRequest,
    AccountRemoveRequest,
    Outbox,
    OutboxForgetRequest,
    OutboxForgotten,
    OutboxListRequest,
    OutboxRetried,
    OutboxRetryRequest,
    SendRequest,
    Sent,
)
from letterlock.protocol.settings_models import (
    HostReport,
    HostReportRequest,
    Settings,
    SettingsChangeRequest,
    SettingsListRequest,
)
from letterlock.protocol.shapes import Handle, Id, Octets, Shape, ShortText, VersionText
from letterlock.protocol.trust_models import (
    TrustAddRequest,
    TrustChangeRequest,
    TrustList,
    TrustListRequest,
    TrustRead,
    TrustReadRequest,
    TrustRemoveRequest,
)
from letterlock.protocol.vault_models import (
    KeyList,
    KeyListRequest,
    VaultCreated,
    VaultCreateRequest,
    VaultLockRequest,
    VaultPassphraseRequest,
    VaultStatus,
    VaultStatusRequest,
    VaultUnlockRequest,
)
from letterlock.protocol.ways_models import (
    CarryEndRequest,
    CarryTaken,
    CarryTakeRequest,
    CarryToldRequest,
    SignInBeginRequest,
    SignInBegun,
    SignInEnded,
    SignInEndRequest,
    SignInFinishRequest,
    WayList,
    WayListRequest,
    WayPutRequest,
)
from letterlock.protocol.writing_models import Protected, ProtectRequest
from letterlock.verdict import Opened


class Limits(Shape):
    """What this host accepts and keeps. Octets, except `requests` and `open_messages`."""

    frame_in: int
    frame_out: int
    chunk: int
    requests: int
    message: int
    open_messages: int


class HostHello(Shape):
    """The host's first frame, sent at once and unasked."""

    type: Literal["hello"]
    protocol: VersionText
    product: ShortText
    operations: list[str]
    limits: Limits


class Progress(Shape):
    """How far a long request is, in octets. `total` is null where it is unknown. At most four a second."""

    type: Literal["progress"]
    id: Id
    done: Octets
    total: Octets | None


class PartReply(Shape):
    """What the chunks that follow will hold: `size` octets, decoded from their transfer encoding.

    For a part as text `charset` is "utf-8", and `size` that of the part as it is in the mail.
    """

    size: Octets
    type: str
    charset: str | None
    name: str | None


class CloseReply(Shape):
    """Nothing more to say."""


class Reply(Shape):
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
        | Protected
        | Answering
        | DraftKept
        | DraftFile
        | DraftList
        | DraftOpened
        | DraftRemoved
        | EvidenceSaved
        | TokenList
        | TokensUnlocked
        | JournalList
        | JournalReport
        | ReceiptMade
        | ReceiptGiven
        | TrustList
        | TrustRead
        | AccountList
        | AccountFound
        | AccountChecked
        | Sent
        | Outbox
        | OutboxRetried
        | OutboxForgotten
        | WayList
        | SignInBegun
        | SignInEnded
        | CarryTaken
        | OwaLast
        | Settings
        | HostReport
        | CloseReply
    )


class Update(Shape):
    """An opened message's verdict was renewed (1.3). It answers no request; `result` replaces what was said before."""

    type: Literal["update"]
    message: Handle
    result: Opened


class Failure(Shape):
    """A stable code for programs, a sentence and advice for people, whose fault it is, and the facts."""

    code: str
    sentence: str
    advice: str
    fault: Literal["mail", "client", "user", "host"]
    facts: dict[str, str | int | bool | list[str] | None]


class ErrorFrame(Shape):
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
    | ProtectRequest
    | AnswerRequest
    | DraftPutRequest
    | DraftAttachRequest
    | DraftDetachRequest
    | DraftListRequest
    | DraftOpenRequest
    | DraftRemoveRequest
    | TokenListRequest
    | TokenUnlockRequest
    | TokenLockRequest
    | JournalListRequest
    | JournalVerifyRequest
    | ReceiptMakeRequest
    | ReceiptGiveRequest
    | EvidenceSaveRequest
    | TrustListRequest
    | TrustReadRequest
    | TrustAddRequest
    | TrustRemoveRequest
    | TrustChangeRequest
    | AccountListRequest
    | AccountPutRequest
    | AccountRemoveRequest
    | AccountFindRequest
    | AccountCheckRequest
    | SendRequest
    | OutboxListRequest
    | OutboxRetryRequest
    | OutboxForgetRequest
    | WayListRequest
    | WayPutRequest
    | SignInBeginRequest
    | SignInFinishRequest
    | SignInEndRequest
    | CarryTakeRequest
    | CarryToldRequest
    | CarryEndRequest
    | OwaLastRequest
    | SettingsListRequest
    | SettingsChangeRequest
    | HostReportRequest
)
ClientFrame = ClientHello | Request | Chunk | Credit | Cancel
HostFrame = HostHello | Credit | Progress | Chunk | Reply | Update | ErrorFrame
