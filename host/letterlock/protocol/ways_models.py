"""The ways in which accounts send, in the protocol (1.8): providers' APIs, signing in there, and what a client carries
through a webmail's own page.

An account that does not send by SMTP is in `account_list` too, with the one server of its way as `smtp`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from letterlock.protocol.key_models import Address
from letterlock.protocol.sending_models import AccountId, BatchId, Line, MailSecret
from letterlock.protocol.shapes import Handle, Id, NoParams, Octets, Shape, WithSecrets
from letterlock.verdict import Reason

Url = Annotated[str, StringConstraints(max_length=2_048)]
WayName = Literal["smtp", "gmail", "graph", "jmap", "webmail"]


class SignInPlace(Shape):
    """Where the person signs in (OAuth 2), and as which program: configuration that the person or the organisation
    gives. `revocation`: "" where the provider has none."""

    authorization: Url
    token: Url
    revocation: Url
    client_id: Line
    scope: Annotated[str, StringConstraints(max_length=1_000)]


class WayPutParams(WithSecrets):
    """`way_put`: how an address sends. `account`: "" for a new one; an existing one with `way` "smtp" gets only its
    `sign_in`. `host` and `port`: of the API; `site`: the webmail's origin, for `webmail` alone. `secret`: a token that
    was given by hand, null where a person signs in, or to leave what is kept."""

    account: Annotated[str, StringConstraints(max_length=320)]
    address: Address
    way: WayName
    host: Annotated[str, StringConstraints(max_length=255)]
    port: Annotated[int, Field(ge=1, le=65_535)]
    site: Url
    sign_in: SignInPlace | None
    secret: MailSecret | None


class WayPutRequest(Shape):
    """Keeps how an address sends."""

    type: Literal["request"]
    id: Id
    operation: Literal["way_put"]
    params: WayPutParams


class WayListRequest(Shape):
    """Asks how each account sends. Needs no unlocked vault."""

    type: Literal["request"]
    id: Id
    operation: Literal["way_list"]
    params: NoParams


class SignInBeginParams(WithSecrets):
    """`sign_in_begin`: of which account; `redirect`: where the browser is led back to; `secret`: the client's, "" where
    the provider gives none."""

    account: AccountId
    redirect: Url
    secret: MailSecret


class SignInBeginRequest(Shape):
    """Asks for the address at which the person signs in. What belongs to it stays in the host's memory."""

    type: Literal["request"]
    id: Id
    operation: Literal["sign_in_begin"]
    params: SignInBeginParams


class SignInFinishParams(WithSecrets):
    """`sign_in_finish`: the whole address that the browser was led back to."""

    answer: Annotated[str, StringConstraints(max_length=16_384)]


class SignInFinishRequest(Shape):
    """Fetches the tokens, and keeps them in the vault."""

    type: Literal["request"]
    id: Id
    operation: Literal["sign_in_finish"]
    params: SignInFinishParams


class SignInEndParams(Shape):
    """`sign_in_end`: of which account."""

    account: AccountId


class SignInEndRequest(Shape):
    """Forgets the tokens, and asks the provider to withdraw them."""

    type: Literal["request"]
    id: Id
    operation: Literal["sign_in_end"]
    params: SignInEndParams


class CarryTakeParams(Shape):
    """`carry_take`: the next of a batch after the one with this number (-1: the first). `anyway`: also what may have
    been sent, because a person says so."""

    batch: BatchId
    after: Annotated[int, Field(ge=-1)]
    anyway: bool


class CarryTakeRequest(Shape):
    """Takes a message that is to go through a webmail's page; nobody else sends it as long as the client says that it
    is `working`, at least every 20 seconds."""

    type: Literal["request"]
    id: Id
    operation: Literal["carry_take"]
    params: CarryTakeParams


class CarryToldParams(Shape):
    """`carry_told`: what became of it. `ending` before the page is told to send it: an error means that it must not be.
    `refused`: the webmail says that it was not sent; `failed`: it never came to it. `detail`: the page's own words."""

    item: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    fate: Literal["working", "ending", "sent", "refused", "failed"]
    detail: Line


class CarryToldRequest(Shape):
    """Says what becomes of a message that was taken."""

    type: Literal["request"]
    id: Id
    operation: Literal["carry_told"]
    params: CarryToldParams


class CarryEndParams(Shape):
    """`carry_end`: of which batch."""

    batch: BatchId


class CarryEndRequest(Shape):
    """Ends the carrying of a batch, and asks what became of it."""

    type: Literal["request"]
    id: Id
    operation: Literal["carry_end"]
    params: CarryEndParams


# --- Replies


class KeptWay(Shape):
    """How an account sends. `signed_in`: tokens or a password are kept. `largest`: octets of the largest message that
    it takes, where that is known beforehand."""

    account: str
    address: str
    way: WayName
    host: str
    port: int
    site: str
    sign_in: SignInPlace | None
    signed_in: bool
    largest: int | None


class WayPreset(Shape):
    """A provider whose places are known; the client's id is missing, since everybody registers their own."""

    name: str
    way: WayName
    host: str
    sign_in: SignInPlace


class WayList(Shape):
    """Every account, oldest first; and the providers that are known, with the organisation's client ids."""

    ways: list[KeptWay]
    presets: list[WayPreset]


class SignInBegun(Shape):
    """Where the person signs in."""

    url: str


class SignInEnded(Shape):
    """Whether the provider has withdrawn the tokens, and why not where it should have. Here they are gone."""

    revoked: bool
    reason: Reason | None


class Carried(Shape):
    """A message, whose octets `part` fetches as part `1` of `message`. `again`: a copy of which an earlier attempt may
    have come to its end."""

    id: str
    number: int
    role: Literal["message", "copy"]
    sender: str
    recipients: list[str]
    message_id: str
    size: Octets
    again: bool


class CarryTaken(Shape):
    """The next message, and the handle for `part` and `close`; nulls: there is nothing more to do."""

    item: Carried | None
    message: Handle | None
