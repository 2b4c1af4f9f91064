"""Sending through Gmail's, Microsoft's and JMAP's APIs: nothing is lost or goes out twice, nobody learns of a Bcc."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from letterlock import limits
from letterlock.net import mail_failures as failures
from letterlock.net.oauth_failures import OAuthEnded
from letterlock.operations import ways
from letterlock.operations.accounts import Way
from letterlock.operations.send_report import CopyStatus
from tests.net.api_servers import Asked, Said
from tests.net.mail_tls import Authority
from tests.operations.api_desk import ApiDesk, api_desk
from tests.operations.notes import ANNA, BEA, CARL, note, statuses
from tests.operations.writing_desk import ENCRYPTED, SIGNED, WritingDesk

WAYS: tuple[Way, ...] = ("gmail", "graph", "jmap")
BY_HEADER: tuple[Way, ...] = ("gmail", "graph")


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    """Keys for three people."""
    return WritingDesk(tmp_path_factory.mktemp("apis"), people=("anna", "bea", "carl"))


@pytest.fixture(params=WAYS)
def desk(request: pytest.FixtureRequest, writing: WritingDesk, mail_authority: Authority) -> Iterator[ApiDesk]:
    """Anna's account in each way, signed in."""
    with api_desk(writing.database, writing.vault, mail_authority, request.param) as made:
        yield made
        for each in {item.stored.batch for item in made.outbox().items()}:
            made.outbox().forget_batch(each)


@pytest.fixture
def jmap(writing: WritingDesk, mail_authority: Authority) -> Iterator[ApiDesk]:
    with api_desk(writing.database, writing.vault, mail_authority, "jmap") as made:
        yield made


def test_what_is_signed_and_encrypted_arrives(desk: ApiDesk, writing: WritingDesk) -> None:
    """Octet by octet: its signature is valid and its recipient and its sender can open it."""
    report = desk.protected(writing, note("Grüße an Bea", to=f"{BEA}"))
    assert statuses(report) == {BEA: "sent"}
    (sent,) = desk.provider.sent
    assert sent.recipients == (BEA,)
    assert writing.opened(sent.content)[:2] == ("valid", "decrypted")
    assert b"Gr\xc3\xbc\xc3\x9fe" not in sent.content
    assert report.copy is (CopyStatus.KEPT if desk.account.way == "jmap" else CopyStatus.NOT_WANTED)


def test_nobody_learns_of_a_blind_copy(desk: ApiDesk, writing: WritingDesk) -> None:
    """Each recipient gets one message, Carl one of his own; none that goes to Bea says anything of Carl."""
    desk.protected(writing, note("secret", to=BEA, more=f"Bcc: {CARL}\r\n"))
    assert sorted(each.recipients for each in desk.provider.sent) == [(BEA,), (CARL,)]
    to_bea = next(each.content for each in desk.provider.sent if each.recipients == (BEA,))
    assert b"carl" not in to_bea.lower()
    for each in desk.provider.sent:
        assert writing.opened(each.content)[:2] == ("valid", "decrypted")


@pytest.mark.parametrize("way", BY_HEADER)
def test_a_blind_copy_of_what_is_only_signed_has_a_header_of_its_own(
    way: Way, writing: WritingDesk, mail_authority: Authority
) -> None:
    """A provider without an envelope would send it to all whom it names: the header for Carl names nobody else."""
    with api_desk(writing.database, writing.vault, mail_authority, way) as desk:
        message = note("hello", to=f"{BEA}, Anna <{ANNA}>", more=f"Bcc: {CARL}\r\n")
        report = desk.protected(writing, message, SIGNED)
        assert statuses(report) == dict.fromkeys((BEA, ANNA, CARL), "sent")
        assert sorted(each.recipients for each in desk.provider.sent) == [(BEA, ANNA), (CARL,)]
        for each in desk.provider.sent:
            assert writing.opened(each.content)[0] == "valid"
            assert b"\nBcc:" not in each.content


def test_a_token_that_runs_out_is_renewed_and_nothing_goes_out_twice(desk: ApiDesk) -> None:
    """Before sending where its end is known; and where the provider says 401, once, with the same message."""
    desk.oauth.expire()
    assert statuses(desk.finished(note("first"))) == {BEA: "sent"}
    assert desk.oauth.token_requests[-1]["grant_type"] == "refresh_token"
    assert len(desk.provider.sent) == 1


def test_a_sign_in_that_was_withdrawn_keeps_the_message(desk: ApiDesk) -> None:
    """It waits; after the next sign-in it goes out, once."""
    desk.oauth.expire()
    desk.oauth.refresh.clear()
    report = desk.finished(note())
    assert statuses(report) == {BEA: "waiting"}
    assert isinstance(report.recipients[0].failure, OAuthEnded)
    assert desk.provider.sent == []
    desk.sign_in()
    assert [statuses(each) for each in desk.resume()] == [{BEA: "sent"}]
    assert len(desk.provider.sent) == 1
    assert desk.outbox().items() == []


def only_sending(desk: ApiDesk, said: Said) -> Callable[[Asked], Said | None]:
    """Trouble at the one request that sends."""

    def trouble(asked: Asked) -> Said | None:
        sends = desk.account.way != "jmap" or b"EmailSubmission/set" in asked.body
        return said if sends else None

    return trouble


@pytest.mark.parametrize(
    ("said", "status", "failure"),
    [
        (Said(429, None, (("Retry-After", "30"),)), "waiting", failures.MailRefusedForNow),
        (Said(503), "waiting", failures.MailRefusedForNow),
        (Said(403, {"error": {"code": 403}}), "waiting", failures.MailNotAllowed),
        (Said(400), "refused", failures.MailRefused),
        (Said(413), "refused", failures.MailRefused),
        (Said(302, None, (("Location", "https://elsewhere.example/"),)), "refused", failures.MailRefused),
        (Said(500), "unsure", failures.MailFateUnknown),
        (Said(502), "unsure", failures.MailFateUnknown),
        (Said(0, hang_up=True), "unsure", failures.MailFateUnknown),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Said) else "",
)
def test_what_the_provider_says_decides(said: Said, status: str, failure: type[Exception], desk: ApiDesk) -> None:
    """What it did not take waits or is given up; what it may have taken waits for a person."""
    desk.provider.trouble = only_sending(desk, said)
    report = desk.finished(note())
    assert statuses(report) == {BEA: status}
    assert isinstance(report.recipients[0].failure, failure)
    assert desk.provider.sent == []
    desk.provider.trouble = lambda _: None
    if status == "unsure":
        assert [statuses(each) for each in desk.resume()] == [{BEA: "unsure"}]
        assert desk.provider.sent == []
    if status != "refused":
        assert [statuses(each) for each in desk.resume(anyway=True)] == [{BEA: "sent"}]
        assert len(desk.provider.sent) == 1
    assert desk.outbox().items() == []


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"])
def test_gmails_quota_passes(reason: str, writing: WritingDesk, mail_authority: Authority) -> None:
    """A 403 for too much is no 403 for good."""
    with api_desk(writing.database, writing.vault, mail_authority, "gmail") as desk:
        error = {"error": {"code": 403, "message": "x", "errors": [{"reason": reason}]}}
        desk.provider.trouble = lambda _: Said(403, error)
        report = desk.finished(note())
        assert isinstance(report.recipients[0].failure, failures.MailRefusedForNow)
        assert reason in report.recipients[0].failure.detail
        desk.outbox().forget_batch(report.batch)


def test_graph_names_a_sender_that_is_not_allowed(writing: WritingDesk, mail_authority: Authority) -> None:
    """`ErrorSendAsDenied` is about the address in From."""
    with api_desk(writing.database, writing.vault, mail_authority, "graph") as desk:
        desk.provider.trouble = lambda _: Said(403, {"error": {"code": "ErrorSendAsDenied", "message": "no"}})
        report = desk.finished(note())
        assert statuses(report) == {BEA: "refused"}
        assert isinstance(report.recipients[0].failure, failures.SenderRefused)


def test_what_is_too_large_is_not_even_begun(writing: WritingDesk, mail_authority: Authority) -> None:
    """Graph takes 3 MiB of message; the account says so before anything is written."""
    with api_desk(writing.database, writing.vault, mail_authority, "graph") as desk:
        assert ways.largest(desk.account) == limits.GRAPH_OCTETS
        line = "x" * 76 + "\r\n"
        fits = note(line * 30_000)
        assert statuses(desk.finished(fits)) == {BEA: "sent"}
        asked = len(desk.provider.requests)
        report = desk.finished(note(line * 41_000))
        assert statuses(report) == {BEA: "refused"}
        assert isinstance(report.recipients[0].failure, failures.MailTooLargeForServer)
        assert len(desk.provider.requests) == asked


# --- JMAP ---


def test_jmap_leaves_no_draft_and_keeps_one_copy(jmap: ApiDesk, writing: WritingDesk) -> None:
    """The copy names Bcc, as no message to others does; where there is no folder for it, one is made."""
    for made in (False, True):
        if made:
            del jmap.provider.mailboxes["M2"]
        jmap.provider.emails.clear()
        report = jmap.protected(writing, note("x", to=BEA, more=f"Bcc: {CARL}\r\n"), ENCRYPTED)
        assert report.copy is CopyStatus.KEPT
        assert report.folder == ("Sent" if made else "Gesendet")
        (copy,) = jmap.provider.emails.values()
        sent = next(key for key, each in jmap.provider.mailboxes.items() if each["role"] == "sent")
        assert (copy["mailboxIds"], copy["keywords"]) == ({sent: True}, {"$seen": True})
        assert b"Bcc" in copy["octets"]


def test_jmap_refuses_one_recipient_and_sends_to_nobody(jmap: ApiDesk) -> None:
    """`invalidRecipients` names them (RFC 8621 §7.5); the draft is gone."""
    jmap.provider.refuse = lambda _: {"type": "invalidRecipients", "invalidRecipients": [CARL]}
    report = jmap.finished(note(to=f"{BEA}, {CARL}"))
    assert statuses(report) == {BEA: "not_sent", CARL: "refused"}
    assert (jmap.provider.emails, jmap.provider.sent) == ({}, [])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"type": "forbiddenFrom"}, "refused"),
        ({"type": "forbiddenToSend", "description": "unpaid"}, "waiting"),
        ({"type": "overQuota"}, "waiting"),
        ({"type": "rateLimit"}, "waiting"),
        ({"type": "tooManyRecipients", "maxRecipients": 1}, "refused"),
    ],
)
def test_jmap_errors_of_a_submission(error: dict[str, Any], status: str, jmap: ApiDesk) -> None:
    """Those that pass let it wait."""
    jmap.provider.refuse = lambda _: error
    report = jmap.finished(note())
    assert statuses(report) == {BEA: status}
    assert jmap.provider.emails == {}
    for each in {item.stored.batch for item in jmap.outbox().items()}:
        jmap.outbox().forget_batch(each)


def test_a_jmap_server_that_took_it_and_did_not_answer(jmap: ApiDesk) -> None:
    """It was sent, and nobody here can know: it is not sent again by itself."""
    jmap.provider.swallow_answer = True
    report = jmap.finished(note())
    assert statuses(report) == {BEA: "unsure"}
    assert len(jmap.provider.sent) == 1
    jmap.provider.swallow_answer = False
    assert [statuses(each) for each in jmap.resume()] == [{BEA: "unsure"}]
    assert len(jmap.provider.sent) == 1
    jmap.outbox().forget_batch(report.batch)


def test_a_jmap_session_cannot_send_the_token_elsewhere(jmap: ApiDesk) -> None:
    """What it names on another server is not asked."""
    jmap.provider.elsewhere = "https://evil.example"
    report = jmap.finished(note())
    assert isinstance(report.recipients[0].failure, failures.MailAnswerBroken)
    assert "evil.example" in report.recipients[0].failure.detail
    assert jmap.provider.sent == []
    jmap.outbox().forget_batch(report.batch)


def test_a_message_that_jmap_has_already_is_sent_and_stays(jmap: ApiDesk) -> None:
    """`alreadyExists` leads to somebody's mail, which must not be destroyed with a draft."""
    message = note("once", more="Date: Tue, 24 Nov 2026 08:00:00 +0000\r\nMessage-ID: <one@muster.example>\r\n")
    jmap.provider.blobs["B0"] = message
    jmap.provider.emails["E0"] = {"id": "E0", "octets": message, "mailboxIds": {"M2": True}, "keywords": {}}
    assert statuses(jmap.finished(message)) == {BEA: "sent"}
    assert "E0" in jmap.provider.emails
