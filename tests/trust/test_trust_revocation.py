"""Revocation lists and OCSP answers of our own: each differs from a good one in what the test says."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from letterlock.trust import reasons as why
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Path, build
from letterlock.trust.revocation import Evidence, Good, Mode, NotChecked, Revoked
from tests.trust.chains import DAY, NOW, Issued, anchored, key, person, raw
from tests.trust.evidence import ANNA, CA, ROOT, answer, backdated, crl, responder, spoiled


def judged(*evidence: bytes, mode: Mode = Mode.AT_HAND, leaf: Issued = ANNA, time: datetime = NOW) -> Path:
    known: list[Certificate] = [CA.certificate]
    return build(leaf.certificate, known, anchored(ROOT), time, evidence=Evidence.of(evidence), mode=mode)


def first(path: Path) -> object:
    """What is known about the leaf."""
    return path.revocation[0]


def test_good_by_lists() -> None:
    """Both certificates of the path are vouched for, until the earliest next update."""
    path = judged(crl(CA), crl(ROOT), mode=Mode.STRICT)
    assert path.valid
    assert path.revocation == (Good(NOW + DAY), Good(NOW + DAY))


def test_revoked_before_the_time_that_counts() -> None:
    path = judged(crl(CA, ANNA, reason=x509.ReasonFlags.key_compromise))
    assert not path.valid
    assert path.reasons == (why.CertificateRevoked("Anna", "Mail CA", NOW - DAY, "keyCompromise", NOW),)


def test_revoked_after_the_time_that_counts() -> None:
    """Signed before the withdrawal: believed, with a remark."""
    path = judged(crl(CA, ANNA, at=NOW - DAY), time=NOW - 2 * DAY)
    assert path.valid
    assert [type(each) for each in path.reasons] == [why.CertificateRevokedLater]


def test_a_compromise_counts_from_its_invalidity_date() -> None:
    """The key was stolen before anybody noticed (RFC 5280 §5.3.2)."""
    stolen = crl(CA, ANNA, reason=x509.ReasonFlags.key_compromise, invalid_since=NOW - 5 * DAY)
    assert not judged(stolen, time=NOW - 2 * DAY).valid
    left = crl(CA, ANNA, reason=x509.ReasonFlags.cessation_of_operation, invalid_since=NOW - 5 * DAY)
    assert judged(left, time=NOW - 2 * DAY).valid


def test_revoked_authority() -> None:
    path = judged(crl(CA), crl(ROOT, CA))
    assert not path.valid
    assert path.reasons[0].facts()["subject"] == "Mail CA"


def test_stale_list_still_revokes_but_vouches_for_nobody() -> None:
    old = {"made": NOW - 9 * DAY, "until": NOW - 8 * DAY, "at": NOW - 9 * DAY}
    assert isinstance(first(judged(crl(CA, ANNA, **old))), Revoked)  # type: ignore[arg-type]
    held = crl(CA, ANNA, reason=x509.ReasonFlags.certificate_hold, **old)  # type: ignore[arg-type]
    for evidence in (held, crl(CA, **old)):  # type: ignore[arg-type]
        status = first(judged(evidence))
        assert isinstance(status, NotChecked)
        assert isinstance(status.why, why.EvidenceStale)


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (crl(CA, signing=key("somebody")), why.EvidenceUnsigned),
        (crl(CA, extensions=[raw("1.2.3.4", b"\5\0", critical=True)]), why.EvidenceNotUnderstood),
        (crl(CA, extensions=[raw("2.5.29.28", b"\x30\x02\x85\x01", critical=True)]), why.EvidenceNotUnderstood),
        (crl(ROOT), why.RevocationEvidenceMissing),
        (spoiled(answer()), why.EvidenceUnsigned),
        (answer(status=ocsp.OCSPCertStatus.UNKNOWN), why.RevocationAnswerUnknown),
        (answer(made=NOW - 9 * DAY, until=NOW - 8 * DAY), why.EvidenceStale),
        (answer(made=NOW - 2 * DAY, until=None), why.EvidenceStale),
        (answer(about=person("Bert", CA)), why.RevocationEvidenceMissing),
        (answer(responder=responder(purposes=())), why.EvidenceUnsigned),
        (answer(responder=responder(ROOT)), why.EvidenceUnsigned),
        (answer(responder=responder(not_after=NOW - 3 * DAY)), why.EvidenceUnsigned),
        (answer(responder=responder(signed_by=key("somebody"))), why.EvidenceUnsigned),
        (b"\x30\x03\x0a\x01\x06", why.RevocationEvidenceMissing),
        (b"\x30\x00", why.RevocationEvidenceMissing),
        (b"rubbish", why.RevocationEvidenceMissing),
    ],
)
def test_what_proves_nothing(evidence: bytes, reason: type) -> None:
    """The status says why; the strict reader does not believe the path, the others do."""
    status = first(judged(evidence))
    assert isinstance(status, NotChecked)
    assert type(status.why) is reason
    strict = judged(evidence, crl(ROOT), mode=Mode.STRICT)
    assert not strict.valid
    assert type(strict.reasons[0]) is reason


@pytest.mark.parametrize(
    "evidence",
    [
        answer(),
        answer(digest=hashes.SHA256()),
        answer(responder=responder()),
        answer(made=NOW - timedelta(hours=5), until=None),
    ],
)
def test_good_by_an_answer(evidence: bytes) -> None:
    assert isinstance(first(judged(evidence)), Good)


def test_revoked_by_an_answer() -> None:
    path = judged(answer(status=ocsp.OCSPCertStatus.REVOKED))
    assert not path.valid
    assert path.reasons == (why.CertificateRevoked("Anna", "Mail CA", NOW - DAY, "unspecified", NOW),)


def test_a_withdrawal_anywhere_counts() -> None:
    """The list is older than the answer, or the other way round: one of them withdraws, so it is withdrawn."""
    assert not judged(answer(), crl(CA, ANNA)).valid
    assert not judged(answer(status=ocsp.OCSPCertStatus.REVOKED), crl(CA)).valid


def test_responder_without_nocheck_may_be_withdrawn_itself() -> None:
    """RFC 6960 §4.2.2.2.1; the strict reader wants a good word about the responder too."""
    speaker = responder(extensions=())
    evidence = answer(responder=speaker)
    assert isinstance(first(judged(evidence)), Good)
    assert isinstance(first(judged(evidence, crl(CA, speaker))), Good), "the list vouches for Anna all the same"
    only_answer = judged(evidence, crl(ROOT), mode=Mode.STRICT)
    assert not only_answer.valid
    assert judged(evidence, crl(CA), crl(ROOT), mode=Mode.STRICT).valid


def test_stolen_key_of_a_responder_run_out_vouches_for_nobody() -> None:
    """It can say that it answered in its own days. Its word against a certificate still counts; the other does not."""
    ended = responder(not_after=NOW - DAY)
    running = responder(not_after=NOW + DAY)
    told = [backdated(answer(responder=each), each, NOW - 2 * DAY) for each in (ended, running)]
    gone = backdated(answer(responder=ended, status=ocsp.OCSPCertStatus.REVOKED), ended, NOW - 2 * DAY)
    assert first(judged(told[0])) == NotChecked(why.EvidenceUnsigned("Anna", "Mail CA"))
    assert isinstance(first(judged(told[1])), Good)
    assert isinstance(first(judged(told[0], time=NOW - DAY)), Good), "the time that counts decides, not today"
    assert not judged(gone).valid


def test_weak_evidence_is_none() -> None:
    """A list signed over SHA-1 could be forged, so it vouches for nobody."""
    weak = x509.CertificateRevocationListBuilder().issuer_name(CA.x509.subject)
    weak = weak.last_update(NOW - DAY).next_update(NOW + DAY)
    der = weak.sign(CA.key, hashes.SHA224()).public_bytes(serialization.Encoding.DER)
    assert isinstance(first(judged(der)), Good)
    sha1 = der.replace(bytes.fromhex("06082a8648ce3d040301"), bytes.fromhex("06072a8648ce3d0401") + b"\0")
    assert isinstance(first(judged(sha1)), NotChecked)


def test_damaged_evidence_never_raises() -> None:
    """Lists and answers with some octets changed: each is used or not, and the path has an answer."""
    dice = random.Random(51)
    number = x509.CRLNumber(7)
    spoken = answer(responder=responder(), status=ocsp.OCSPCertStatus.REVOKED)
    listed = crl(CA, ANNA, reason=x509.ReasonFlags.superseded, invalid_since=NOW, extensions=[(number, False)])
    for template in (spoken, listed):
        for _ in range(400):
            octets = bytearray(template)
            for _ in range(dice.choice((1, 1, 2, 5))):
                octets[dice.randrange(len(octets))] = dice.randrange(256)
            assert judged(bytes(octets), mode=Mode.STRICT).valid is False


def test_evidence_costs_from_the_budget() -> None:
    """A mail full of lists by keys nobody knows ends the search instead of occupying the machine."""
    lists = [crl(CA, signing=key("somebody"), made=NOW - number * DAY) for number in range(1, 12)]
    path = build(ANNA.certificate, [CA.certificate], anchored(ROOT), NOW, evidence=Evidence.of(lists), checks=8)
    assert any(isinstance(each, why.PathSearchExhausted) for each in path.reasons)
