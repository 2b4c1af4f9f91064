"""An evidence bundle shows what it can prove, by which octets, and says what it cannot."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import timedelta

import pytest
from cryptography import x509

from letterlock.evidence.lifetimes import Ending, today
from letterlock.evidence.manifest import Manifest, encode, parse
from letterlock.operations.bundle_renew import RenewalRefused
from letterlock.operations.bundle_save import NoAuthority
from letterlock.operations.timestamps import NoTimeStamp
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence
from tests.evidence.notary import (
    ANNA,
    CA,
    CLOCK,
    MAIL,
    NOW,
    ROOT,
    TIME_ROOT,
    YEAR,
    Notary,
    bundle,
    checked,
    codes,
    lists,
    renewed,
)
from tests.evidence.repacked import altered, objects, repacked
from tests.evidence.tokens import Stamp, signed_mail, stamping
from tests.trust.chains import DAY, person
from tests.trust.evidence import crl

_HEAD, _, _BODY = MAIL.partition(b"\r\n\r\n")
DAMAGED = _HEAD + b"\r\n\r\n" + base64.encodebytes(base64.b64decode(_BODY).replace(b"roof", b"room"))
"""Changed on the way."""


@pytest.fixture(scope="module")
def fresh() -> bytes:
    """A bundle that was just saved."""
    with Notary() as notary:
        return bundle(notary)


# --- What holds ---


def test_a_fresh_bundle_holds(fresh: bytes) -> None:
    """With every statement traced to objects that have that digest."""
    found = checked(fresh, NOW + DAY)
    assert (found.status, codes(found)) == ("holds", [])
    said = {each.code: each for each in found.statements}
    assert list(said) == [
        "evidence_intact",
        "evidence_existed",
        "evidence_signed",
        "evidence_certificate_good",
        "evidence_not_withdrawn",
    ]
    digests = {each.name: each.sha256 for each in found.objects}
    for each in found.statements:
        assert each.proof
        assert all(digests[proof.object] == proof.sha256 for proof in each.proof)
    assert said["evidence_existed"].facts == {"time": f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "authority": "Clock"}
    assert said["evidence_signed"].facts["addresses"] == ["anna@muster.example"]
    assert {"META-INF/timestamp001.tst", "META-INF/ASiCManifest001.xml"} <= {
        each.object for each in said["evidence_existed"].proof
    }
    assert any(each.object.startswith("revocation/") for each in said["evidence_not_withdrawn"].proof)


def test_what_is_not_proven_is_said_always(fresh: bytes) -> None:
    """Also where all is well; and nothing says “proven”."""
    for language in ("en", "de"):
        found = checked(fresh, NOW + DAY, language=language)
        assert {each.code for each in found.not_proven} == {
            "not_proven_signing_time",
            "not_proven_person",
            "not_proven_withdrawal_after",
            "not_proven_header",
            "not_proven_content",
        }
        assert "proven" not in found.headline.sentence
        assert "bewiesen" not in found.headline.sentence


def test_the_message_is_in_it_to_the_octet(fresh: bytes) -> None:
    """With everything that its verdict rests on, readable by any program for ZIP files."""
    with zipfile.ZipFile(io.BytesIO(fresh)) as container:
        first = container.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert container.read("mimetype") == b"application/vnd.etsi.asic-e+zip"
        assert container.read("message.eml") == MAIL
        assert json.loads(container.read("verdict.json"))["verdict"]["signature"]["status"] == "valid"
        held = {container.read(each) for each in container.namelist()}
    assert {each.der for each in (ANNA, CA, ROOT, CLOCK, TIME_ROOT)} <= held
    found = Evidence.of(held)
    assert {each.issuer.text for each in found.crls} == {"CN=Mail CA", "CN=Root", "CN=Time Root"}


def test_it_holds_after_the_certificate_ran_out(fresh: bytes) -> None:
    """And still after the authority for mail did; the time-stamp's authority is in force until then."""
    assert checked(fresh, NOW + 3 * YEAR + DAY).status == "holds"


def test_several_authorities() -> None:
    """One that the reader does not believe does not take away from the other; each alone is enough."""
    other = stamping("Other Clock", None, not_after=NOW + 4 * YEAR)
    with Notary() as notary, Notary(other) as another:
        both = bundle(another, notary)
    found = checked(both, NOW + DAY)
    assert found.status == "holds"
    assert [each.relied_on for each in found.time_stamps] == [False, True]
    assert codes(found) == ["bundle_time_stamp_not_trusted"]


def test_one_authority_that_fails_is_passed_over() -> None:
    """As long as another one stamps; if none does, nothing is saved."""
    with Notary(now=NOW + DAY) as wrong, Notary() as notary:
        assert checked(bundle(wrong, notary, at=NOW)).status == "holds"
        with pytest.raises(NoTimeStamp) as failed:
            bundle(wrong, at=NOW)
    assert failed.value.codes == ("time_stamp_not_now",)
    with pytest.raises(NoAuthority):
        bundle(at=NOW)


# --- Time goes by ---


def test_without_renewal_it_ages(fresh: bytes) -> None:
    """From the day on which the authority's certificate runs out, nobody would notice a token made with an old key."""
    found = checked(fresh, NOW + 4 * YEAR + DAY)
    assert found.status == "not_proven"
    assert codes(found)[:2] == ["bundle_no_time_stamp", "bundle_time_stamp_aged"]
    assert found.existed_by is None
    assert checked(fresh, NOW + DAY).renew_by == f"{CLOCK.certificate.not_after:%Y-%m-%dT%H:%M:%SZ}"


def test_renewed_in_time_it_holds(fresh: bytes) -> None:
    """Twice: the last archive manifest has no number, and every earlier one keeps its octets."""
    later = stamping("Later Clock", TIME_ROOT, not_after=NOW + 8 * YEAR)
    last = stamping("Last Clock", TIME_ROOT, not_after=NOW + 12 * YEAR)
    with Notary(later, NOW + 3 * YEAR) as second, Notary(last, NOW + 7 * YEAR) as third:
        once = renewed(fresh, second)
        twice = renewed(once, third)
    assert checked(once, NOW + 5 * YEAR).status == "holds"
    found = checked(twice, NOW + 9 * YEAR)
    assert (found.status, codes(found)) == ("holds", [])
    assert [each.kind for each in found.time_stamps] == ["first", "renewal", "renewal"]
    assert found.existed_by == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert [each.code for each in found.statements][2:4] == ["evidence_renewed"] * 2
    assert objects(twice)["META-INF/ASiCArchiveManifest001.xml"] == objects(once)["META-INF/ASiCArchiveManifest.xml"]
    assert all(objects(twice)[each] == octets for each, octets in objects(fresh).items())


def test_renewed_too_late(fresh: bytes) -> None:
    """What had aged before is not made young again."""
    later = stamping("Later Clock", TIME_ROOT, not_after=NOW + 8 * YEAR)
    with Notary(later, NOW + 5 * YEAR) as late:
        found = checked(renewed(fresh, late), NOW + 6 * YEAR)
    assert found.status == "not_proven"
    assert "bundle_time_stamp_aged" in codes(found)
    assert [each.relied_on for each in found.time_stamps] == [False, True]


def broken(name: str, day: timedelta) -> dict[str, object]:
    """A table of lifetimes in which an algorithm was broken on a day after `NOW`."""

    def lifetimes(asked: str) -> Ending:
        return Ending(asked, NOW + day, "news") if asked.endswith(name) else today(asked)

    return {"lifetimes": lifetimes}


@pytest.mark.parametrize(("renewal", "status"), [(2, "holds"), (4, "not_proven")])
def test_an_algorithm_broken_in_the_meantime(renewal: int, status: str) -> None:
    """Harmless if a time-stamp with a stronger one was there before, and only then."""
    later = stamping("Later Clock", TIME_ROOT, not_after=NOW + 8 * YEAR)
    # The digest of the first manifest; the authorities' certificates are signed with another one.
    news = broken("SHA3-256", 3 * 300 * DAY)
    with Notary() as first, Notary(later, NOW + renewal * 300 * DAY) as second:
        octets = renewed(bundle(first, digest="SHA3-256"), second, digest="SHA-512")
    found = checked(octets, NOW + 5 * 300 * DAY, **news)
    assert found.status == status
    assert ("bundle_algorithm_ended" in codes(found)) == (status == "not_proven")


def test_a_signature_that_was_weak_when_it_was_stamped(fresh: bytes) -> None:
    """The table of today's date is asked, not that of the day of the check."""
    found = checked(fresh, NOW + DAY, **broken("EC P-256", -10 * DAY))
    assert found.status == "not_proven"
    assert "bundle_algorithm_ended" in codes(found)


# --- Withdrawn, and unknown ---


def test_withdrawn_before_the_time_stamp() -> None:
    """The signature proves nothing: the key may have been in other hands."""
    with Notary() as notary:
        octets = bundle(notary, evidence=lists(NOW, ANNA, since=NOW - 2 * DAY))
    found = checked(octets, NOW + DAY)
    assert found.status == "not_proven"
    assert codes(found) == ["bundle_signature_not_valid"]
    assert found.verdict is not None
    assert found.verdict.reasons[0].code == "certificate_revoked"


def test_withdrawn_after_the_time_stamp(fresh: bytes) -> None:
    """The signature was there before, and a later list that says so takes nothing away."""
    later = lists(NOW + 9 * DAY, ANNA, since=NOW + 5 * DAY)
    found = checked(fresh, NOW + 10 * DAY, evidence=later)
    assert found.status == "holds"
    assert "evidence_withdrawn_later" in [each.code for each in found.statements]


def test_a_later_list_may_tell_of_an_earlier_day(fresh: bytes) -> None:
    """Withdrawn on a day before the time-stamp, published after it."""
    later = lists(NOW + 9 * DAY, ANNA, since=NOW - 5 * DAY)
    assert checked(fresh, NOW + 10 * DAY, evidence=later).status == "not_proven"


def test_nobody_said_whether_it_was_withdrawn() -> None:
    """The evidence has a limit, and says for whom."""
    with Notary() as notary:
        found = checked(bundle(notary, evidence=NOTHING_AT_HAND), NOW + DAY)
    assert found.status == "limited"
    assert set(codes(found)) == {"bundle_revocation_unknown"}
    assert {each.facts["subject"] for each in found.reasons} == {"Anna Muster", "Mail CA", "Clock"}


def test_a_withdrawn_authority_for_time(fresh: bytes) -> None:
    """A stolen key writes any time: all its tokens are worth nothing, those from before as well."""
    stolen = crl(TIME_ROOT, CLOCK, at=NOW + DAY, reason=x509.ReasonFlags.key_compromise, made=NOW + DAY)
    found = checked(fresh, NOW + 10 * DAY, evidence=Evidence.of([stolen]))
    assert found.status == "not_proven"
    assert codes(found)[:2] == ["bundle_no_time_stamp", "bundle_time_stamp_not_trusted"]


# --- Somebody else, or nothing ---


def test_only_the_anchors_given_are_believed(fresh: bytes) -> None:
    """The bundle brings roots along, and they vouch for nothing."""
    for anchors, wrong in (((), "bundle_no_time_stamp"), ((ROOT,), "bundle_no_time_stamp")):
        found = checked(fresh, NOW + DAY, anchors)
        assert found.status == "not_proven"
        assert wrong in codes(found)
    found = checked(fresh, NOW + DAY, (TIME_ROOT,))
    assert (found.status, codes(found)) == ("not_proven", ["bundle_signature_not_valid"])


@pytest.mark.parametrize(
    ("mail", "status", "code"),
    [
        (signed_mail(person("Bea", CA, "bea@muster.example"), [CA]), "limited", "bundle_signer_not_sender"),
        (DAMAGED, "not_proven", "bundle_signature_not_valid"),
        (b"From: a@b.example\r\nSubject: x\r\n\r\nunsigned\r\n", "not_proven", "bundle_signature_not_valid"),
    ],
    ids=["mismatch", "damaged", "unsigned"],
)
def test_other_mail(mail: bytes, status: str, code: str) -> None:
    """Whatever is saved: the bundle proves what there is to prove, and no more."""
    with Notary() as notary:
        found = checked(bundle(notary, mail=mail), NOW + DAY)
    assert (found.status, code in codes(found)) == (status, True)


def test_stamped_too_late() -> None:
    """After the certificate had run out, nobody can say that the signature was there before."""
    with Notary(now=NOW + YEAR + DAY) as notary:
        found = checked(bundle(notary), NOW + YEAR + 2 * DAY)
    assert (found.status, codes(found)) == ("not_proven", ["bundle_signature_not_valid"])
    assert found.verdict is not None
    assert found.verdict.reasons[0].code == "certificate_expired"


# --- Altered ---


@pytest.mark.parametrize(
    "name",
    [
        "message.eml",
        "verdict.json",
        "report-de.html",
        f"certificates/{ANNA.certificate.sha256}.cer",
        f"certificates/{CLOCK.certificate.sha256}.cer",
        "META-INF/timestamp001.tst",
    ],
)
def test_what_was_altered_is_named(fresh: bytes, name: str) -> None:
    """By its object, where the container's checksum was mended as well; nothing else is stated then."""
    found = checked(altered(fresh, name), NOW + DAY)
    assert found.status == "altered"
    assert {each.facts["name"] for each in found.reasons if "name" in each.facts} == {name}
    assert found.statements == []
    assert {each.name for each in found.objects if each.altered} == {name}


def test_what_is_missing_or_more_is_named(fresh: bytes) -> None:
    """An object taken out, and one put in."""
    one = f"certificates/{ANNA.certificate.sha256}.cer"
    found = checked(repacked({k: v for k, v in objects(fresh).items() if k != one}), NOW + DAY)
    assert (found.status, codes(found)) == ("altered", ["bundle_object_missing"])
    found = checked(repacked({**objects(fresh), "report-de.pdf": b"%PDF"}), NOW + DAY)
    assert (found.status, codes(found)) == ("altered", ["bundle_object_not_covered"])


def test_a_time_stamp_of_something_else(fresh: bytes) -> None:
    """Taken from another bundle, good in itself."""
    with Notary(now=NOW - 30 * DAY) as notary:
        other = objects(bundle(notary))
    found = checked(repacked({**objects(fresh), "META-INF/timestamp001.tst": other["META-INF/timestamp001.tst"]}))
    assert found.status == "altered"
    assert next(each for each in found.reasons if each.code == "bundle_time_stamp_broken").facts == {
        "name": "META-INF/timestamp001.tst",
        "why": "time_stamp_for_other",
    }


def test_a_renewal_that_is_older_than_what_it_renews(fresh: bytes) -> None:
    """One of the two authorities told a wrong time, and nobody knows which."""
    with Notary(now=NOW - 30 * DAY) as notary:
        found = checked(renewed(fresh, notary), NOW + DAY)
    assert found.status == "altered"
    assert next(each for each in found.reasons if each.code == "bundle_time_stamp_broken").facts == {
        "name": "META-INF/timestamp001.tst",
        "why": "time_stamp_in_future",
    }


def test_a_time_stamp_beside_the_signature() -> None:
    """CAdES-T: older than that of the bundle, and told; it counts for the certificate."""
    mail = signed_mail(ANNA, [CA], lambda value: [Stamp(CLOCK, NOW - 20 * DAY).encode(value)], at=NOW - 20 * DAY)
    with Notary(now=NOW + YEAR + DAY) as notary:
        found = checked(bundle(notary, mail=mail, evidence=lists(NOW - 20 * DAY)), NOW + YEAR + 2 * DAY)
    said = {each.code: each for each in found.statements}
    assert found.verdict is not None
    assert found.verdict.signature.status == "valid"
    assert said["evidence_signature_stamped"].facts["time"] == f"{NOW - 20 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    assert said["evidence_certificate_good"].facts["time"] == f"{NOW - 20 * DAY:%Y-%m-%dT%H:%M:%SZ}"


def test_a_renewal_that_leaves_something_out(fresh: bytes) -> None:
    """Then what it leaves out was not renewed, whatever its time-stamp says."""
    with Notary(now=NOW + YEAR) as notary:
        whole = renewed(fresh, notary)
        assert checked(whole, NOW + YEAR).status == "holds"
        name = "META-INF/ASiCArchiveManifest.xml"
        found = objects(whole)
        manifest = parse(found[name], name)
        shorter = Manifest(manifest.token, tuple(each for each in manifest.references if each.name != "message.eml"))
        said = checked(repacked({**found, name: encode(shorter)}), NOW + YEAR)
        assert "bundle_renewal_incomplete" in codes(said)
        assert said.status == "altered"
        less = repacked({k: v for k, v in objects(fresh).items() if k != "verdict.json"})
        with pytest.raises(RenewalRefused) as refused:
            renewed(less, notary)
    assert refused.value.why == ("verdict.json",)
