"""Mail for the vault's keys: opened while unlocked; while locked, said to be for them, and for which certificate."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.cms import RecipientKey
from letterlock.keystore import pkcs12
from letterlock.keystore.entries import Purpose
from letterlock.keystore.own_keys import OwnKeys
from letterlock.keystore.vault import Vault
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from tests.cms.builder import identity, tlv
from tests.cms.envelope import agreement, enveloped, octet_string, transport
from tests.keystore.test_keystore_vault_robust import execute
from tests.keystore.vaults import PASSPHRASE, QUICK, made
from tests.needs import require_program
from tests.signed_mail import DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


@pytest.fixture
def database(mail: DemoMail, tmp_path: Path) -> Path:
    """A vault with the key that the demonstration's encrypted mail is for, and another one."""
    database = tmp_path / "letterlock.sqlite"
    vault = made(database)
    identity = pkcs12.load(mail.key_file(mail.carla, "correct horse").read_bytes(), "correct horse")
    vault.add(identity.key, [identity.certificate, *identity.others], label="Carla")
    vault.add(ec.generate_private_key(ec.SECP256R1()))
    vault.lock()
    return database


def opened(raw: bytes, keys: OwnKeys | list[RecipientKey]) -> OpenedMessage:
    opening = Opening(TrustSettings(), keys=keys)
    opening.feed(raw)
    return opening.close()


def vault_at(database: Path, *, unlocked: bool) -> Vault:
    vault = Vault.at(database, cost=QUICK)
    if unlocked:
        vault.unlock(PASSPHRASE)
    return vault


def test_an_unlocked_vault_opens(mail: DemoMail, database: Path) -> None:
    """As a key file given by hand would."""
    message = opened(mail.encrypt("Offer", TEXT), OwnKeys(vault_at(database, unlocked=True)))
    assert message.verdict.encryption.status == "decrypted"
    assert b"EUR 18,400.00" in b"".join(message.body(message.parts[0].id))


def test_a_locked_vault_says_so(mail: DemoMail, database: Path) -> None:
    """The reason is its own, names the certificate that the mail was made for, and nothing is shown."""
    vault = vault_at(database, unlocked=False)
    message = opened(mail.encrypt("Offer", TEXT), OwnKeys(vault))
    verdict = message.verdict
    assert (verdict.encryption.status, verdict.headline.code) == ("undecryptable", "encryption_locked")
    (reason,) = [each for each in verdict.reasons if each.code == "vault_locked"]
    certificate = x509.load_der_x509_certificate(vault.entries()[0].certificates[0])
    assert reason.facts == {
        "key": vault.entries()[0].id,
        "certificate": certificate.subject.rfc4514_string(),
        "not_after": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert message.parts == []
    vault.unlock(PASSPHRASE)
    assert opened(mail.encrypt("Offer", TEXT), OwnKeys(vault)).verdict.encryption.status == "decrypted"


def test_mail_for_somebody_else(mail: DemoMail, tmp_path: Path) -> None:
    """A locked vault without the key does not pretend that unlocking would help."""
    vault = made(tmp_path / "other.sqlite")
    vault.add(rsa.generate_private_key(65537, 2048))
    vault.lock()
    message = opened(mail.encrypt("Offer", TEXT), OwnKeys(vault))
    assert [each.code for each in message.verdict.reasons if "key" in each.code] == ["no_recipient_key"]


@pytest.mark.parametrize("locked", [True, False])
def test_an_invented_key_identifier(mail: DemoMail, database: Path, locked: bool) -> None:
    """Outlook 2010 names recipients by identifiers that fit no certificate: only the keys themselves can tell.

    While they are locked, it is still said whom it names, and that unlocking may help.
    """
    vault = vault_at(database, unlocked=not locked)
    carla = x509.load_der_x509_certificate(vault.entries()[0].certificates[0])
    invented = tlv(0x80, bytes(range(20)))
    text = enveloped([transport(carla, rid=invented)], text=TEXT)
    verdict = opened(in_mail(text), OwnKeys(vault)).verdict
    if locked:
        assert verdict.headline.code == "encryption_undecryptable"
        assert [each.code for each in verdict.reasons] == ["no_recipient_key", "vault_locked_may_match"]
    else:
        assert verdict.encryption.status == "decrypted"


def test_an_identifier_that_no_key_here_can_answer_to(database: Path) -> None:
    """Unlocking is offered only where it may help: not for a kind of key that is not here, nor for a named stranger."""
    vault = vault_at(database, unlocked=False)
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    named = tlv(0xA0, octet_string(bytes(20)))  # a RecipientKeyIdentifier
    for entry in (agreement(curve, named), transport(identity("RSA").certificate)):
        reasons = opened(in_mail(enveloped([entry], text=TEXT)), OwnKeys(vault)).verdict.reasons
        assert [each.code for each in reasons] == ["no_recipient_key"]


def in_mail(der: bytes) -> bytes:
    headers = b"From: a@b.example\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
    return headers + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(der)


def test_a_key_file_helps_where_the_vault_is_locked(mail: DemoMail, database: Path) -> None:
    """What is at hand is used, in whatever order the keys are given."""
    file = pkcs12.load(mail.key_file(mail.carla, "correct horse").read_bytes(), "correct horse").recipient_key()
    locked = list(OwnKeys(vault_at(database, unlocked=False)))
    for keys in ([*locked, file], [file, *locked]):
        assert opened(mail.encrypt("Offer", TEXT), keys).verdict.encryption.status == "decrypted"


def test_a_superseded_key_still_opens(mail: DemoMail, database: Path) -> None:
    """Renewal never closes old mail; only an authority's key is not offered."""
    from datetime import UTC, datetime

    vault = vault_at(database, unlocked=True)
    carla = vault.entries()[0]
    vault.describe(carla.id, superseded=datetime(2026, 1, 1, tzinfo=UTC))
    assert opened(mail.encrypt("Offer", TEXT), OwnKeys(vault)).verdict.encryption.status == "decrypted"
    vault.describe(carla.id, purpose=Purpose.AUTHORITY)
    assert opened(mail.encrypt("Offer", TEXT), OwnKeys(vault)).verdict.encryption.status == "undecryptable"


def test_a_damaged_key_or_database_is_a_verdict(mail: DemoMail, database: Path) -> None:
    """The mail is not blamed, and nothing crashes: the reason says what is damaged."""
    raw = mail.encrypt("Offer", TEXT)
    execute(database, "UPDATE own_key SET sealed = x'00'")
    damaged = opened(raw, OwnKeys(vault_at(database, unlocked=True)))
    assert [each.code for each in damaged.verdict.reasons] == ["key_damaged"]
    database.write_bytes(b"no database" * 100)
    broken = opened(raw, OwnKeys(Vault.at(database)))
    assert [each.code for each in broken.verdict.reasons] == ["store_damaged"]
    assert broken.verdict.encryption.status == "undecryptable"


def test_signed_mail_asks_no_vault(mail: DemoMail) -> None:
    """What is not encrypted is opened without looking for keys."""

    class Never:
        def __iter__(self) -> None:
            raise AssertionError("asked")

    assert opened(mail.sign("Offer", TEXT), Never()).verdict.signature.status  # type: ignore[arg-type]


def test_an_outlook_identifier(mail: DemoMail, database: Path) -> None:
    """An entry that names no certificate is tried with the unlocked keys."""
    vault = vault_at(database, unlocked=True)
    certificate = x509.load_der_x509_certificate(vault.entries()[0].certificates[0])
    assert certificate.public_bytes(Encoding.DER) == vault.entries()[0].certificates[0]
    message = opened(mail.encrypt("Offer", TEXT, "-keyid"), OwnKeys(vault))
    assert message.verdict.encryption.status == "decrypted"
