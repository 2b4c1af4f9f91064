"""Which parts a signature covers, and who is named, where a message holds several layers."""

from __future__ import annotations

import pytest

from letterlock import limits
from letterlock.mime.reader import Allowance
from letterlock.operations import trust
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from tests.needs import require_program
from tests.signed_mail import ANNA, DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nPlease pay to another account.\r\n"


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def settings(mail: DemoMail) -> TrustSettings:
    return TrustSettings(tuple(trust.given([mail.anchor])))


def opened(raw: bytes, settings: TrustSettings) -> OpenedMessage:
    opening = Opening(settings)
    opening.feed(raw)
    return opening.close()


def codes(message: OpenedMessage) -> list[str]:
    return [reason.code for reason in message.verdict.reasons]


def entity(raw: bytes) -> bytes:
    """The message without the header fields that are not about its content."""
    header, body = raw.split(b"\r\n\r\n", 1)
    return header[header.index(b"Content-Type: ") :] + b"\r\n\r\n" + body


def mixed(*parts: bytes, boundary: bytes = b"wrapper") -> bytes:
    """An entity of several parts."""
    inside = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n" + inside + b"--" + boundary + b"--\r\n"


def with_third_part(signed: bytes, part: bytes) -> bytes:
    boundary = b"--" + signed.split(b'boundary="', 1)[1].split(b'"', 1)[0]
    return signed.replace(boundary + b"--", boundary + b"\r\n" + part + b"\r\n" + boundary + b"--")


def test_a_part_in_a_broken_signature_is_not_covered(mail: DemoMail, settings: TrustSettings) -> None:
    """Beside the signed part stands another one whose own signature is broken: only the first is covered."""
    message = opened(with_third_part(mail.good(), mixed(entity(mail.changed()), TEXT)), settings)
    assert message.verdict.signature.status == "partial"
    assert {part.id: part.covered for part in message.parts} == {"1.1": True, "1.3.1.1": False, "1.3.2": False}
    assert message.verdict.signature.covers == ["1.1"]


def test_the_headline_names_who_signed_everything(mail: DemoMail, settings: TrustSettings) -> None:
    """Anna signs a message in which a part is signed by Carla: Anna is told first, and is alone in the headline."""
    raw = mail.sign("Forwarded", mixed(TEXT, entity(mail.mismatch())))
    good, other = opened(raw, settings), opened(raw.replace(ANNA.address.encode(), b"x@evil.example", 1), settings)
    for message, status in ((good, "valid"), (other, "mismatch")):
        assert message.verdict.signature.status == status
        first, second = (signer.certificate for signer in message.verdict.signers)
        assert first
        assert second
        assert (first.name, second.name) == ("Anna Muster", "Carla Conti")
        assert "carla" not in message.verdict.headline.sentence.lower()


@pytest.mark.parametrize("form", ["detached", "opaque"])
def test_what_was_not_signed_as_mail_is_no_signed_mail(mail: DemoMail, settings: TrustSettings, form: str) -> None:
    """Octets that were signed as something else (here: a time-stamp's content type), though they read like a mail."""
    options = ("-econtent_type", "1.2.840.113549.1.9.16.1.4")
    raw = mail.sign("Invoice", TEXT, *options) if form == "detached" else mail.opaque(*options)
    message = opened(raw, settings)
    assert message.verdict.signature.status == "invalid"
    assert codes(message)[0] == "content_not_supported"


def test_signers_of_all_parts_together_are_bounded(
    mail: DemoMail, settings: TrustSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many signed parts side by side: those beyond the limit are not checked, and so the whole is not intact."""
    raw = mixed_mail(mail, [entity(mail.good())] * 3)
    assert opened(raw, settings).verdict.signature.status == "partial"
    monkeypatch.setattr(limits, "SIGNERS_IN_MESSAGE", 2)
    message = opened(raw, settings)
    assert message.verdict.signature.status == "invalid"
    assert "too_many_signers" in codes(message)


def test_many_sender_addresses_name_nobody(mail: DemoMail, settings: TrustSettings) -> None:
    """A From field of a megabyte, each address of which would be compared and told."""
    several = b"From: Anna <anna@muster.example>, " + b", ".join(b"x%d@y.example" % n for n in range(limits.SENDERS))
    message = opened(mail.good().replace(b"From: Anna Muster <anna@muster.example>", several), settings)
    assert message.verdict.signature.status == "mismatch"
    assert "from_unreadable" in codes(message)


RICH = (
    b"From: anna@muster.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    b"--a\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed; delsp=yes\r\n\r\nGr\xfc\xdfe\r\n"
    b"--a\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
    b"--r\r\nContent-Type: text/html\r\n\r\n<meta charset=windows-1251>\xcf\xf0\xe8\r\n"
    b"--r\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\npng\r\n--r--\r\n--a--\r\n"
)


def test_alternatives_are_told_apart(settings: TrustSettings) -> None:
    """Whoever shows a multipart/alternative knows what stands for the same: text, or HTML with its picture."""
    parts = opened(RICH, settings).parts
    assert [(part.type, part.choices) for part in parts] == [
        ("text/plain", ["1.1"]),
        ("text/html", ["1.2"]),
        ("image/png", ["1.2"]),
    ]
    assert [(part.format, part.delsp) for part in parts] == [("flowed", True), ("fixed", False), ("fixed", False)]


def test_signed_alternatives_are_told_apart(mail: DemoMail, settings: TrustSettings) -> None:
    """So are alternatives inside a signature, and what stands beside a multipart/alternative belongs to none."""
    rich = RICH.split(b"MIME-Version: 1.0\r\n", 1)[1]
    plain = b"Content-Type: text/plain\r\n\r\nfooter"
    message = opened(
        mail.sign("Rich", mixed(rich, plain).replace(b"\xfc\xdf", b"ue").replace(b"\xcf\xf0\xe8", b"x")), settings
    )
    assert message.verdict.signature.status == "valid"
    assert [len(part.choices) for part in message.parts] == [1, 1, 1, 0]


def test_parts_are_read_as_text(settings: TrustSettings) -> None:
    """Text comes in UTF-8 whatever charset the mail, or the document itself, names."""
    message = opened(RICH, settings)
    read = [b"".join(message.text(part.id)).decode() for part in message.parts]
    assert read[:2] == ["Grüße", "<meta charset=windows-1251>При"]
    assert b"".join(message.body(message.parts[0].id)) == b"Gr\xfc\xdfe"


def mixed_mail(mail: DemoMail, parts: list[bytes]) -> bytes:
    """Ordinary mail with these parts."""
    header = mail.unsigned().split(b"Content-Type: ", 1)[0]
    return header + mixed(*parts)


def test_facts_of_any_size_fit_into_a_reply(mail: DemoMail, settings: TrustSettings) -> None:
    """What hostile mail puts into a reason is cut to what a person could read."""
    sender = b'"boss@y.example ' + b"x" * 500_000 + b'" <anna@muster.example>'
    message = opened(mail.good().replace(b"Anna Muster <anna@muster.example>", sender), settings)
    assert "name_looks_like_address" in codes(message)
    assert len(message.verdict.model_dump_json()) < 20_000


def test_what_is_signed_inside_counts_as_part_of_the_message(
    mail: DemoMail, settings: TrustSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts, header sections and ASN.1 values of all signed contents together are bounded, not of each alone."""
    raw = mixed_mail(mail, [entity(mail.opaque())] * 4)
    assert opened(raw, settings).verdict.signature.status == "partial"
    monkeypatch.setattr(limits, "CMS_VALUES_IN_MESSAGE", 300)
    message = opened(raw, settings)
    assert (message.verdict.signature.status, codes(message)[0]) == ("invalid", "cms_too_many_values")
    monkeypatch.undo()
    opening = Opening(settings)
    opening._allowance = opening._reader._allowance = Allowance(parts=7)
    opening.feed(raw)
    crowded = opening.close()
    assert (crowded.verdict.signature.status, codes(crowded)[0]) == ("invalid", "too_many_parts")
