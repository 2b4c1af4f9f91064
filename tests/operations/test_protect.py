"""Signed and encrypted mail out of finished messages: all or nothing, and read by programs nobody here wrote."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from letterlock.errors import NotAMessage
from letterlock.operations.protect import Role
from letterlock.operations.protect_reasons import NothingLeaves
from tests.needs import require_program
from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED, WritingDesk, octets

NOTE = b"From: Anna <anna@muster.example>\nTo: bea@muster.example\nSubject: Offer\n\nDear Bea\n"
MIXED = b"\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    return WritingDesk(tmp_path_factory.mktemp("desk"), people=("anna", "bea", "carl", "dora"))


@pytest.mark.parametrize("kind", ["RSA-3072", "P-256", "P-256-pair", "Ed25519-X25519", "ML-DSA-65-ML-KEM-768"])
def test_every_kind_of_keys_signs_and_encrypts(tmp_path: Path, kind: str) -> None:
    """What is made is opened here as valid and decrypted, with the text as it was."""
    desk = WritingDesk(tmp_path, kind)
    assert desk.opened(desk.protected(NOTE)) == ("valid", "decrypted", b"Dear Bea\r\n")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    "message",
    [
        NOTE,
        NOTE[:-1],
        NOTE[: NOTE.index(b"\n\n") + 1],
        NOTE.replace(b"\n\n", b"\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nGr\xfcezi ", 1),
        NOTE.replace(b"Subject", b"Cc: anna@muster.example\nX-Long: a\n b\n\tc\nSubject"),
        NOTE.replace(b"\n\n", MIXED + b"\n\xfc From\nFrom x\n.\n \n--x\nContent-Type: text/html\n\n\xfc\n--x--\n", 1),
    ],
    ids=["plain", "no end", "no body", "8bit", "folded", "8bit parts"],
)
def test_signatures_hold_for_us_and_for_openssl(
    desk: WritingDesk, tmp_path: Path, message: bytes, line_end: bytes
) -> None:
    """Any line ends, with and without a body; the fields outside stay to the letter."""
    openssl = require_program("openssl", "openssl")
    signed = desk.protected(message.replace(b"\n", line_end), SIGNED)
    assert desk.opened(signed)[0] == "valid"
    assert signed.isascii()
    assert b"\n" not in signed.replace(b"\r\n", b"")
    assert signed.startswith(b"From: Anna <anna@muster.example>\r\nTo: bea@muster.example\r\n")
    assert b"multipart/signed" in signed
    mail, anchor = tmp_path / "mail.eml", tmp_path / "root.der"
    mail.write_bytes(signed)
    anchor.write_bytes(desk.root.der)
    subprocess.run([openssl, "x509", "-inform", "DER", "-in", anchor, "-out", tmp_path / "root.pem"], check=True)
    subprocess.run(
        [openssl, "cms", "-verify", "-in", mail, "-CAfile", tmp_path / "root.pem", "-out", tmp_path / "out"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("message", "wish", "codes"),
    [
        (NOTE.replace(b"To: ", b"To: zoe@muster.example, "), BOTH, ["recipient_without_certificate"]),
        (
            NOTE.replace(b"To: ", b"To: zoe@muster.example, yan@muster.example, ").replace(b"anna@", b"eve@"),
            BOTH,
            ["sender_without_key", "recipient_without_certificate"],
        ),
        (NOTE.replace(b"anna@", b"zoe@"), SIGNED, ["sender_without_key"]),
        (NOTE.replace(b"From: ", b"From: bea@muster.example, "), BOTH, ["sender_not_one"]),
        (NOTE.replace(b"From", b"X-From"), BOTH, ["sender_not_one"]),
        (NOTE.replace(b"To: bea@muster.example\n", b""), BOTH, ["nobody_to_encrypt_to"]),
        (NOTE.replace(b"To: bea", b"To: bea@@"), BOTH, ["bad_address"]),
        (NOTE, replace(SIGNED, quotes_decrypted=True), ["decrypted_text_in_clear"]),
    ],
)
def test_nothing_leaves_and_everything_that_is_missing_is_said(
    desk: WritingDesk, message: bytes, wish: object, codes: list[str]
) -> None:
    """One failure with every problem."""
    with pytest.raises(NothingLeaves) as caught:
        desk.protect(message, wish)  # type: ignore[arg-type]
    assert caught.value.facts()["codes"] == codes


def test_each_missing_address_is_named(desk: WritingDesk) -> None:
    """Also the sender's own, who could not read the message again."""
    with pytest.raises(NothingLeaves) as caught:
        desk.protect(NOTE.replace(b"To: ", b"To: zoe@muster.example, ").replace(b"anna@", b"eve@"))
    addresses = [each.facts()["address"] for each in caught.value.problems]
    assert addresses == ["eve@muster.example", "zoe@muster.example", "eve@muster.example"]


@pytest.mark.parametrize("message", [b"no message\n\n", b"", b"\n\nx"])
def test_what_is_no_message_is_refused(desk: WritingDesk, message: bytes) -> None:
    """A coded failure, and no message."""
    with pytest.raises(NotAMessage):
        desk.protect(message)


def test_a_locked_vault_is_one_of_the_problems(tmp_path: Path) -> None:
    """It is said beside the recipient who cannot be reached."""
    desk = WritingDesk(tmp_path)
    desk.vault.lock()
    with pytest.raises(NothingLeaves) as caught:
        desk.protect(NOTE.replace(b"To: ", b"To: zoe@muster.example, "))
    assert caught.value.facts()["codes"] == ["vault_locked", "recipient_without_certificate"]


def test_nothing_of_the_text_is_left_outside(desk: WritingDesk) -> None:
    """Neither in the clear nor in base64, the subject neither; and the sender can read it again."""
    made = desk.protected(NOTE, ENCRYPTED)
    assert b"Dear" not in made
    assert b"RGVhciBCZWE" not in made
    assert b"Offer" not in made
    assert b"Subject: [...]\r\n" in made
    assert desk.opened(made) == ("none", "decrypted", b"Dear Bea\r\n")


def test_every_blind_copy_is_a_message_of_its_own(desk: WritingDesk) -> None:
    """Nobody can tell from what they get that there are others; the copy for Sent names them."""
    made = desk.protect(NOTE.replace(b"Subject", b"Bcc: carl@muster.example, Dora <dora@muster.example>\nSubject"))
    assert [(each.role, each.recipients) for each in made] == [
        (Role.EVERYBODY, ("bea@muster.example",)),
        (Role.BLIND, ("carl@muster.example",)),
        (Role.BLIND, ("dora@muster.example",)),
        (Role.SENT, ()),
    ]
    readers = [[one.address for one in each.readers] for each in made]
    assert readers == [
        ["bea@muster.example", "anna@muster.example"],
        ["carl@muster.example", "anna@muster.example"],
        ["dora@muster.example", "anna@muster.example"],
        ["anna@muster.example"],
    ]
    whole = [octets(each) for each in made]
    assert [b"dora@" in each for each in whole] == [False, False, False, True]
    for each in whole:
        assert desk.opened(each) == ("valid", "decrypted", b"Dear Bea\r\n")


def test_blind_copies_of_a_signed_mail_get_the_same_message(desk: WritingDesk) -> None:
    """No key is named in it; Bcc stands in the copy for Sent alone."""
    sent, copy = desk.protect(NOTE.replace(b"Subject", b"Bcc: carl@muster.example\nSubject"), SIGNED)
    assert sent.recipients == ("bea@muster.example", "carl@muster.example")
    assert b"carl" not in octets(sent)
    assert b"Bcc: carl@muster.example\r\n" in octets(copy)


def test_a_draft_is_for_the_sender_alone(desk: WritingDesk) -> None:
    """Not signed, and no certificate of anybody else is needed."""
    (made,) = desk.protect(NOTE.replace(b"To: ", b"To: zoe@muster.example, "), replace(BOTH, draft=True))
    assert (made.role, [each.address for each in made.readers]) == (Role.DRAFT, ["anna@muster.example"])
    assert desk.opened(octets(made)) == ("none", "decrypted", b"Dear Bea\r\n")


def test_a_quotation_sent_in_clear_on_purpose_is_said(desk: WritingDesk) -> None:
    """The remark stays with the message."""
    (made,) = desk.protect(NOTE, replace(SIGNED, quotes_decrypted=True, quote_in_clear=True))
    assert [each.code for each in made.reasons] == ["decrypted_text_in_clear"]
    assert desk.protect(NOTE, replace(BOTH, quotes_decrypted=True))


def test_parts_that_may_not_be_changed_are_signed_in_one_piece(desk: WritingDesk) -> None:
    """A forwarded message in 8bit stays to the letter, inside an opaque signature; and that is said."""
    forwarded = b"From: x@y.example\r\nSubject: s\r\n\r\nGr\xc3\xbc\xc3\x9fe \r\n"
    body = MIXED.replace(b"\n", b"\r\n") + b"Content-Type: message/rfc822\r\n\r\n" + forwarded + b"\r\n--x--\r\n"
    (made,) = desk.protect(
        NOTE[: NOTE.index(b"\n\n")].replace(b"\n", b"\r\n") + body.replace(b"\n", b"\r\n", 1), SIGNED
    )
    assert [each.code for each in made.reasons] == ["signed_opaque"]
    found = desk.open(octets(made))
    assert found.verdict.signature.status.value == "valid"
    assert [b"".join(found.body(each.id)) for each in found.parts] == [forwarded]
    found.close()


def test_a_message_of_any_size_takes_the_same_memory(desk: WritingDesk) -> None:
    """60 MB of attachment: what is held is a few spools."""
    import tracemalloc

    from letterlock.mime.letter import Attachment
    from letterlock.operations.compose import Written

    block = bytes(range(256)) * 4096
    written = Written(
        "anna@muster.example", ["bea@muster.example"], text="x",
        attachments=[Attachment("big.bin", "application/octet-stream", lambda: (block for _ in range(60)))],
    )  # fmt: skip
    tracemalloc.start()
    try:
        (made,) = desk.compose(written)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(made.octets) > 100_000_000
    made.octets.close()
    assert peak < 48_000_000


@pytest.mark.parametrize("charset", ["a\0b", "idna", "rot13", "no such charset", "utf-16"])
def test_a_charset_that_is_none_gets_no_legacy_display_element(charset: str) -> None:
    """Whatever a finished message calls its charset, it is protected; its text stays as it is."""
    from letterlock.mime import protecting
    from letterlock.operations.protect import Incoming

    incoming = Incoming()
    text = f'From: a@muster.example\r\nSubject: x\r\nContent-Type: text/plain; charset="{charset}"\r\n\r\nHello\r\n'
    incoming.feed(text.encode())
    found = incoming.close()
    shape = protecting.cipher(found.fields, protecting.Policy.BASELINE)
    assert b"".join(found.entity(shape.inside, "cipher", shape.legacy)).endswith(b"\r\n\r\nHello\r\n")
