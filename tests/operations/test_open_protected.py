"""Header protection as read: RFC 9788, its forerunner, wrapped messages, and everybody who would misuse them."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.cms import RecipientKey
from letterlock.operations import identities, trust
from letterlock.operations.open import OpenedMessage
from letterlock.operations.trust import TrustSettings
from tests.opened_mail import boundary, codes, entity, opened, outside, status, text
from tests.signed_mail import DemoMail

ANNA = b"Anna Muster <anna@muster.example>"
DATE = b"Tue, 24 Nov 2026 10:00:00 +0000"
BODY = b"The roof is ready.\r\n"


def inside(
    subject: bytes = b"The roof", hp: bytes = b'hp="clear"', sender: bytes | None = ANNA, more: bytes = b"",
    kind: bytes = b"text/plain", body: bytes = BODY,
) -> bytes:  # fmt: skip
    """An entity that carries header fields, as RFC 9788 §2 has it."""
    fields = b"From: " + sender + b"\r\n" if sender else b""
    fields += b"To: Bert Beispiel <bert@beispiel.example>\r\nSubject: " + subject + b"\r\nDate: " + DATE + b"\r\n"
    return fields + more + b"Content-Type: " + kind + b"; " + hp + b"\r\n\r\n" + body


def signed(demo: DemoMail, content: bytes, subject: bytes | None = b"The roof", sender: bytes = ANNA) -> bytes:
    raw = demo.sign("x", content)
    return outside(outside(outside(raw, b"Subject", subject), b"Date", DATE), b"From", sender)


def encrypted(demo: DemoMail, content: bytes, subject: bytes | None = b"[...]") -> bytes:
    return outside(outside(demo.encrypt("x", content), b"Subject", subject), b"Date", DATE)


HP_OUTER = (
    b"HP-Outer: From: " + ANNA + b"\r\nHP-Outer: To: Bert Beispiel <bert@beispiel.example>\r\n"
    b"HP-Outer: Subject: [...]\r\nHP-Outer: Date: " + DATE + b"\r\n"
)  # fmt: skip
CIPHER = b'hp="cipher"'


def header_codes(message: OpenedMessage) -> list[str]:
    """The reasons that are about header fields."""
    about = {"from_differs", "headers_changed", "encryption_removed", "subject_readable"}
    return [code for code in codes(message) if code in about]


# --- What honest senders write ---------------------------------------------------------------------------------


def test_signed_fields_are_shown(demo: DemoMail, trusting: TrustSettings) -> None:
    """hp="clear": the fields inside are those of the message, and nothing differs."""
    message = opened(signed(demo, inside()), trusting)
    headers = message.verdict.headers
    assert status(message) == "valid", codes(message)
    assert headers.protected
    assert (headers.protected.subject, headers.protected.from_) == ("The roof", [ANNA.decode()])
    assert headers.differences == []
    assert header_codes(message) == []


def test_a_hidden_subject_is_shown_and_nobody_warns(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]
) -> None:
    """hp="cipher" with HP-Outer: the difference is what the sender wanted."""
    message = opened(encrypted(demo, inside(hp=CIPHER, more=HP_OUTER)), trusting, own_keys)
    headers = message.verdict.headers
    assert headers.protected
    assert headers.protected.subject == "The roof"
    assert [(each.name, each.outer, each.protected) for each in headers.differences] == [
        ("Subject", "[...]", "The roof")
    ]
    assert header_codes(message) == []


def test_signed_and_encrypted(demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]) -> None:
    """The payload's root is inside both layers."""
    content = entity(demo.sign("x", inside(hp=CIPHER, more=HP_OUTER)))
    message = opened(encrypted(demo, content), trusting, own_keys)
    assert status(message) == "valid", codes(message)
    assert message.verdict.headers.protected
    assert message.verdict.headers.protected.subject == "The roof"
    assert header_codes(message) == []


def test_a_readable_subject_is_told(demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]) -> None:
    """Encrypted mail without header protection: the remark that others could read its subject, at the end."""
    raw = encrypted(demo, b"Content-Type: text/plain\r\n\r\nx\r\n", b"Divorce papers")
    assert codes(opened(raw, trusting, own_keys))[-1] == "subject_readable"
    for hidden in (b"...", b"[...]", None):
        assert "subject_readable" not in codes(opened(outside(raw, b"Subject", hidden), trusting, own_keys))
    shown = encrypted(demo, inside(hp=CIPHER, more=HP_OUTER.replace(b"[...]", b"The roof")), b"The roof")
    assert header_codes(opened(shown, trusting, own_keys)) == ["subject_readable"]


@pytest.mark.parametrize("mark", [b"forwarded=no", b"x=y"])
def test_a_message_wrapped_whole(demo: DemoMail, trusting: TrustSettings, mark: bytes) -> None:
    """S/MIME 3.1 wraps the whole message in message/rfc822."""
    inner = b"Content-Type: message/rfc822; " + mark + b"\r\n\r\n" + inside(hp=b"x=y")
    message = opened(signed(demo, inner, b"Something else"), trusting)
    assert status(message) == "valid"
    assert message.verdict.headers.protected
    assert message.verdict.headers.protected.subject == "The roof"
    assert header_codes(message) == ["headers_changed"]
    assert text(message) == BODY


def test_a_wrapped_message_inside_an_encryption(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]
) -> None:
    """The older form hides a subject without saying so; `...` is such a one, another word is not."""
    inner = b"Content-Type: message/rfc822\r\n\r\n" + inside(hp=b"x=y")
    hidden = opened(encrypted(demo, inner, b"..."), trusting, own_keys)
    assert hidden.verdict.headers.protected
    assert (hidden.verdict.headers.protected.subject, header_codes(hidden)) == ("The roof", [])
    other = opened(encrypted(demo, inner, b"Pay now"), trusting, own_keys)
    assert header_codes(other) == ["headers_changed"]


@pytest.mark.parametrize(
    ("mark", "sender"), [(b"", b"boss@muster.example"), (b"; forwarded=yes", ANNA), (b"", b"x@evil.example")]
)
def test_a_forwarded_message_is_an_attachment(
    demo: DemoMail, trusting: TrustSettings, mark: bytes, sender: bytes
) -> None:
    """Somebody else's mail, signed by who forwards it: attached, its fields are nobody's but its own."""
    inner = b"Content-Type: message/rfc822" + mark + b"\r\n\r\n" + inside(sender=sender)
    message = opened(signed(demo, inner), trusting)
    assert message.verdict.headers.protected is None
    assert [part.type for part in message.parts] == ["message/rfc822"]
    assert status(message) == "valid"


@pytest.mark.parametrize("kind", ["plain", "html", "mixed"])
def test_legacy_display_elements_are_not_shown_twice(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey], kind: str
) -> None:
    """What repeats the subject for older programs is left out, of the octets and of the size."""
    element = b"Subject: The roof\r\n"
    marked = CIPHER + b'; hp-legacy-display="1"'
    content = {
        "plain": inside(hp=marked, more=HP_OUTER, body=element + b"\r\n" + BODY),
        "html": inside(
            hp=marked, more=HP_OUTER, kind=b"text/html",
            body=b'<html><body><div class="header-protection-legacy-display"><pre>' + element.strip()
            + b"</pre></div>" + BODY + b"</body></html>",
        ),
        "mixed": inside(
            hp=b'boundary=b; protected-headers="v1"', kind=b"multipart/mixed",
            body=b'--b\r\nContent-Type: text/plain; protected-headers="v1"\r\n\r\n' + element
            + b"\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + BODY + b"\r\n--b--\r\n",
        ),
    }[kind]  # fmt: skip
    message = opened(encrypted(demo, content), trusting, own_keys)
    (part,) = message.parts
    assert b"Subject" not in text(message)
    assert b"display" not in text(message)
    assert BODY in text(message)
    assert part.size == len(text(message))


@pytest.mark.parametrize(
    "element",
    [
        b"Subject: Another\r\n",
        b"Subject: The roof\r\nPlease pay to another account.\r\n",
        b"Please pay to another account.\r\n",
        b"Subject: The roof\r\nBcc: x@evil.example\r\n",
    ],
)
def test_no_words_hide_as_a_legacy_display_element(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey], element: bytes
) -> None:
    """Left out is only what repeats the protected fields; anything else would be read elsewhere and not here."""
    marked = CIPHER + b'; hp-legacy-display="1"'
    plain = inside(hp=marked, more=HP_OUTER, body=element + b"\r\n" + BODY)
    page = b'<div class="header-protection-legacy-display"><pre>' + element + b"</pre></div>"
    html = inside(hp=marked, more=HP_OUTER, kind=b"text/html", body=page + BODY)
    for content in (plain, html):
        assert element in text(opened(encrypted(demo, content), trusting, own_keys))


def test_nothing_is_left_out_of_what_was_not_encrypted(demo: DemoMail, trusting: TrustSettings) -> None:
    """Everybody sees the fields of signed mail; it has no legacy display elements (RFC 9788 §5.2)."""
    content = inside(hp=b'hp="cipher"; hp-legacy-display="1"', body=b"Subject: The roof\r\n\r\n" + BODY)
    assert b"Subject: The roof" in text(opened(signed(demo, content), trusting))


# --- What was changed outside ----------------------------------------------------------------------------------

CHANGES: dict[str, tuple[bytes, bytes | None]] = {
    "Subject": (b"Subject", b"New account number"),
    "To": (b"To", b"everybody@evil.example"),
    "Cc": (b"Cc", b"x@evil.example"),
    "Reply-To": (b"Reply-To", b"x@evil.example"),
    "Sender": (b"Sender", b"list@lists.example"),
    "Date": (b"Date", b"Tue, 24 Nov 2020 10:00:00 +0000"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_field_changed_outside_is_told(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey], name: str
) -> None:
    """Changed or added on the way, signed or encrypted: which field it was, with both values."""
    field, value = CHANGES[name]
    for raw in (signed(demo, inside()), encrypted(demo, inside(hp=CIPHER, more=HP_OUTER))):
        message = opened(outside(raw, field, value), trusting, own_keys)
        (told,) = [reason for reason in message.verdict.reasons if reason.code == "headers_changed"]
        assert told.facts["fields"] == [name]
        (difference,) = [each for each in message.verdict.headers.differences if each.name == name]
        assert difference.outer == (value or b"").decode()


def test_how_a_field_is_written_is_no_difference(demo: DemoMail, trusting: TrustSettings) -> None:
    """Servers fold, encode anew and write dates in other zones."""
    raw = signed(demo, inside(subject=b"=?utf-8?q?D=C3=A4cher?= are ready"))
    raw = outside(raw, b"Subject", b"=?utf-8?b?RMOkY2hlcg==?=\r\n are  ready")
    raw = outside(raw, b"Date", b"Tue, 24 Nov 2026 11:00:00 +0100")
    raw = outside(raw, b"From", b'"Anna Muster" <anna@muster.example>')
    message = opened(raw, trusting)
    assert message.verdict.headers.differences == []
    assert header_codes(message) == []


# --- Who would misuse it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", [b"boss@muster.example", b"x@evil.example", b"Anna <carla@partner.example>"])
def test_a_sender_outside_whom_nobody_names(demo: DemoMail, trusting: TrustSettings, sender: bytes) -> None:
    """Mail programs show the outer From: a signature that names only the inner one confirms nobody there."""
    message = opened(signed(demo, inside(), sender=sender), trusting)
    assert status(message) == "mismatch"
    assert "from_differs" in codes(message)
    assert message.verdict.headline.code == "signature_mismatch"


@pytest.mark.parametrize("sender", [b"boss@muster.example", b"anna@muster.example.evil.example"])
def test_a_sender_inside_whom_nobody_names(demo: DemoMail, trusting: TrustSettings, sender: bytes) -> None:
    """Anna signs as somebody else inside, with her own address outside."""
    message = opened(signed(demo, inside(sender=sender)), trusting)
    assert status(message) == "mismatch"
    assert "from_differs" in codes(message)


@pytest.mark.parametrize(
    "sender",
    [
        b"anna@muster.example, boss@muster.example",
        ANNA + b"\r\nFrom: boss@muster.example",
        b"anna@muster.example (boss@muster.example",
        b"Group: anna@muster.example;",
        b"nobody at all",
    ],
)
def test_odd_senders_inside_are_never_valid(demo: DemoMail, trusting: TrustSettings, sender: bytes) -> None:
    """Several From fields, several mailboxes, and what cannot be read: inside as outside."""
    message = opened(signed(demo, inside(sender=sender)), trusting)
    assert status(message) == "mismatch", codes(message)


def test_without_a_sender_inside_the_outer_one_counts(demo: DemoMail, trusting: TrustSettings) -> None:
    """As in a message without header protection: it neither helps nor harms."""
    assert status(opened(signed(demo, inside(sender=None)), trusting)) == "valid"
    assert status(opened(signed(demo, inside(sender=None), sender=b"x@evil.example"), trusting)) == "mismatch"


def test_an_encrypted_sender_is_not_believed(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]
) -> None:
    """Anybody can encrypt: an inner From is worth nothing without a signature, and its difference is told."""
    raw = encrypted(demo, inside(hp=CIPHER, sender=b"boss@muster.example", more=HP_OUTER))
    message = opened(raw, trusting, own_keys)
    assert status(message) == "none"
    assert header_codes(message) == ["from_differs"]
    # HP-Outer cannot talk it away, by saying that another name was meant to stand outside.
    assert [each.name for each in message.verdict.headers.differences] == ["From", "Subject"]


def test_hp_outer_that_lies(demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]) -> None:
    """HP-Outer is compared with what stands outside; and it means nothing beside hp="clear"."""
    lying = HP_OUTER.replace(b"[...]", b"Lunch")
    assert header_codes(opened(encrypted(demo, inside(hp=CIPHER, more=lying)), trusting, own_keys)) == [
        "headers_changed"
    ]
    ignored = opened(signed(demo, inside(more=HP_OUTER), b"[...]"), trusting)
    assert header_codes(ignored) == ["headers_changed"]
    nonsense = inside(hp=CIPHER, more=HP_OUTER + b"HP-Outer: nonsense\r\nHP-Outer:\r\n")
    assert header_codes(opened(encrypted(demo, nonsense), trusting, own_keys)) == []


def test_passed_on_without_its_encryption(demo: DemoMail, trusting: TrustSettings) -> None:
    """Who could decrypt Anna's mail sends its signed inside to somebody else (surreptitious forwarding)."""
    message = opened(signed(demo, inside(hp=CIPHER, more=HP_OUTER), b"[...]"), trusting)
    assert header_codes(message) == ["encryption_removed"]


UNPROTECTED = {
    "no layer at all": lambda demo: outside(inside(), b"MIME-Version", b"1.0"),
    "hp outside the signature": lambda demo: demo.sign("x", b"Content-Type: text/plain\r\n\r\nx\r\n").replace(
        b"micalg=", b'hp="clear"; micalg=', 1
    ),
    "a part that is not the root": lambda demo: demo.sign(
        "x", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + inside(b"Pay") + b"\r\n--b--\r\n"
    ),
    "a signed part among others": lambda demo: (
        b"From: anna@muster.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + entity(demo.sign("x", inside(b"Pay")))
        + b"\r\n--b\r\n\r\nfooter\r\n--b--\r\n"
    ),
    "a third part beside": lambda demo: _third_part(demo.sign("x", inside(b"Pay"))),
    "a broken signature": lambda demo: demo.sign("x", inside(b"Pay")).replace(b"The roof is", b"The moon is"),
    "another value": lambda demo: demo.sign("x", inside(b"Pay", hp=b'hp="yes"')),
    "fields without hp": lambda demo: demo.sign("x", inside(b"Pay", hp=b"charset=utf-8")),
    "an attached message": lambda demo: demo.sign(
        "x",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + inside(b"Pay")
        + b"\r\n--b--\r\n",
    ),
}


def _third_part(raw: bytes) -> bytes:
    head, _, tail = raw.rpartition(boundary(raw) + b"--")
    return head + boundary(raw) + b"\r\n\r\nmore\r\n" + boundary(raw) + b"--" + tail


@pytest.mark.parametrize("name", UNPROTECTED)
def test_fields_that_nobody_protects(demo: DemoMail, trusting: TrustSettings, name: str) -> None:
    """Only the root of what is inside all layers carries protected fields (RFC 9788 §2)."""
    message = opened(UNPROTECTED[name](demo), trusting)
    assert message.verdict.headers.protected is None
    assert message.verdict.headers.differences == []
    assert message.verdict.headers.outer.subject != "Pay"


def test_of_two_sets_the_innermost_counts(demo: DemoMail, trusting: TrustSettings) -> None:
    """Fields of a layer in between are not the payload's."""
    between = entity(demo.sign("x", inside(b"Inner"))).replace(b"micalg=", b'hp="clear"; micalg=', 1)
    message = opened(demo.sign("x", b"Subject: Between\r\nFrom: boss@muster.example\r\n" + between), trusting)
    assert message.verdict.headers.protected
    assert message.verdict.headers.protected.subject == "Inner"


def test_an_encryption_of_somebody_elses_inside(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]
) -> None:
    """A wrapper that says hp="cipher" around a signed part: the signature is one around a part."""
    wrapper = inside(
        b"Pay", hp=CIPHER + b"; boundary=w", kind=b"multipart/mixed",
        body=b"--w\r\n" + entity(demo.sign("x", inside(b"The roof"))) + b"\r\n--w--\r\n",
    )  # fmt: skip
    message = opened(encrypted(demo, wrapper), trusting, own_keys)
    assert status(message) == "partial"


# --- What others wrote -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bobs(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> list[RecipientKey]:
    """Bob's key of the protected-headers drafts."""
    (empty := tmp_path_factory.mktemp("bob") / "passphrase").write_text("")
    return identities.given([corpora / "notmuch/test/smime/bob.p12"], empty)


def test_the_drafts_messages(corpora: Path, bobs: list[RecipientKey]) -> None:
    """Every S/MIME message of the protected-headers drafts: status, real subject, and no legacy display part."""
    settings = TrustSettings(tuple(trust.given([corpora / "notmuch/test/smime/ca.crt"])))
    rows = [
        row for row in json.loads((corpora / "expected.json").read_text())
        if row["path"].split("/")[0] in ("autocrypt-ph", "notmuch")
    ]  # fmt: skip
    for row in rows:
        message = opened((corpora / row["path"]).read_bytes(), settings, bobs, datetime(2026, 2, 1, tzinfo=UTC))
        expected = row["expected"]
        assert status(message) == ("valid" if expected["signature"] else "none"), row["path"]
        assert (message.verdict.encryption.status == "decrypted") is (expected["decrypt"] == "ok"), row["path"]
        if "corpora/pkcs7" in row["path"]:
            assert message.verdict.headers.protected is None
            continue
        protected = message.verdict.headers.protected
        assert protected
        assert protected.subject in ("The FooCorp contract", "BarCorp contract signed, let's go!"), row["path"]
        assert protected.from_ == ["Alice Lovelace <alice@smime.example>"]
        assert header_codes(message) == [], row["path"]
        assert len(message.parts) == 1
        assert b"Subject:" not in text(message)
    assert len(rows) == 11


def test_openpgp_with_protected_headers_protects_nothing_here(corpora: Path) -> None:
    """notmuch's OpenPGP messages, phony and misplaced headers among them: named, and none of their fields believed."""
    seen = 0
    for file in sorted((corpora / "notmuch/test/corpora/protected-headers").iterdir()):
        if file.name.startswith("smime"):
            continue
        message = opened(file.read_bytes(), TrustSettings())
        assert codes(message) == ["openpgp_message"], file.name
        assert (status(message), message.verdict.headers.protected) == ("none", None), file.name
        seen += 1
    assert seen >= 12


def test_the_standards_own_message(corpora: Path) -> None:
    """RFC 9788 appendix C.1.2: hp="clear", all fields the same inside and outside; signed by Alice."""
    raw = (corpora / "rfc9788-sample/smime-multipart-hp.eml").read_bytes()
    message = opened(raw, TrustSettings(), at=datetime(2026, 2, 1, tzinfo=UTC))
    assert message.verdict.headers.protected
    assert message.verdict.headers.protected.subject == "smime-multipart-hp"
    assert message.verdict.headers.differences == []
    (signer,) = message.verdict.signers
    assert (signer.addresses, signer.signing_time) == (["alice@smime.example"], "2021-02-20T15:07:02Z")
    assert codes(message)[0] == "issuer_unknown", "intact; the sample authority's root is not part of the folder"
    changed = opened(re.sub(rb"(?m)^Subject: s", b"Subject: S", raw, count=1), TrustSettings())
    assert header_codes(changed) == ["headers_changed"]


def test_encoded_as_quoted_printable(demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey]) -> None:
    """Legacy display elements are looked for in the decoded text, in base64 as well."""
    words = base64.encodebytes(b"Subject: The roof\r\n\r\n" + BODY)
    content = inside(
        hp=CIPHER + b'; hp-legacy-display="1"', more=HP_OUTER + b"Content-Transfer-Encoding: base64\r\n", body=words
    )
    message = opened(encrypted(demo, content), trusting, own_keys)
    assert text(message) == BODY
