"""Reading signed mail in Thunderbird: the bar between header and body, from the real host, for real mail."""

from __future__ import annotations

import random
import time

import pytest

from tests.e2e.roundcube import PASSWORD, Roundcube
from tests.e2e.thunderbird.conftest import IMAP_USER, Desk
from tests.e2e.thunderbird.screen import DARK
from tests.e2e.thunderbird.writer import SCREENSHOTS
from tests.signed_mail import DemoMail

VERDICTS = {
    "good": ("signature_valid", "Signed by Anna Muster ‹anna@muster.example› · unchanged · confirmed by Muster AG"),
    "changed": ("signature_invalid", "Changed on the way, or forged"),
    "mismatch": ("signature_mismatch", "Signed by somebody other than the sender"),
    "unknown_issuer": ("signature_untrusted", "Unchanged, but nobody you trust says who signed it"),
    "partial": ("signature_partial", "Only a part of this mail is signed"),
    "opaque": ("signature_valid", "Signed by Anna Muster"),
    "pss": ("signature_valid", "Signed by Anna Muster"),
    "ecdsa": ("signature_valid", "Signed by Anna Muster"),
}

LOOKS = {
    "signature_valid": ("seal-whole", "good"),
    "signature_invalid": ("seal-broken", "danger"),
    "signature_mismatch": ("seal-mismatch", "danger"),
    "signature_untrusted": ("seal-dashed", "caution"),
    "signature_partial": ("seal-partial", "caution"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_bar_gives_the_verdict(desk: Desk, name: str) -> None:
    """Icon, colour, words and what a screen reader hears say the same, and the details are one press away."""
    code, headline = VERDICTS[name]
    bar = desk.read(name, code)
    assert bar["headline"].startswith(headline)
    assert (bar["icon"], bar["tone"]) == LOOKS[code]
    assert bar["headline"] in bar["announced"]
    assert bar["buttons"] == ["details"]
    desk.screen.screenshot(SCREENSHOTS / f"{name}.png")


@pytest.mark.parametrize("name", ["good", "changed"])
def test_the_bar_in_the_dark(desk: Desk, name: str) -> None:
    """The bar follows Thunderbird's colours."""
    code, _ = VERDICTS[name]
    light = desk.read(name, code)
    desk.screen.colours(DARK)
    dark = desk.screen.wait_for_bar(code, desk.mail[name])
    assert dark["background"] != light["background"]
    desk.screen.screenshot(SCREENSHOTS / f"{name}-dark.png")


def test_ordinary_mail_gets_no_bar(desk: Desk) -> None:
    """Unsigned mail is normal: nothing is said about it, also not where a bar was before."""
    desk.read("good", "signature_valid")
    desk.read_ordinary_mail()
    assert desk.screen.bar() is None
    desk.screen.screenshot(SCREENSHOTS / "unsigned.png")


def test_encrypted_mail_for_somebody_else(desk: Desk) -> None:
    """The bar says what the mail is; Thunderbird's header stays, and no error page of its own says something else."""
    bar = desk.read("enveloped", "encryption_undecryptable")
    assert bar["icon"] == "envelope-locked"
    desk.screen.wait_for_subject("Offer, confidential")
    desk.screen.screenshot(SCREENSHOTS / "enveloped.png")


@pytest.mark.parametrize("where", ["tab", "window"])
@pytest.mark.parametrize(
    ("name", "code"), [("changed", "signature_invalid"), ("enveloped", "encryption_undecryptable")]
)
def test_messages_in_tabs_and_windows_of_their_own(desk: Desk, where: str, name: str, code: str) -> None:
    """A message has its bar wherever it is displayed, or would be if Thunderbird could."""
    desk.thunderbird.open_in(where, desk.mail[name])
    desk.screen.wait_for_bar(code, desk.mail[name])


def test_mail_on_an_imap_server(desk: Desk, webmail: Roundcube, ca: DemoMail) -> None:
    """What is on a server is judged as it is there."""
    webmail.deliver(ca.good(), user=IMAP_USER)
    uri = desk.thunderbird.read_imap(PASSWORD, "Invoice for the north hall")
    desk.thunderbird.select(uri)
    desk.screen.wait_for_bar("signature_valid", uri)


def test_the_bar_is_outside_the_mail(desk: Desk) -> None:
    """Mail can neither imitate nor reach the bar: it is no part of the document that shows the body."""
    desk.read("good", "signature_valid")
    assert desk.screen.bar_is_between_header_and_body()


def test_details_by_keyboard(desk: Desk) -> None:
    """Return on the button opens a window with the verdict in full."""
    desk.read("good", "signature_valid")
    desk.screen.press("details")
    text = desk.screen.details(SCREENSHOTS / "details.png")
    assert "Anna Muster" in text
    assert "Muster AG Mail CA" in text
    assert "Muster AG Root CA" in text


def test_a_verdict_never_appears_on_another_message(desk: Desk) -> None:
    """Whoever moves quickly through the list never sees one message's verdict above another."""
    names = ["good", "changed", "mismatch", "unknown_issuer", "unsigned", "enveloped"]
    choose = random.Random(1)
    desk.screen.watch()
    for _ in range(60):
        desk.thunderbird.select(desk.mail[choose.choice(names)])
        time.sleep(choose.choice((0, 0, 0.01, 0.03, 0.06, 0.1)))
    desk.read("changed", "signature_invalid")
    seen = desk.screen.watched()
    true = {
        ("Invoice for the north hall", "signature_valid"),
        ("Invoice for the north hall (changed)", "signature_invalid"),
        ("New account number", "signature_mismatch"),
        ("Tender documents", "signature_untrusted"),
        ("Offer, confidential", "encryption_undecryptable"),
    }
    # Without a subject Thunderbird shows no message.
    assert {(subject, code) for subject, code in seen if subject and code} <= true
    assert len({code for subject, code in seen if subject and code}) > 1, "too little was seen to prove anything"


@pytest.mark.parametrize(("name", "code"), [("good", "signature_valid"), ("enveloped", "encryption_undecryptable")])
def test_a_verdict_waits_for_its_message(desk: Desk, name: str, code: str) -> None:
    """While the next mail is on its way from a slow server, its verdict is not put above the mail before."""
    desk.read("changed", "signature_invalid")
    desk.thunderbird.slow_down(1.5)
    desk.screen.watch()
    desk.read(name, code)
    seen = desk.screen.watched()
    assert {own for subject, own in seen if subject == "Invoice for the north hall (changed)"} == {"signature_invalid"}


def test_a_host_that_keeps_silent(desk: Desk) -> None:
    """While there is no answer the bar says that it is being checked, and mail can be read on."""
    desk.host.fall_silent()
    try:
        desk.kill_host()
        bar = desk.read("good", "checking")
        assert bar["icon"] == "spinner"
        assert bar["announced"] == "", "nobody wants to hear that before the answer"
        desk.screen.screenshot(SCREENSHOTS / "checking.png")
        desk.read_ordinary_mail()
        assert desk.screen.bar() is None
        desk.read("changed", "checking")
    finally:
        desk.host.mend()
        desk.kill_host()
    desk.screen.wait_for_bar("host_broken", desk.mail["changed"], seconds=2)
    desk.read("mismatch", "signature_mismatch")


def test_a_suspended_background_wakes_up(desk: Desk) -> None:
    """The verdict on display stays, its button works, and so does the next message."""
    before = desk.read("good", "signature_valid")
    desk.thunderbird.suspend_addon()
    assert desk.screen.bar() == before
    desk.screen.press("details")
    assert "Muster AG Root CA" in desk.screen.details(SCREENSHOTS / "details.png")
    desk.thunderbird.suspend_addon()
    desk.read("changed", "signature_invalid")


def test_a_host_that_dies_is_reported_and_replaced(desk: Desk) -> None:
    """The bar says so, beside the verdict, which still holds; the next message works."""
    before = desk.read("good", "signature_valid")
    desk.kill_host()
    deadline = time.monotonic() + 30
    while "again" not in (bar := desk.screen.wait_for_bar("signature_valid", desk.mail["good"]))["buttons"]:
        assert time.monotonic() < deadline, "the bar does not say that the host is gone"
        time.sleep(0.02)
    assert bar["headline"] == before["headline"]
    assert "stopped" in bar["lines"][-1]
    assert "stopped" in bar["announced"]
    desk.screen.screenshot(SCREENSHOTS / "host-lost.png")
    desk.read("mismatch", "signature_mismatch")


def test_a_missing_host_is_explained(desk: Desk) -> None:
    """The bar says how to install it, ordinary mail stays quiet, and once it is there "Check again" does."""
    desk.host.remove()
    try:
        desk.kill_host()
        bar = desk.read("good", "host_missing")
        assert bar["icon"] == "plug"
        assert "letterlock setup" in bar["lines"][0]
        desk.screen.screenshot(SCREENSHOTS / "host-missing.png")
        desk.read_ordinary_mail()
        assert desk.screen.bar() is None
        desk.read("good", "host_missing")
    finally:
        desk.host.mend()
    desk.screen.press("again")
    desk.screen.wait_for_bar("signature_valid", desk.mail["good"])


def test_installed_while_a_message_is_open(desk: Desk) -> None:
    """The message on display gets its bar without being opened again."""
    desk.thunderbird.remove_addon()
    desk.thunderbird.select(desk.mail["mismatch"])
    desk.screen.wait_for_subject("New account number")
    desk.thunderbird.install(desk.package)
    desk.screen.wait_for_bar("signature_mismatch", desk.mail["mismatch"])


def test_in_german(desk: Desk) -> None:
    """The add-on's words and the host's come in the language of Thunderbird."""
    desk.thunderbird.remove_addon()
    desk.thunderbird.speak("de")
    try:
        desk.thunderbird.install(desk.package)
        bar = desk.read("good", "signature_valid")
        assert bar["headline"].startswith("Signiert von Anna Muster")
        assert bar["announced"].startswith("Signiert")
        desk.screen.screenshot(SCREENSHOTS / "good-german.png")
    finally:
        desk.thunderbird.remove_addon()
        desk.thunderbird.speak("en-US")
        desk.thunderbird.install(desk.package)


def test_removing_the_addon_leaves_nothing(desk: Desk) -> None:
    """Removed with bars on display: no bar and no host is left, and mail is read as before."""
    desk.read("good", "signature_valid")
    desk.thunderbird.open_in("tab", desk.mail["changed"])
    desk.screen.wait_for_bar("signature_invalid", desk.mail["changed"])
    desk.thunderbird.remove_addon()
    try:
        assert desk.screen.traces() == []
        deadline = time.monotonic() + 30
        while desk.host_runs():
            assert time.monotonic() < deadline, "the host outlives the add-on"
            time.sleep(0.05)
        desk.thunderbird.tidy()
        desk.read_ordinary_mail()
        assert desk.screen.traces() == []
    finally:
        desk.thunderbird.install(desk.package)
