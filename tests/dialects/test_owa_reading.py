"""Messages read for OWA: the same as `open` says, in OWA's shape, never better."""

from __future__ import annotations

import base64
import email
import json
from email import policy
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from letterlock.errors import LetterlockError
from letterlock.operations.open import Opening
from letterlock.operations.trust import settings
from letterlock.verdict import SignatureStatus
from tests import forged_mail
from tests.dialects.extension import create_message, initialise
from tests.dialects.office import Office, Person, answer, data_url, sender
from tests.forged_mail import Material
from tests.honest_mail import honest
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED
from tests.signed_mail import DemoMail

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, demo: DemoMail) -> Office:
    made = Office(tmp_path_factory.mktemp("office"))
    made.trusts(demo.anchor)
    return made


def read(office: Office, message: bytes, **more: Any) -> dict[str, Any]:
    """The `Message` object of a message that can be read."""
    found = answer(office.owa(), create_message(data_url(message), **more))
    assert found["ErrorCode"] == 0, office.logged
    return dict(found["Data"])


def code(office: Office, smime: object, person: Person | None = None) -> int:
    return int(answer(office.owa(person), {**create_message(""), "Smime": smime})["ErrorCode"])


def green(shown: dict[str, Any]) -> bool:
    said = shown["SmimeSignature"]
    return bool(said and said["IsHashMatched"] and said["IsCertValidToClient"])


MESSAGE = (
    b"From: Anna Muster <anna@muster.example>\r\nTo: Bea <bea@muster.example>\r\nSubject: Offerte\r\n"
    b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@muster.example>\r\nMIME-Version: 1.0\r\n"
)


def rich() -> bytes:
    """Two alternatives, a picture in the HTML, a file and a message attached."""
    made = email.message.EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = "anna@muster.example", "bea@muster.example", "Offerte"
    made["Date"], made["Message-ID"] = "Tue, 24 Nov 2026 10:00:00 +0000", "<2@muster.example>"
    made.set_content("Die Offerte.\n")
    made.add_alternative('<p>Die <b>Offerte</b>: <img src="cid:logo@muster"></p><script>x()</script>', subtype="html")
    html = made.get_body(("html",))
    assert html is not None
    html.add_related(PNG, "image", "png", cid="<logo@muster>", filename="logo.png")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Übersicht.pdf")
    nested = email.message.EmailMessage(policy=policy.SMTP)
    nested["From"], nested["Subject"] = "carla@partner.example", "Anfrage"
    nested.set_content("Bitte um Offerte.\n")
    made.add_attachment(nested)
    return made.as_bytes()


@pytest.mark.parametrize(("wish", "kind"), [(SIGNED, 11), (ENCRYPTED, 6), (BOTH, 13)])
def test_everything_in_a_message_is_there(office: Office, wish: Any, kind: int) -> None:
    """HTML with its picture, and the files; the poorer alternative is not shown twice."""
    shown = read(office, office.protected(rich(), wish))
    assert shown["SmimeType"] == kind
    assert shown["__type"] == "Message:#Exchange"
    assert shown["ItemClass"] == "IPM.Note.SMIME"
    body = shown["NormalizedBody"]
    assert (body["BodyType"], body["__type"]) == ("HTML", "BodyContentType:#Exchange")
    picture = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert body["Value"].strip() == f'<p>Die <b>Offerte</b>: <img src="{picture}"></p>'
    files = {each["Name"]: each for each in shown["Attachments"]}
    assert set(files) == {"logo.png", "Übersicht.pdf", "message.eml"}
    assert shown["HasAttachments"] is True
    assert files["logo.png"]["IsInline"] is True
    assert files["logo.png"]["ContentId"] == "logo@muster"
    assert files["Übersicht.pdf"]["IsInline"] is False
    assert base64.b64decode(files["Übersicht.pdf"]["Content"]) == b"%PDF-1.7"
    nested = email.message_from_bytes(base64.b64decode(files["message.eml"]["Content"]))
    assert (nested["subject"], files["message.eml"]["ContentType"]) == ("Anfrage", "message/rfc822")
    for each in files.values():
        assert each["__type"] == "FileAttachment:#Exchange"
        assert each["IsSmimeDecoded"] is True
        assert each["Size"] == len(base64.b64decode(each["Content"]))
        assert each["AttachmentId"]["__type"] == "AttachmentId:#Exchange"


def test_text_is_text(office: Office) -> None:
    """In its charset; without files there are none."""
    text = "Grüezi\r\n".encode("iso-8859-1")
    shown = read(office, office.protected(MESSAGE + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" + text))
    assert shown["NormalizedBody"]["BodyType"] == "Text"
    assert shown["NormalizedBody"]["Value"].strip() == "Grüezi"
    assert shown["Attachments"] is None
    assert shown["HasAttachments"] is False


def test_a_hidden_subject_is_told(office: Office) -> None:
    """RFC 9788 hides it outside; OWA would show “[...]”."""
    shown = read(office, office.protected(MESSAGE + b"Content-Type: text/plain\r\n\r\nx\r\n"))
    assert shown["Subject"] == "Offerte"
    for name in ("From", "ToRecipients", "Body", "Importance", "Sender"):
        assert shown[name] is None


def test_the_signer_s_certificate_is_shown(office: Office) -> None:
    """Names, days and the certificate itself."""
    said = read(office, office.protected(rich(), SIGNED))["SmimeSignature"]
    assert base64.b64decode(said["CertRawData"]) == office.der("anna")
    assert said["CertIssuedTo"] == "CN=anna@muster.example"
    assert said["CertIssuedBy"] == "Muster AG Mail CA"
    assert said["CertValidFrom"] < said["CertValidTo"]


def test_a_message_signed_again_around_an_encryption_is_read(office: Office) -> None:
    """Triple wrapped: the innermost signature decides."""
    from dataclasses import replace

    from letterlock.operations import protect
    from letterlock.operations.form import Form

    incoming = protect.Incoming()
    incoming.feed(rich())
    desk = replace(office.desk, form=Form(triple=True))
    (made,) = protect.plan(incoming.close(), BOTH, desk).make()
    triple = made.octets.read(0, len(made.octets))
    assert b"multipart/signed" in triple
    shown = read(office, triple)
    assert shown["SmimeType"] == 13
    assert green(shown)


def test_a_signature_is_green_where_the_sender_is_known(office: Office, demo: DemoMail) -> None:
    """A CMS object alone does not say who sent it; the whole entity does, and a request may."""
    assert green(read(office, demo.good()))
    opaque = demo.opaque()
    assert not green(read(office, opaque))
    assert green(read(office, opaque, From=sender(opaque)))
    assert green(read(office, opaque, SenderEmailAddress="anna@muster.example"))
    assert not green(read(office, opaque, From={"Mailbox": {"EmailAddress": "boss@muster.example"}}))
    assert not green(read(office, opaque, From={"Mailbox": {"EmailAddress": "a@b\r\nX: anna@muster.example"}}))


def test_every_kind_of_mail_is_as_good_as_open_says(office: Office, demo: DemoMail) -> None:
    """Odd but honest messages by OpenSSL: green exactly where the verdict is `valid`, the same text."""
    trusted, desk = settings(office.database), office.owa()
    count = greens = 0
    for name, _, message in [*honest(demo), *forged(demo)]:
        found = answer(desk, create_message(f"data:multipart/signed;base64,{base64.b64encode(message).decode()}"))
        opening = Opening(trusted)
        try:
            opening.feed(message)
            opened = opening.close()
        except LetterlockError:
            assert found["ErrorCode"] == 4, name
            continue
        verdict = opened.verdict
        if verdict.encryption.status.value in ("undecryptable", "refused"):
            assert found["ErrorCode"] == 4, name
            continue
        assert found["ErrorCode"] == 0, (name, office.logged[-1])
        shown = found["Data"]
        assert green(shown) is (verdict.signature.status is SignatureStatus.VALID), name
        assert (shown["SmimeSignature"] is None) is (verdict.signature.status is SignatureStatus.NONE), name
        octets = sum(part.size for part in opened.parts)
        handed = sum(each["Size"] for each in shown["Attachments"] or [])
        assert handed <= octets, name
        opened.close()
        count += 1
        greens += green(shown)
    assert count > 60
    assert 20 < greens < count


def forged(demo: DemoMail) -> list[tuple[str, str, bytes]]:
    """Some of the suite's forgeries, of every class; `tests/operations` opens all of them."""
    having = Material(demo)
    kinds = forged_mail.CLASSES.values()
    return [(name, "", raw) for kind in kinds for name, raw in islice(kind.make(having), 0, None, 7)]


OUTLOOK = "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test"


def test_mail_of_other_programs_is_read_as_open_reads_it(office: Office, corpora: Path) -> None:
    """Outlook's, Mac Outlook's, Thunderbird's and .NET's of the corpora: the same status and the same text."""
    files = [
        *sorted((corpora / OUTLOOK).glob("*.eml")),
        *sorted((corpora / "thunderbird/mailnews/test/data/smime").glob("*.eml")),
    ]
    trusted = settings(office.database)
    read_ones: dict[str, bool] = {}
    for file in files:
        message = file.read_bytes()
        opening = Opening(trusted)
        try:
            opening.feed(message)
            opened = opening.close()
        except LetterlockError:  # no message: a request of AS2
            assert code(office, data_url(message)) != 0
            continue
        found = answer(office.owa(Person()), create_message(data_url(message), From=sender(message)))
        status = opened.verdict.signature.status
        if found["ErrorCode"]:
            assert opened.verdict.encryption.status.value == "undecryptable", (file.name, office.logged[-1])
            continue
        shown = found["Data"]
        assert not green(shown), "nobody here is trusted"
        assert (shown["SmimeSignature"] is None) is (status is SignatureStatus.NONE), file.name
        if status is SignatureStatus.UNTRUSTED:
            intact = opened.verdict.headline.code != "signature_unchecked"
            assert shown["SmimeSignature"]["IsHashMatched"] is intact, file.name
        texts = [part for part in opened.parts if part.type == "text/plain" and part.disposition == "inline"]
        if shown["NormalizedBody"]["BodyType"] == "Text" and texts:
            assert shown["NormalizedBody"]["Value"].encode() in [b"".join(opened.text(each.id)) for each in texts]
        read_ones[file.name] = True
        opened.close()
    assert "outlook_2010_beta_sime_msg.eml" in read_ones or len(read_ones) > 5
    assert len(read_ones) >= 10


def test_a_locked_vault_is_unlocked_in_our_own_window(office: Office) -> None:
    """It says what for; a wrong passphrase is asked for again; once unlocked nobody is asked any more."""
    message = office.protected(MESSAGE + b"Content-Type: text/plain\r\n\r\nx\r\n", BOTH)
    person = Person("wrong wrong wrong", PASSPHRASE)
    desk = office.owa(person)
    assert answer(desk, create_message(data_url(message)))["ErrorCode"] == 0
    assert [each[2] for each in person.asked] == ["", "That was not the passphrase."]
    assert "Outlook on the web" in person.asked[0][0]
    assert answer(desk, create_message(data_url(message)))["ErrorCode"] == 0
    assert len(person.asked) == 2


def test_a_window_that_is_closed_opens_nothing(office: Office) -> None:
    """And three wrong answers are enough."""
    message = office.protected(MESSAGE + b"Content-Type: text/plain\r\n\r\nx\r\n", BOTH)
    closed = Person()
    assert code(office, data_url(message), closed) == 5
    assert len(closed.asked) == 1
    guessing = Person(*["wrong wrong wrong"] * 9)
    assert code(office, data_url(message), guessing) == 5
    assert len(guessing.asked) == 3


def test_what_is_for_somebody_else_asks_for_nothing(office: Office, demo: DemoMail) -> None:
    """No passphrase would open it."""
    person = Person(PASSPHRASE)
    message = demo.encrypt("Offer", b"Content-Type: text/plain\r\n\r\nx\r\n", "-aes256")
    found = answer(office.owa(person), create_message(data_url(message)))
    assert found == {"Data": None, "ErrorCode": 4}


def test_the_server_can_ask_for_cards_alone(office: Office) -> None:
    """Then no key of the vault opens a mail."""
    message = office.protected(MESSAGE + b"Content-Type: text/plain\r\n\r\nx\r\n", BOTH)
    desk = office.owa()
    assert answer(desk, initialise({"OWAOnlyUseSmartCard": True}))["ErrorCode"] == 0
    assert answer(desk, create_message(data_url(message)))["ErrorCode"] != 0
    answer(desk, initialise({}))
    assert answer(desk, create_message(data_url(message)))["ErrorCode"] == 0


def test_the_whole_verdict_is_told_to_whoever_shows_it(office: Office, demo: DemoMail) -> None:
    """Every reason of the last message, not three bits."""
    office.seen.clear()
    read(office, demo.mismatch())
    assert office.seen[-1].verdict.signature.status is SignatureStatus.MISMATCH


@pytest.mark.parametrize(
    "smime",
    [
        None, 5, "", "x", "data:", "data:application/pkcs7-mime", "data:application/pkcs7-mime;base64,*",
        "data:application/pkcs7-mime;base64,AAAA", "data:application/pkcs7-mime;base64," + "A" * 5001,
        "data:" + "x" * 5000 + ",AAAA", ["data:,"], {"a": 1},
        "data:multipart/signed\r\nX: y;base64,QUJD",
    ],
)  # fmt: skip
def test_what_is_no_message_is_an_error(office: Office, smime: object) -> None:
    """Nothing crashes, and nothing is shown as signed."""
    found = answer(office.owa(), {**create_message(""), "Smime": smime})
    assert found["ErrorCode"] != 99, office.logged
    assert found["ErrorCode"] or not green(found["Data"])
    json.dumps(found)


def test_nothing_of_the_mail_is_logged(office: Office, demo: DemoMail) -> None:
    """Codes and names of requests, whatever went wrong."""
    office.logged.clear()
    secret = "Ge&heim"
    code(office, f"data:application/pkcs7-mime;base64,{secret}")
    answer(office.owa(), {"__type": f"New{secret}\n:x", "Subject": secret})
    answer(office.owa(), {**initialise({}), "Settings": secret})
    assert len(office.logged) == 3
    assert not any(secret in each for each in office.logged)
    assert all(len(each) < 100 and each.isascii() for each in office.logged)
