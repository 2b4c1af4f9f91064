"""What a session tells its shell to do, in the order in which it is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from letterlock.protocol.key_models import (
    KeyCertifyParams,
    KeyCheckParams,
    KeyCreateParams,
    KeyDefaultParams,
    KeyExportParams,
    KeyImportParams,
    KeyRenewParams,
    KeyRequestParams,
)
from letterlock.protocol.models import (
    CloseParams,
    IssuersParams,
    OpenParams,
    PartParams,
    VaultCreateParams,
    VaultPassphraseParams,
    VaultUnlockParams,
)
from letterlock.protocol.people_models import (
    PeopleImportParams,
    PeopleListParams,
    PeopleLookupParams,
    PeopleRemoveParams,
    RecipientsParams,
    TokenLockParams,
    TokenUnlockParams,
)
from letterlock.protocol.shapes import NoParams
from letterlock.protocol.version import PROTOCOL, Version

Params = (
    OpenParams
    | PartParams
    | CloseParams
    | IssuersParams
    | NoParams
    | VaultCreateParams
    | VaultUnlockParams
    | VaultPassphraseParams
    | KeyCreateParams
    | KeyRequestParams
    | KeyCertifyParams
    | KeyRenewParams
    | KeyImportParams
    | KeyExportParams
    | KeyDefaultParams
    | KeyCheckParams
    | PeopleListParams
    | PeopleImportParams
    | PeopleRemoveParams
    | PeopleLookupParams
    | RecipientsParams
    | TokenUnlockParams
    | TokenLockParams
)


@dataclass(frozen=True)
class Outgoing:
    """Write these octets."""

    octets: bytes


@dataclass(frozen=True)
class Requested:
    """Start this operation."""

    request: str
    operation: str
    params: Params
    language: str
    version: Version = PROTOCOL
    """What both sides know."""


@dataclass(frozen=True)
class Uploaded:
    """More octets for a running request; when they have been taken, call `Session.consumed`."""

    request: str
    octets: bytes
    last: bool


@dataclass(frozen=True)
class Granted:
    """A running request may send more: `Session.credit` has grown."""

    request: str


@dataclass(frozen=True)
class Ended:
    """Stop this request. Its error has already been said."""

    request: str


Event = Outgoing | Requested | Uploaded | Granted | Ended
