"""What the authorities do not allow."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from letterlock.trust import reasons as why
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from tests.trust import openssl
from tests.trust.chains import (
    CA_USAGE,
    DAY,
    LONG_AGO,
    NOW,
    anchored,
    certificates,
    issue,
    person,
    raw,
    resigned,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca


@case
def issued_by_a_person(folder: Path) -> Wrong:
    """Bert has an ordinary certificate and issues one for Anna (the attack of Marlinspike, 2002)."""
    ca = mail_ca()
    bert = person("Bert", ca, usage=None, ca=flaw(False, True))
    return Wrong(
        person("Anna", bert).certificate,
        certificates(ca, bert),
        anchored(issue("Root")),
        why.IssuerNotACa("Anna", "Bert"),
    )


@case
def issuer_says_nothing_of_authority(folder: Path) -> Wrong:
    """The issuer's certificate has no basic constraints."""
    ca = mail_ca(ca=flaw(None, True))
    return below(ca, person("Anna", ca), why.IssuerNotACa("Anna", "Mail CA"))


@case
def issuer_of_version_1(folder: Path) -> Wrong:
    """The issuer's certificate, made by OpenSSL without extensions, has version 1."""
    root = issue("RSA Root", kind="RSA 2048")
    old = openssl.signed(folder, "Old CA", root, "-sha256", extensions=flaw(None, "basicConstraints=critical,CA:TRUE"))
    assert old.certificate.version == flaw(1, 3)
    leaf = person("Anna", old, not_after=NOW + 40 * 365 * DAY)
    return Wrong(
        leaf.certificate, [old.certificate], anchored(root), why.IssuerNotACa("Anna", "Old CA"), made_today=True
    )


@case
def issuer_of_version_1_with_extensions(folder: Path) -> Wrong:
    """A certificate of version 1 cannot have extensions, so those it has make it no authority."""
    root = issue("Root")
    ca = mail_ca(root)
    version = bytes.fromhex("a0030201")
    tbs = ca.x509.tbs_certificate_bytes.replace(version + b"\x02", version + flaw(b"\x00", b"\x02"))
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(resigned(ca, tbs, root.key))],
        anchored(root),
        why.IssuerNotACa("Anna", "Mail CA"),
    )


@case
def pinned_person_issues(folder: Path) -> Wrong:
    """The reader has pinned Bert's certificate; that does not let Bert speak for Anna."""
    bert = person("Bert", None, usage=None, ca=flaw(False, True))
    return Wrong(person("Anna", bert).certificate, [], anchored(bert), why.IssuerNotACa("Anna", "Bert"))


@case
def authority_may_not_sign_certificates(folder: Path) -> Wrong:
    """The authority's key usage lacks keyCertSign."""
    ca = mail_ca(usage=flaw(("crl_sign",), CA_USAGE))
    return below(ca, person("Anna", ca), why.IssuerMayNotCertify("Anna", "Mail CA"))


@case
def anchor_may_not_sign_certificates(folder: Path) -> Wrong:
    """The anchor's key usage lacks keyCertSign."""
    root = issue("Root", usage=flaw(("digital_signature",), CA_USAGE))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.IssuerMayNotCertify("Anna", "Root"))


@case
def authority_below_an_anchor_that_allows_none(folder: Path) -> Wrong:
    """The anchor allows no authority below it."""
    root = issue("Root", path_length=flaw(0, 1))
    ca = mail_ca(root)
    return below(ca, person("Anna", ca), why.PathLengthExceeded("Root", 0), root)


@case
def authority_below_one_that_allows_none(folder: Path) -> Wrong:
    """An authority in the middle allows none below it; the anchor would."""
    root = issue("Root", path_length=5)
    upper = issue("Upper CA", root, path_length=flaw(0, 1))
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(root),
        why.PathLengthExceeded("Upper CA", 0),
    )


@case
def path_length_cannot_be_raised(folder: Path) -> Wrong:
    """A lower authority grants itself a longer path than the one above has left."""
    root = issue("Root", path_length=flaw(1, 2))
    line = [issue("CA 1", root)]
    line.append(issue("CA 2", line[-1], path_length=7))
    return Wrong(
        person("Anna", line[-1]).certificate,
        certificates(*line),
        anchored(root),
        why.PathLengthExceeded("Root", 1),
    )


@case
def unknown_critical_extension_of_a_person(folder: Path) -> Wrong:
    """The person's certificate has a critical extension nobody knows."""
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=flaw(True, False))])
    return below(ca, anna, why.UnknownCriticalExtension("Anna", "1.3.6.1.4.1.99999.1"))


@case
def unknown_critical_extension_of_an_authority(folder: Path) -> Wrong:
    """The authority's certificate has a critical extension nobody knows."""
    ca = mail_ca(extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=flaw(True, False))])
    return below(ca, person("Anna", ca), why.UnknownCriticalExtension("Mail CA", "1.3.6.1.4.1.99999.1"))


@case
def unknown_critical_extension_of_the_anchor(folder: Path) -> Wrong:
    """The anchor restricts itself in a way nobody knows (RFC 5937 §3.2)."""
    root = issue("Root", extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=flaw(True, False))])
    return Wrong(
        person("Anna", root).certificate,
        [],
        anchored(root),
        why.UnknownCriticalExtension("Root", "1.3.6.1.4.1.99999.1"),
    )


@case
def precertificate(folder: Path) -> Wrong:
    """A Certificate Transparency precertificate is no certificate: its poison is critical (RFC 6962 §3.1)."""
    ca = mail_ca()
    anna = person("Anna", ca, extensions=flaw([(x509.PrecertPoison(), True)], []))
    return below(ca, anna, why.UnknownCriticalExtension("Anna", "1.3.6.1.4.1.11129.2.4.3"))


# --- Extensions that may be critical and that we do not process ------------------------------------------------


def critical(oid: str, value: bytes = b"\x30\x00") -> Wrong:
    """A person's certificate with this extension, which must be processed where it is critical."""
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[raw(oid, value, critical=flaw(True, False))])
    return below(ca, anna, why.UnknownCriticalExtension("Anna", oid))


@case
def freshest_list_critical(folder: Path) -> Wrong:
    """freshestCRL must not be critical (RFC 5280 §4.2.1.15), and here it is."""
    return critical("2.5.29.46")


@case
def issuer_alternative_name_critical(folder: Path) -> Wrong:
    """issuerAltName should not be critical (§4.2.1.7); nothing here reads it."""
    return critical("2.5.29.18")


@case
def directory_attributes_critical(folder: Path) -> Wrong:
    """subjectDirectoryAttributes must not be critical (§4.2.1.8)."""
    return critical("2.5.29.9")


@case
def qualified_statements_critical(folder: Path) -> Wrong:
    """Statements of a qualified certificate that must be understood (RFC 3739 §3.2.6)."""
    return critical("1.3.6.1.5.5.7.1.3")


@case
def netscape_type_critical(folder: Path) -> Wrong:
    """Netscape's own purposes, which nobody reads any more."""
    return critical("2.16.840.1.113730.1.1", b"\x03\x02\x05\x20")


@case
def private_key_period_critical(folder: Path) -> Wrong:
    """privateKeyUsagePeriod, deprecated since RFC 3280."""
    return critical("2.5.29.16")


@case
def self_issued_does_not_lengthen_the_path(folder: Path) -> Wrong:
    """A key rollover below the root does not count for the path length; the authority after it does (§6.1.4 l)."""
    root = issue("Root", path_length=flaw(0, 1))
    rolled = issue("Root", root, key_name="rolled over")
    ca = issue("Mail CA", rolled)
    return Wrong(
        person("Anna", ca).certificate, certificates(rolled, ca), anchored(root), why.PathLengthExceeded("Root", 0)
    )


@case
def upper_authority_may_not_sign_certificates(folder: Path) -> Wrong:
    """The authority above the one that issued lacks keyCertSign."""
    upper = issue("Upper CA", issue("Root"), usage=flaw(("crl_sign",), CA_USAGE))
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.IssuerMayNotCertify("Lower CA", "Upper CA"),
    )


@case
def upper_authority_is_none(folder: Path) -> Wrong:
    """The certificate above the authority says that it is no authority."""
    upper = issue("Upper CA", issue("Root"), ca=flaw(False, True))
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.IssuerNotACa("Lower CA", "Upper CA"),
    )


@case
def anchor_is_no_authority(folder: Path) -> Wrong:
    """A pinned certificate without basic constraints vouches for itself only."""
    root = issue("Root", ca=flaw(None, True))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.IssuerNotACa("Anna", "Root"))


@case
def listed_until_a_day_before(folder: Path) -> Wrong:
    """Whoever lists the anchor believes it up to a day, and the certificate is younger."""
    root = issue("Root")
    day = flaw(LONG_AGO - DAY, LONG_AGO + DAY)
    anchor = Anchor(root.certificate, "system", distrust_after=day)
    return Wrong(person("Anna", root).certificate, [], [anchor], why.AnchorDistrustedAfter("Anna", "Root", day))
