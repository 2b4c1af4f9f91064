"""The time that counts for a signer's certificate, and what the verdict says about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from letterlock import limits
from letterlock.operations.memory import Memory
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.trust.revocation import Evidence
from letterlock.verdict import Moment, Signer, Verdict
from tests.evidence.tokens import Stamp, signed_mail, stamping
from tests.trust.chains import DAY, NOW, anchored, issue, person
from tests.trust.test_trust_revocation import crl

ROOT = issue("Root")
CA = issue("Mail CA", ROOT)
ANNA = person("Anna", CA, not_after=NOW + 10 * DAY)
CLOCK = stamping("Clock", ROOT)
STRANGER = stamping("Clock of nobody", issue("Somebody else"))
YEAR = timedelta(days=365)
SETTINGS = TrustSettings(tuple(anchored(ROOT)))

Tokens = Callable[[bytes], Sequence[bytes]]


def stamps(*wanted: Stamp) -> Tokens:
    return lambda value: [each.encode(value) for each in wanted]


def opened(
    tokens: Tokens | None = None,
    at: datetime = NOW + YEAR,
    settings: TrustSettings = SETTINGS,
    who: object = ANNA,
    more: str = "",
) -> Verdict:
    return verdict_on(signed_mail(who, [CA], tokens, more=more), at, settings)  # type: ignore[arg-type]


def verdict_on(
    raw: bytes, at: datetime | None, settings: TrustSettings = SETTINGS, memory: Memory | None = None
) -> Verdict:
    opening = Opening(settings, at, memory=memory)
    opening.feed(raw)
    message = opening.close()
    message.close()
    return message.verdict


def codes(verdict: Verdict) -> list[str]:
    return [each.code for each in verdict.reasons]


def signer(verdict: Verdict) -> Signer:
    (only,) = verdict.signers
    return only


def that_counts(verdict: Verdict) -> Moment:
    (moment,) = [each for each in signer(verdict).times if each.counts]
    return moment


# --- A time-stamp that can be verified -------------------------------------------------------------------------


def test_a_time_stamp_keeps_a_signature_good() -> None:
    """The certificate has expired since, and the verdict says by whose word it was good."""
    verdict = opened(stamps(Stamp(CLOCK)))
    assert verdict.signature.status == "valid"
    (reason,) = [each for each in verdict.reasons if each.code == "certificate_expired_since_time_stamp"]
    assert reason.facts["authority"] == "Clock"
    assert signer(verdict).checked_at == "2026-06-01T12:00:00Z"
    counts = that_counts(verdict)
    assert (counts.kind, counts.by, counts.proven) == ("time_stamped", "Clock", True)
    without = opened()
    assert without.signature.status == "untrusted"
    assert "certificate_expired" in codes(without)
    assert that_counts(without).kind == "checked"


def test_while_the_certificate_runs_nothing_is_said() -> None:
    """Calm when all is well: the time line has it, the reasons have not."""
    verdict = opened(stamps(Stamp(CLOCK)), NOW + DAY)
    assert verdict.signature.status == "valid"
    assert not [each for each in codes(verdict) if "time_stamp" in each]
    assert [each.kind for each in signer(verdict).times] == ["signed", "time_stamped", "checked"]


def test_the_earliest_of_several_counts() -> None:
    """Whatever their order, and whatever else stands beside them."""
    late, early = Stamp(CLOCK, NOW + 20 * DAY), Stamp(CLOCK, NOW + DAY)
    strange = Stamp(STRANGER, NOW - DAY)
    verdict = opened(stamps(late, strange, early))
    assert verdict.signature.status == "valid"
    assert that_counts(verdict).at == "2026-06-02T12:00:00Z"
    assert [each.proven for each in signer(verdict).times if "stamp" in each.kind] == [True, True, False]


@pytest.mark.parametrize(
    ("at", "code"),
    [(NOW + 11 * DAY, "certificate_expired"), (NOW - 500 * DAY, "certificate_not_yet_valid")],
    ids=["after", "before"],
)
def test_a_time_stamp_outside_the_certificates_days(at: datetime, code: str) -> None:
    """It proves that the signature was there when the certificate was not good."""
    clock = stamping("Clock", ROOT, not_before=NOW - 2 * YEAR)
    old_root = issue("Root", not_before=NOW - 2 * YEAR, key_name="CN=Root")
    settings = TrustSettings(tuple(anchored(old_root)))
    verdict = opened(stamps(Stamp(clock, at)), settings=settings)
    assert verdict.signature.status == "untrusted"
    assert code in codes(verdict)


def test_an_inaccurate_time_stamp_counts_at_its_end() -> None:
    """A day's accuracy beyond the certificate's last day proves nothing about that day."""
    from tests.cms.builder import integer, tlv

    last = Stamp(CLOCK, NOW + 10 * DAY - timedelta(seconds=5))
    assert opened(stamps(last)).signature.status == "valid"
    assert opened(stamps(replace(last, accuracy=tlv(0x30, integer(60))))).signature.status == "untrusted"


# --- Withdrawal ------------------------------------------------------------------------------------------------


def withdrawn(days: int, invalid: int | None = None, reason: x509.ReasonFlags | None = None) -> TrustSettings:
    since = None if invalid is None else NOW + invalid * DAY
    listed = crl(
        CA, ANNA, at=NOW + days * DAY, made=NOW + 5 * DAY, until=NOW + 2 * YEAR, reason=reason, invalid_since=since
    )
    return SETTINGS._replace(evidence=Evidence.of([listed]))


COMPROMISE = x509.ReasonFlags.key_compromise


@pytest.mark.parametrize(
    ("settings", "status", "code"),
    [
        (withdrawn(2), "valid", "certificate_revoked_later"),
        (withdrawn(-2), "untrusted", "certificate_revoked"),
        (withdrawn(2, None, COMPROMISE), "valid", "certificate_revoked_later"),
        (withdrawn(2, 1, COMPROMISE), "valid", "certificate_revoked_later"),
        (withdrawn(2, -1, COMPROMISE), "untrusted", "certificate_revoked"),
        (withdrawn(2, -1, x509.ReasonFlags.superseded), "valid", "certificate_revoked_later"),
    ],
    ids=["after", "before", "compromised after", "invalid after", "invalid before", "superseded"],
)
def test_withdrawn_around_the_time_stamp(settings: TrustSettings, status: str, code: str) -> None:
    """After it harms nothing, unless the key is said to have been in other hands before (RFC 5280 §5.3.2)."""
    verdict = opened(stamps(Stamp(CLOCK)), settings=settings)
    assert verdict.signature.status == status
    assert code in codes(verdict)


def test_without_a_time_stamp_a_later_withdrawal_counts() -> None:
    """Nobody knows when it was signed; the withdrawal was before now."""
    verdict = opened(at=NOW + 6 * DAY, settings=withdrawn(2))
    assert verdict.signature.status == "untrusted"


# --- A time-stamp that cannot be verified ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        (stamps(Stamp(STRANGER)), "time_stamp_authority_not_trusted"),
        (stamps(Stamp(stamping("Mail", ROOT, purpose=()))), "time_stamp_purpose_wrong"),
        (stamps(Stamp(CLOCK, NOW + 2 * YEAR)), "time_stamp_in_future"),
        (stamps(Stamp(CLOCK, unnamed=True)), "time_stamp_authority_not_named"),
        (lambda value: [Stamp(CLOCK).encode(value[::-1])], "time_stamp_for_other"),
        (lambda value: [b"\x30\x03\x02\x01\x01"], "time_stamp_malformed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_a_remark_and_changes_nothing(tokens: Tokens, code: str) -> None:
    """Neither the status, for better or worse, nor the time that counts."""
    for at, status in ((NOW + DAY, "valid"), (NOW + YEAR, "untrusted")):
        verdict = opened(tokens, at)
        assert verdict.signature.status == status
        assert code in codes(verdict)[-2:]
        assert that_counts(verdict).kind == "checked"
        (refused,) = [each for each in signer(verdict).times if each.kind == "time_stamp_refused"]
        assert refused.reason
        assert refused.reason.code == code
        assert not refused.proven


def test_the_headline_names_what_is_wrong_and_not_the_time_stamp() -> None:
    """A person first reads that the certificate has expired."""
    verdict = opened(stamps(Stamp(STRANGER)))
    assert "expired" in verdict.headline.sentence


def test_no_more_than_so_many_are_looked_at() -> None:
    """The others are said to be passed over."""
    many = [Stamp(CLOCK, NOW + number * DAY / 24) for number in range(limits.TIME_STAMPS_IN_MESSAGE + 3)]
    verdict = opened(stamps(*many), NOW + DAY)
    assert "too_many_time_stamps" in codes(verdict)[-2:]
    looked_at = [each for each in signer(verdict).times if each.kind == "time_stamped"]
    assert len(looked_at) == limits.TIME_STAMPS_IN_MESSAGE
    assert verdict.signature.status == "valid"


def test_time_stamps_do_not_use_up_what_the_signature_may_cost() -> None:
    """Anybody can put them there: authorities that all sign each other, in each token, leave the verdict as it is."""
    tangle = [issue("Knot", issuer, key_name=f"knot {at}") for at in range(4) for issuer in (None,)]
    knots = [
        issue("Knot", tangle[one], key_name=f"knot {other}", issuer_name=tangle[one].x509.subject)
        for one in range(4)
        for other in range(4)
    ]
    strange = stamping("Clock", knots[0])
    token = Stamp(strange, along=(strange, *knots, *tangle))
    many = [replace(token, nonce=number) for number in range(limits.TIME_STAMPS_IN_MESSAGE)]
    verdict = opened(stamps(*many), NOW + DAY)
    assert verdict.signature.status == "valid"
    assert "time_stamp_authority_not_trusted" in codes(verdict)


def test_beside_a_broken_signature_nothing_is_looked_at() -> None:
    """A changed mail stays changed, whenever."""
    raw = signed_mail(ANNA, [CA], stamps(Stamp(CLOCK)))
    import base64

    head, body = raw.split(b"\r\n\r\n", 1)
    der = base64.b64decode(body).replace(b"roof", b"poof")
    verdict = verdict_on(head + b"\r\n\r\n" + base64.encodebytes(der), NOW + DAY)
    assert verdict.signature.status == "invalid"
    assert [each.kind for each in signer(verdict).times] == ["signed", "checked"]


# --- The other moments -----------------------------------------------------------------------------------------


def test_claims_are_shown_as_claims() -> None:
    """What the signer and a mail server say is in the time line, proves nothing, and never counts."""
    verdict = opened(more="Received: from x by y; Mon, 1 Jun 2026 12:00:09 +0000\r\n", at=NOW + DAY)
    times = signer(verdict).times
    assert [(each.kind, each.at, each.proven) for each in times] == [
        ("signed", "2026-06-01T12:00:00Z", False),
        ("received", "2026-06-01T12:00:09Z", False),
        ("checked", "2026-06-02T12:00:00Z", True),
    ]
    assert all(each.label for each in times)


def test_a_claimed_time_proves_nothing() -> None:
    """Neither signingTime nor Received nor Date from before the certificate ran out."""
    verdict = opened(more="Received: from x by y; Mon, 1 Jun 2026 12:00:09 +0000\r\n")
    assert verdict.signature.status == "untrusted"


def test_a_time_stamp_goes_before_the_first_opening(tmp_path: Path) -> None:
    """Both are in the time line; the time-stamp counts. Without one, the first opening does."""
    now = datetime.now(NOW.tzinfo)
    anna = person("Anna", CA, not_after=now + YEAR)
    clock = stamping("Clock", ROOT, not_after=now + YEAR)
    memory = Memory(tmp_path / "letterlock.sqlite")
    verdict = verdict_on(signed_mail(anna, [CA], stamps(Stamp(clock))), None, memory=memory)
    assert [each.kind for each in signer(verdict).times] == ["signed", "time_stamped", "first_opened", "checked"]
    assert that_counts(verdict).kind == "time_stamped"
    verdict = verdict_on(signed_mail(anna, [CA]), None, memory=memory)
    assert that_counts(verdict).kind == "first_opened"
