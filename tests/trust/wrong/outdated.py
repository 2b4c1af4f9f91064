"""What has run out, and what is weak today."""

from __future__ import annotations

from pathlib import Path

from letterlock.trust import reasons as why
from tests.trust import openssl
from tests.trust.chains import (
    DAY,
    NOW,
    anchored,
    issue,
    person,
)
from tests.trust.wrong.cases import Wrong, below, case, mail_ca


@case
def expired(folder: Path) -> Wrong:
    """The person's certificate ended a day ago."""
    ca = mail_ca()
    anna = person("Anna", ca, not_after=NOW - DAY)
    return below(ca, anna, why.CertificateExpired("Anna", NOW - DAY, NOW))


@case
def not_yet_valid(folder: Path) -> Wrong:
    """The person's certificate begins tomorrow."""
    ca = mail_ca()
    anna = person("Anna", ca, not_before=NOW + DAY)
    return below(ca, anna, why.CertificateNotYetValid("Anna", NOW + DAY, NOW))


@case
def authority_expired(folder: Path) -> Wrong:
    """The authority's certificate ended a day ago."""
    ca = mail_ca(not_after=NOW - DAY)
    return below(ca, person("Anna", ca), why.CertificateExpired("Mail CA", NOW - DAY, NOW))


@case
def authority_not_yet_valid(folder: Path) -> Wrong:
    """The authority's certificate begins tomorrow."""
    ca = mail_ca(not_before=NOW + DAY)
    return below(ca, person("Anna", ca), why.CertificateNotYetValid("Mail CA", NOW + DAY, NOW))


@case
def anchor_expired(folder: Path) -> Wrong:
    """The anchor's own days are over."""
    root = issue("Root", not_after=NOW - DAY)
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.AnchorExpired("Root", NOW - DAY, NOW))


@case
def anchor_not_yet_valid(folder: Path) -> Wrong:
    """The anchor's own first day is still to come."""
    root = issue("Root", not_before=NOW + DAY)
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.AnchorNotYetValid("Root", NOW + DAY, NOW))


@case
def pinned_person_expired(folder: Path) -> Wrong:
    """A pinned certificate is believed within its own days only."""
    anna = person("Anna", None, not_after=NOW - DAY)
    return Wrong(anna.certificate, [], anchored(anna), why.CertificateExpired("Anna", NOW - DAY, NOW))


# --- Weak ------------------------------------------------------------------------------------------------------


@case
def signed_over_sha1(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with RSA and SHA-1."""
    root = issue("RSA Root", kind="RSA 2048")
    anna = openssl.signed(
        folder, "Anna", root, "-sha1", extensions=openssl.PERSON.format(address="anna@muster.example")
    )
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "RSA with SHA-1"), made_today=True
    )


@case
def signed_over_sha1_with_pss(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with RSA-PSS and its default digest, SHA-1."""
    root = issue("RSA Root", kind="RSA 2048")
    options = ("-sha1", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20")
    anna = openssl.signed(folder, "Anna", root, *options, extensions=openssl.PERSON.format(address="a@muster.example"))
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "RSA-PSS with SHA-1"), made_today=True
    )


@case
def signed_with_dsa(folder: Path) -> Wrong:
    """The authority has a DSA key."""
    root = issue("DSA Root", kind="DSA 2048")
    return Wrong(
        person("Anna", root).certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "DSA with SHA-256")
    )


@case
def anchor_key_short(folder: Path) -> Wrong:
    """The anchor has an RSA key of 1024 bits."""
    root = issue("Small Root", kind="RSA 1024")
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.KeyWeak("Small Root", "RSA 1024", 2048))


@case
def authority_key_short(folder: Path) -> Wrong:
    """The authority has a key on a curve of 192 bits."""
    ca = issue("Small CA", issue("Root"), kind="P-192")
    return below(ca, person("Anna", ca), why.KeyWeak("Small CA", "EC P-192", 224))
