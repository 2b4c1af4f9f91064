"""Smart cards in Outlook on the web: the PIN is asked for in our own window, and the server may demand a card."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.operations import tokens
from tests.cms.builder import identity
from tests.cms.envelope import enveloped, transport
from tests.dialects.extension import create_message, create_smime, initialise, signing_certificate
from tests.dialects.office import Office, Person, answer, data_url, mail
from tests.keystore import softhsm
from tests.needs import require_program
from tests.operations.test_open_vault import in_mail

pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")

CARDS = {"OWAOnlyUseSmartCard": True}


def for_anna(public: object) -> x509.Certificate:
    """A certificate for a card of Anna's, for signing and encrypting."""
    authority, now = identity("RSA", "Musteramt"), datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Anna Muster")]))
        .issuer_name(authority.certificate.subject)
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name("anna@muster.example")]), critical=False)
        .add_extension(x509.KeyUsage(digital_signature=True, key_encipherment=True, **usage), critical=True)
        .sign(authority.key, hashes.SHA256())  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, x509.Certificate]:
    """An office with a card of Anna's, beside her key in the vault."""
    softhsm.library()
    softhsm.prepare(tmp_path_factory.mktemp("softhsm"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(softhsm, "certificate_of", for_anna)
        certificate = softhsm.Card("Ausweis").make("RSA")
    office = Office(tmp_path_factory.mktemp("office"))
    tokens.add_library(office.database, softhsm.library())
    return office, certificate


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def test_mail_for_a_card_is_opened_after_its_pin(made: tuple[Office, x509.Certificate]) -> None:
    """The window names the card; a wrong PIN is asked for again, and a closed window opens nothing."""
    office, certificate = made
    smime = data_url(in_mail(enveloped([transport(certificate)])))
    person = Person("0000", softhsm.PIN)
    desk = office.owa(person)
    assert answer(desk, create_message(smime))["Data"]["SmimeType"] == 6
    assert "“Ausweis”" in person.asked[0][0]
    assert [each[2] for each in person.asked] == ["", "That was not the PIN."]
    assert answer(desk, create_message(smime))["ErrorCode"] == 0
    assert len(person.asked) == 2
    desk.close()
    assert answer(office.owa(Person()), create_message(smime)) == {"Data": None, "ErrorCode": 5}


def test_a_card_signs_what_is_written(made: tuple[Office, x509.Certificate], tmp_path: Path) -> None:
    """Where the person chose its certificate in OWA, and where the server wants cards alone; OpenSSL verifies it."""
    office, certificate = made
    for settings in ({}, CARDS):
        person = Person(softhsm.PIN)
        desk = office.owa(person)
        answer(desk, initialise(settings))
        chosen = base64.b64encode(der(certificate)).decode()
        found = answer(desk, create_smime(mail(), chosen, None))
        assert found["ErrorCode"] == 0, office.logged
        assert len(person.asked) == 1
        signers = tmp_path / "signers.pem"
        command = [require_program("openssl", "openssl"), "cms", "-verify", "-noverify", "-signer", signers]
        subprocess.run(command, input=found["Data"].encode(), check=True, capture_output=True)
        assert x509.load_pem_x509_certificate(signers.read_bytes()) == certificate
        desk.close()


def test_the_card_s_certificate_is_the_one_that_signs(made: tuple[Office, x509.Certificate]) -> None:
    """It goes before keys in the vault, and no PIN is needed to name it."""
    office, certificate = made
    person = Person()
    desk = office.owa(person)
    for settings in ({}, CARDS):
        answer(desk, initialise(settings))
        assert base64.b64decode(answer(desk, signing_certificate())["Data"]) == der(certificate)
    assert person.asked == []


def test_without_the_pin_a_card_signs_nothing(made: tuple[Office, x509.Certificate]) -> None:
    """A closed window is the end of it: the vault's key does not sign in its place where the server wants cards."""
    office, certificate = made
    desk = office.owa(Person())
    answer(desk, initialise(CARDS))
    chosen = base64.b64encode(der(certificate)).decode()
    assert answer(desk, create_smime(mail(), chosen, None)) == {"Data": None, "ErrorCode": 5}
    found = answer(desk, create_smime(mail(), office.certificate("anna"), None))
    assert found == {"Data": None, "ErrorCode": 6}
