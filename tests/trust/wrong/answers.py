"""Withdrawn by an OCSP answer, or no answer that vouches (RFC 6960)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from letterlock.errors import Reason
from letterlock.trust import reasons as why
from tests.trust.chains import DAY, NOW, issue, key, person, raw
from tests.trust.evidence import CA, ROOT, answer, crl, responder, spoiled
from tests.trust.wrong.cases import Wrong, case, flaw
from tests.trust.wrong.lists import MISSING, UNSIGNED, at_hand, revoked, strict

OCSP = (ExtendedKeyUsageOID.OCSP_SIGNING,)


def answered(reason: Reason, *evidence: bytes) -> Wrong:
    """For whoever wants a good word: the root's list is there, and this about the person."""
    return strict(reason, crl(ROOT), *evidence)


@case
def answered_that_it_is_withdrawn(folder: Path) -> Wrong:
    """The authority answers that the certificate is withdrawn."""
    return at_hand(revoked(), answer(status=flaw(ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.GOOD)))


@case
def answered_that_it_was_withdrawn_before(folder: Path) -> Wrong:
    """The day of the withdrawal decides in an answer, too."""
    when = flaw(NOW - DAY, NOW + DAY)
    return at_hand(revoked(), answer(status=ocsp.OCSPCertStatus.REVOKED, at=when))


@case
def withdrawn_in_one_of_two(folder: Path) -> Wrong:
    """The list says nothing yet, the answer does."""
    told = answer(status=flaw(ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.GOOD))
    return at_hand(revoked(), crl(CA), told)


@case
def answered_that_nobody_knows(folder: Path) -> Wrong:
    """The responder does not know the certificate (§2.2)."""
    told = answer(status=flaw(ocsp.OCSPCertStatus.UNKNOWN, ocsp.OCSPCertStatus.GOOD))
    return answered(why.RevocationAnswerUnknown("Anna", "Mail CA"), told)


@case
def answer_damaged(folder: Path) -> Wrong:
    """The last octet of the answer's signature is another."""
    return answered(UNSIGNED, flaw(spoiled, bytes)(answer()))


@case
def answer_run_out(folder: Path) -> Wrong:
    """The next answer was due yesterday (§4.2.2.1)."""
    told = answer(made=NOW - 2 * DAY, until=flaw(NOW - DAY, NOW + DAY))
    return answered(why.EvidenceStale("Anna", "Mail CA", NOW - DAY, NOW), told)


@case
def answer_without_an_end_too_old(folder: Path) -> Wrong:
    """An answer that names no next one holds for a day."""
    told = answer(made=flaw(NOW - 2 * DAY, NOW - timedelta(hours=2)), until=None)
    return answered(why.EvidenceStale("Anna", "Mail CA", NOW - DAY, NOW), told)


@case
def answer_about_another_serial_number(folder: Path) -> Wrong:
    """The answer is about another certificate of the same authority."""
    return answered(MISSING, answer(*flaw([person("Bert", CA)], [])))


@case
def answer_about_another_issuers_key(folder: Path) -> Wrong:
    """Serial number and issuer's name fit, the hash of the issuer's key does not (§4.1.1)."""
    other = issue("Mail CA", ROOT, key_name="another key")
    return answered(MISSING, answer(issuer=flaw(other, CA), responder=CA))


@case
def answer_in_a_digest_nobody_uses(folder: Path) -> Wrong:
    """What the answer is about is named with SHA-224."""
    return answered(MISSING, answer(digest=flaw(hashes.SHA224(), hashes.SHA256())))


@case
def answer_not_understood(folder: Path) -> Wrong:
    """The answer has a critical extension nobody knows."""
    told = answer(extensions=[raw("1.2.3.4", b"\5\0", critical=flaw(True, False))])
    return answered(why.EvidenceNotUnderstood("Anna", "1.2.3.4"), told)


def refused(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)


@case
def answer_refused(folder: Path) -> Wrong:
    """The responder answers "unauthorized", which is no answer (§2.3)."""
    return answered(MISSING, flaw(refused(ocsp.OCSPResponseStatus.UNAUTHORIZED), answer()))


@case
def answer_put_off(folder: Path) -> Wrong:
    """The responder answers "try later"; anybody on the way can send that, unsigned."""
    return answered(MISSING, flaw(refused(ocsp.OCSPResponseStatus.TRY_LATER), answer()))


# --- Who may answer (§4.2.2.2) ---------------------------------------------------------------------------------


@case
def responder_without_the_purpose(folder: Path) -> Wrong:
    """Anybody with a certificate of the authority could answer, were it not for id-kp-OCSPSigning."""
    return answered(UNSIGNED, answer(responder=responder(purposes=flaw((), OCSP))))


@case
def responder_with_any_purpose(folder: Path) -> Wrong:
    """anyExtendedKeyUsage does not appoint a responder."""
    any_purpose = (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)
    return answered(UNSIGNED, answer(responder=responder(purposes=flaw(any_purpose, OCSP))))


@case
def responder_of_another_authority(folder: Path) -> Wrong:
    """The authority above has appointed it, not the one whose certificate is in question."""
    return answered(UNSIGNED, answer(responder=responder(flaw(ROOT, CA))))


@case
def responder_run_out(folder: Path) -> Wrong:
    """The responder's certificate had ended when it answered."""
    until = flaw(NOW - 3 * DAY, NOW.replace(year=NOW.year + 30))
    return answered(UNSIGNED, answer(responder=responder(not_after=until)))


@case
def responder_appointed_by_an_attacker(folder: Path) -> Wrong:
    """The responder's certificate bears the authority's name, and another key has signed it."""
    return answered(UNSIGNED, answer(responder=responder(signed_by=flaw(key("an attacker"), CA.key))))


@case
def responder_whose_key_may_not_sign(folder: Path) -> Wrong:
    """The responder's key usage does not allow signatures."""
    usage = flaw(("key_encipherment",), ("digital_signature",))
    return answered(UNSIGNED, answer(responder=responder(usage=usage)))


@case
def responder_not_understood(folder: Path) -> Wrong:
    """The responder's certificate has a critical extension nobody knows."""
    more = ((x509.OCSPNoCheck(), False), raw("1.2.3.4", b"\5\0", critical=flaw(True, False)))
    return answered(UNSIGNED, answer(responder=responder(extensions=more)))


@case
def responder_withdrawn(folder: Path) -> Wrong:
    """The responder has no nocheck, and the authority answers that it is withdrawn (§4.2.2.2.1)."""
    speaker = responder(extensions=())
    state = flaw(ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.GOOD)
    return answered(UNSIGNED, answer(responder=speaker), answer(speaker, status=state))


@case
def responder_nobody_vouches_for(folder: Path) -> Wrong:
    """The responder has no nocheck, and the strict reader finds no word about it."""
    speaker = responder(extensions=())
    return answered(UNSIGNED, answer(responder=speaker), *flaw([], [answer(speaker)]))
