"""Withdrawn by a list, or no list that vouches (RFC 5280 §6.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from letterlock.errors import Reason
from letterlock.trust import reasons as why
from letterlock.trust.revocation import Mode
from tests.trust.chains import CA_USAGE, DAY, NOW, Issued, anchored, certificates, issue, key, name, person, raw, tlv
from tests.trust.evidence import ANNA, CA, ROOT, crl, spoiled
from tests.trust.wrong.cases import Wrong, case, flaw

FULL_REASONS = tuple(
    sorted(
        {
            "aACompromise",
            "affiliationChanged",
            "cACompromise",
            "certificateHold",
            "cessationOfOperation",
            "privilegeWithdrawn",
            "superseded",
        }
    )
)


def at_hand(reason: Reason, *evidence: bytes, leaf: Issued = ANNA) -> Wrong:
    """Whoever takes what is at hand finds this."""
    return Wrong(leaf.certificate, certificates(CA), anchored(ROOT), reason, evidence=evidence)


def strict(reason: Reason, *evidence: bytes, leaf: Issued = ANNA, others: Sequence[Issued] = (CA,)) -> Wrong:
    """The same for whoever wants a good word about everybody."""
    return Wrong(leaf.certificate, certificates(*others), anchored(ROOT), reason, evidence=evidence, mode=Mode.STRICT)


def revoked(reason: str = "unspecified", subject: str = "Anna", issuer: str = "Mail CA") -> Reason:
    return why.CertificateRevoked(subject, issuer, NOW - DAY, reason, NOW)


MISSING = why.RevocationEvidenceMissing("Anna", "Mail CA")
UNSIGNED = why.EvidenceUnsigned("Anna", "Mail CA")


def scope(
    *,
    place: str = "",
    users: bool = False,
    authorities: bool = False,
    attributes: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
) -> tuple[x509.ExtensionType, bool]:
    """An issuingDistributionPoint."""
    where = [x509.UniformResourceIdentifier(place)] if place else None
    return x509.IssuingDistributionPoint(where, None, users, authorities, reasons, indirect, attributes), True


def published(place: str, maker: Issued | None = None) -> tuple[x509.ExtensionType, bool]:
    """A cRLDistributionPoints, whose list `maker` issues."""
    issuers = [x509.DirectoryName(maker.x509.subject)] if maker else None
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(place)], None, None, issuers)]
    ), False


# --- Withdrawn -------------------------------------------------------------------------------------------------


@case
def withdrawn(folder: Path) -> Wrong:
    """The authority's list names the person's certificate."""
    return at_hand(revoked(), crl(CA, *flaw([ANNA], [])))


@case
def authority_withdrawn(folder: Path) -> Wrong:
    """The root's list names the authority's certificate."""
    return at_hand(revoked("unspecified", "Mail CA", "Root"), crl(CA), crl(ROOT, *flaw([CA], [])))


@case
def put_on_hold(folder: Path) -> Wrong:
    """The certificate is suspended, and nobody has lifted that."""
    return at_hand(revoked("certificateHold"), crl(CA, *flaw([ANNA], []), reason=x509.ReasonFlags.certificate_hold))


@case
def key_stolen_before_it_was_noticed(folder: Path) -> Wrong:
    """Withdrawn after the time that counts, but the key was in other hands before (§5.3.2)."""
    since = flaw(NOW - DAY, NOW + DAY)
    stolen = x509.ReasonFlags.key_compromise
    return at_hand(revoked("keyCompromise"), crl(CA, ANNA, at=NOW + 2 * DAY, reason=stolen, invalid_since=since))


@case
def withdrawn_before_and_not_after(folder: Path) -> Wrong:
    """The day of the withdrawal decides: the day before the signature, not the day after."""
    return at_hand(
        revoked("superseded"), crl(CA, ANNA, at=flaw(NOW - DAY, NOW + DAY), reason=x509.ReasonFlags.superseded)
    )


@case
def withdrawn_in_an_old_list(folder: Path) -> Wrong:
    """The list has run out; a withdrawal is for good all the same."""
    return at_hand(revoked(), crl(CA, *flaw([ANNA], []), made=NOW - 9 * DAY, until=NOW - 8 * DAY))


@case
def withdrawn_in_a_delta(folder: Path) -> Wrong:
    """The complete list is older than the withdrawal; the delta that continues it tells."""
    full = crl(CA, extensions=[(x509.CRLNumber(5), False)])
    delta = crl(CA, *flaw([ANNA], []), extensions=[(x509.CRLNumber(6), False), (x509.DeltaCRLIndicator(5), True)])
    return at_hand(revoked(), full, delta)


HELD = (x509.CRLNumber(5), False)


def lifting(number: int = 6, base: int = 5, until_days: int = 1, **more: object) -> bytes:
    """A delta that lifts the hold."""
    return crl(
        CA,
        ANNA,
        made=NOW - 2 * DAY,
        until=NOW + until_days * DAY,
        reason=x509.ReasonFlags.remove_from_crl,
        extensions=[(x509.CRLNumber(number), False), (x509.DeltaCRLIndicator(base), True)],
        **more,  # type: ignore[arg-type]
    )


def held() -> bytes:
    return crl(CA, ANNA, reason=x509.ReasonFlags.certificate_hold, extensions=[HELD])


@case
def hold_that_nobody_lifts(folder: Path) -> Wrong:
    """There is a delta, and it says nothing of the suspended certificate."""
    return at_hand(revoked("certificateHold"), held(), *flaw([], [lifting()]))


@case
def hold_lifted_in_an_outdated_delta(folder: Path) -> Wrong:
    """The delta that lifts the suspension has itself run out."""
    return at_hand(revoked("certificateHold"), held(), lifting(until_days=flaw(-1, 1)))


@case
def hold_lifted_in_a_delta_of_another_list(folder: Path) -> Wrong:
    """The delta continues a list younger than the one at hand (§6.3.3 c)."""
    return at_hand(revoked("certificateHold"), held(), lifting(9, flaw(8, 5)))


@case
def hold_lifted_by_somebody_else(folder: Path) -> Wrong:
    """The delta is signed by somebody who may not."""
    return at_hand(revoked("certificateHold"), held(), lifting(signing=flaw(key("an attacker"), CA.key)))


@case
def withdrawn_in_an_indirect_list(folder: Path) -> Wrong:
    """A list maker's line names the person's issuer and serial number (§5.3.3)."""
    maker = list_maker()
    anna = indirect(maker)
    issuer = x509.CertificateIssuer([x509.DirectoryName(flaw(CA.x509.subject, name("Other CA")))])
    made = crl(maker, anna, entry_extensions=[(issuer, True)], extensions=[scope(place=PLACE, indirect=True)])
    return Wrong(
        anna.certificate, certificates(CA, maker), anchored(ROOT), revoked(), evidence=(made, crl(ROOT), crl(CA))
    )


# --- Nobody vouches --------------------------------------------------------------------------------------------


@case
def list_missing(folder: Path) -> Wrong:
    """The strict reader has no list of the person's authority."""
    return strict(MISSING, crl(ROOT), *flaw([], [crl(CA)]))


@case
def list_of_the_root_missing(folder: Path) -> Wrong:
    """The strict reader has no list that covers the authority."""
    return strict(why.RevocationEvidenceMissing("Mail CA", "Root"), crl(CA), *flaw([], [crl(ROOT)]))


@case
def list_run_out(folder: Path) -> Wrong:
    """The next list was due yesterday."""
    made = crl(CA, made=NOW - 2 * DAY, until=flaw(NOW - DAY, NOW + DAY))
    return strict(why.EvidenceStale("Anna", "Mail CA", NOW - DAY, NOW), crl(ROOT), made)


@case
def list_damaged(folder: Path) -> Wrong:
    """The last octet of the list's signature is another."""
    return strict(UNSIGNED, crl(ROOT), flaw(spoiled, bytes)(crl(CA)))


@case
def list_by_somebody_else(folder: Path) -> Wrong:
    """The list bears the authority's name, and another key has signed it."""
    return strict(UNSIGNED, crl(ROOT), crl(CA, signing=flaw(key("an attacker"), CA.key)))


@case
def list_by_one_who_may_not(folder: Path) -> Wrong:
    """The authority's key usage lacks cRLSign (§6.3.3 f)."""
    ca = issue("Mail CA", ROOT, usage=flaw(("key_cert_sign",), CA_USAGE))
    return strict(UNSIGNED, crl(ROOT), crl(ca), leaf=person("Anna", ca), others=[ca])


@case
def list_not_understood(folder: Path) -> Wrong:
    """The list has a critical extension nobody knows (§5.2)."""
    made = crl(CA, extensions=[raw("1.2.3.4", b"\5\0", critical=flaw(True, False))])
    return strict(why.EvidenceNotUnderstood("Anna", "1.2.3.4"), crl(ROOT), made)


@case
def line_not_understood(folder: Path) -> Wrong:
    """A line about somebody else has a critical extension nobody knows, so the whole list must not be used (§5.3)."""
    made = crl(CA, person("Bert", CA), entry_extensions=[raw("1.2.3.5", b"\5\0", critical=flaw(True, False))])
    return strict(why.EvidenceNotUnderstood("Anna", "1.2.3.5"), crl(ROOT), made)


@case
def line_with_a_reason_that_is_none(folder: Path) -> Wrong:
    """Reason 7 is not used (§5.3.1)."""
    made = crl(CA, person("Bert", CA), entry_extensions=[raw("2.5.29.21", flaw(b"\x0a\x01\x07", b"\x0a\x01\x04"))])
    return strict(why.EvidenceNotUnderstood("Anna", "reasonCode"), crl(ROOT), made)


@case
def list_for_authorities_only(folder: Path) -> Wrong:
    """The list is about authorities, Anna is none (§6.3.3 b 2 iii)."""
    made = crl(CA, extensions=[scope(users=flaw(False, True), authorities=flaw(True, False))])
    return strict(MISSING, crl(ROOT), made)


@case
def list_for_people_only(folder: Path) -> Wrong:
    """The root's list is about people, the authority is none (§6.3.3 b 2 ii)."""
    made = crl(ROOT, extensions=[scope(users=flaw(True, False), authorities=flaw(False, True))])
    return strict(why.RevocationEvidenceMissing("Mail CA", "Root"), crl(CA), made)


@case
def list_for_attribute_certificates_only(folder: Path) -> Wrong:
    """The list is about certificates of another kind (§6.3.3 b 2 iv)."""
    return strict(MISSING, crl(ROOT), crl(CA, extensions=flaw([scope(attributes=True)], [])))


@case
def list_for_one_reason_only(folder: Path) -> Wrong:
    """The list tells only of stolen keys; whether anything else happened is open (§6.3.3 d, e)."""
    made = crl(CA, extensions=flaw([scope(reasons=frozenset({x509.ReasonFlags.key_compromise}))], []))
    return strict(why.RevocationReasonsIncomplete("Anna", FULL_REASONS), crl(ROOT), made)


PLACE = "http://crl.muster.example/1"


@case
def list_for_another_part(folder: Path) -> Wrong:
    """The authority splits its list, and this part is for others (§6.3.3 b 2 i)."""
    anna = person("Anna", CA, extensions=[published(PLACE)])
    made = crl(CA, extensions=[scope(place=flaw(PLACE + "0", PLACE))])
    return strict(MISSING, crl(ROOT), made, leaf=anna)


@case
def list_whose_scope_cannot_be_read(folder: Path) -> Wrong:
    """The issuingDistributionPoint is damaged."""
    made = crl(CA, extensions=[raw("2.5.29.28", flaw(b"\x30\x02\x85\x01", tlv(0x30, b"")), critical=True)])
    return strict(why.EvidenceNotUnderstood("Anna", "issuingDistributionPoint"), crl(ROOT), made)


@case
def delta_without_its_list(folder: Path) -> Wrong:
    """A delta alone says nothing about anybody it does not name."""
    delta = crl(CA, extensions=[(x509.CRLNumber(6), False), (x509.DeltaCRLIndicator(5), True)])
    return strict(MISSING, crl(ROOT), delta, *flaw([], [crl(CA, extensions=[HELD])]))


@case
def list_made_after_the_certificate_ran_out(folder: Path) -> Wrong:
    """Authorities drop certificates that have run out, so a later list's silence says nothing."""
    anna = person("Anna", CA, not_after=NOW + DAY)
    return strict(MISSING, crl(ROOT), crl(CA, made=flaw(NOW + 2 * DAY, NOW - DAY), until=NOW + 5 * DAY), leaf=anna)


def list_maker(issuer: Issued = ROOT) -> Issued:
    """Somebody who issues lists for others."""
    return issue("List Maker", issuer, ca=False, usage=("crl_sign",))


def indirect(maker: Issued) -> Issued:
    """Anna's certificate, with a list that `maker` issues."""
    return person("Anna", CA, extensions=[published(PLACE, maker)])


@case
def indirect_list_that_says_it_is_none(folder: Path) -> Wrong:
    """A list about others' certificates must say so (§5.2.5, §6.3.3 b 1)."""
    maker = list_maker()
    made = crl(maker, extensions=[scope(place=PLACE, indirect=flaw(False, True))])
    return strict(MISSING, crl(ROOT), made, leaf=indirect(maker), others=[CA, maker])


@case
def indirect_list_of_a_stranger(folder: Path) -> Wrong:
    """No path leads from the list's maker to the same anchor (§6.3.3 f)."""
    maker = list_maker(flaw(issue("Other Root"), ROOT))
    made = crl(maker, extensions=[scope(place=PLACE, indirect=True)])
    return strict(UNSIGNED, crl(ROOT), made, leaf=indirect(maker), others=[CA, maker])


@case
def indirect_list_whose_maker_is_withdrawn(folder: Path) -> Wrong:
    """The list's maker stands on the root's list."""
    maker = list_maker()
    made = crl(maker, extensions=[scope(place=PLACE, indirect=True)])
    return strict(UNSIGNED, crl(ROOT, *flaw([maker], [])), made, leaf=indirect(maker), others=[CA, maker])


@case
def indirect_list_nobody_asked_for(folder: Path) -> Wrong:
    """The certificate names no other maker of lists, so only its issuer's counts."""
    maker = list_maker()
    anna = person("Anna", CA, extensions=[published(PLACE, flaw(None, maker))])
    made = crl(maker, extensions=[scope(place=PLACE, indirect=True)])
    return strict(MISSING, crl(ROOT), made, leaf=anna, others=[CA, maker])
