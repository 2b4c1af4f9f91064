"""Paths that are good, however the certificates are thrown together; and searches that stay small."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path as File

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.trust import reasons as why
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import Normal
from letterlock.trust.path import Allowance, build
from tests.trust import openssl
from tests.trust.chains import DAY, NOW, anchored, certificates, issue, key, person, raw, resigned, tlv

ROOT = issue("Root")


def names(chain: tuple[Certificate, ...]) -> list[str]:
    return [each.name for each in chain]


def test_person_authority_root() -> None:
    """The ordinary chain of three is valid, without any reason, and ends at the anchor."""
    root = issue("Root")
    ca = issue("Mail CA", root)
    path = build(person("Anna", ca).certificate, certificates(ca), anchored(root), NOW)
    assert path.valid
    assert path.reasons == ()
    assert names(path.chain) == ["Anna", "Mail CA", "Root"]
    assert path.anchor
    assert path.anchor.source == "user"


@pytest.mark.parametrize("kind", ["RSA 2048", "P-256", "brainpoolP256r1", "Ed25519", "Ed448", "ML-DSA-65"])
def test_every_kind_of_key_signs_certificates(kind: str) -> None:
    """Signatures of every algorithm we name are really checked: good ones hold, damaged ones do not."""
    root = issue(f"Root {kind}", kind=kind)
    anna = person("Anna", root)
    assert build(anna.certificate, [], anchored(root), NOW).valid
    damaged = bytearray(anna.der)
    damaged[-1] ^= 1
    path = build(Certificate.parse(bytes(damaged)), [], anchored(root), NOW)
    assert path.reasons == (why.IssuerSignatureBroken("Anna", root.certificate.name),)


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=lambda each: each.name)
def test_pss(digest: hashes.HashAlgorithm) -> None:
    """RSASSA-PSS with every digest of RFC 4056, and not with a changed one."""
    root = issue("PSS Root", kind="RSA 2048", pss=True)
    anna = person("Anna", root, digest=digest, pss=True)
    assert build(anna.certificate, [], anchored(root), NOW).valid
    assert anna.certificate.signature_algorithm_name == f"RSA-PSS with SHA-{digest.digest_size * 8}"


def test_certificates_made_by_openssl(tmp_path: File) -> None:
    """A root and a person made by `openssl x509`."""
    root = openssl.signed(
        tmp_path, "OpenSSL Root", None, extensions="basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n"
    )
    anna = openssl.signed(tmp_path, "Anna", root, extensions=openssl.PERSON.format(address="anna@muster.example"))
    path = build(anna.certificate, [], anchored(root), anna.certificate.not_before)
    assert path.valid, path.reasons
    assert anna.certificate.addresses == ("anna@muster.example",)


def test_order_does_not_matter() -> None:
    """Candidates come in any order, some twice, with the root and the person among them, and with strangers."""
    root = issue("Root")
    upper = issue("Upper CA", root)
    lower = issue("Lower CA", upper)
    anna = person("Anna", lower)
    chaff = [issue(f"Stranger {number}") for number in range(20)]
    pile = certificates(lower, upper, root, anna, *chaff, upper)
    for seed in range(10):
        random.Random(seed).shuffle(pile)
        path = build(anna.certificate, pile, anchored(chaff[0], root), NOW)
        assert path.valid
        assert names(path.chain) == ["Anna", "Lower CA", "Upper CA", "Root"]


def test_anchor_in_the_middle() -> None:
    """An authority in the middle may be the anchor; nobody above it is needed."""
    ca = issue("Mail CA", issue("Root"))
    path = build(person("Anna", ca).certificate, [], anchored(ca), NOW)
    assert path.valid
    assert names(path.chain) == ["Anna", "Mail CA"]


def test_pinned_person() -> None:
    """The person's own certificate may be the anchor, self-signed or not."""
    for anna in (person("Anna", None), person("Anna", issue("Unknown CA"))):
        path = build(anna.certificate, [], anchored(anna), NOW)
        assert path.valid
        assert path.chain == (anna.certificate,)


def test_a_pinned_person_is_not_an_authority() -> None:
    """Whoever pins Bert does not thereby believe what Bert's key says about Anna."""
    bert = person("Bert", None)
    path = build(person("Anna", bert).certificate, [], anchored(bert), NOW)
    assert set(path.reasons) == {why.IssuerNotACa("Anna", "Bert"), why.IssuerMayNotCertify("Anna", "Bert")}


def test_pinned_and_expired_but_certified_too() -> None:
    """An anchor that has run out is no dead end: another anchor above may still vouch."""
    root = issue("Root")
    old = issue("Mail CA", root, not_after=NOW - DAY)
    new = issue("Mail CA", root)
    path = build(person("Anna", new).certificate, certificates(new), anchored(old, root), NOW)
    assert path.valid
    assert path.chain[1] == new.certificate


def test_cross_certificate() -> None:
    """The root in the message is unknown, but a known root has certified its key."""
    old_root, new_root = issue("Old Root"), issue("New Root")
    cross = issue("New Root", old_root)
    ca = issue("Mail CA", new_root)
    path = build(person("Anna", ca).certificate, certificates(ca, new_root, cross), anchored(old_root), NOW)
    assert path.valid
    assert names(path.chain) == ["Anna", "Mail CA", "New Root", "Old Root"]


def test_expired_cross_certificate_beside_a_good_one() -> None:
    """Of two certificates of one authority the expired one comes first, and the good one is still found."""
    root = issue("Root")
    expired, good = issue("Mail CA", root, not_after=NOW - DAY), issue("Mail CA", root)
    for pile in (certificates(expired, good), certificates(good, expired)):
        path = build(person("Anna", good).certificate, pile, anchored(root), NOW)
        assert path.valid
        assert path.chain[1] == good.certificate


def test_key_rollover() -> None:
    """The authority has a new key, certified by its old one (new with old, RFC 4210 §4.4)."""
    old = issue("Root", key_name="old key")
    new_with_old = issue("Root", key_name="new key", signed_by=key("old key"))
    new = issue("Root", key_name="new key")
    anna = person("Anna", new)
    path = build(anna.certificate, certificates(new_with_old, new), anchored(old), NOW)
    assert path.valid
    assert path.chain == (anna.certificate, new_with_old.certificate, old.certificate)


def test_two_authorities_of_one_name_without_key_identifiers() -> None:
    """Only the signature tells two authorities of one name apart; both are tried."""
    root = issue("Root")
    first = issue("Mail CA", root, key_name="first", key_ids=False)
    second = issue("Mail CA", root, key_name="second", key_ids=False)
    for issuer in (first, second):
        anna = person("Anna", issuer, key_ids=False)
        assert build(anna.certificate, certificates(first, second), anchored(root), NOW).valid


def test_names_are_compared_without_case_and_spaces() -> None:
    """Issuer and subject differ in case, spaces and string type only (RFC 5280 §7.1)."""
    root = issue(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Müller  Root", x509.name._ASN1Type.UTF8String)])
    )
    written = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "MÜLLER Root ", x509.name._ASN1Type.BMPString)])
    anna = person("Anna", root, issuer_name=written)
    assert build(anna.certificate, [], anchored(root), NOW).valid


def test_both_ends_of_validity_are_inside() -> None:
    """RFC 5280 §4.1.2.5: notBefore and notAfter are inclusive; a second beyond is outside."""
    root = issue("Root")
    anna = person("Anna", root, not_before=NOW, not_after=NOW + DAY).certificate
    second = timedelta(seconds=1)
    for time_checked, valid in ((NOW, True), (NOW + DAY, True), (NOW - second, False), (NOW + DAY + second, False)):
        assert build(anna, [], anchored(root), time_checked).valid is valid


def test_all_reasons_are_given_the_most_telling_first() -> None:
    """An expired certificate from an authority that is none: both are said, and the graver one first."""
    ca = issue("Mail CA", issue("Root"), ca=False)
    anna = person("Anna", ca, not_after=NOW - DAY)
    path = build(anna.certificate, certificates(ca), anchored(issue("Root")), NOW)
    assert path.reasons == (
        why.IssuerNotACa("Anna", "Mail CA"),
        why.CertificateExpired("Anna", NOW - DAY, NOW),
    )


def test_reasons_are_those_of_the_path_that_comes_closest() -> None:
    """One way ends at an unknown issuer, the other at an anchor but expired: the second is the one to talk about."""
    root = issue("Root")
    to_nowhere = issue("Mail CA", issue("Unknown Root"))
    expired = issue("Mail CA", root, not_after=NOW - DAY)
    path = build(person("Anna", expired).certificate, certificates(to_nowhere, expired), anchored(root), NOW)
    assert path.reasons == (why.CertificateExpired("Mail CA", NOW - DAY, NOW),)
    assert path.anchor


def test_an_unfinished_path_is_shown_as_far_as_it_came() -> None:
    """The chain ends where the issuer is unknown, and what else is wrong is said as well."""
    upper = issue("Upper CA", issue("Root"))
    lower = issue("Lower CA", upper, not_after=NOW - DAY)
    path = build(person("Anna", lower).certificate, certificates(lower), [], NOW)
    assert names(path.chain) == ["Anna", "Lower CA"]
    assert path.anchor is None
    assert path.reasons == (
        why.NoIssuerKnown("Lower CA", "Upper CA"),
        why.CertificateExpired("Lower CA", NOW - DAY, NOW),
    )


def test_legacy_accepts_weak_algorithms_and_says_so(tmp_path: File) -> None:
    """Under the legacy policy SHA-1 is a remark; MD5 stays refused."""
    root = issue("RSA Root", kind="RSA 2048")
    extensions = openssl.PERSON.format(address="anna@muster.example")
    weak = openssl.signed(tmp_path, "Anna", root, "-sha1", extensions=extensions).certificate
    path = build(weak, [], anchored(root), weak.not_before, accepted=LEGACY)
    assert path.valid
    assert path.reasons == (why.SignatureAlgorithmWeak("Anna", "RSA with SHA-1"),)
    broken = openssl.signed(tmp_path, "Anna", root, "-md5", extensions=extensions).certificate
    assert not build(broken, [], anchored(root), broken.not_before, accepted=LEGACY).valid


def test_a_broken_digest_never_makes_a_path_even_with_any_signature(tmp_path: File) -> None:
    """The signature over MD5 is not looked at, so a wrong one must not become valid by that."""
    root = issue("RSA Root", kind="RSA 2048")
    anna = openssl.signed(tmp_path, "Anna", root, "-md5", extensions=openssl.PERSON.format(address="a@b.example"))
    damaged = bytearray(anna.der)
    damaged[-1] ^= 1
    leaf = Certificate.parse(bytes(damaged))
    path = build(leaf, [], anchored(root), leaf.not_before, accepted=LEGACY)
    assert path.reasons == (why.SignatureAlgorithmBroken("Anna", "RSA with MD5"),)


def test_the_anchors_word_is_told() -> None:
    """The same certificate may come from several sources; the first given is named."""
    root = issue("Root")
    anchors = [Anchor(root.certificate, "organisation", "Our company"), Anchor(root.certificate, "user")]
    path = build(person("Anna", root).certificate, [], anchors, NOW)
    assert path.anchor
    assert (path.anchor.name, path.anchor.source) == ("Our company", "organisation")


def test_another_root_of_the_same_name_is_no_forgery() -> None:
    """A self-signed root is what it is, although the reader trusts another root of that name."""
    theirs, ours = issue("Root", key_name="theirs", key_ids=False), issue("Root", key_name="ours", key_ids=False)
    anna = person("Anna", theirs)
    path = build(anna.certificate, certificates(theirs), anchored(ours), NOW)
    assert path.reasons == (why.RootNotTrusted("Root"),)


def test_what_is_kept_is_asked_for_by_name_and_once() -> None:
    """A search over thousands of kept certificates comes to three names: of the authority, of its issuer, of itself."""
    root = issue("Root")
    ca = issue("Mail CA", root)
    anna = person("Anna", ca)
    asked: list[Normal] = []

    def kept(name: Normal) -> list[Certificate]:
        asked.append(name)
        return certificates(ca) if name == ca.certificate.subject_dn.normal else []

    path = build(anna.certificate, certificates(issue("Chaff")), anchored(root), NOW, kept=kept)
    assert names(path.chain) == ["Anna", "Mail CA", "Root"]
    assert path.valid
    assert len(asked) == len(set(asked)) <= 3


def test_limits_are_arguments() -> None:
    """A path may be shortened by its caller, and the reason says to what."""
    root = issue("Root")
    ca = issue("Mail CA", root)
    path = build(person("Anna", ca).certificate, certificates(ca), anchored(root), NOW, length=2)
    assert path.reasons == (why.PathTooLong(2),)


def test_a_tangle_ends_quickly_and_does_not_hide_a_good_path() -> None:
    """Authorities that all certify each other cost a bounded time; a good path beside them is found first."""
    root = issue("Root")
    nodes = [issue(f"Node {number}") for number in range(12)]
    tangle = [issue(child.x509.subject, parent) for child in nodes for parent in nodes if parent is not child]
    lifeline = issue("Node 0", root)
    leaf = person("Anna", nodes[0]).certificate
    begun = time.process_time()
    lost = build(leaf, certificates(*tangle), anchored(root), NOW)
    assert why.PathSearchExhausted(100) in lost.reasons
    assert time.process_time() - begun < 5
    assert build(leaf, certificates(*tangle), anchored(nodes[0]), NOW).valid
    assert build(leaf, certificates(lifeline), anchored(root), NOW).valid


def test_searches_share_what_they_may_cost() -> None:
    """The signers of one message have one allowance: when it is spent, no further path is found."""
    root = issue("Root")
    anna = person("Anna", root).certificate
    allowance = Allowance(2)
    found = [build(anna, [], anchored(root), NOW, allowance=allowance) for _ in range(3)]
    assert [path.valid for path in found] == [True, True, False]
    assert found[2].reasons == (why.PathSearchExhausted(2),)


@pytest.mark.parametrize(
    ("constraints", "names", "length"), [(3000, 3000, 1), (20_000, 4, 200_000), (4, 20_000, 1), (200, 200, 4000)]
)
def test_many_names_times_many_constraints_end_quickly(constraints: int, names: int, length: int) -> None:
    """Names under constraints are not multiplied out without bound: neither many of them, nor long ones."""
    long = b"x" * length
    subtrees = b"".join(tlv(0x30, tlv(0x81, f"{number}.example".encode())) for number in range(constraints))
    names_der = b"".join(tlv(0x81, f"a@{number}.".encode() + long) for number in range(names))
    root = issue("Root")
    ca = issue("Mail CA", root, extensions=[raw("2.5.29.30", tlv(0x30, tlv(0xA1, subtrees)), critical=True)])
    anna = person("Anna", ca, address="", extensions=[raw("2.5.29.17", tlv(0x30, names_der))])
    begun = time.process_time()
    path = build(anna.certificate, certificates(ca), anchored(root), NOW)
    assert time.process_time() - begun < 5
    assert path.valid or path.reasons == (why.PathSearchExhausted(250_000),)


def test_policies_do_not_multiply() -> None:
    """Mapping two policies to two others, over and over, doubles the tree of RFC 5280; the graph stays small."""
    pairs = [(one, two) for one in range(1, 30) for two in range(1, 30)]
    oid = {number: tlv(0x06, bytes((0x2A, 3, number))) for number in range(1, 30)}
    mapping = tlv(0x30, b"".join(tlv(0x30, oid[one] + oid[two]) for one, two in pairs))
    policies = tlv(0x30, b"".join(tlv(0x30, each) for each in oid.values()))
    issuer = root = issue("Root")
    line = []
    for number in range(7):
        issuer = issue(
            f"CA {number}", issuer, extensions=[raw("2.5.29.33", mapping, critical=True), raw("2.5.29.32", policies)]
        )
        line.append(issuer)
    anna = person("Anna", issuer, extensions=[raw("2.5.29.32", policies)])
    begun = time.process_time()
    assert build(anna.certificate, certificates(*line), anchored(root), NOW).valid
    assert time.process_time() - begun < 2


def test_two_extensions_of_one_kind_cannot_hide_a_constraint() -> None:
    """Whichever of two name constraints a reader takes, the certificate is refused (RFC 5280 §4.2)."""
    root = issue("Root")
    anna = person("Anna", root, extensions=[raw("2.5.29.77", b"\x30\x00"), raw("2.5.29.78", b"\x30\x00")])
    tbs = anna.x509.tbs_certificate_bytes.replace(b"\x55\x1d\x4e", b"\x55\x1d\x4d")
    path = build(Certificate.parse(resigned(anna, tbs, root.key)), [], anchored(root), NOW)
    assert path.reasons == (why.CertificateMalformed("Anna", "2.5.29.77"),)


def test_a_warm_chain_of_three_takes_less_than_a_millisecond() -> None:
    """Two signatures, all rules: the benchmark prints the number, this only notices a catastrophe."""
    root = issue("Root")
    ca = issue("Mail CA", root)
    leaf, candidates, anchors = person("Anna", ca).certificate, certificates(ca), anchored(root)
    build(leaf, candidates, anchors, NOW)
    best = min(_seconds(lambda: build(leaf, candidates, anchors, NOW)) for _ in range(50))
    assert best < 0.001


def _seconds(call: object) -> float:
    assert callable(call)
    begun = time.process_time()
    call()
    return time.process_time() - begun


def test_thousands_of_policies_make_a_certificate_malformed() -> None:
    """Policies are looked at again for each way up, so half a megabyte of them would occupy the machine."""
    policies = [x509.PolicyInformation(x509.ObjectIdentifier(f"1.2.3.{number}"), None) for number in range(1025)]
    few, many = (
        person("Anna", ROOT, extensions=[(x509.CertificatePolicies(policies[:count]), False)]) for count in (1024, 1025)
    )
    assert build(few.certificate, [], anchored(ROOT), NOW).valid
    assert build(many.certificate, [], anchored(ROOT), NOW).reasons == (why.CertificateMalformed("Anna", "policies"),)


def test_a_person_is_told_a_few_reasons_of_a_kind() -> None:
    """A certificate can have thousands of extensions and names that are wrong; one verdict does not list them all."""
    unknown = [raw(f"1.3.6.1.4.1.99999.{number}", b"\5\0", critical=True) for number in range(500)]
    anna = person("Anna", ROOT, extensions=unknown)
    assert len(build(anna.certificate, [], anchored(ROOT), NOW).reasons) == limits.REASONS_OF_A_KIND
    narrow = issue("Narrow", extensions=[(x509.NameConstraints([x509.RFC822Name("a.example")], None), True)])
    many = person("Anna", narrow, names=[x509.RFC822Name(f"a@{number}.example") for number in range(500)])
    assert len(build(many.certificate, [], anchored(narrow), NOW).reasons) == limits.REASONS_OF_A_KIND
