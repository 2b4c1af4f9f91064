"""Other people's certificates and own tokens in the protocol (1.6): the requests about them, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from letterlock.protocol.key_models import Address, File
from letterlock.protocol.shapes import Id, NoParams, Secret, Shape, ShortText, WithSecrets
from letterlock.verdict import CertificateSummary, Reason

Asked = Annotated[list[Annotated[str, StringConstraints(max_length=320)]], Field(min_length=1, max_length=100)]
"""Addresses as they were typed; what is none is said of each."""
TokenName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""A token's label, or its serial number."""


class PeopleListParams(Shape):
    """`people_list`: of one address or (null) all, from the `after`th on; a reply has at most 200."""

    address: Address | None
    after: Annotated[int, Field(ge=0, le=1_000_000)]


class PeopleListRequest(Shape):
    """Asks whose certificates are kept."""

    type: Literal["request"]
    id: Id
    operation: Literal["people_list"]
    params: PeopleListParams


class PeopleImportParams(Shape):
    """`people_import`: a file of certificates (PEM, DER, PKCS #7) or vCards, and what it is called."""

    file: File
    name: Annotated[str, StringConstraints(max_length=255)]


class PeopleImportRequest(Shape):
    """Keeps the certificates of a file."""

    type: Literal["request"]
    id: Id
    operation: Literal["people_import"]
    params: PeopleImportParams


class PeopleRemoveParams(Shape):
    """`people_remove`: an address, and the first digits of a SHA-256, or none for all of its certificates."""

    address: Address
    sha256: Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9a-f]*$")]


class PeopleRemoveRequest(Shape):
    """Forgets certificates of an address."""

    type: Literal["request"]
    id: Id
    operation: Literal["people_remove"]
    params: PeopleRemoveParams


class PeopleLookupParams(Shape):
    """`people_lookup`: whose certificate is wanted, and whether the DNS is asked beside the directories."""

    address: Address
    dns: bool


class PeopleLookupRequest(Shape):
    """Asks the person's directories and the DNS, which so learn whom he wants to write to."""

    type: Literal["request"]
    id: Id
    operation: Literal["people_lookup"]
    params: PeopleLookupParams


class RecipientsParams(Shape):
    """`recipients`: who is to be encrypted to."""

    addresses: Asked


class RecipientsRequest(Shape):
    """Asks who can be encrypted to, with which certificates and algorithm, and what would help the others."""

    type: Literal["request"]
    id: Id
    operation: Literal["recipients"]
    params: RecipientsParams


class TokenListRequest(Shape):
    """Asks which tokens are there. Needs no PIN."""

    type: Literal["request"]
    id: Id
    operation: Literal["token_list"]
    params: NoParams


class TokenUnlockParams(WithSecrets):
    """`token_unlock`: which token, and its PIN, which goes to the token and is kept nowhere."""

    token: TokenName
    pin: Secret


class TokenUnlockRequest(Shape):
    """Unlocks a token for this host, until it is locked or pulled."""

    type: Literal["request"]
    id: Id
    operation: Literal["token_unlock"]
    params: TokenUnlockParams


class TokenLockParams(Shape):
    """`token_lock`: which token, null for all."""

    token: TokenName | None


class TokenLockRequest(Shape):
    """Locks tokens for this host."""

    type: Literal["request"]
    id: Id
    operation: Literal["token_lock"]
    params: TokenLockParams


# --- Replies


class KeptPerson(Shape):
    """A certificate of somebody. `first` and `last`: when it was seen (UTC); `capabilities`: object identifiers that
    its owner said he decrypts, null where he said nothing; `preferred`: he asked for mail to be encrypted to it."""

    address: str
    certificate: CertificateSummary
    source: Literal["mail", "file", "vcard", "ldap", "dns", "own"]
    origin: str
    first: str
    last: str
    preferred: bool
    capabilities: list[str] | None


class PeopleList(Shape):
    """Some of the certificates, by address, and how many there are."""

    people: list[KeptPerson]
    total: int


class PeopleImported(Shape):
    """The certificates of people that the file held, and how many of them are new."""

    certificates: list[CertificateSummary]
    new: int


class PeopleRemoved(Shape):
    """How many certificates were forgotten."""

    removed: int


class PlaceAsked(Shape):
    """What one server or domain had for the address: certificates, or why none."""

    place: str
    certificates: list[CertificateSummary]
    failure: Reason | None


class PeopleFound(Shape):
    """Every place that was asked. What was found is kept."""

    places: list[PlaceAsked]


class OtherCertificate(KeptPerson):
    """A certificate that is not used, and why not (nothing: another one is newer)."""

    reasons: list[Reason]


class RecipientAnswer(Shape):
    """One address: the certificate that would be used, or why there is none and what would help."""

    address: str
    can_encrypt: bool
    certificate: KeptPerson | None
    reasons: list[Reason]
    others: list[OtherCertificate]


class Recipients(Shape):
    """Each address in the order asked; where all can be encrypted to, with which algorithm, and why that one."""

    recipients: list[RecipientAnswer]
    all: bool
    algorithm: ShortText | None
    reason: Reason | None


class TokenCertificate(Shape):
    """A certificate on a token."""

    sha256: str
    name: str
    addresses: list[str]
    not_after: str


class TokenFound(Shape):
    """A token that is there. `pin_pad`: its reader asks for the PIN itself; `pin_locked`: it takes none any more."""

    label: str
    serial: str
    maker: str
    model: str
    library: str
    pin_pad: bool
    pin_locked: bool
    certificates: list[TokenCertificate]


class TokenList(Shape):
    """The tokens that are there, those this host has unlocked (by the name they were unlocked with), and why a library
    could not be asked."""

    tokens: list[TokenFound]
    unlocked: list[str]
    failures: list[Reason]


class TokensUnlocked(Shape):
    """The tokens that this host has unlocked."""

    unlocked: list[str]
