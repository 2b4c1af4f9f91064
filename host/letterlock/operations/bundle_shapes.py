"""What is said about an evidence bundle: what `--json` prints and the report shows. Nothing is decided here."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from letterlock.verdict import CertificateSummary, Headline, Reason, Verdict
from letterlock.verdict import reason as worded


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class BundleStatus(StrEnum):
    """What the evidence is worth. None of them says "proven": what is not proven is said beside each."""

    HOLDS = "holds"
    """Nothing was altered, and everything that was looked for is there."""
    LIMITED = "limited"
    """Nothing was altered; the signature held at a confirmed time, with the limits in `reasons`."""
    NOT_PROVEN = "not_proven"
    """Nothing was altered, but who signed, or when, cannot be told for certain."""
    ALTERED = "altered"
    """Something is not as it was when it was time-stamped; `reasons` name the objects."""
    SAVED = "saved"
    """What was known when the bundle was made, before it had a time-stamp: the report inside a bundle."""


class Proof(_Shape):
    """The octets that prove a statement: an object of the bundle."""

    object: str
    sha256: str


class Statement(_Shape):
    """Something that the bundle shows, and by which octets."""

    code: str
    facts: dict[str, str | int | bool | list[str] | None]
    sentence: str
    proof: list[Proof]


class TimeStampChecked(_Shape):
    """One time-stamp. `secured_at` is by when it had to be good; `until`, until when it is good by itself."""

    object: str
    manifest: str
    kind: Literal["first", "renewal"]
    time: str | None
    authority: str | None
    policy: str | None
    algorithms: list[str]
    relied_on: bool
    secured_at: str
    until: str | None
    chain: list[CertificateSummary]
    reasons: list[Reason]


class ObjectChecked(_Shape):
    """One object, and the manifests that have its digest."""

    name: str
    size: int
    sha256: str
    covered_by: list[str]
    altered: bool


class MessageSummary(_Shape):
    """The message by what its outer header says; the sender wrote it."""

    sha256: str
    size: int
    from_: list[str]
    to: list[str]
    subject: str | None
    date: str | None

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_"),
        serialize_by_alias=True,
    )


class Checked(_Shape):
    """Everything that is said about one bundle.

    `existed_by`: the time by which the message and its signature existed, by the word of a time-stamping authority.
    `renew_by`: until when the bundle proves that by itself; null where it proves nothing, or no end is known.
    `verdict`: the message, opened as of `existed_by` with what the bundle holds and the anchors given.
    """

    status: BundleStatus
    headline: Headline
    at: str
    existed_by: str | None
    renew_by: str | None
    message: MessageSummary
    statements: list[Statement]
    not_proven: list[Reason]
    reasons: list[Reason]
    time_stamps: list[TimeStampChecked]
    objects: list[ObjectChecked]
    verdict: Verdict | None


def statement(code: str, facts: dict[str, Any], language: str, proof: list[Proof]) -> Statement:
    """A statement with its words, in `language`."""
    said = worded(code, facts, language)
    return Statement(code=code, facts=facts, sentence=said.sentence, proof=proof)
