"""Certificates of other people: what is learned from mail and what never is, imports, and who can be encrypted to."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

from letterlock import limits
from letterlock.cms import EnvelopedWriter, PrivateSigningKey, SignedDataWriter, Signing, recipient_for
from letterlock.cms.create_attributes import OUR_CAPABILITIES
from letterlock.cms.preferences import OAEP_SHA_256
from letterlock.cms.schema import Algorithm
from letterlock.operations import people, recipients, trust
from letterlock.operations.memory import Memory
from letterlock.operations.open import Opening
from letterlock.operations.recipients import AES_256_GCM, RSA_OAEP, RecipientChoice
from letterlock.operations.trust import TrustSettings
from letterlock.store import people as stored
from letterlock.store.database import Store
from letterlock.store.failures import StoreDamaged
from letterlock.store.people import KeptCertificate
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import NoCertificateInFile
from tests.needs import require_program
from tests.signed_mail import ANNA, DemoMail
from tests.trust.chains import DAY, NOW, Issued, anchored, issue, person

ENCRYPTING = ("key_agreement",)
BOTH = ("digital_signature", "key_agreement")
ROOT = issue("Root")
TRUST = TrustSettings(tuple(anchored(ROOT)))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "letterlock.sqlite"


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


def opened(raw: bytes, settings: TrustSettings, database: Path) -> str:
    opening = Opening(settings, memory=Memory(database))
    opening.feed(raw)
    done = opening.close()
    done.close()
    return done.verdict.signature.status


def signed(
    signer: Issued,
    *others: Issued,
    sender: str = "anna@muster.example",
    wants: Issued | None = None,
    reads: Sequence[Algorithm] = OUR_CAPABILITIES,
) -> bytes:
    """An opaque mail, with other certificates beside, and the one that answers are wanted for."""
    out: list[bytes] = []
    key = PrivateSigningKey(signer.x509, signer.key)
    signing = Signing(key, NOW, capabilities=reads, encryption_certificate=wants.x509 if wants else None)
    writer = SignedDataWriter(out.append, [signing], certificates=[each.der for each in others])
    writer.write(b"Content-Type: text/plain\r\n\r\nHello\r\n")
    writer.close()
    return (
        f"From: {sender}\r\nDate: Mon, 1 Jun 2026 12:00:00 +0000\r\n".encode()
        + b'MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; name="smime.p7m"\r\n'
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"".join(out))
    )


def known(database: Path, address: str = "anna@muster.example") -> list[str]:
    return [certificate.name for _, certificate in people.kept(database, address)]


# --- Learned from mail ---


def test_a_valid_mail_teaches_its_signers_certificate(mail: DemoMail, database: Path) -> None:
    """With when, where from, and what he decrypts; the next mail moves only the date."""
    settings = TrustSettings(tuple(trust.given([mail.anchor])))
    assert opened(mail.good(), settings, database) == "valid"
    ((row, certificate),) = people.kept(database, ANNA.address.upper())
    assert certificate.addresses == (ANNA.address,)
    assert (row.source, row.address) == ("mail", ANNA.address)
    assert row.first == row.last
    assert row.capabilities is not None  # OpenSSL sends its list
    assert opened(b"X-Copy: 2\r\n" + mail.good(), settings, database) == "valid"
    assert len(people.kept(database)) == 1


@pytest.mark.parametrize(
    ("reads", "counts"),
    [(OUR_CAPABILITIES, True), ([OAEP_SHA_256], True), ([Algorithm(RSA_OAEP, b"\x30\x00")], False), ([], False)],
    ids=["as we say it", "SHA-256", "SHA-1", "nothing"],
)
def test_rsa_oaep_counts_with_sha_256_alone(database: Path, reads: Sequence[Algorithm], counts: bool) -> None:
    """Its parameters say with which hash somebody reads it, and it is written with SHA-256 (RFC 4055 §4.1)."""
    anna = person("Anna", ROOT, usage=("digital_signature", "key_encipherment"), kind="RSA 2048")
    assert opened(signed(anna, reads=reads), TRUST, database) == "valid"
    (choice,) = choose(database, "anna@muster.example")
    assert choice.chosen is not None
    assert choice.reads_oaep is counts


def test_the_parameters_are_those_that_are_written() -> None:
    """What is announced is what recipients of RSA-OAEP get from us."""
    anna = person("Anna", ROOT, usage=("digital_signature", "key_encipherment"), kind="RSA 2048")
    out = bytearray()
    writer = EnvelopedWriter(out.extend, [recipient_for(anna.x509, oaep="SHA-256")], "AES-256-GCM")
    writer.close()
    assert OAEP_SHA_256.parameters is not None
    assert OAEP_SHA_256.parameters in out


def test_other_mail_teaches_nothing(mail: DemoMail, database: Path) -> None:
    """Changed, from a stranger, under another name, unsigned: whoever could teach us would read the answers."""
    settings = TrustSettings(tuple(trust.given([mail.anchor])))
    for raw in (mail.changed(), mail.unknown_issuer(), mail.mismatch(), mail.unsigned(), mail.md5()):
        assert opened(raw, settings, database) != "valid"
    assert people.kept(database) == []


PAIR = (
    person("Anna signs", ROOT, usage=("digital_signature",), key_name="s"),
    person("Anna decrypts", ROOT, usage=ENCRYPTING, key_name="e"),
)


def test_the_encryption_certificate_of_a_pair_is_learned(database: Path) -> None:
    """And the signing one, which nothing may be encrypted to, is not."""
    assert opened(signed(*PAIR, wants=PAIR[1]), TRUST, database) == "valid"
    ((row, certificate),) = people.kept(database)
    assert certificate.name == "Anna decrypts"
    assert row.preferred


@pytest.mark.parametrize(
    "other",
    [
        person("Mallory's", issue("Mallory's CA"), usage=ENCRYPTING, key_name="m"),
        person("Someone else", ROOT, "ben@muster.example", usage=ENCRYPTING, key_name="b"),
        person("Expired", ROOT, usage=ENCRYPTING, not_after=NOW - 2 * DAY, key_name="x"),
        person("Only signs", ROOT, usage=("digital_signature",), key_name="o"),
        person("For servers", ROOT, usage=ENCRYPTING, purposes=(ExtendedKeyUsageOID.SERVER_AUTH,), key_name="v"),
    ],
    ids=lambda issued: issued.certificate.name,
)  # fmt: skip
def test_an_offered_certificate_must_itself_be_trusted_for_the_address(other: Issued, database: Path) -> None:
    """A mail that is valid may carry anything; who wants whose answers is not proven by that."""
    assert opened(signed(PAIR[0], other, wants=other), TRUST, database) == "valid"
    assert people.kept(database) == []


# --- Kept ---


def row(issued: Issued, source: str = "mail", day: int = 0, **more: object) -> KeptCertificate:
    when = NOW + day * DAY
    return KeptCertificate("anna@muster.example", issued.der, source, "", when, when, **more)  # type: ignore[arg-type]


def test_mail_cannot_fill_the_disk_nor_push_out_what_was_imported(database: Path) -> None:
    """The last seen of an address stay, and everything a person chose stays."""
    chosen = person("Chosen", ROOT, usage=BOTH, key_name="chosen")
    many = [person(f"Anna {i}", ROOT, usage=BOTH, key_name=f"k{i % 3}") for i in range(limits.PERSON_CERTIFICATES + 5)]
    with Store.open(database) as store:
        stored.keep(store, [row(chosen, "file", -1000)])
        for day, each in enumerate(many):
            stored.keep(store, [row(each, day=day)])
    names = known(database)
    assert len(names) == limits.PERSON_CERTIFICATES + 1
    assert "Chosen" in names
    assert "Anna 0" not in names
    assert f"Anna {len(many) - 1}" in names


def test_a_person_who_imports_takes_over_what_mail_brought(database: Path) -> None:
    """From then on it does not go away by itself; the date of the first sight stays."""
    one = person("Anna", ROOT, usage=BOTH)
    with Store.open(database) as store:
        assert stored.keep(store, [row(one)]) == 1
        assert stored.keep(store, [row(one, "file", 5)]) == 0
        (kept,) = stored.certificates(store)
    assert (kept.source, kept.first, kept.last) == ("file", NOW, NOW + 5 * DAY)


def test_a_changed_row_receives_nobodys_mail(database: Path) -> None:
    """SQLite has no checksums; ours is looked at."""
    with Store.open(database) as store:
        stored.keep(store, [row(PAIR[1])])
        with store.writing() as connection:
            connection.execute("UPDATE person SET der = ?", (PAIR[0].der,))
        with pytest.raises(StoreDamaged):
            stored.certificates(store)


def test_forgetting_one_or_all(database: Path) -> None:
    """By the beginning of a fingerprint, or the whole person."""
    pair = [person("Anna", ROOT, usage=BOTH, key_name=each) for each in "ab"]
    with Store.open(database) as store:
        stored.keep(store, [row(each) for each in pair])
    assert people.forget(database, "ANNA@muster.example".lower(), pair[0].certificate.sha256[:12]) == 1
    assert people.forget(database, "anna@muster.example") == 1
    with pytest.raises(people.PersonUnknown):
        people.forget(database, "anna@muster.example")


# --- Imported ---


def test_files_are_imported(database: Path, tmp_path: Path) -> None:
    """PEM, DER and PKCS#7; authorities in them are passed over."""
    anna = person("Anna", ROOT, usage=BOTH)
    bag = pkcs7.serialize_certificates([anna.x509, ROOT.x509], Encoding.DER)
    for name, data in (("a.pem", ROOT.pem + anna.pem), ("a.cer", anna.der), ("a.p7c", bag)):
        (tmp_path / name).write_bytes(data)
        (found,) = people.import_file(database, tmp_path / name)
        assert found.certificate == anna.certificate
    ((kept, _),) = people.kept(database)
    assert (kept.source, kept.origin) == ("file", "a.pem")


def vcard(version: str, der: bytes) -> bytes:
    """As Outlook (2.1), Apple (3.0) and RFC 6350 (4.0) write it; the last two fold lines."""
    encoded = base64.b64encode(der)
    folded = b"\r\n ".join(encoded[i : i + 60] for i in range(0, len(encoded), 60))
    key = {
        "2.1": b"KEY;X509;ENCODING=BASE64:\r\n " + folded + b"\r\n",
        "3.0": b"item1.KEY;ENCODING=b;TYPE=X509:" + folded,
        "4.0": b"KEY;MEDIATYPE=application/pkix-cert:data:application/pkix-cert;base64," + folded,
    }[version]
    pgp = b"KEY;MEDIATYPE=application/pgp-keys:data:application/pgp-keys;base64,AAAA\r\nKEY:https://example/key.asc"
    lines = [b"BEGIN:VCARD", b"VERSION:" + version.encode(), b"FN:Anna", b"EMAIL:anna@muster.example", pgp, key]
    return b"\r\n".join([*lines, b"END:VCARD", b""])


@pytest.mark.parametrize("version", ["2.1", "3.0", "4.0"])
def test_address_books_are_imported(version: str, database: Path, tmp_path: Path) -> None:
    """Of each version; OpenPGP keys and links in it are passed over, and nothing is fetched."""
    anna = person("Anna", ROOT, usage=BOTH)
    (tmp_path / "book.vcf").write_bytes(b"\xef\xbb\xbf" + vcard(version, anna.der))
    (found,) = people.import_file(database, tmp_path / "book.vcf")
    assert found.certificate == anna.certificate
    ((kept, _),) = people.kept(database)
    assert kept.source == "vcard"


def test_damaged_address_books_end_in_an_error_or_in_nothing_else(tmp_path: Path, database: Path) -> None:
    """At every cut and with every octet changed: a coded error or the certificate, never something else."""
    anna = person("Anna", ROOT, usage=BOTH)
    whole = vcard("4.0", anna.der)
    for position in range(0, len(whole), 7):
        for data in (whole[:position], whole[:position] + bytes((whole[position] ^ 0x15,)) + whole[position + 1 :]):
            if not people.is_vcard(data):
                continue
            try:
                found = people.certificates_in_vcards(data, "book")
            except NoCertificateInFile:
                continue
            assert all(isinstance(each, Certificate) for each in found)


def test_what_cannot_be_used_is_said(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate for nobody, and a file without end."""
    (tmp_path / "nobody.pem").write_bytes(person("Nobody", ROOT, "").pem)
    with pytest.raises(people.CertificateNamesNobody):
        people.import_file(database, tmp_path / "nobody.pem")
    monkeypatch.setattr(limits, "VCARD_OCTETS", 10)
    with pytest.raises(people.AddressBookTooLarge):
        people.import_file(database, tmp_path / "nobody.pem")


# --- Who can be encrypted to ---


def choose(database: Path, *addresses: str, trust: TrustSettings = TRUST) -> list[RecipientChoice]:
    return recipients.choose(database, addresses, trust, NOW + 10 * DAY)


def codes(choice: RecipientChoice) -> list[str]:
    return [each.code for each in choice.reasons]


def test_somebody_unknown_and_nonsense_are_said(database: Path) -> None:
    """Each with what would help, in the order asked."""
    unknown, nonsense = choose(database, "who@muster.example", "no address")
    assert (unknown.chosen, codes(unknown)) == (None, ["recipient_without_certificate"])
    assert (nonsense.chosen, codes(nonsense)) == (None, ["address_not_an_address"])


def test_the_newest_valid_certificate_wins(database: Path) -> None:
    """Not the one seen last, and not a newer one that is no good; a change of key is said."""
    old = person("Old", ROOT, usage=BOTH, key_name="old", not_before=NOW - 300 * DAY)
    new = person("New", ROOT, usage=BOTH, key_name="new", not_before=NOW - 30 * DAY)
    bad = person("Bad", issue("Nobody's CA"), usage=BOTH, key_name="bad", not_before=NOW - 3 * DAY)
    with Store.open(database) as store:
        stored.keep(store, [row(old, day=1), row(new, day=2), row(bad, day=3)])
        stored.keep(store, [row(old, day=9)])
    (choice,) = choose(database, "anna@muster.example")
    assert choice.chosen
    assert choice.chosen.certificate.name == "New"
    assert codes(choice) == ["recipient_key_changed"]
    assert [each.certificate.name for each in choice.candidates if each.reasons] == ["Bad"]


def test_renewal_with_the_same_key_is_no_change(database: Path) -> None:
    """Nothing to be surprised about."""
    old = person("Old", ROOT, usage=BOTH, key_name="same", not_before=NOW - 300 * DAY)
    new = person("New", ROOT, usage=BOTH, key_name="same", not_before=NOW - 30 * DAY)
    with Store.open(database) as store:
        stored.keep(store, [row(old, day=1)])
        stored.keep(store, [row(new, day=2)])
    (choice,) = choose(database, "anna@muster.example")
    assert codes(choice) == []


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        (person("Anna", issue("Nobody's CA"), usage=BOTH), "issuer_unknown"),
        (person("Anna", ROOT, usage=BOTH, not_after=NOW), "certificate_expired"),
        (person("Anna", ROOT, usage=("digital_signature",)), "key_usage_not_encrypting"),
        (person("Anna", ROOT, usage=None, kind="Ed25519"), "key_cannot_encrypt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_why_nobody_can_be_encrypted_to_is_said(certificate: Issued, code: str, database: Path) -> None:
    """With the reason of the best certificate there is."""
    people.keep(database, [certificate.certificate], "file", "x", NOW)
    (choice,) = choose(database, "anna@muster.example")
    assert choice.chosen is None
    assert codes(choice) == ["recipient_not_usable", code]


def test_the_algorithm_is_what_everybody_reads(database: Path) -> None:
    """GCM only where each has said so; the reason names who has not."""
    anna, ben = person("Anna", ROOT, usage=BOTH), person("Ben", ROOT, "ben@muster.example", usage=BOTH)
    with Store.open(database) as store:
        stored.keep(store, [row(anna, capabilities=(AES_256_GCM, RSA_OAEP))])
    people.keep(database, [ben.certificate], "file", "x", NOW)
    both = choose(database, "anna@muster.example", "ben@muster.example")
    assert recipients.content_algorithm(both[:1])[0] == "AES-256-GCM"
    algorithm, why = recipients.content_algorithm(both)
    assert algorithm == "AES-256-CBC"
    assert why.facts()["addresses"] == ["ben@muster.example"]


def test_two_processes_keep_at_once(database: Path) -> None:
    """Neither loses what the other wrote."""
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from letterlock.operations import people; from letterlock.trust.anchors import certificates_of\n"
        "for file in sys.argv[2:]:\n"
        "    people.keep(Path(sys.argv[1]), certificates_of(Path(file).read_bytes(), 'x'), 'file', 'x')\n"
    )
    files = []
    for i in range(20):
        file = database.parent.parent / f"{i}.pem"
        file.write_bytes(person(f"P{i}", ROOT, f"p{i}@muster.example", usage=BOTH, key_name="p").pem)
        files.append(str(file))
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(database), *part]) for part in (files[:10], files[10:])
    ]
    assert [each.wait(60) for each in running] == [0, 0]
    assert len(people.kept(database)) == 20


def test_today_is_near_the_fixed_time_of_these_certificates() -> None:
    """Learning judges at the real time: these certificates must still be good."""
    assert datetime.now(UTC) < NOW + timedelta(days=399)
