"""What is missing: an issuer, an anchor, or our knowledge of an algorithm."""

from __future__ import annotations

from pathlib import Path

from letterlock.trust import reasons as why
from letterlock.trust.certificate import Certificate
from tests.trust.chains import (
    anchored,
    certificates,
    issue,
    person,
    replaced,
    resigned,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca


@case
def authority_not_sent(folder: Path) -> Wrong:
    """The message carries the person's certificate only, and the reader knows just the root."""
    ca = mail_ca()
    return Wrong(
        person("Anna", ca).certificate,
        certificates(*flaw([], [ca])),
        anchored(issue("Root")),
        why.NoIssuerKnown("Anna", "Mail CA"),
    )


@case
def middle_not_sent(folder: Path) -> Wrong:
    """One of two authorities between person and root is missing."""
    upper = issue("Upper CA", issue("Root"))
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(lower, *flaw([], [upper])),
        anchored(issue("Root")),
        why.NoIssuerKnown("Lower CA", "Upper CA"),
    )


@case
def authority_renewed_its_key(folder: Path) -> Wrong:
    """The reader has an authority of the same name with another key, and the key identifiers say so: no forgery."""
    old, new = issue("Root", key_name="old"), issue("Root", key_name="new")
    return Wrong(person("Anna", new).certificate, [], anchored(flaw(old, new)), why.NoIssuerKnown("Anna", "Root"))


@case
def root_not_accepted(folder: Path) -> Wrong:
    """The chain is complete, and the reader trusts another root."""
    other = issue("Other Root")
    ca = mail_ca()
    return Wrong(
        person("Anna", ca).certificate,
        certificates(issue("Root"), ca),
        anchored(flaw(other, issue("Root"))),
        why.RootNotTrusted("Root"),
    )


@case
def nobody_accepted(folder: Path) -> Wrong:
    """The reader trusts nobody at all."""
    ca = mail_ca()
    return Wrong(
        person("Anna", ca).certificate,
        certificates(ca, issue("Root")),
        anchored(*flaw([], [issue("Root")])),
        why.RootNotTrusted("Root"),
    )


@case
def vouches_for_itself(folder: Path) -> Wrong:
    """A person has signed the own certificate."""
    anna = person("Anna", None)
    return Wrong(
        anna.certificate, certificates(anna), anchored(flaw(issue("Root"), anna)), why.SelfSignedNotTrusted("Anna")
    )


@case
def authorities_in_a_circle(folder: Path) -> Wrong:
    """Two authorities certify each other, and nobody else certifies either."""
    east_root = issue("East")
    west = issue("West", east_root)
    east = issue("East", west)
    return Wrong(
        person("Anna", west).certificate,
        certificates(west, east, *flaw([], [issue("East", issue("Root"))])),
        anchored(issue("Root")),
        why.PathLoops("East"),
    )


@case
def too_many_authorities(folder: Path) -> Wrong:
    """Eleven certificates from person to anchor, where ten are followed."""
    root = issue("Root")
    line = [root]
    for number in range(flaw(9, 8)):
        line.append(issue(f"CA {number}", line[-1]))
    return Wrong(person("Anna", line[-1]).certificate, certificates(*line[1:]), anchored(root), why.PathTooLong(10))


@case
def authorities_in_a_tangle(folder: Path) -> Wrong:
    """Twelve authorities all certify each other: exponentially many ways, none of them to an anchor."""
    roots = [issue(f"Node {number}") for number in range(12)]
    tangle = [issue(child.x509.subject, parent) for child in roots for parent in roots if parent is not child]
    return Wrong(
        person("Anna", roots[0]).certificate,
        certificates(*tangle),
        anchored(flaw(issue("Root"), roots[0])),
        why.PathSearchExhausted(100),
        among_others=True,
    )


@case
def algorithm_unknown(folder: Path) -> Wrong:
    """The certificate is signed with an algorithm that nobody knows."""
    ca = mail_ca()
    ecdsa = bytes.fromhex("06082a8648ce3d0403")
    odd = replaced(person("Anna", ca), ecdsa + b"\x02", ecdsa + flaw(b"\x09", b"\x02"), times=2)
    return below(ca, odd, why.SignatureAlgorithmUnknown("Anna", "1.2.840.10045.4.3.9"))


@case
def key_unknown(folder: Path) -> Wrong:
    """The authority's key is of a kind that nobody knows."""
    root = issue("Root")
    ca = mail_ca(root)
    ec = bytes.fromhex("06072a8648ce3d02")
    tbs = ca.x509.tbs_certificate_bytes.replace(ec + b"\x01", ec + flaw(b"\x09", b"\x01"))
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(resigned(ca, tbs, root.key))],
        anchored(root),
        why.KeyUnusable("Mail CA", "1.2.840.10045.2.9"),
    )
