"""The verdict: what is said about a message, in the one shape that every client shows and `--json` prints.

It knows the shape and the words, and picks the headline. It refuses to know how anything was found out:
`operations.open` fills it from what `mime`, `cms` and `trust` report. Separate facts stay separate (content
unchanged, who signed, on whose word that is believed, kind of encryption); one function picks the headline,
and no user interface decides anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from letterlock.words import say


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class SignatureStatus(StrEnum):
    """What a signature is worth to the reader."""

    NONE = "none"
    """No signature."""
    VALID = "valid"
    """Covers all that is shown, intact, and a trusted signer names the From address."""
    MISMATCH = "mismatch"
    """As valid, but no trusted signer names the From address."""
    UNTRUSTED = "untrusted"
    """Intact, but nobody the reader trusts says who signed it."""
    PARTIAL = "partial"
    """Covers only a part of what is shown, or only ciphertext."""
    INVALID = "invalid"
    """The content was changed, or the signature is broken or malformed."""


class EncryptionStatus(StrEnum):
    """What became of the encryption."""

    NONE = "none"
    DECRYPTED = "decrypted"
    UNDECRYPTABLE = "undecryptable"
    REFUSED = "refused"


class Reason(_Shape):
    """Something that led to the status, or a remark: a code for programs, a sentence for people, what helps."""

    code: str
    facts: dict[str, str | int | bool | list[str] | None]
    sentence: str
    advice: str


class Headline(_Shape):
    """The one line a person reads first."""

    code: str
    sentence: str
    advice: str


class Signature(_Shape):
    """The status of the message's signature, and the ids of the parts it covers."""

    status: SignatureStatus
    covers: list[str]


class Encryption(_Shape):
    """What became of the encryption, and whether the ciphertext was authenticated."""

    status: EncryptionStatus
    authenticated: bool


class CertificateSummary(_Shape):
    """A certificate, as a person compares it. Times are ISO 8601 in UTC; serial and sha256 are lower-case hex."""

    subject: str
    name: str
    issuer: str
    serial: str
    not_before: str
    not_after: str
    sha256: str
    key: str
    addresses: list[str]


class Anchor(_Shape):
    """On whose word a path is trusted."""

    name: str
    sha256: str
    source: Literal["user", "argument", "organisation", "mozilla", "system"]


class PathResult(_Shape):
    """The RFC 5280 §6 result alone, without address or mail profile. `chain` runs from the signer to the anchor.

    `assurance` (protocol 1.1) is what a public authority says it checked; null where it says nothing, or where the
    path is not valid.
    """

    valid: bool
    reasons: list[Reason]
    chain: list[CertificateSummary]
    anchor: Anchor | None
    assurance: Reason | None = None


MomentKind = Literal["signed", "time_stamped", "time_stamp_refused", "received", "first_opened", "checked"]


class Moment(_Shape):
    """One moment in the life of a signed message, for a time line.

    `at` is null where it cannot be told; `by` says whose word it is, where somebody's. `proven` is false for what is
    only claimed. `counts` marks the moment at which the certificates were judged: the earliest confirmed time-stamp,
    else the first opening on this computer, else the check. `reason` says why a time-stamp is not confirmed.
    """

    kind: MomentKind
    at: str | None
    by: str | None
    proven: bool
    counts: bool
    label: str
    note: str
    reason: Reason | None


class Signer(_Shape):
    """One SignerInfo. `certificate` is null where the message does not carry it; `signing_time` is only a claim.

    `checked_at` is the time at which the certificates were judged; `times` (protocol 1.2) says where it comes from.
    """

    status: SignatureStatus
    certificate: CertificateSummary | None
    addresses: list[str]
    signing_time: str | None
    checked_at: str
    digest_algorithm: str
    signature_algorithm: str
    path: PathResult | None
    reasons: list[Reason]
    times: list[Moment] = []


class Layer(_Shape):
    """One S/MIME layer, outermost first. `part` is the id of the MIME entity that holds it."""

    kind: Literal["signed", "encrypted", "compressed", "certificates", "unknown"]
    form: Literal["multipart", "opaque"]
    part: str
    status: str


class HeaderDifference(_Shape):
    """A header field whose protected value differs from the outer one."""

    name: str
    outer: str | None
    protected: str | None


class HeaderSet(_Shape):
    """The header fields that people rely on, decoded. Several fields of one name are all listed."""

    from_: list[str]
    sender: list[str]
    reply_to: list[str]
    to: list[str]
    cc: list[str]
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


class Headers(_Shape):
    """Outer header fields, the cryptographically protected ones if any, and where they differ."""

    outer: HeaderSet
    protected: HeaderSet | None
    differences: list[HeaderDifference]


class Verdict(_Shape):
    """Everything that is said about one message."""

    signature: Signature
    encryption: Encryption
    headline: Headline
    reasons: list[Reason]
    signers: list[Signer]
    layers: list[Layer]
    headers: Headers


class Part(_Shape):
    """One displayable leaf of the message. Its decoded body (`size` octets) is fetched by `id`.

    `choices` (1.7): for each multipart/alternative around it, outermost first, the id of the alternative that it
    belongs to; those of one multipart/alternative differ in their last number only, and the last one is the richest
    (RFC 2046 §5.1.4). `format` and `delsp` (1.7) say how a text/plain was broken into lines (RFC 3676).
    """

    id: str
    type: str
    charset: str | None
    name: str | None
    disposition: Literal["inline", "attachment"]
    content_id: str | None
    size: int
    covered: bool
    choices: list[str] = []
    format: Literal["fixed", "flowed"] = "fixed"
    delsp: bool = False


class Opened(_Shape):
    """The reply of `open`. `message` names the opened message in later `part` requests; null on the command line."""

    verdict: Verdict
    parts: list[Part]
    message: str | None


def reason(code: str, facts: dict[str, Any], language: str = "en") -> Reason:
    """A reason with its words, in `language`."""
    words = say(code, facts, language)
    return Reason(code=code, facts=facts, sentence=words.sentence, advice=words.advice)


def headline(
    signature: SignatureStatus,
    encryption: EncryptionStatus,
    signers: Sequence[Signer],
    senders: Sequence[str],
    reasons: Sequence[Reason],
    language: str = "en",
    checked: bool = True,
) -> Headline:
    """The one line for a verdict. Danger first, then what was opened, then who signed.

    A refused or failed decryption outranks everything, because nothing behind it was seen. An encryption that
    was opened is said beside the signature (`encryption.status`), never mixed into it: encrypted is not signed.
    `senders` are the From addresses; `checked` is false if no signature could be checked at all, and then nothing
    is said of the content, either.
    """
    if encryption is EncryptionStatus.UNDECRYPTABLE and any(each.code == "vault_locked" for each in reasons):
        return _headline("encryption_locked", {}, language)
    if encryption is EncryptionStatus.UNDECRYPTABLE and any(each.code == "token_pin_needed" for each in reasons):
        return _headline("encryption_card_locked", {}, language)
    if encryption is EncryptionStatus.UNDECRYPTABLE and all(each.code != "no_recipient_key" for each in reasons):
        return _headline("encryption_failed", {}, language)
    if encryption in (EncryptionStatus.REFUSED, EncryptionStatus.UNDECRYPTABLE):
        return _headline(f"encryption_{encryption.value}", {}, language)
    if signature is SignatureStatus.NONE and encryption is EncryptionStatus.DECRYPTED:
        return _headline("encryption_decrypted", {}, language)
    facts: dict[str, Any] = {}
    if signature is SignatureStatus.VALID:
        facts = _confirmed(next(signer for signer in signers if signer.status is signature), senders)
    elif signature is SignatureStatus.MISMATCH:
        # With several From addresses a signer may name one of them; those not named make it a mismatch.
        trusted = (SignatureStatus.VALID, SignatureStatus.MISMATCH)
        named = [address for signer in signers if signer.status in trusted for address in _names(signer)]
        facts = {"sender": list(senders) or ["–"], "signer": named}
    elif signature is SignatureStatus.UNTRUSTED:
        facts = {"reason": reasons[0].sentence if reasons else "–"}
        if not checked:
            return _headline("signature_unchecked", facts, language)
    return _headline(f"signature_{signature.value}", facts, language)


def _confirmed(signer: Signer, senders: Sequence[str]) -> dict[str, Any]:
    anchor = signer.path.anchor if signer.path else None
    return {
        "name": signer.certificate.name if signer.certificate else "–",
        "address": list(senders),
        "anchor": anchor.name if anchor else "–",
    }


def _names(signer: Signer) -> list[str]:
    return signer.addresses or [signer.certificate.name if signer.certificate else "–"]


def _headline(code: str, facts: dict[str, Any], language: str) -> Headline:
    words = say(code, facts, language)
    return Headline(code=code, sentence=words.sentence, advice=words.advice)
