"""Messages written for OWA: other programs verify and decrypt them, and the server's settings are obeyed."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import subprocess
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from letterlock.cms import SignedDataReader
from tests.dialects.extension import create_message, create_smime, initialise, signing_certificate
from tests.dialects.office import Office, Outsider, Person, answer, data_url, mail, sender
from tests.needs import require_program

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"), people=("anna", "bea", "carla"))


def write(
    office: Office, message: dict[str, Any], sign: bool = True, to: tuple[str, ...] = ("bea",), **settings: Any
) -> bytes:
    """The message that OWA gets, for a server with these settings."""
    desk = office.owa()
    assert answer(desk, initialise(settings))["ErrorCode"] == 0
    certificates = [office.certificate(each) for each in to] if to else None
    found = answer(desk, create_smime(message, office.certificate("anna") if sign else None, certificates))
    assert found["ErrorCode"] == 0, office.logged
    return str(found["Data"]).encode("ascii")


def refused(office: Office, message: dict[str, Any], *rest: Any, **settings: Any) -> str:
    """Why there is no message: what stands in the log."""
    desk = office.owa()
    answer(desk, initialise(settings))
    found = answer(desk, create_smime(message, *rest))
    assert found["Data"] is None
    assert found["ErrorCode"] == 6
    return office.logged[-1]


def parsed(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, policy=email.policy.default)  # type: ignore[return-value]


def cms(message: bytes) -> bytes:
    octets = parsed(message).get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets


def openssl(*arguments: str | Path, data: bytes) -> bytes:
    command = [require_program("openssl", "openssl"), "cms", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def verified(office: Office, octets: bytes, *more: str) -> bytes:
    """What OpenSSL verified, its chain and its purpose included."""
    _, _, root = office.files("anna")
    return openssl("-verify", "-CAfile", root, "-purpose", "smimesign", *more, data=octets)


def decrypted(office: Office, name: str, octets: bytes) -> bytes:
    """What OpenSSL decrypted with somebody's key."""
    certificate, key, _ = office.files(name)
    return openssl("-decrypt", "-recip", certificate, "-inkey", key, data=octets)


def test_signed_mail_is_verified_by_openssl(office: Office) -> None:
    """Opaque where the server says nothing, as Microsoft's control does it."""
    message = write(office, mail(), to=())
    assert parsed(message)["content-type"].params["smime-type"] == "signed-data"
    inside = parsed(verified(office, message))
    assert inside.get_content_type() == "text/html"
    assert "EUR 18'400" in inside.get_content()


def test_clear_signed_mail_is_verified_by_openssl(office: Office) -> None:
    """Where the server wants it so that everybody can read it."""
    message = write(office, mail(), to=(), OWAClearSign=True)
    assert parsed(message).get_content_type() == "multipart/signed"
    assert b"EUR 18'400" in verified(office, message)


def test_encrypted_mail_is_decrypted_by_openssl(office: Office) -> None:
    """By the recipient and by the sender; the signature inside is verified."""
    for to, readers in ((("bea",), ("bea", "anna")), (("bea", "anna", "carla"), ("bea", "anna", "carla"))):
        everybody = [{"Name": "", "EmailAddress": f"{name}@muster.example"} for name in to if name != "anna"]
        message = write(office, mail(ToRecipients=everybody), to=to, OWAEncryptionAlgorithms="6610")
        for name in readers:
            if b"authEnveloped" in message:
                break
            assert b"EUR 18'400" in verified(office, decrypted(office, name, message))


def test_encrypted_mail_without_a_signature(office: Office) -> None:
    message = write(office, mail(), sign=False)
    shown = answer(office.owa(), create_message(data_url(message)))["Data"]
    assert shown["SmimeType"] == 6
    assert shown["SmimeSignature"] is None


@pytest.fixture(scope="module")
def outsider(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Outsider(tmp_path_factory.mktemp("outsider"), office)


@pytest.mark.parametrize(
    ("settings", "cipher"),
    [
        ({}, "aes-256-cbc"),
        ({"OWAEncryptionAlgorithms": "660E"}, "aes-128-cbc"),
        ({"OWAEncryptionAlgorithms": "6603"}, "aes-256-cbc"),
    ],
)
def test_what_others_write_to_is_read_by_openssl_and_gpgsm(
    outsider: Office, settings: dict[str, str], cipher: str, short: Path
) -> None:
    """AES in CBC where nothing is known of the recipient's program; what the server asks for, unless it is weak."""
    message = write(outsider, mail(), OWASigningAlgorithms="8004", **settings)
    printed = openssl("-cmsout", "-print", "-noout", data=message).decode()
    assert cipher in printed
    signed = decrypted(outsider, "bea", message)
    assert b"EUR 18'400" in verified(outsider, signed)
    assert "sha256" in openssl("-cmsout", "-print", "-noout", data=signed).decode()
    if not settings:
        assert b"EUR 18'400" in _by_gpgsm(outsider, short, message)


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: the agent's socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="g") as name:
        yield Path(name)


def _by_gpgsm(office: Office, folder: Path, message: bytes) -> bytes:
    """Decrypted and verified by GnuPG."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
    from cryptography.x509 import load_der_x509_certificate

    from tests.interop.gpgsm import Gpgsm

    peer = Gpgsm(folder)
    root = load_der_x509_certificate(office.root.der)
    fingerprint = root.fingerprint(hashes.SHA1()).hex().upper()
    peer.file("trustlist.txt", f"{fingerprint} S relax\n".encode())
    entry = next(each for each in office.vault.entries() if each.chain)
    chain = [load_der_x509_certificate(each) for each in entry.chain]
    for each in [root, *chain]:
        peer.gpgsm("--import", peer.file("ca.crt", each.public_bytes(Encoding.DER)))
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2_048)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())
        .build(b"bea")
    )
    # Both who read it: gpgsm counts a recipient that it does not know as a failure, where that one comes first.
    for name in ("anna", "bea"):
        private = serialization.load_pem_private_key(office.files(name)[1].read_bytes(), None)
        octets = pkcs12.serialize_key_and_certificates(
            name.encode(),
            private,
            load_der_x509_certificate(office.der(name)),
            None,
            encryption,  # type: ignore[arg-type]
        )
        peer.gpgsm("--import", peer.file(f"{name}.p12", octets), passphrase=b"bea")
    inside = peer.gpgsm("--decrypt", "--output", "-", peer.file("in.p7m", cms(message)), passphrase=b"bea")
    # GnuPG knows no name constraints, which the authority of the test has.
    known = ("--ignore-cert-extension", "2.5.29.30")
    return peer.gpgsm(*known, "--output", "-", "--verify", peer.file("signed.p7m", cms(inside)))


def test_everything_that_was_written_is_there(office: Office) -> None:
    """Names, subject, picture and files, importance, sensitivity; read back by this host and by OpenSSL."""
    message = write(
        office,
        mail(
            ToRecipients=[{"Name": 'Bea "B" Müller, Chefin', "EmailAddress": "bea@muster.example"}],
            CcRecipients=[{"Name": "カルラ", "EmailAddress": "carla@muster.example"}],
            Body={"BodyType": "HTML", "Value": '<p>Grüezi <img src="cid:bild@1"></p>'},
            Attachments=[
                {
                    "Name": "Bild.png",
                    "ContentType": "image/png",
                    "Content": PNG,
                    "ContentId": "bild@1",
                    "IsInline": True,
                },
                {"Name": "Übersicht 2026.pdf", "ContentType": "application/pdf", "Content": PNG, "IsInline": False},
                {"Name": "leer.txt", "ContentType": "text/plain", "Content": "", "IsInline": False},
            ],
            Importance="High",
            Sensitivity="Confidential",
        ),
        to=("bea", "carla"),
    )
    outside = parsed(message)
    assert str(outside["subject"]) == "Grüezi – Offerte № 5 🙂"
    (to,) = outside["to"].addresses
    assert (to.display_name, to.addr_spec) == ('Bea "B" Müller, Chefin', "bea@muster.example")
    assert outside["cc"].addresses[0].display_name == "カルラ"
    assert (outside["importance"], outside["sensitivity"]) == ("high", "Company-Confidential")
    shown = answer(office.owa(), create_message(data_url(message), From=sender(message)))["Data"]
    assert shown["SmimeType"] == 13
    assert shown["SmimeSignature"]["IsCertValidToClient"] is True
    assert f"data:image/png;base64,{PNG}" in shown["NormalizedBody"]["Value"]
    files = {each["Name"]: each["Content"] for each in shown["Attachments"]}
    assert files == {"Bild.png": PNG, "Übersicht 2026.pdf": PNG, "leer.txt": ""}


def test_text_is_written_as_text(office: Office) -> None:
    message = write(office, mail(Body={"BodyType": "Text", "Value": "Grüezi\nmitenand"}), to=())
    inside = parsed(verified(office, message))
    assert inside.get_content_type() == "text/plain"
    assert inside.get_content().split() == ["Grüezi", "mitenand"]


def test_the_fields_stand_inside_too(office: Office) -> None:
    """So that nobody on the way changes subject or recipients unseen; outside they stay readable for OWA."""
    inside = parsed(verified(office, write(office, mail(), to=())))
    for name in ("subject", "from", "to"):
        assert str(inside[name]) == str(parsed(write(office, mail(), to=()))[name])


@pytest.mark.parametrize(("forking", "together"), [(2, True), (0, False), (1, False)])
def test_blind_copies_are_as_the_server_demands(office: Office, forking: int, together: bool) -> None:
    """In one encrypted message they could be counted; only where the server wants that is one made. Nobody is named."""
    message = mail(BccRecipients=[{"Name": "", "EmailAddress": "carla@muster.example"}])
    certificates = [office.certificate("bea"), office.certificate("carla")]
    if not together:
        said = refused(office, message, office.certificate("anna"), certificates, OWABCCEncryptedEmailForking=forking)
        assert "owa_blind_seen" in said
        return
    made = write(office, message, to=("bea", "carla"), OWABCCEncryptedEmailForking=forking)
    assert b"carla" not in made.partition(b"\r\n\r\n")[0]
    shown = answer(office.owa(), create_message(data_url(made)))
    assert shown["ErrorCode"] == 0
    alone = mail(ToRecipients=[], BccRecipients=[{"Name": "", "EmailAddress": "carla@muster.example"}])
    assert write(office, alone, to=("carla",), OWABCCEncryptedEmailForking=0)


def test_chains_are_as_the_server_demands(office: Office) -> None:
    """Without the root, with it, without any, and without even the signer's own."""

    def carried(**settings: Any) -> int:
        reader = SignedDataReader(lambda octets: None)
        reader.feed(cms(write(office, mail(), to=(), **settings)))
        return len(reader.close().certificates)

    assert carried() == 2
    assert carried(OWAIncludeCertificateChainAndRootCertificate=True) == 3
    assert carried(OWAIncludeCertificateChainWithoutRootCertificate=False) == 1
    assert carried(OWASignedEmailCertificateInclusion=False) == 0


def test_signatures_are_as_the_server_demands(office: Office) -> None:
    """Digest, key identifier, capabilities; SHA-1 is never made."""

    def printed(**settings: Any) -> str:
        return openssl("-cmsout", "-print", "-noout", data=write(office, mail(), to=(), **settings)).decode()

    assert "sha512" in printed(OWASigningAlgorithms="800E")
    weak = printed(OWASigningAlgorithms="8004")
    assert "sha256" in weak
    assert "algorithm: sha1 " not in weak
    assert "d.subjectKeyIdentifier" in printed(OWAUseKeyIdentifier=True)
    assert "d.issuerAndSerialNumber" in printed()
    assert "S/MIME Capabilities" in printed()
    assert "S/MIME Capabilities" not in printed(OWAIncludeSMIMECapabilitiesInMessage=False)


def test_triple_wrapped_where_the_server_demands_it(office: Office) -> None:
    """Signed, encrypted, signed: OpenSSL verifies the outer one."""
    message = write(office, mail(), OWATripleWrapSignedEncryptedMail=True)
    assert parsed(message)["content-type"].params["smime-type"] == "signed-data"
    inner = parsed(verified(office, message))
    assert inner["content-type"].params["smime-type"] in ("enveloped-data", "authEnveloped-data")
    shown = answer(office.owa(), create_message(data_url(message), From=sender(message)))["Data"]
    assert shown["SmimeType"] == 13
    assert shown["SmimeSignature"]["IsCertValidToClient"]


def test_always_means_always(office: Office) -> None:
    """A server that always signs gets no unsigned message, one that always encrypts no clear one."""
    signed = write(office, mail(), sign=False, OWAAlwaysSign=True)
    assert answer(office.owa(), create_message(data_url(signed)))["Data"]["SmimeType"] == 13
    unknown = mail(ToRecipients=[{"Name": "", "EmailAddress": "frida@fremd.example"}])
    said = refused(office, unknown, office.certificate("anna"), None, OWAAlwaysEncrypt=True)
    assert "recipient_without_certificate" in said


def test_certificates_of_the_directory_are_judged(office: Office, tmp_path: Path) -> None:
    """One that nobody trusted issued is not encrypted to, whatever OWA says."""
    from tests.signed_mail import DemoMail

    require_program("openssl", "openssl")
    foreign = DemoMail(tmp_path).frida.certificate
    der = subprocess.run(["openssl", "x509", "-in", foreign, "-outform", "DER"], capture_output=True, check=True).stdout
    message = mail(ToRecipients=[{"Name": "", "EmailAddress": "frida@fremd.example"}])
    said = refused(office, message, office.certificate("anna"), [base64.b64encode(der).decode()])
    assert "recipient_not_usable" in said


def test_other_addresses_and_lists_are_as_the_server_demands(office: Office) -> None:
    """The directory vouches for certificates that name another address: an alias, or the members of a list."""
    team = mail(ToRecipients=[{"Name": "Team", "EmailAddress": "team@muster.example"}])
    both = (office.certificate("bea"), office.certificate("carla"))
    for settings in ({"OWAUseSecondaryProxiesWhenFindingCertificates": False}, {}):
        assert "recipient_without_certificate" in refused(office, team, None, list(both), **settings)
    vouched = {"OWAUseSecondaryProxiesWhenFindingCertificates": True}
    message = write(office, team, sign=False, to=("bea", "carla"), **vouched)
    assert message.count(b"team@muster.example") == 1
    infos = _recipients(cms(message))
    assert infos == 3  # Bea, Carla and the sender
    more = mail(ToRecipients=[{"Name": "", "EmailAddress": f"{n}@list.example"} for n in range(3)])
    assert "recipient_without_certificate" in refused(office, more, None, list(both), **vouched)


def _recipients(octets: bytes) -> int:
    printed = openssl("-cmsout", "-print", "-noout", "-inform", "DER", data=octets).decode()
    return len(re.findall(r"d\.(?:ktri|kari|ori|kekri|pwri):", printed))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (mail(From={"Mailbox": {"Name": "", "EmailAddress": "frida@fremd.example"}}), "sender_without_key"),
        (mail(From=None), "sender_not_one"),
        (mail(ToRecipients=[{"Name": "", "EmailAddress": "bea@muster"}]), "recipient_without_certificate"),
        (mail(ToRecipients=[{"Name": "x", "EmailAddress": "no address"}]), "address_not_an_address"),
        (mail(ToRecipients=[], CcRecipients=None), "nobody_to_encrypt_to"),
        (mail(Body={"BodyType": "HTML", "Value": '<img src="cid:gone">'}), "inline_image_missing"),
    ],
)
def test_without_everything_there_is_no_message(office: Office, message: dict[str, Any], code: str) -> None:
    """And the log has the codes of all that is missing."""
    assert code in refused(office, message, office.certificate("anna"), [office.certificate("bea")])


def test_neither_signed_nor_encrypted_is_not_made(office: Office) -> None:
    assert "owa_nothing_wanted" in refused(office, mail(), None, None)
    assert "owa_certificates_unreadable" in refused(office, mail(), "AAAA", None)


def test_the_signing_certificate_is_the_own_one(office: Office) -> None:
    """It names the person, is in force and signs; and OWA may ask before anything is unlocked."""
    person = Person()
    found = answer(office.owa(person), signing_certificate())
    assert base64.b64decode(found["Data"]) in [office.der(each) for each in ("anna", "bea", "carla")]
    assert person.asked == []
    desk = office.owa(person)
    answer(desk, initialise({"OWAOnlyUseSmartCard": True}))
    assert answer(desk, signing_certificate()) == {"Data": None, "ErrorCode": 6}


def test_cards_alone_sign_where_the_server_demands_it(office: Office) -> None:
    said = refused(office, mail(), office.certificate("anna"), None, OWAOnlyUseSmartCard=True)
    assert "owa_only_cards" in said


def test_nobody_types_a_passphrase_for_nothing(office: Office) -> None:
    """It is asked for when nothing else is missing, and once."""
    person = Person("correct horse battery")
    desk = office.owa(person)
    unknown = mail(ToRecipients=[{"Name": "", "EmailAddress": "frida@fremd.example"}])
    found = answer(desk, create_smime(unknown, office.certificate("anna"), [office.certificate("bea")]))
    assert found["ErrorCode"] == 6
    assert person.asked == []
    for _ in range(2):
        assert answer(desk, create_smime(mail(), office.certificate("anna"), None))["ErrorCode"] == 0
    assert len(person.asked) == 1
    closed = office.owa(Person())
    assert answer(closed, create_smime(mail(), office.certificate("anna"), None)) == {"Data": None, "ErrorCode": 5}
