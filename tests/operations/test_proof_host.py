"""The journal and receipts as clients of the host ask for them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.keystore.failures import VaultLocked
from letterlock.operations import proof_serve
from letterlock.operations.protect_reasons import NothingLeaves
from letterlock.operations.receipt_reasons import ReceiptMadeAlready
from letterlock.protocol import answers
from letterlock.protocol.proof_models import JournalList, JournalReport, ReceiptMade
from tests.operations.correspondents import Computer, pair, sent


@pytest.fixture
def two(tmp_path: Path) -> tuple[Computer, Computer]:
    return pair(tmp_path)


def host(who: Computer) -> proof_serve.HostProof:
    return proof_serve.HostProof(who.vault, who.database)


def test_a_receipt_is_made_and_entered_where_it_comes(two: tuple[Computer, Computer]) -> None:
    """With the shapes that the protocol describes."""
    anna, bea = two
    opened = bea.read(sent(anna))
    made = host(bea).receipt(opened, None, False, bea.desk, "de")
    with pytest.raises(ReceiptMadeAlready):
        host(bea).receipt(opened, None, False, bea.desk, "de")
    opened.close()
    assert ReceiptMade.model_validate(made).to == ["anna@muster.example"]
    mail = base64.b64decode(made["mail"])
    assert b"Signierte_Quittung" in mail
    assert anna.codes(mail)[0] == "receipt_confirms"
    listed = JournalList.model_validate(host(anna).listed(0))
    assert [each.kind for each in listed.entries] == ["receipt_received", "sent"]
    assert listed.entries[1].receipts[0].by == "bea@muster.example"
    assert listed.entries[1].details is not None
    report = JournalReport.model_validate(host(anna).verified(anna.desk.trust, "en"))
    assert report.whole
    assert report.end is not None
    assert report.end.own_key


def test_a_locked_vault_signs_no_receipt_and_tells_no_subject(two: tuple[Computer, Computer]) -> None:
    """Unlock, and ask again."""
    anna, bea = two
    opened = bea.read(sent(anna))
    bea.vault.lock()
    with pytest.raises(NothingLeaves) as refused:
        host(bea).receipt(opened, None, False, bea.desk, "en")
    assert [each.code for each in refused.value.problems] == [VaultLocked.code]
    opened.close()
    anna.vault.lock()
    (entry,) = host(anna).listed(0)["entries"]
    assert (entry["sealed"], entry["details"]) == (True, None)


def test_a_page_fits_into_a_frame(two: tuple[Computer, Computer], monkeypatch: pytest.MonkeyPatch) -> None:
    """As many entries as a reply has, each with long names."""
    anna, _ = two
    subject = b"Subject: " + "ü".encode() * 60 + b"\n"
    for number in range(3):
        many = b", ".join(b"somebody%d.with.a.long.name@muster.example" % each for each in range(10))
        sent(anna, b"From: anna@muster.example\nTo: " + many + b"\n" + subject + b"\nNumber %d\n" % number)
    page = host(anna).listed(1)
    assert (len(page["entries"]), page["total"]) == (2, 3)
    from letterlock.protocol.frames import encode

    frame = encode(answers.reply("r1", page))
    assert len(frame) / 2 * limits.JOURNAL_IN_REPLY < limits.FRAME_OUT_OCTETS
    monkeypatch.setattr(limits, "JOURNAL_REPLY_OCTETS", 1000)
    assert len(host(anna).listed(0)["entries"]) == 1
    # The largest that may come: details twice, in their own form and as the text that the digest is about.
    assert 1000 + 3 * limits.JOURNAL_DETAILS_OCTETS < limits.FRAME_OUT_OCTETS
