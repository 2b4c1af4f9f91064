"""What has run out, and what is weak today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from letterlock.trust import reasons as why
from tests.trust import openssl
from tests.trust.chains import (
    DAY,
    LONG_AGO,
    NOW,
    SOON,
    anchored,
    certificates,
    issue,
    person,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca


@case
def expired(folder: Path) -> Wrong:
    """The person's certificate ended a day ago."""
    ca = mail_ca()
    anna = person("Anna", ca, not_after=flaw(NOW - DAY, SOON))
    return below(ca, anna, why.CertificateExpired("Anna", NOW - DAY, NOW))


@case
def not_yet_valid(folder: Path) -> Wrong:
    """The person's certificate begins tomorrow."""
    ca = mail_ca()
    anna = person("Anna", ca, not_before=flaw(NOW + DAY, LONG_AGO))
    return below(ca, anna, why.CertificateNotYetValid("Anna", NOW + DAY, NOW))


@case
def authority_expired(folder: Path) -> Wrong:
    """The authority's certificate ended a day ago."""
    ca = mail_ca(not_after=flaw(NOW - DAY, SOON))
    return below(ca, person("Anna", ca), why.CertificateExpired("Mail CA", NOW - DAY, NOW))


@case
def authority_not_yet_valid(folder: Path) -> Wrong:
    """The authority's certificate begins tomorrow."""
    ca = mail_ca(not_before=flaw(NOW + DAY, LONG_AGO))
    return below(ca, person("Anna", ca), why.CertificateNotYetValid("Mail CA", NOW + DAY, NOW))


@case
def anchor_expired(folder: Path) -> Wrong:
    """The anchor's own days are over."""
    root = issue("Root", not_after=flaw(NOW - DAY, SOON))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.AnchorExpired("Root", NOW - DAY, NOW))


@case
def anchor_not_yet_valid(folder: Path) -> Wrong:
    """The anchor's own first day is still to come."""
    root = issue("Root", not_before=flaw(NOW + DAY, LONG_AGO))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.AnchorNotYetValid("Root", NOW + DAY, NOW))


@case
def pinned_person_expired(folder: Path) -> Wrong:
    """A pinned certificate is believed within its own days only."""
    anna = person("Anna", None, not_after=flaw(NOW - DAY, SOON))
    return Wrong(anna.certificate, [], anchored(anna), why.CertificateExpired("Anna", NOW - DAY, NOW))


# --- Weak ------------------------------------------------------------------------------------------------------


@case
def signed_over_sha1(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with RSA and SHA-1."""
    root = issue("RSA Root", kind="RSA 2048")
    anna = openssl.signed(
        folder, "Anna", root, flaw("-sha1", "-sha256"), extensions=openssl.PERSON.format(address="anna@muster.example")
    )
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "RSA with SHA-1"), made_today=True
    )


@case
def signed_over_sha1_with_pss(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with RSA-PSS and its default digest, SHA-1."""
    root = issue("RSA Root", kind="RSA 2048")
    options = (flaw("-sha1", "-sha256"), "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20")
    anna = openssl.signed(folder, "Anna", root, *options, extensions=openssl.PERSON.format(address="a@muster.example"))
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "RSA-PSS with SHA-1"), made_today=True
    )


@case
def signed_with_dsa(folder: Path) -> Wrong:
    """The authority has a DSA key."""
    root = issue("DSA Root", kind=flaw("DSA 2048", "P-256"))
    return Wrong(
        person("Anna", root).certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "DSA with SHA-256")
    )


@case
def anchor_key_short(folder: Path) -> Wrong:
    """The anchor has an RSA key of 1024 bits."""
    root = issue("Small Root", kind=flaw("RSA 1024", "RSA 2048"))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.KeyWeak("Small Root", "RSA 1024", 2048))


@case
def authority_key_short(folder: Path) -> Wrong:
    """The authority has a key on a curve of 192 bits."""
    ca = issue("Small CA", issue("Root"), kind=flaw("P-192", "P-256"))
    return below(ca, person("Anna", ca), why.KeyWeak("Small CA", "EC P-192", 224))


SECOND = timedelta(seconds=1)


@case
def expired_a_second_ago(folder: Path) -> Wrong:
    """The last second of validity is included, the next one not (RFC 5280 §4.1.2.5)."""
    ca = mail_ca()
    anna = person("Anna", ca, not_after=flaw(NOW - SECOND, NOW))
    return below(ca, anna, why.CertificateExpired("Anna", NOW - SECOND, NOW))


@case
def valid_in_a_second(folder: Path) -> Wrong:
    """The first second of validity is included, the one before not."""
    ca = mail_ca()
    anna = person("Anna", ca, not_before=flaw(NOW + SECOND, NOW))
    return below(ca, anna, why.CertificateNotYetValid("Anna", NOW + SECOND, NOW))


@case
def expired_in_another_century(folder: Path) -> Wrong:
    """A UTCTime of the year 50 means 1950 (RFC 5280 §4.1.2.5.1)."""
    ca = mail_ca()
    then = datetime(1950, 1, 2, tzinfo=UTC)
    made = person("Anna", ca, not_before=datetime(1950, 1, 1, tzinfo=UTC), not_after=flaw(then, SOON))
    return below(ca, made, why.CertificateExpired("Anna", then, NOW))


@case
def upper_authority_expired(folder: Path) -> Wrong:
    """The authority above the one that issued has ended."""
    upper = issue("Upper CA", issue("Root"), not_after=flaw(NOW - DAY, SOON))
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.CertificateExpired("Upper CA", NOW - DAY, NOW),
    )


@case
def signed_over_sha1_with_ecdsa(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with ECDSA and SHA-1."""
    root = issue("Root")
    form = openssl.PERSON.format(address="anna@muster.example")
    anna = openssl.signed(folder, "Anna", root, flaw("-sha1", "-sha256"), extensions=form)
    reason = why.SignatureAlgorithmWeak("Anna", "ECDSA with SHA-1")
    return Wrong(anna.certificate, [], anchored(root), reason, made_today=True)


AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign"


@case
def authority_signed_over_sha1(folder: Path) -> Wrong:
    """The authority's certificate is signed over SHA-1, the person's is not."""
    root = issue("RSA Root", kind="RSA 2048")
    ca = openssl.signed(folder, "Old CA", root, flaw("-sha1", "-sha256"), extensions=AUTHORITY)
    anna = person("Anna", ca, not_after=NOW.replace(year=NOW.year + 30))
    reason = why.SignatureAlgorithmWeak("Old CA", "RSA with SHA-1")
    return Wrong(anna.certificate, certificates(ca), anchored(root), reason, made_today=True)


@case
def authority_rsa_key_short(folder: Path) -> Wrong:
    """The authority has an RSA key of 1024 bits."""
    ca = issue("Small CA", issue("Root"), kind=flaw("RSA 1024", "RSA 2048"))
    return below(ca, person("Anna", ca), why.KeyWeak("Small CA", "RSA 1024", 2048))


@case
def anchor_ec_key_short(folder: Path) -> Wrong:
    """The anchor has a key on a curve of 192 bits."""
    root = issue("Small Root", kind=flaw("P-192", "P-256"))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.KeyWeak("Small Root", "EC P-192", 224))
