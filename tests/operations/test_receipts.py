"""Signed receipts: asked for, told, made on request, verified, and matched with what was sent."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from letterlock.cms import SignedDataWriter, Signing, ess
from letterlock.cms.content_types import DATA, RECEIPT
from letterlock.cms.ess import Receipt, ReceiptRequest
from letterlock.operations import journal, journal_check, keys_choose, protect, receipt_make, receipts
from letterlock.operations import receipt_reasons as r
from letterlock.operations.receipts import Given
from letterlock.store.journal import JournalRecords
from letterlock.trust.certificate import Certificate
from tests.needs import require_program
from tests.operations.correspondents import ASKING, LETTER, Computer, pair, sent
from tests.operations.writing_desk import AT


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Computer, Computer]:
    return pair(tmp_path_factory.mktemp("two"))


@pytest.mark.parametrize("kind", ["RSA-3072", "P-256", "Ed25519-X25519", "ML-DSA-65-ML-KEM-768"])
@pytest.mark.parametrize("encrypt", [False, True], ids=["signed", "encrypted"])
def test_from_the_question_to_the_proof(tmp_path: Path, kind: str, encrypt: bool) -> None:
    """Anna asks; Bea is told and makes it; Anna's computer says what it proves, and says so on the message too."""
    anna, bea = pair(tmp_path, kind)
    if encrypt:
        (entry,) = [each for each in bea.vault.entries() if each.certificates and each.purpose in ("decrypt", "both")]
        anna.others = [Certificate.parse(each) for each in (entry.certificates[-1], *entry.chain)]
    question = sent(anna, wish=replace(ASKING, encrypt=encrypt))
    opened = bea.read(question)
    assert opened.verdict.signature.status == "valid"
    (asked,) = [each for each in opened.verdict.reasons if each.code == "receipt_requested"]
    assert asked.facts["addresses"] == ["anna@muster.example"]
    opened.close()
    answer = bea.receipt(question)
    assert b"Offer" not in answer, "the subject may have come encrypted"
    assert b"smime-type=signed-receipt" in answer
    assert b"In-Reply-To: <1@muster.example>" in answer
    came = anna.read(answer)
    assert came.verdict.signature.status == "valid"
    assert came.verdict.reasons[0].code == "receipt_confirms"
    assert came.verdict.reasons[0].facts["number"] == 1
    assert came.parts == []
    came.close()
    assert anna.codes(question).count("receipt_received") == 1
    assert "receipt_requested" not in anna.codes(question)
    anna.codes(answer)
    assert anna.codes(question).count("receipt_received") == 1, "one receipt is entered once"
    (entry_, receipt_) = journal_check.listed(anna.database, anna.vault)
    assert entry_.details is not None
    assert entry_.details["recipients"] == ["bea@muster.example"]
    assert entry_.receipts == (receipt_.row,)
    assert journal_check.verified(anna.database, anna.vault, anna.desk.trust, AT).reasons == ()


# --- OpenSSL, both ways ----------------------------------------------------------------------------------------

OpenSsl = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    program = require_program("openssl", "openssl")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([program, "cms", *arguments], capture_output=True, cwd=tmp_path, timeout=60, check=False)

    return run


def test_openssl_answers_our_question(two: tuple[Computer, Computer], tmp_path: Path, openssl: OpenSsl) -> None:
    """Its receipt, made with Bea's key, proves the same as ours."""
    anna, bea = two
    certificate, key, _ = bea.files()
    (tmp_path / "question").write_bytes(question := sent(anna))
    chain = bea.folder / "chain.pem"
    done = openssl(
        "-sign_receipt", "-in", "question", "-signer", certificate, "-inkey", key, "-certfile", chain, "-out", "answer"
    )
    assert done.returncode == 0, done.stderr.decode()
    answer = (tmp_path / "answer").read_bytes()
    assert anna.codes(answer)[0] == "receipt_confirms"
    opened = anna.read(question)
    assert Given(opened).message(Receipt(DATA, b"", opened.assessment.deciding[0].info.value)) is not None
    assert anna.codes(b"From: bea@muster.example\r\n" + answer)[0] == "receipt_confirms"
    opened.close()


def test_openssl_verifies_our_answer(two: tuple[Computer, Computer], tmp_path: Path, openssl: OpenSsl) -> None:
    """It asks, Bea answers, it verifies; not when one octet of the answer differs."""
    anna, bea = two
    certificate, key, root = anna.files()
    chain = anna.folder / "chain.pem"
    (tmp_path / "letter").write_bytes(b"Content-Type: text/plain\r\n\r\nDear Bea\r\n")
    done = openssl(
        "-sign", "-in", "letter", "-signer", certificate, "-inkey", key, "-certfile", chain, "-out", "question",
        "-receipt_request_from", "bea@muster.example", "-receipt_request_to", "anna@muster.example",
        "-from", "anna@muster.example", "-to", "bea@muster.example", "-subject", "Offer",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    question = (tmp_path / "question").read_bytes()
    assert "receipt_requested" in bea.codes(question)
    (tmp_path / "answer").write_bytes(answer := bea.receipt(question))
    # The peer trusts Bea's authority and Anna's.
    (tmp_path / "roots").write_bytes(root.read_bytes() + bea.files()[2].read_bytes())
    done = openssl("-verify_receipt", "answer", "-in", "question", "-CAfile", "roots")
    assert done.returncode == 0, done.stderr.decode()
    assert b"Verification successful" in done.stderr
    other = sent(anna)
    (tmp_path / "other").write_bytes(other)
    assert openssl("-verify_receipt", "answer", "-in", "other", "-CAfile", "roots").returncode != 0
    # What OpenSSL sent is in nobody's journal; whoever has the message can verify it with that.
    assert "receipt_for_unknown" in anna.codes(answer)
    opened = anna.read(question)
    known = anna.read(answer, Given(opened))
    assert known.verdict.reasons[0].code == "receipt_fits"
    for each in (opened, known):
        each.close()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-receipt_request_all",), None),
        (("-receipt_request_first",), None),
        (("-receipt_request_from", "carl@muster.example"), "receipt_not_from_you"),
        (("-receipt_request_from", "BEA@Muster.example"), None),
        ((), "receipt_not_requested"),
    ],
    ids=["all", "first tier", "another", "me in capitals", "nobody"],
)
def test_who_is_asked(
    two: tuple[Computer, Computer], tmp_path: Path, openssl: OpenSsl, options: tuple[str, ...], code: str | None
) -> None:
    """As OpenSSL writes it."""
    anna, bea = two
    certificate, key, _ = anna.files()
    chain = anna.folder / "chain.pem"
    (tmp_path / "letter").write_bytes(b"Content-Type: text/plain\r\n\r\nDear Bea\r\n")
    to = ("-receipt_request_to", "anna@muster.example") if options else ()
    done = openssl(
        "-sign", "-in", "letter", "-signer", certificate, "-inkey", key, "-certfile", chain, "-out", "question",
        *options, *to, "-from", "anna@muster.example", "-to", "bea@muster.example",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    question = (tmp_path / "question").read_bytes()
    if code is None:
        assert b"To: anna@muster.example" in bea.receipt(question)
    else:
        with pytest.raises(r.NoReceipt) as refused:
            bea.receipt(question)
        assert refused.value.code == code


# --- When none is given ----------------------------------------------------------------------------------------


def test_only_a_valid_message_gets_one(two: tuple[Computer, Computer], tmp_path: Path) -> None:
    """Not a changed one, not one from somebody whom nobody vouches for, not one with another From."""
    _, bea = two
    stranger = Computer(tmp_path / "stranger", "anna")
    question = sent(two[0])
    changed = question.replace(b"Dear Bea", b"Dear Eve")
    other = question.replace(b"From: Anna <anna@", b"From: Anna <eve@", 1)
    for mail, status in ((changed, "invalid"), (sent(stranger), "untrusted"), (other, "mismatch")):
        with pytest.raises(r.ReceiptRefused) as refused:
            bea.receipt(mail)
        assert refused.value.status == status


def test_a_receipt_is_made_once(two: tuple[Computer, Computer]) -> None:
    """Unless it is asked for again; and the journal has both."""
    anna, bea = two
    question = sent(anna)
    bea.receipt(question)
    with pytest.raises(r.ReceiptMadeAlready):
        bea.receipt(question)
    assert bea.receipt(question, again=True)


def test_a_receipt_gets_no_receipt(two: tuple[Computer, Computer]) -> None:
    """Neither is one asked for, nor is one given if its signer asks all the same."""
    anna, bea = two
    answer = bea.receipt(sent(anna))
    with pytest.raises(r.ReceiptNotRequested):
        anna.receipt(answer)
    assert "receipt_requested" not in anna.codes(answer)
    request = ReceiptRequest.asking(b"again", ["bea@muster.example"])
    looping = forged(bea, Receipt(DATA, b"x", b"y").encode(), (request.attribute(),))
    assert "receipt_requested" not in anna.codes(looping)
    with pytest.raises(r.ReceiptNotRequested):
        anna.receipt(looping)


def test_one_who_is_not_named_says_as_whom(two: tuple[Computer, Computer]) -> None:
    """By Bcc: everybody is asked, and To names somebody else."""
    anna, bea = two
    question = sent(anna, LETTER.replace(b"bea@", b"team@"))
    with pytest.raises(r.ReceiptNotFromYou):
        bea.receipt(question)
    assert b"From: bea@muster.example" in bea.receipt(question, whose="bea@muster.example")


@pytest.mark.parametrize(
    "name",
    [
        "eve@evil.example\r\nBcc: all@muster.example",
        "eve@evil.example, all@muster.example",
        "Eve <eve@evil.example>",
        "eve@evil.example\0",
        "\u202eeve@evil.example",
        "nobody",
        "",
    ],
)
def test_names_that_are_no_address_reach_no_header(two: tuple[Computer, Computer], name: str) -> None:
    """Whoever asks writes them: only what is one address is answered."""
    anna, bea = two
    around = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"

    def asking(*to: str) -> bytes:
        request = ReceiptRequest.asking(name.encode(), to)
        mail = forged(anna, b"Content-Type: text/plain\r\n\r\nHello\r\n", (request.attribute(),), DATA, around)
        return mail.replace(b"To: anna@", b"To: bea@")

    with pytest.raises(r.ReceiptNotRequested):
        bea.receipt(asking(name))
    answer = bea.receipt(asking(name, "anna@muster.example"))
    assert answer.count(b"\r\nTo: anna@muster.example\r\n") == 1
    assert b"evil" not in answer.partition(b"\r\n\r\n")[0]


# --- Receipts that prove nothing -------------------------------------------------------------------------------


def forged(
    who: Computer, content: bytes, attributes: tuple[bytes, ...], content_type: str = RECEIPT, around: bytes = b""
) -> bytes:
    """A receipt to order, signed by somebody."""
    import base64

    chosen = keys_choose.choose(who.vault.entries(), who.database, who.address, AT)
    missing: list[object] = []
    key = protect.signing_key(chosen, who.desk, who.address, missing)  # type: ignore[arg-type]
    assert key is not None
    out = bytearray()
    signer = SignedDataWriter(
        out.extend,
        [Signing(key, AT, (), attributes=attributes)],
        certificates=journal.chain(who.desk, key),
        content_type=content_type,
    )
    signer.write(content)
    signer.close()
    head = f"From: {who.address}\r\nTo: anna@muster.example\r\nMIME-Version: 1.0\r\n".encode()
    kind = around or b"Content-Type: application/pkcs7-mime; smime-type=signed-receipt; name=smime.p7m\r\n"
    return head + kind + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(bytes(out))


def test_receipts_that_do_not_fit(two: tuple[Computer, Computer], tmp_path: Path) -> None:
    """Each value is compared, and none of these is kept."""
    anna, bea = two
    question = sent(anna)
    opened = anna.read(question)
    (signer,) = opened.assessment.deciding
    opened.close()
    request = ess.receipt_request(signer.info.signed_attributes)
    assert request is not None
    assert signer.checked is not None
    good = receipts.signature_digest(signer)
    right = Receipt(DATA, request.identifier, signer.info.value)
    digest = ess.message_signature_digest_attribute(good)
    wrong_digest = ess.message_signature_digest_attribute(bytes(len(good)))

    def said(content: bytes, *attributes: bytes, who: Computer = bea) -> tuple[str, object]:
        came = anna.read(forged(who, content, attributes))
        came.close()
        first = came.verdict.reasons[0]
        return first.code, first.facts.get("why") or first.facts.get("where")

    opened = anna.read(question)
    given = Given(opened)
    opened.close()
    other = replace(right, signature=b"another")
    assert given.message(other) == given.message(right), "found by its identifier, to be told that it does not fit"
    came = anna.read(forged(bea, other.encode(), (digest,)), given)
    came.close()
    assert came.verdict.reasons[0].code == "receipt_does_not_fit"
    before = len(journal_check.listed(anna.database, anna.vault))
    assert said(replace(right, content_type=RECEIPT).encode(), digest) == ("receipt_does_not_fit", "contentType")
    other = replace(right, identifier=b"other").encode()
    assert said(other, digest) == ("receipt_does_not_fit", "signedContentIdentifier")
    assert said(right.encode(), wrong_digest) == ("receipt_does_not_fit", "msgSigDigest")
    value = replace(right, signature=b"another").encode()
    assert said(value, digest) == ("receipt_does_not_fit", "originatorSignatureValue")
    assert said(replace(right, identifier=b"x", signature=b"y").encode(), digest)[0] == "receipt_for_unknown"
    assert said(right.encode()) == ("receipt_malformed", "MsgSigDigest")
    assert said(b"\x30\x00", digest) == ("receipt_malformed", "Receipt")
    assert said(right.encode() + b"\0", digest) == ("receipt_malformed", "Receipt")
    assert said(right.encode() + bytes(70_000), digest) == ("receipt_malformed", "Receipt")
    stranger = Computer(tmp_path / "stranger", "bea")
    assert said(right.encode(), digest, who=stranger)[0] == "receipt_not_believed"
    eve = Computer(tmp_path / "eve", "eve")
    anna.trusts(eve)
    assert said(right.encode(), digest, who=eve)[0] == "receipt_from_other"
    assert len(journal_check.listed(anna.database, anna.vault)) == before
    assert said(right.encode(), digest)[0] == "receipt_confirms"
    assert len(journal_check.listed(anna.database, anna.vault)) == before + 1


def test_every_changed_octet_of_a_receipt_is_noticed(two: tuple[Computer, Computer]) -> None:
    """It confirms nothing any more; what is signed by nobody (which algorithms are announced) changes nothing of it."""
    import base64

    anna, bea = two
    answer = bea.receipt(sent(anna))
    head, _, body = answer.partition(b"\r\n\r\n")
    octets = base64.b64decode(body)
    unharmed = []
    came = anna.read(answer)
    (right,) = came.assessment.receipts
    came.close()
    for place in range(0, len(octets), 7):
        changed = octets[:place] + bytes([octets[place] ^ 0x20]) + octets[place + 1 :]
        came = anna.read(head + b"\r\n\r\n" + base64.encodebytes(changed).replace(b"\n", b"\r\n"))
        came.close()
        if "receipt_confirms" in [each.code for each in came.verdict.reasons]:
            unharmed.append(place)
            (seen,) = came.assessment.receipts
            assert seen.content == right.content
            assert [each.info.value for each in seen.results] == [each.info.value for each in right.results]
    assert len(unharmed) <= 4, unharmed


@pytest.mark.parametrize(
    "around",
    [
        b"Content-Type: application/x-pkcs7-mime; smime-type=signed-receipt; name=smime.p7m\r\n",
        b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n",
        b"Content-Type: application/PKCS7-MIME; smime-type=signed-data; name=SMIME.P7M\r\n",
        b"Content-Type: application/octet-stream; name=smime.p7m\r\nContent-Disposition: attachment\r\n",
    ],
    ids=["x-pkcs7-mime", "no smime-type", "signed-data in capitals", "octet-stream"],
)
def test_forms_in_which_receipts_come(two: tuple[Computer, Computer], around: bytes) -> None:
    """The content type inside decides, not what the mail calls it."""
    anna, bea = two
    answer = bea.receipt(sent(anna))
    head, _, body = answer.partition(b"\r\n\r\n")
    kept = [each for each in head.split(b"\r\n") if not each.lower().startswith((b"content-type", b"content-disp"))]
    mail = b"\r\n".join(kept) + b"\r\n" + around + b"\r\n" + body
    assert anna.codes(mail)[0] == "receipt_confirms"


def test_a_receipt_among_other_parts(two: tuple[Computer, Computer]) -> None:
    """As in a multipart/report with a text for people: the receipt counts, the text is nobody's."""
    anna, bea = two
    answer = bea.receipt(sent(anna))
    body = answer.partition(b"\r\n\r\n")[2]
    report = (
        b"From: bea@muster.example\r\nTo: anna@muster.example\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; boundary=b; report-type=signed-receipt\r\n\r\n--b\r\n\r\nRead.\r\n"
        b"--b\r\nContent-Type: application/x-pkcs7-mime; smime-type=signed-receipt; name=smime.p7m\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + body + b"\r\n--b--\r\n"
    )
    came = anna.read(report)
    came.close()
    assert came.verdict.signature.status == "partial"
    assert "receipt_confirms" in [each.code for each in came.verdict.reasons]


# --- Mailing lists ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "to"),
    [
        (b"", ["anna@muster.example"]),
        (bytes.fromhex("8000"), None),
        (b"\xa1\x14\x30\x12\x81\x10list@example.net", ["list@example.net"]),
        (b"\xa2\x14\x30\x12\x81\x10list@example.net", ["anna@muster.example", "list@example.net"]),
    ],
    ids=["no policy", "none", "instead", "in addition"],
)
def test_what_a_list_says(two: tuple[Computer, Computer], tmp_path: Path, policy: bytes, to: list[str] | None) -> None:
    """Its history stands in the signature around the one that asks."""
    from letterlock.cms import der

    anna, bea = two
    inner = sent(anna)
    kept, _, rest = inner.partition(b"MIME-Version")
    serial = der.value(0x04, b"list key")
    data = der.value(0x30, serial + der.value(0x18, b"20261124120000Z") + policy)
    history = ess._attribute(ess.MAIL_LIST_HISTORY, der.value(0x30, data))
    around = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    content = b"MIME-Version" + rest
    outer = forged(bea, content, (history,), DATA, around)
    mail = outer.replace(b"From: bea@muster.example\r\nTo: anna@", b"From: anna@muster.example\r\nTo: bea@", 1)
    assert kept
    opened = bea.read(mail)
    try:
        if to is None:
            with pytest.raises(r.ReceiptForbiddenByList):
                receipt_make.asked(opened, ["bea@muster.example"])
        else:
            assert list(receipt_make.asked(opened, ["bea@muster.example"]).to) == to
    finally:
        opened.close()


# --- Labels ----------------------------------------------------------------------------------------------------


def label(*elements: bytes) -> bytes:
    from letterlock.cms import der

    return ess._attribute(ess.SECURITY_LABEL, der.value(0x31, b"".join(elements)))


POLICY = bytes.fromhex("06032a0304")


@pytest.mark.parametrize(
    ("attribute", "shown"),
    [
        (label(POLICY), "–"),
        (label(b"\x02\x01\x03", POLICY), "confidential"),
        (label(b"\x02\x01\x04", POLICY, b"\x0c\x03xyz"), "secret · xyz"),
        (label(POLICY, b"\x13\x04EYES", b"\x02\x01\x2a"), "42 · EYES"),
        (label(b"\x02\x01\x00", POLICY, b"\x31\x0a\x30\x08\x80\x02\x2a\x05\xa1\x02\x05\x00"), "unmarked"),
    ],
)
def test_a_label_is_shown_and_is_no_trust(two: tuple[Computer, Computer], attribute: bytes, shown: str) -> None:
    """Elements in any order, for not every sender sorts them; the status is what it would be."""
    anna, bea = two
    around = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    opened = anna.read(forged(bea, b"Content-Type: text/plain\r\n\r\nHello\r\n", (attribute,), DATA, around))
    opened.close()
    (found,) = [each for each in opened.verdict.reasons if each.code == "security_label"]
    assert found.facts["label"] == shown
    assert found.facts["policy"] == "1.2.3.4"
    assert opened.verdict.signature.status == "valid"
    assert opened.verdict.headline.code == "signature_valid"


@pytest.mark.parametrize(
    "attribute", [label(), label(POLICY, POLICY), label(b"\x02\x02\x01\x01", POLICY), label(b"\x05\x00")]
)
def test_a_label_that_cannot_be_read(two: tuple[Computer, Computer], attribute: bytes) -> None:
    """Is told, and harms nothing else."""
    anna, bea = two
    around = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    opened = anna.read(forged(bea, b"\r\nHello\r\n", (attribute,), DATA, around))
    opened.close()
    assert "security_label_malformed" in [each.code for each in opened.verdict.reasons]
    assert opened.verdict.signature.status == "valid"


def test_nothing_is_kept_where_nothing_shall_be(tmp_path: Path) -> None:
    """Without a journal, the receipt is made and sent all the same."""
    anna, bea = pair(tmp_path)
    journal.keep(anna.database, False)
    journal.keep(bea.database, False)
    question = sent(anna)
    answer = bea.receipt(question)
    assert anna.codes(answer)[0] == "receipt_for_unknown"
    for each in (anna, bea):
        with JournalRecords.read(each.database) as records:
            assert records.entries() == ()
