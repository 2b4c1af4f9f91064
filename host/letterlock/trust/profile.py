"""The mail profile: what a certificate must say to sign mail, as a table with clauses.

RFC 8550 (S/MIME 4.0 certificate handling) says what a receiving agent checks; the CA/Browser Forum's S/MIME
Baseline Requirements (S/MIME BR) say what public CAs put in. An extension that is absent forbids nothing: private
authorities leave them out, and RFC 8550 requires none in the signer's certificate. Dates, chain and signatures are
the path's business; whether the certificate names the sender is `addresses.names_address`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from letterlock.errors import Reason
from letterlock.trust.algorithms import MODERN, Accepted, weakness
from letterlock.trust.certificate import Certificate
from letterlock.trust.extensions import ANY_PURPOSE
from letterlock.trust.keys import agrees, can_encrypt, can_sign
from letterlock.trust.reasons import (
    IssuerPurposeNotMail,
    KeyCannotEncrypt,
    KeyCannotSign,
    KeyUnusable,
    KeyUsageNotEncrypting,
    KeyUsageNotSigning,
    KeyWeak,
    PublicKeyUnusable,
    PurposeNotMail,
    ranked,
)

EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"

_PURPOSES = {
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    EMAIL_PROTECTION: "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.5.5.7.3.36": "documentSigning",
    "1.3.6.1.4.1.311.10.3.12": "documentSigning (Microsoft)",
    "1.3.6.1.4.1.311.20.2.2": "smartcardLogon",
    ANY_PURPOSE: "anyExtendedKeyUsage",
}


@dataclass(frozen=True)
class Rule:
    """One line of the profile."""

    subject: str
    requirement: str
    clause: str
    check: Callable[[Certificate, Sequence[Certificate], Accepted], Iterator[Reason]]


def check_signer(
    certificate: Certificate, chain: Sequence[Certificate] = (), accepted: Accepted = MODERN
) -> tuple[Reason, ...]:
    """Why this certificate must not sign mail, ranked; empty if it may.

    Args:
        certificate: the signer's.
        chain: `Path.chain`, so that the authorities between signer and anchor are looked at too.
        accepted: which key sizes the reader relies on.
    """
    return ranked(reason for rule in PROFILE for reason in rule.check(certificate, chain, accepted))


def check_recipient(
    certificate: Certificate, chain: Sequence[Certificate] = (), accepted: Accepted = MODERN
) -> tuple[Reason, ...]:
    """Why nothing must be encrypted to this certificate, ranked; empty if it may. Arguments as `check_signer`."""
    return ranked(reason for rule in RECIPIENT for reason in rule.check(certificate, chain, accepted))


def _key_kind(certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted) -> Iterator[Reason]:
    try:
        if not can_sign(certificate.public_key()):
            yield KeyCannotSign(certificate.name, certificate.key)
    except PublicKeyUnusable as unusable:
        yield KeyUnusable(unusable.subject, unusable.key)


def _key_size(certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted) -> Iterator[Reason]:
    try:
        minimum = weakness(certificate.public_key(), accepted)
    except PublicKeyUnusable:
        return
    if minimum is not None:
        yield KeyWeak(certificate.name, certificate.key, minimum)


def _key_usage(certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted) -> Iterator[Reason]:
    usage = certificate.key_usage
    if usage is not None and not usage & {"digitalSignature", "nonRepudiation"}:
        yield KeyUsageNotSigning(certificate.name, tuple(sorted(usage)))


def _encryption_key_kind(
    certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted
) -> Iterator[Reason]:
    try:
        if not can_encrypt(certificate.public_key()):
            yield KeyCannotEncrypt(certificate.name, certificate.key)
    except PublicKeyUnusable as unusable:
        yield KeyUnusable(unusable.subject, unusable.key)


def _encryption_key_usage(
    certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted
) -> Iterator[Reason]:
    try:
        needed = "keyAgreement" if agrees(certificate.public_key()) else "keyEncipherment"
    except PublicKeyUnusable:
        return
    usage = certificate.key_usage
    if usage is not None and needed not in usage:
        yield KeyUsageNotEncrypting(certificate.name, needed, tuple(sorted(usage)))


def _purpose(certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted) -> Iterator[Reason]:
    if not _for_mail(certificate):
        yield PurposeNotMail(certificate.name, _named(certificate))


def _issuers_purpose(certificate: Certificate, chain: Sequence[Certificate], accepted: Accepted) -> Iterator[Reason]:
    for issuer in chain[1:-1]:
        if not _for_mail(issuer):
            yield IssuerPurposeNotMail(issuer.name, _named(issuer))


PROFILE: tuple[Rule, ...] = (
    Rule("subjectPublicKeyInfo", "a key that makes signatures", "RFC 8551 §2.2", _key_kind),
    Rule("subjectPublicKeyInfo", "RSA from 2048 bits, EC from 224", "RFC 8550 §4.2; S/MIME BR §6.1.5", _key_size),
    Rule(
        "keyUsage, if present",
        "digitalSignature or nonRepudiation",
        "RFC 8550 §4.4.2; S/MIME BR §7.1.2.3 e",
        _key_usage,
    ),
    Rule(
        "extKeyUsage, if present",
        "emailProtection or anyExtendedKeyUsage",
        "RFC 8550 §4.4.4; S/MIME BR §7.1.2.3 f",
        _purpose,
    ),
    # RFC 5280 §4.2.1.12 gives the extension a meaning in end entities only, so the path result ignores it. For
    # authorities it restricts what they may issue: S/MIME BR §7.1.2.2 g and Mozilla's root store policy §5.3 demand
    # it there, and NSS, OpenSSL and Windows enforce it. Without it a TLS-only authority could certify mail.
    # The last of the chain is the anchor (or unknown) and believed as it is.
    Rule(
        "extKeyUsage of the authorities between, if present",
        "emailProtection or anyExtendedKeyUsage",
        "S/MIME BR §7.1.2.2 g",
        _issuers_purpose,
    ),
)

RECIPIENT: tuple[Rule, ...] = (
    Rule("subjectPublicKeyInfo", "a key that content keys are sent to", "RFC 8551 §2.3", _encryption_key_kind),
    Rule(
        "keyUsage, if present",
        "keyEncipherment for RSA and ML-KEM, keyAgreement for EC and X25519",
        "RFC 8550 §4.4.2; S/MIME BR §7.1.2.3 e; RFC 9935 §5",
        _encryption_key_usage,
    ),
    *(rule for rule in PROFILE if rule.check in (_key_size, _purpose, _issuers_purpose)),
)
"""The same for a certificate that mail is encrypted to."""


def _for_mail(certificate: Certificate) -> bool:
    purposes = certificate.purposes
    return purposes is None or EMAIL_PROTECTION in purposes or ANY_PURPOSE in purposes


def _named(certificate: Certificate) -> tuple[str, ...]:
    return tuple(_PURPOSES.get(purpose, purpose) for purpose in certificate.purposes or ())
