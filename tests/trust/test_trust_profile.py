"""The mail profile: which certificates may sign mail."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose

from letterlock.errors import Reason
from letterlock.trust import reasons as why
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import build
from letterlock.trust.profile import PROFILE, check_signer
from tests.trust.chains import NOW, anchored, certificates, issue, person, resigned


@pytest.mark.parametrize(
    "deviation",
    [
        {},
        {"usage": None},
        {"usage": ("digital_signature",)},
        {"usage": ("content_commitment",)},
        {"usage": ("digital_signature", "key_encipherment")},
        {"purposes": ()},
        {"purposes": (Purpose.CLIENT_AUTH, Purpose.EMAIL_PROTECTION)},
        {"purposes": (Purpose.ANY_EXTENDED_KEY_USAGE,)},
        {"kind": "RSA 2048"},
        {"kind": "Ed25519"},
        {"kind": "ML-DSA-65"},
        {"ca": None},
    ],
    ids=str,
)
def test_may_sign(deviation: dict[str, object]) -> None:
    """Absent extensions forbid nothing; present ones must allow mail."""
    assert check_signer(person("Anna", issue("Root"), **deviation).certificate) == ()


@pytest.mark.parametrize(
    ("deviation", "reason"),
    [
        ({"usage": ("key_encipherment",)}, why.KeyUsageNotSigning("Anna", ("keyEncipherment",))),
        ({"usage": ("key_cert_sign", "crl_sign")}, why.KeyUsageNotSigning("Anna", ("cRLSign", "keyCertSign"))),
        ({"purposes": (Purpose.SERVER_AUTH,)}, why.PurposeNotMail("Anna", ("serverAuth",))),
        (
            {"purposes": (Purpose.CODE_SIGNING, x509.ObjectIdentifier("1.2.3.4"))},
            why.PurposeNotMail("Anna", ("codeSigning", "1.2.3.4")),
        ),
        ({"kind": "X25519"}, why.KeyCannotSign("Anna", "X25519")),
        ({"kind": "RSA 1024"}, why.KeyWeak("Anna", "RSA 1024", 2048)),
        ({"kind": "P-192"}, why.KeyWeak("Anna", "EC P-192", 224)),
    ],
    ids=lambda each: each.code if isinstance(each, Reason) else str(each),
)
def test_must_not_sign(deviation: dict[str, object], reason: Reason) -> None:
    """Each rule of the table, broken alone, gives its own reason."""
    assert check_signer(person("Anna", issue("Root"), **deviation).certificate) == (reason,)


def test_authority_for_servers_only() -> None:
    """An authority restricted to TLS cannot certify mail, though RFC 5280 alone would let it."""
    root = issue("Root")
    ca = issue("TLS CA", root, purposes=(Purpose.SERVER_AUTH,))
    anna = person("Anna", ca).certificate
    path = build(anna, certificates(ca), anchored(root), NOW)
    assert path.valid
    assert check_signer(anna, path.chain) == (why.IssuerPurposeNotMail("TLS CA", ("serverAuth",)),)


def test_anchor_for_servers_only() -> None:
    """The anchor's purposes are not looked at: who is trusted for mail is the reader's decision."""
    root = issue("Root", purposes=(Purpose.SERVER_AUTH,))
    anna = person("Anna", root).certificate
    assert check_signer(anna, build(anna, [], anchored(root), NOW).chain) == ()


def test_legacy_takes_short_keys() -> None:
    """Key sizes are what the reader accepts."""
    anna = person("Anna", issue("Root"), kind="RSA 1024").certificate
    assert check_signer(anna, accepted=LEGACY) == ()


def test_key_that_cannot_be_read() -> None:
    """A key of an unknown kind is one reason, not two."""
    root = issue("Root")
    anna = person("Anna", root)
    ec = bytes.fromhex("06072a8648ce3d02")
    tbs = anna.x509.tbs_certificate_bytes.replace(ec + b"\x01", ec + b"\x09")
    certificate = Certificate.parse(resigned(anna, tbs, root.key))
    assert check_signer(certificate) == (why.KeyUnusable("Anna", "1.2.840.10045.2.9"),)


def test_every_rule_has_a_clause() -> None:
    """The table is what the documentation prints: each line says where it is from."""
    assert all("§" in rule.clause and rule.requirement for rule in PROFILE)
