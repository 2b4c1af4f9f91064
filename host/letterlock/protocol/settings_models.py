"""What a person has set, in the protocol (1.8), and what is told of this installation to whoever helps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from letterlock import limits
from letterlock.protocol.shapes import Id, NoParams, Shape

Sender = Annotated[str, StringConstraints(max_length=limits.ADDRESS_CHARACTERS)]
Encrypting = Literal["never", "possible", "always"]
IdleSeconds = Annotated[int, Field(ge=limits.VAULT_IDLE_LEAST, le=limits.VAULT_IDLE_MOST)]


class SettingsListRequest(Shape):
    """Asks what the person has set. Whose word counts is asked by `trust_list`."""

    type: Literal["request"]
    id: Id
    operation: Literal["settings_list"]
    params: NoParams


class WritingDefault(Shape):
    """What new mail from an address starts with; an empty address stands for all that have nothing of their own.

    `encrypt` "possible": to be encrypted as soon as everybody can read it.
    """

    address: Sender
    sign: bool
    encrypt: Encrypting


class SettingsChangeParams(Shape):
    """`settings_change`: what is null stays as it is. `forget` takes back what an address starts with."""

    idle_seconds: IdleSeconds | None
    writing: WritingDefault | None
    forget: Sender | None
    keep_evidence: Sender | None
    keep_no_evidence: Sender | None


class SettingsChangeRequest(Shape):
    """Changes what the person has set."""

    type: Literal["request"]
    id: Id
    operation: Literal["settings_change"]
    params: SettingsChangeParams


class HostReportRequest(Shape):
    """Asks what this installation is made of. The answer holds no address, no name, no path and no secret."""

    type: Literal["request"]
    id: Id
    operation: Literal["host_report"]
    params: NoParams


# --- Replies


class EvidenceSettings(Shape):
    """Whose valid mail is kept as evidence (an address, or "@" with a domain), and in which folder."""

    senders: list[str]
    folder: str


class Settings(Shape):
    """What the person has set, or what holds where they set nothing."""

    idle_seconds: int
    writing: list[WritingDefault]
    evidence: EvidenceSettings


class HostReport(Shape):
    """What this installation is made of: versions, and which parts that are not always needed are there.

    `store` is "good", "new" (nothing was kept yet), or the code of what is wrong with the database.
    """

    product: str
    protocol: str
    python: str
    system: str
    openssl: str
    libraries: dict[str, str]
    extras: dict[str, bool]
    store: str
