"""A time-stamp proves a time, or says exactly why it does not."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from letterlock import limits
from letterlock.evidence import failures as f
from letterlock.evidence.timestamp import Terms, TimeStamp, verify
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.anchors import Anchor
from letterlock.trust.revocation import Evidence, Mode
from tests.cms.builder import HASHES, integer, oid, tlv
from tests.evidence.tokens import Stamp, stamping
from tests.trust.chains import DAY, NOW, anchored, issue
from tests.trust.test_trust_revocation import crl

VALUE = b"\x17" * 256
ROOT = issue("Root")
CLOCK = stamping("Clock", ROOT)
GOOD = Stamp(CLOCK)
LATER = Terms(NOW + DAY, anchored(ROOT))
MAIL = "1.3.6.1.5.5.7.3.4"


def stamped(stamp: Stamp, terms: Terms = LATER, value: bytes = VALUE, about: bytes = VALUE) -> TimeStamp:
    return verify(stamp.encode(about), value, terms)


# --- What proves a time ----------------------------------------------------------------------------------------


def test_a_good_token() -> None:
    """The time, and by whom."""
    found = stamped(GOOD)
    assert found.time == found.latest == NOW
    assert found.authority.name == "Clock"
    assert found.path.valid


@pytest.mark.parametrize(
    ("written", "microsecond"),
    [
        (b"20260601120000Z", 0),
        (b"20260601120000.5Z", 500_000),
        (b"20260601120000.34352Z", 343_520),
        (b"20260601120000.123456789Z", 123_456),
    ],
)
def test_fractions_of_a_second(written: bytes, microsecond: int) -> None:
    """RFC 3161 §2.4.2 allows any number of digits."""
    assert stamped(replace(GOOD, gen_time=written)).time == NOW.replace(microsecond=microsecond)


@pytest.mark.parametrize(
    "written", [b"202606011200Z", b"20260601120000", b"20260601120000.50Z", b"20261301120000Z", b""]
)
def test_no_time(written: bytes) -> None:
    """Other forms of GeneralizedTime, and days that do not exist."""
    with pytest.raises(f.TimeStampMalformed):
        stamped(replace(GOOD, gen_time=written or b"Z"))


def test_accuracy() -> None:
    """The signature was there for certain at the end of it."""
    accuracy = tlv(0x30, integer(2), tlv(0x80, b"\x01\xf4"), tlv(0x81, b"\x07"))
    found = stamped(replace(GOOD, accuracy=accuracy))
    assert found.latest - found.time == timedelta(seconds=2, milliseconds=500, microseconds=7)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ((), 0),
        ((integer(2),), 2),
        ((integer(limits.TIME_STAMP_ACCURACY_SECONDS),), limits.TIME_STAMP_ACCURACY_SECONDS),
        ((tlv(0x80, b"\x03\xe7"),), 0.999),
        ((tlv(0x81, b"\x03\xe7"),), 0.000999),
        ((tlv(0x80, b"\0"), tlv(0x81, b"\0")), 0),
    ],
)
def test_parts_of_the_accuracy(fields: tuple[bytes, ...], seconds: float) -> None:
    """Each may be absent, and is zero then."""
    assert stamped(replace(GOOD, accuracy=tlv(0x30, *fields))).accuracy == timedelta(seconds=seconds)


@pytest.mark.parametrize("field", [tlv(tag, octets) for tag in (0x80, 0x81) for octets in (b"\xff", b"\x03\xe8")])
def test_thousandths_out_of_range(field: bytes) -> None:
    with pytest.raises(f.TimeStampMalformed):
        stamped(replace(GOOD, accuracy=tlv(0x30, field)))


@pytest.mark.parametrize("seconds", [-1, limits.TIME_STAMP_ACCURACY_SECONDS + 1, 2**80])
def test_absurd_accuracy(seconds: int) -> None:
    with pytest.raises(f.TimeStampMalformed):
        stamped(replace(GOOD, accuracy=tlv(0x30, integer(seconds))))


def test_the_old_certificate_identifier() -> None:
    """ESSCertID with SHA-1 (RFC 2634), which most authorities still write."""
    assert stamped(replace(GOOD, old_name=True)).time == NOW


def test_an_authority_that_has_run_out_since() -> None:
    """It is judged at the time of its token, as a signer is."""
    short = stamping("Clock", ROOT, not_after=NOW + DAY)
    assert stamped(Stamp(short), LATER._replace(now=NOW + 100 * DAY)).time == NOW


def test_the_authoritys_name() -> None:
    """`tsa` is one of the names in its certificate, or the token is refused."""
    right = tlv(0xA4, CLOCK.x509.subject.public_bytes())
    assert stamped(replace(GOOD, tsa=right)).time == NOW
    for wrong in (
        tlv(0xA4, ROOT.x509.subject.public_bytes()),
        tlv(0x82, b"clock.example"),
        tlv(0x81, b"\xff"),
        tlv(0x0C),
    ):
        with pytest.raises(f.TimeStampMalformed) as failure:
            stamped(replace(GOOD, tsa=wrong))
        assert failure.value.part == "tsa"


def test_a_certificate_from_elsewhere() -> None:
    """A token need not carry its authority's certificate."""
    bare = replace(GOOD, along=())
    assert verify(bare.encode(VALUE), VALUE, LATER, [CLOCK.der]).time == NOW
    with pytest.raises(f.TimeStampAuthorityMissing):
        stamped(bare)


def test_an_authority_below_another() -> None:
    """The middle of the chain comes in the token."""
    middle = issue("Time CA", ROOT)
    below = stamping("Clock below", middle)
    assert len(stamped(Stamp(below, along=(below, middle))).path.chain) == 3
    with pytest.raises(f.TimeStampAuthorityNotTrusted) as failure:
        stamped(Stamp(below))
    assert failure.value.why == "issuer_unknown"


# --- What does not ---------------------------------------------------------------------------------------------


def test_about_something_else() -> None:
    """Somebody else's token, however good, says nothing about this signature."""
    with pytest.raises(f.TimeStampForOther):
        stamped(GOOD, about=VALUE + b"x")


@pytest.mark.parametrize(
    ("deviation", "failure"),
    [
        ({"version": 2}, f.TimeStampMalformed),
        ({"content_type": "1.2.840.113549.1.7.1"}, f.TimeStampMalformed),
        ({"signers": 2}, f.TimeStampMalformed),
        ({"extensions": tlv(0x30, oid("1.2.3"), tlv(0x01, b"\xff"), tlv(0x04, b""))}, f.TimeStampMalformed),
        ({"unnamed": True}, f.TimeStampAuthorityNotNamed),
        ({"named": ROOT}, f.TimeStampBroken),
        ({"digest": "SHA-1"}, f.TimeStampWeak),
        ({"token_digest": "SHA-1"}, f.TimeStampWeak),
        ({"time": NOW + 2 * DAY}, f.TimeStampInFuture),
    ],
    ids=lambda value: str(next(iter(value))) if isinstance(value, dict) else value.__name__,
)
def test_refused(deviation: dict[str, Any], failure: type[f.TimeStampFailure]) -> None:
    """Each for its own reason."""
    with pytest.raises(f.TimeStampFailure) as raised:
        stamped(replace(GOOD, **deviation))
    assert type(raised.value) is failure


def test_sha_1_where_the_reader_accepts_it() -> None:
    """Under the legacy policy old time-stamps count."""
    assert stamped(replace(GOOD, digest="SHA-1"), LATER._replace(accepted=LEGACY)).time == NOW


def test_an_unknown_digest_is_not_called_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be good; it is only not checked here."""
    monkeypatch.setitem(HASHES, "SHA-256 by another number", ("1.2.3.4.5", HASHES["SHA-256"][1]))
    with pytest.raises(f.TimeStampNotChecked):
        stamped(replace(GOOD, digest="SHA-256 by another number"))


@pytest.mark.parametrize(
    "deviation",
    [
        {"purpose": ()},
        {"purpose": (MAIL,)},
        {"purpose": ("1.3.6.1.5.5.7.3.8", MAIL)},
        {"purpose": ("2.5.29.37.0",)},
        {"critical": False},
        {"usage": ("key_encipherment",)},
    ],
    ids=["none", "mail", "mail too", "any", "not critical", "key usage"],
)
def test_not_a_time_stamping_certificate(deviation: dict[str, Any]) -> None:
    """timeStamping, critical and alone: a mail certificate cannot make time."""
    with pytest.raises(f.TimeStampPurposeWrong):
        stamped(Stamp(stamping("Clock", ROOT, **deviation)))


def test_substituted_certificate() -> None:
    """Another certificate for the same key (here a better one) is not the one the authority signed with."""
    other = stamping("Clock", ROOT, key_name="CN=Clock")
    assert other.key is CLOCK.key
    with pytest.raises((f.TimeStampBroken, f.TimeStampAuthorityMissing)):
        stamped(replace(GOOD, authority=other, named=CLOCK))
    with pytest.raises((f.TimeStampBroken, f.TimeStampAuthorityMissing)):
        stamped(replace(GOOD, along=(other,)))


def test_an_authority_nobody_chose() -> None:
    """An unknown one, and one below a root that is only trusted for mail."""
    with pytest.raises(f.TimeStampAuthorityNotTrusted) as failure:
        stamped(GOOD, LATER._replace(anchors=anchored(issue("Other"))))
    assert failure.value.facts()["why"] == "issuer_unknown"
    for source in ("mozilla", "system"):
        with pytest.raises(f.TimeStampAuthorityNotTrusted):
            stamped(GOOD, LATER._replace(anchors=[Anchor(ROOT.certificate, source)]))  # type: ignore[arg-type]


def test_an_authority_outside_its_days() -> None:
    """A certificate that was not in force when the token says it was made."""
    with pytest.raises(f.TimeStampAuthorityNotTrusted) as failure:
        stamped(Stamp(stamping("Clock", ROOT, not_after=NOW - DAY)))
    assert failure.value.why == "certificate_expired"
    with pytest.raises(f.TimeStampAuthorityNotTrusted) as failure:
        stamped(Stamp(stamping("Clock", ROOT, not_before=NOW + DAY / 2)))
    assert failure.value.why == "certificate_not_yet_valid"


def test_clocks_that_differ_a_little() -> None:
    """A token from a few minutes ahead is not from the future."""
    assert stamped(GOOD, LATER._replace(now=NOW - timedelta(minutes=limits.CLOCKS_APART_MINUTES))).time == NOW
    with pytest.raises(f.TimeStampInFuture):
        stamped(GOOD, LATER._replace(now=NOW - timedelta(minutes=limits.CLOCKS_APART_MINUTES + 1)))


# --- Withdrawn authorities -------------------------------------------------------------------------------------


def withdrawn(days: int, reason: x509.ReasonFlags | None) -> Evidence:
    return Evidence.of([crl(ROOT, CLOCK, at=NOW + days * DAY, reason=reason, until=NOW + 9 * DAY)])


@pytest.mark.parametrize(
    ("days", "reason", "good"),
    [
        (-1, x509.ReasonFlags.superseded, False),
        (1, x509.ReasonFlags.superseded, True),
        (1, x509.ReasonFlags.cessation_of_operation, True),
        (1, x509.ReasonFlags.affiliation_changed, True),
        (1, x509.ReasonFlags.key_compromise, False),
        (1, x509.ReasonFlags.ca_compromise, False),
        (1, x509.ReasonFlags.privilege_withdrawn, False),
        (1, None, False),
    ],
)
def test_a_withdrawn_authority(days: int, reason: x509.ReasonFlags | None, good: bool) -> None:
    """RFC 3161 §4: retired, its old tokens stay good; with its key in other hands, or no reason told, none does."""
    terms = LATER._replace(evidence=withdrawn(days, reason), now=NOW + 2 * DAY)
    if good:
        assert stamped(GOOD, terms).time == NOW
        return
    with pytest.raises((f.TimeStampAuthorityNotTrusted, f.TimeStampAuthorityRevoked)):
        stamped(GOOD, terms)


def test_evidence_inside_the_token_counts() -> None:
    """And in strict mode it is needed."""
    strict = LATER._replace(mode=Mode.STRICT)
    with pytest.raises(f.TimeStampAuthorityNotTrusted):
        stamped(GOOD, strict)
    assert stamped(replace(GOOD, crls=[crl(ROOT)]), strict).time == NOW


# --- Hostile octets --------------------------------------------------------------------------------------------


def test_every_octet_damaged_proves_nothing() -> None:
    """Whatever octet is changed, there is no time, or the very same one (what nobody signed may change)."""
    token = GOOD.encode(VALUE)
    for at in range(len(token)):
        damaged = token[:at] + bytes((token[at] ^ 0x55,)) + token[at + 1 :]
        try:
            found = verify(damaged, VALUE, LATER)
        except f.TimeStampFailure:
            continue
        assert found.time == NOW
        assert found.authority.der == CLOCK.der


def test_every_beginning_proves_nothing() -> None:
    """A token cut short anywhere."""
    token = GOOD.encode(VALUE)
    for end in range(len(token)):
        with pytest.raises(f.TimeStampFailure):
            verify(token[:end], VALUE, LATER)


def test_a_huge_token_is_refused_at_once() -> None:
    """Without being read."""
    begun = time.process_time()
    with pytest.raises(f.TimeStampMalformed):
        verify(bytes(limits.TIME_STAMP_OCTETS + 1), VALUE, LATER)
    assert time.process_time() - begun < 0.1
