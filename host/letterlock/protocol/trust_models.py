"""Whose word counts, in the protocol (1.7): the requests about anchors and about what is asked of the network."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from letterlock.protocol.key_models import File
from letterlock.protocol.shapes import Id, NoParams, Shape
from letterlock.verdict import CertificateSummary

FileName = Annotated[str, StringConstraints(max_length=255)]
Revocation = Literal["off", "at-hand", "crl", "ocsp", "strict"]


class TrustListRequest(Shape):
    """Asks whose word counts, and why."""

    type: Literal["request"]
    id: Id
    operation: Literal["trust_list"]
    params: NoParams


class TrustReadParams(Shape):
    """`trust_read`: a file of certificates (PEM, DER, PKCS #7), and what it is called."""

    file: File
    name: FileName


class TrustReadRequest(Shape):
    """Shows the certificates in a file; nothing is kept."""

    type: Literal["request"]
    id: Id
    operation: Literal["trust_read"]
    params: TrustReadParams


class TrustAddParams(Shape):
    """`trust_add`: a file, which of its certificates (by SHA-256), and why the person trusts them."""

    file: File
    name: FileName
    sha256: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]]
    note: Annotated[str, StringConstraints(max_length=200)]


class TrustAddRequest(Shape):
    """Keeps certificates of a file as anchors: the person has compared their fingerprints."""

    type: Literal["request"]
    id: Id
    operation: Literal["trust_add"]
    params: TrustAddParams


class TrustRemoveParams(Shape):
    """`trust_remove`: which anchor."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class TrustRemoveRequest(Shape):
    """Forgets an anchor of the person's own."""

    type: Literal["request"]
    id: Id
    operation: Literal["trust_remove"]
    params: TrustRemoveParams


class TrustChangeParams(Shape):
    """`trust_change`: what is null stays as it is."""

    mozilla: bool | None
    system: bool | None
    revocation: Revocation | None


class TrustChangeRequest(Shape):
    """Changes what the person has chosen. The organisation's word stays the last."""

    type: Literal["request"]
    id: Id
    operation: Literal["trust_change"]
    params: TrustChangeParams


# --- Replies


class AnchorKept(Shape):
    """An anchor of the person's own. `certificate` is null where what is kept cannot be decoded any more."""

    sha256: str
    certificate: CertificateSummary | None
    added: str
    note: str


class TrustList(Shape):
    """Whose word counts: the person's own anchors, the organisation's, and the lists that are used.

    `decided` names what the organisation has decided, which nobody else can change.
    """

    anchors: list[AnchorKept]
    organisation: list[CertificateSummary]
    mozilla: bool
    system: bool
    revocation: Revocation
    decided: list[Literal["mozilla", "system", "revocation"]]


class TrustRead(Shape):
    """The certificates in a file, in its order, and the anchors among them."""

    certificates: list[CertificateSummary]
    kept: list[str]
