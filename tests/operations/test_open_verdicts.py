"""What `open` says about good, odd and forged messages, each signed by OpenSSL."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from letterlock.cms import RecipientKey
from letterlock.errors import Cancelled, LetterlockError, NotAMessage, UnknownPart
from letterlock.operations import trust
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from letterlock.verdict import Verdict
from tests.needs import require_program
from tests.signed_mail import ANNA, DemoMail


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def settings(mail: DemoMail) -> TrustSettings:
    return TrustSettings(tuple(trust.given([mail.anchor])))


def opened(
    raw: bytes,
    settings: TrustSettings,
    at: datetime | None = None,
    step: int = 1000,
    keys: Sequence[RecipientKey] = (),
) -> OpenedMessage:
    opening = Opening(settings, at, keys=keys)
    for start in range(0, len(raw), step):
        opening.feed(raw[start : start + step])
    return opening.close()


def verdict(raw: bytes, settings: TrustSettings, at: datetime | None = None) -> Verdict:
    message = opened(raw, settings, at)
    message.close()
    return message.verdict


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("good", "valid"),
        ("opaque", "valid"),
        ("pss", "valid"),
        ("ecdsa", "valid"),
        ("changed", "invalid"),
        ("mismatch", "mismatch"),
        ("unknown_issuer", "untrusted"),
        ("unsigned", "none"),
    ],
)
def test_each_kind_of_message_has_its_status(mail: DemoMail, settings: TrustSettings, kind: str, status: str) -> None:
    """The demonstration's messages: good in every form, changed, by somebody else, from strangers, unsigned."""
    found = verdict(getattr(mail, kind)(), settings)
    assert found.signature.status == status, codes(found)
    assert found.headline.code == f"signature_{status}"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("changed", "content_changed"),
        ("mismatch", "address_not_named"),
        ("unknown_issuer", "issuer_unknown"),
        ("good", "revocation_not_checked"),
    ],
)
def test_the_first_reason_is_the_one_that_counts(mail: DemoMail, settings: TrustSettings, kind: str, code: str) -> None:
    """Each status comes with its reason first, in words and with advice."""
    found = verdict(getattr(mail, kind)(), settings)
    assert codes(found)[0] == code
    assert found.reasons[0].sentence != code


def test_a_good_signer_is_described(mail: DemoMail, settings: TrustSettings) -> None:
    """Name, address, chain from person to anchor, and on whose word."""
    (signer,) = verdict(mail.good(), settings).signers
    assert signer.certificate
    assert signer.certificate.name == "Anna Muster"
    assert signer.addresses == [ANNA.address]
    assert signer.path
    assert [each.name for each in signer.path.chain] == ["Anna Muster", "Muster AG Mail CA", "Muster AG Root CA"]
    assert signer.path.anchor
    assert signer.path.anchor.source == "argument"


def test_without_anchors_nobody_is_trusted(mail: DemoMail) -> None:
    """The same good message, for a reader who trusts nobody yet."""
    assert verdict(mail.good(), TrustSettings()).signature.status == "untrusted"


def test_what_was_not_checked_is_not_called_unchanged(mail: DemoMail, settings: TrustSettings) -> None:
    """Of a signature that cannot be checked the headline says that, and nothing about the content."""
    found = verdict(mail.md5(), settings)
    assert found.signature.status == "untrusted"
    assert found.headline.code == "signature_unchecked"
    assert codes(found)[0] == "signature_algorithm_refused"
    assert found.reasons[0].sentence in found.headline.sentence
    assert "nchanged" not in found.headline.sentence


def test_time_is_an_argument(mail: DemoMail, settings: TrustSettings) -> None:
    """Before and after the certificate's days the same message is not trusted, and the reason says why."""
    now = datetime.now(UTC)
    for at, code in (
        (now - timedelta(days=400), "certificate_not_yet_valid"),
        (now + timedelta(days=9000), "certificate_expired"),
    ):
        found = verdict(mail.good(), settings, at)
        assert found.signature.status == "untrusted"
        assert code in codes(found)


# --- Form ------------------------------------------------------------------------------------------------------


def test_lf_storage_is_intact(mail: DemoMail, settings: TrustSettings) -> None:
    """A mailbox that keeps LF line ends loses the CRLF that was signed; the message is the same."""
    assert verdict(mail.good().replace(b"\r\n", b"\n"), settings).signature.status == "valid"


def test_every_portion_gives_the_same_verdict(mail: DemoMail, settings: TrustSettings) -> None:
    """Uploads may be cut anywhere."""
    raw = mail.good()
    whole = opened(raw, settings, datetime(2026, 12, 1, tzinfo=UTC), len(raw)).verdict
    for step in (1, 7, 333):
        assert opened(raw, settings, datetime(2026, 12, 1, tzinfo=UTC), step).verdict == whole


def test_opaque_text_is_shown(mail: DemoMail, settings: TrustSettings) -> None:
    """The text inside an opaque signature is a part of the message and covered by it."""
    message = opened(mail.opaque(), settings)
    (part,) = message.parts
    assert (part.type, part.covered) == ("text/plain", True)
    assert b"EUR 18,400.00" in b"".join(message.body(part.id))
    with pytest.raises(UnknownPart):
        message.body("9.9")
    message.close()


def test_encrypted_is_said_to_be_encrypted(mail: DemoMail, settings: TrustSettings) -> None:
    """What this version cannot decrypt has its own code and no status that looks good."""
    found = verdict(mail.enveloped(), settings)
    assert found.encryption.status == "undecryptable"
    assert found.signature.status == "none"
    assert codes(found)[0] == "no_recipient_key"
    assert found.headline.code == "encryption_undecryptable"


@pytest.mark.parametrize("raw", [b"", b"\x00\x01\x02", b"hello world\n", b"a: b\n\nnothing of a mail\n"])
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    """Something without a mail's header section gets an error, not a verdict."""
    with pytest.raises(NotAMessage):
        verdict(raw, TrustSettings())


def test_cancel(mail: DemoMail, settings: TrustSettings) -> None:
    """A cancelled opening stops and keeps nothing."""
    opening = Opening(settings, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        opening.feed(mail.good())


# --- Forgery ---------------------------------------------------------------------------------------------------


def wrap(signed: bytes, before: bytes = b"", after: bytes = b"", subtype: bytes = b"mixed") -> bytes:
    """The signed message's entity inside a multipart of somebody else, with parts before and after it."""
    header, body = signed.split(b"\r\n\r\n", 1)
    lines = header.replace(b"\r\n ", b" ").split(b"\r\n")
    outer = [line for line in lines if not line.lower().startswith(b"content-")]
    inner = [line for line in lines if line.lower().startswith(b"content-")]
    parts = [each for each in (before, b"\r\n".join(inner) + b"\r\n\r\n" + body, after) if each]
    return (
        b"\r\n".join(outer)
        + b"\r\nContent-Type: multipart/" + subtype + b'; boundary="wrapper"\r\n\r\n'
        + b"".join(b"--wrapper\r\n" + each + b"\r\n" for each in parts)
        + b"--wrapper--\r\n"
    )  # fmt: skip


TEXT_PART = b"Content-Type: text/plain\r\n\r\nPlease pay to another account.\r\n"
HTML_PART = b"Content-Type: text/html\r\n\r\n<p>Please pay to another account.</p>\r\n"

FORGERIES: dict[str, Callable[[DemoMail], bytes]] = {
    "text before the signed part": lambda mail: wrap(mail.good(), before=TEXT_PART),
    "text after the signed part": lambda mail: wrap(mail.good(), after=TEXT_PART),
    "alternative to the signed part": lambda mail: wrap(mail.good(), after=HTML_PART, subtype=b"alternative"),
    "related to the signed part": lambda mail: wrap(mail.good(), before=HTML_PART, subtype=b"related"),
    "opaque beside text": lambda mail: wrap(mail.opaque(), before=TEXT_PART),
    "third part in multipart/signed": lambda mail: _insert_before_end(mail.good(), TEXT_PART),
    "part before the signed one": lambda mail: _insert_first(mail.good(), TEXT_PART),
    "second Content-Type": lambda mail: b"Content-Type: text/html\r\n" + mail.good(),
    "Content-Type after": lambda mail: mail.good().replace(b"MIME-V", b"Content-Type: text/html\r\nMIME-V", 1),
    "second From": lambda mail: b"From: boss@muster.example\r\n" + mail.good(),
    "two mailboxes in From": lambda mail: mail.good().replace(
        b"From: Anna Muster <anna@muster.example>", b"From: boss@muster.example, anna@muster.example", 1
    ),
    "address only in the display name": lambda mail: mail.good().replace(
        b"From: Anna Muster <anna@muster.example>", b'From: "anna@muster.example" <x@evil.example>', 1
    ),
    "address only in a comment": lambda mail: mail.good().replace(
        b"From: Anna Muster <anna@muster.example>", b"From: x@evil.example (anna@muster.example)", 1
    ),
    "address in an encoded word": lambda mail: mail.good().replace(
        b"From: Anna Muster <anna@muster.example>", b"From: =?utf-8?Q?anna=40muster.example?= <x@evil.example>", 1
    ),
    "group in From": lambda mail: mail.good().replace(
        b"From: Anna Muster <anna@muster.example>", b'From: "boss@evil.example": anna@muster.example;', 1
    ),
    "route in From": lambda mail: mail.good().replace(b"<anna@", b"<@boss.example:anna@", 1),
    "comment in the address": lambda mail: mail.good().replace(
        b"<anna@muster.example>", b"<anna@muster.example(> , <x@evil.example)>", 1
    ),
    "no From": lambda mail: mail.good().replace(b"From: ", b"X-From: ", 1),
    "NUL in From": lambda mail: mail.good().replace(b"<anna@muster.example>", b"<x@evil.example\0anna@m.example>", 1),
    "bare CR header": lambda mail: mail.good().replace(b"MIME-Version", b"X: y\rFrom: e@x\r\nMIME-Version", 1),
    "signature of another message": lambda mail: _swap_signature(mail.good(), mail.mismatch()),
    "signature removed": lambda mail: mail.good().replace(b"application/pkcs7-signature;", b"text/plain;"),
    "signature is not CMS": lambda mail: _with_signature(mail.good(), b"not CMS at all"),
    "signature empty": lambda mail: _with_signature(mail.good(), b""),
    "signature cut": lambda mail: _with_signature(mail.good(), _signature(mail.good())[:900]),
    "third part beside a signed one inside": lambda mail: _insert_before_end(
        mail.sign("New account number", _entity_of(mail.good())), TEXT_PART
    ),
    "third part in a stranger's signature around": lambda mail: _insert_before_end(
        _with_signature(mail.sign("New account number", _entity_of(mail.good())), b"no signature"), TEXT_PART
    ),
    "second multipart after the closing delimiter": lambda mail: (
        mail.good() + _boundary(mail.good()) + b"\r\n" + HTML_PART + b"\r\n" + _boundary(mail.good()) + b"--\r\n"
    ),
    "text in the signature part, with a second type": lambda mail: (
        mail.good()
        .replace(b'; name="smime.p7s"\r\n', b'; name="smime.p7s"\r\nContent-Type: text/html\r\n')
        .replace(b"\r\n" + _boundary(mail.good()) + b"--", b"=\r\n<p>Pay</p>\r\n" + _boundary(mail.good()) + b"--")
    ),
    "part between bare CRs in the preamble": lambda mail: mail.good().replace(
        b"This is an S/MIME", b"\r" + _boundary(mail.good()) + b"\r" + HTML_PART.replace(b"\r\n", b"\r"), 1
    ),
    "boundary with a backslash": lambda mail: mail.good().replace(b'boundary="--', b'boundary="\\--', 1),
    "boundary with a comment": lambda mail: mail.good().replace(b'boundary="', b'boundary=(") "', 1),
    "comment in the media type": lambda mail: mail.good().replace(b"/signed;", b"/signed(; boundary=x);", 1),
    "line of white space as the header's end": lambda mail: b"Note: pay to another account\r\n \r\n" + mail.good(),
    "white space before a colon": lambda mail: b"Note : pay to another account\r\n" + mail.good(),
    "two line ends added": lambda mail: mail.good().replace(
        b"\r\n" + _boundary(mail.good()) + b"\r\nContent-Type: app",
        b"\r\n\r\n\r\n" + _boundary(mail.good()) + b"\r\nContent-Type: app",
    ),
    "boundary with a tail": lambda mail: mail.good().replace(
        b"Kind regards", b"------=_signed_by_annaX\r\nKind regards", 1
    ),
}


def _boundary(raw: bytes) -> bytes:
    return b"--" + raw.split(b'boundary="', 1)[1].split(b'"', 1)[0]


def _entity_of(raw: bytes) -> bytes:
    """The MIME entity of a message, without the fields that only a message has."""
    header, body = raw.split(b"\r\n\r\n", 1)
    return header[header.index(b"Content-Type: ") :] + b"\r\n\r\n" + body


def _insert_before_end(raw: bytes, part: bytes) -> bytes:
    boundary = _boundary(raw)
    head, _, tail = raw.rpartition(boundary + b"--")
    return head + boundary + b"\r\n" + part + b"\r\n" + boundary + b"--" + tail


def _insert_first(raw: bytes, part: bytes) -> bytes:
    boundary = _boundary(raw)
    return raw.replace(boundary + b"\r\n", boundary + b"\r\n" + part + b"\r\n" + boundary + b"\r\n", 1)


def _signature(raw: bytes) -> bytes:
    return base64.b64decode(raw.rsplit(b'filename="smime.p7s"\r\n\r\n', 1)[1].split(b"\r\n--", 1)[0])


def _with_signature(raw: bytes, signature: bytes) -> bytes:
    head, mark, _ = raw.rpartition(b'filename="smime.p7s"\r\n\r\n')
    return head + mark + base64.encodebytes(signature) + b"\r\n" + _boundary(raw) + b"--\r\n"


def _swap_signature(raw: bytes, other: bytes) -> bytes:
    return _with_signature(raw.replace(b"four days early", b"five days early"), _signature(other))


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_is_valid(mail: DemoMail, settings: TrustSettings, name: str) -> None:
    """Each published way to make an unsigned text look signed ends in another status than `valid`."""
    found = verdict(FORGERIES[name](mail), settings)
    assert found.signature.status not in ("valid",), codes(found)


@pytest.mark.parametrize(
    ("sender", "told"),
    [
        (b'"boss@muster.example" <anna@muster.example>', True),
        (b"=?utf-8?q?boss=EF=BC=A0muster.example?= <anna@muster.example>", True),
        (b"anna@muster.example (boss@muster.example)", True),
        (b"boss@muster.example <anna@muster.example>", False),  # no address at all: from_unreadable
        (b'"anna@muster.example" <anna@muster.example>', False),
        (b'"Anna @ Muster AG" <anna@muster.example>', False),
    ],
)
def test_a_name_that_looks_like_another_address_is_told(
    mail: DemoMail, settings: TrustSettings, sender: bytes, told: bool
) -> None:
    """Mail readers show the name alone; the status goes by the address, and the reader learns of the difference."""
    found = verdict(mail.good().replace(b"Anna Muster <anna@muster.example>", sender, 1), settings)
    assert ("name_looks_like_address" in codes(found)) is told
    assert found.signature.status == ("mismatch" if b"example <" in sender else "valid")


def test_a_list_footer_makes_it_partial(mail: DemoMail, settings: TrustSettings) -> None:
    """The signed part is named, the footer is not covered, and nobody calls the whole message signed."""
    found = verdict(wrap(mail.good(), after=TEXT_PART), settings)
    assert found.signature.status == "partial"
    assert found.signature.covers == ["1.1.1"]
    assert codes(found)[0] == "signature_covers_part"


def test_a_wrapper_with_nothing_else_changes_nothing(mail: DemoMail, settings: TrustSettings) -> None:
    """A multipart/mixed that holds only the signed entity shows nothing that is not signed."""
    assert verdict(wrap(mail.good()), settings).signature.status == "valid"


def test_signed_around_ciphertext_is_partial(mail: DemoMail, settings: TrustSettings) -> None:
    """Encrypt-then-sign: the signer need not know what is inside."""
    header, body = mail.enveloped().split(b"\r\n\r\n", 1)
    entity = (
        header[header.index(b"Content-Type") :] + b"\r\n\r\n" + body.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    )
    raw = mail.sign("Offer", entity)
    found = verdict(raw, settings)
    assert found.signature.status == "partial"
    assert "signature_covers_ciphertext" in codes(found)


def test_a_layer_inside_a_layer(mail: DemoMail, settings: TrustSettings) -> None:
    """The innermost signature decides: an intact one around it adds nothing, a broken one is told."""
    twice = mail.sign("Invoice", _entity_of(mail.opaque()))
    found = verdict(twice, settings)
    assert found.signature.status == "valid"
    assert [(layer.form, layer.status) for layer in found.layers] == [("multipart", "valid"), ("opaque", "valid")]
    assert "outer_signature_present" in codes(found)
    broken = verdict(twice.replace(b'filename="smime.p7m"', b'filename="SMIME.p7m"', 1), settings)
    assert broken.signature.status == "valid"
    assert "outer_signature_broken" in codes(broken)
    assert "outer_signature_present" not in codes(broken)


def test_inner_signature_broken_inside_an_intact_one(mail: DemoMail, settings: TrustSettings) -> None:
    """An intact outer signature never improves the status."""
    assert verdict(mail.sign("Invoice", _entity_of(mail.changed())), settings).signature.status == "invalid"


def test_a_broken_part_in_a_footer_is_invalid(mail: DemoMail, settings: TrustSettings) -> None:
    """A broken signature around only a part is danger first, and a part second."""
    found = verdict(wrap(mail.changed(), after=TEXT_PART), settings)
    assert found.signature.status == "invalid"
    assert found.signature.covers == []
    assert codes(found)[0] == "content_changed"
    assert "signature_covers_part" in codes(found)


def test_date_far_from_signing_time_is_a_remark(mail: DemoMail, settings: TrustSettings) -> None:
    """A draft sent hours later is valid, and the difference is said."""
    raw = mail.good()
    later = re.sub(rb"Date: [^\r]+", b"Date: Fri, 01 Jan 2027 10:00:00 +0100", raw)
    assert "signing_time_differs" not in codes(verdict(raw, settings))
    found = verdict(later, settings)
    assert found.signature.status == "valid"
    assert "signing_time_differs" in codes(found)


def test_nothing_is_called_encrypted_that_is_not(mail: DemoMail, settings: TrustSettings) -> None:
    """A signed message is not encrypted, and no authentication of ciphertext is claimed."""
    found = verdict(mail.good(), settings)
    assert (found.encryption.status, found.encryption.authenticated) == ("none", False)


def test_no_changed_byte_of_what_is_signed_is_valid(mail: DemoMail, settings: TrustSettings) -> None:
    """Every octet of the signed part, changed in its lowest bit: never valid, never an internal error."""
    raw = mail.good()
    start = raw.index(b"Content-Type: text/plain")
    end = raw.index(b"\r\n" + _boundary(raw), start)
    for place in range(start, end, 3):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert verdict(changed, settings).signature.status != "valid", place


def test_no_damage_raises_anything_uncoded(mail: DemoMail, settings: TrustSettings) -> None:
    """Cut anywhere or with a byte changed anywhere, a message gets a verdict or a coded error."""
    raw = mail.good() + mail.opaque()
    for place in range(0, len(raw), 11):
        for damaged in (raw[:place], raw[:place] + b"\xff" + raw[place + 1 :], raw[:place] + b"\r\n\r\n" + raw[place:]):
            try:
                verdict(damaged, settings)
            except LetterlockError:
                continue


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (b"Reply-To: x@evil.example", "replies_go_elsewhere"),
        (b"Reply-To: Anna <anna@muster.example>, <x@evil.example>", "replies_go_elsewhere"),
        (b"Reply-To: (anna@muster.example", "replies_go_elsewhere"),
        (b"Reply-To: ANNA@muster.example", None),
        (b"Sender: list@lists.example", "sent_by_another"),
        (b"Sender: Anna Muster <anna@muster.example>", None),
    ],
)
def test_who_stands_beside_from_is_a_remark(
    mail: DemoMail, settings: TrustSettings, field: bytes, code: str | None
) -> None:
    """Sender and Reply-To name whom they like; the signature stands, and the reader learns of it at the end."""
    found = verdict(field + b"\r\n" + mail.good(), settings)
    told = [each for each in codes(found) if each in ("replies_go_elsewhere", "sent_by_another")]
    assert told == ([code] if code else [])
    assert found.signature.status == "valid"
    assert not codes(verdict(field + b"\r\n" + mail.unsigned(), settings))
