"""What the authorities do not allow."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from letterlock.trust import reasons as why
from letterlock.trust.certificate import Certificate
from tests.trust import openssl
from tests.trust.chains import (
    DAY,
    NOW,
    anchored,
    certificates,
    issue,
    person,
    raw,
    resigned,
)
from tests.trust.wrong.cases import Wrong, below, case, mail_ca


@case
def issued_by_a_person(folder: Path) -> Wrong:
    """Bert has an ordinary certificate and issues one for Anna (the attack of Marlinspike, 2002)."""
    ca = mail_ca()
    bert = person("Bert", ca, usage=None)
    return Wrong(
        person("Anna", bert).certificate,
        certificates(ca, bert),
        anchored(issue("Root")),
        why.IssuerNotACa("Anna", "Bert"),
    )


@case
def issuer_says_nothing_of_authority(folder: Path) -> Wrong:
    """The issuer's certificate has no basic constraints."""
    ca = mail_ca(ca=None)
    return below(ca, person("Anna", ca), why.IssuerNotACa("Anna", "Mail CA"))


@case
def issuer_of_version_1(folder: Path) -> Wrong:
    """The issuer's certificate, made by OpenSSL without extensions, has version 1."""
    root = issue("RSA Root", kind="RSA 2048")
    old = openssl.signed(folder, "Old CA", root, "-sha256", extensions=None)
    assert old.certificate.version == 1
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
    tbs = ca.x509.tbs_certificate_bytes.replace(version + b"\x02", version + b"\x00")
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(resigned(ca, tbs, root.key))],
        anchored(root),
        why.IssuerNotACa("Anna", "Mail CA"),
    )


@case
def pinned_person_issues(folder: Path) -> Wrong:
    """The reader has pinned Bert's certificate; that does not let Bert speak for Anna."""
    bert = person("Bert", None, usage=None)
    return Wrong(person("Anna", bert).certificate, [], anchored(bert), why.IssuerNotACa("Anna", "Bert"))


@case
def authority_may_not_sign_certificates(folder: Path) -> Wrong:
    """The authority's key usage lacks keyCertSign."""
    ca = mail_ca(usage=("crl_sign",))
    return below(ca, person("Anna", ca), why.IssuerMayNotCertify("Anna", "Mail CA"))


@case
def anchor_may_not_sign_certificates(folder: Path) -> Wrong:
    """The anchor's key usage lacks keyCertSign."""
    root = issue("Root", usage=("digital_signature",))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.IssuerMayNotCertify("Anna", "Root"))


@case
def authority_below_an_anchor_that_allows_none(folder: Path) -> Wrong:
    """The anchor allows no authority below it."""
    root = issue("Root", path_length=0)
    ca = mail_ca(root)
    return below(ca, person("Anna", ca), why.PathLengthExceeded("Root", 0), root)


@case
def authority_below_one_that_allows_none(folder: Path) -> Wrong:
    """An authority in the middle allows none below it; the anchor would."""
    root = issue("Root", path_length=5)
    upper = issue("Upper CA", root, path_length=0)
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
    root = issue("Root", path_length=1)
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
    anna = person("Anna", ca, extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=True)])
    return below(ca, anna, why.UnknownCriticalExtension("Anna", "1.3.6.1.4.1.99999.1"))


@case
def unknown_critical_extension_of_an_authority(folder: Path) -> Wrong:
    """The authority's certificate has a critical extension nobody knows."""
    ca = mail_ca(extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=True)])
    return below(ca, person("Anna", ca), why.UnknownCriticalExtension("Mail CA", "1.3.6.1.4.1.99999.1"))


@case
def unknown_critical_extension_of_the_anchor(folder: Path) -> Wrong:
    """The anchor restricts itself in a way nobody knows (RFC 5937 §3.2)."""
    root = issue("Root", extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=True)])
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
    anna = person("Anna", ca, extensions=[(x509.PrecertPoison(), True)])
    return below(ca, anna, why.UnknownCriticalExtension("Anna", "1.3.6.1.4.1.11129.2.4.3"))
