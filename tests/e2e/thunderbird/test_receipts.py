"""Signed receipts in Thunderbird: one who is asked is told, and one who gets one sees what it proves."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.test_receipts import TEXT, receipt_by, sent_by_bert
from tests.e2e.thunderbird.conftest import Desk
from tests.e2e.thunderbird.writer import SCREENSHOTS
from tests.signed_mail import ANNA, DemoMail


def details_of(desk: Desk, message: bytes) -> str:
    """What the window with the details says of a mail."""
    uri = desk.thunderbird.file(message)
    desk.thunderbird.select(uri)
    desk.screen.wait_for_bar("signature_valid", uri)
    desk.screen.press("details")
    return desk.screen.details(SCREENSHOTS / "receipt.png")


def test_one_who_is_asked_is_told(desk: Desk, ca: DemoMail) -> None:
    """The bar stays calm; the details say it."""
    asking = ("-receipt_request_all", "-receipt_request_to", ANNA.address)
    assert "Anna Muster asks for a signed receipt" in details_of(desk, ca.sign("Please confirm", TEXT, *asking))


def test_a_receipt_says_what_it_proves(desk: Desk, ca: DemoMail, tmp_path: Path) -> None:
    """That Carla got the message that was signed on this computer."""
    answer = receipt_by(ca.carla, sent_by_bert(desk.host, ca), tmp_path)
    assert "Carla Conti confirms your message of" in details_of(desk, answer)
