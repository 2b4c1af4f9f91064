"""Own keys from the first request to renewal: what is asked for, what is installed, and which key is used when."""

from __future__ import annotations

import base64
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from letterlock.cms import certificates_only
from letterlock.keystore import create, requests
from letterlock.keystore import identity_failures as f
from letterlock.keystore.entries import Purpose
from letterlock.keystore.pkcs12_write import Form
from letterlock.operations import keys_carry, keys_choose, keys_make
from letterlock.trust.certificate import Certificate
from tests.interop.people import person
from tests.keystore.own_keys import NOW, ROOT, issue, pem, vault
from tests.needs import require_program

ADDRESSES = ("anna@muster.example", "änne@müller.example")


@pytest.mark.parametrize("kind", [each for each in create.KINDS if "4096" not in each])
def test_every_kind_from_creation_to_choice(tmp_path: Path, kind: str) -> None:
    """Each kind is made, asked for in one file, certified, and then what its addresses sign and encrypt with."""
    own, database = vault(tmp_path)
    made = keys_make.create(own, kind, ADDRESSES, "Anna Muster", NOW)
    asked = requests.read(made.request)
    assert [each.key for each in asked] == [entry.public_key for entry in made.entries]
    assert [each.purpose for each in asked] == [entry.purpose for entry in made.entries]
    assert {each.voucher for each in asked if each.is_sibling} <= {each.key for each in asked if not each.is_sibling}
    assert all(each.name == "Anna Muster" for each in asked)
    assert asked[0].addresses == ("anna@muster.example", "änne@xn--mller-kva.example")
    done = keys_make.certify(own, database, pem([*issue(made.request), ROOT.public_bytes(Encoding.DER)]), NOW)
    assert [each.entry.id for each in done.taken] == [entry.id for entry in made.entries]
    assert [each.reasons for each in done.taken] == [()] * len(made.entries)
    for address in ADDRESSES:
        chosen = keys_choose.choose(own.entries(), database, address, NOW)
        assert chosen.sign is not None
        assert chosen.encrypt is not None
        assert chosen.sign.entry.id == made.entries[0].id
        assert chosen.encrypt.entry.id == made.entries[-1].id
        assert chosen.sign.entry.chain == (ROOT.public_bytes(Encoding.DER),)


def test_openssl_reads_the_request(tmp_path: Path) -> None:
    """Another program finds the signature good and what is asked for in it."""
    own, _ = vault(tmp_path)
    for kind in ("RSA-3072", "P-384", "Ed25519-X25519"):
        file = tmp_path / "request.pem"
        file.write_bytes(keys_make.create(own, kind, ADDRESSES, "Anna Muster", NOW).request)
        shown = subprocess.run(
            [require_program("openssl", "openssl"), "req", "-in", file, "-noout", "-text", "-verify"],
            capture_output=True, check=True,
        )  # fmt: skip
        text = (shown.stdout + shown.stderr).decode()
        for expected in (
            "verify OK",
            "email:anna@muster.example",
            "E-mail Protection",
            "Digital Signature",
            "othername",
        ):
            assert expected in text, (kind, expected)


def test_gnutls_reads_the_request(tmp_path: Path) -> None:
    """certtool, likewise."""
    own, _ = vault(tmp_path)
    (tmp_path / "request.pem").write_bytes(keys_make.create(own, "P-256", ADDRESSES[:1], "Anna", NOW).request)
    shown = subprocess.run(
        [require_program("certtool", "gnutls-bin"), "--crq-info", "--infile", tmp_path / "request.pem"],
        capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    assert "RFC822Name: anna@muster.example" in shown
    assert "Self signature: verified" in shown


def test_openssl_confirms_what_vouches_for_a_sibling(tmp_path: Path) -> None:
    """The container is an ordinary SignedData: OpenSSL checks it and gives out the request in it."""
    own, _ = vault(tmp_path)
    key = own.private_key(keys_make.create(own, "Ed25519-X25519", ADDRESSES[:1], "Anna", NOW).entries[1].id)
    # The voucher is an RSA key: OpenSSL 3.0 checks no EdDSA in CMS.
    sibling = requests.create_sibling(key, ADDRESSES[:1], "Anna", person("RSA").key, None, NOW)
    (tmp_path / "sibling.der").write_bytes(sibling)
    shown = subprocess.run(
        [
            require_program("openssl", "openssl"), "cms", "-verify", "-noverify", "-inform", "DER", "-binary",
            "-in", tmp_path / "sibling.der",
        ],
        capture_output=True,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert b"anna@muster.example" in shown.stdout
    assert requests.read(requests.to_pem([], [sibling]))[0].key in shown.stdout


def test_changed_requests_are_refused(tmp_path: Path) -> None:
    """One octet anywhere, and it is damaged or not vouched for; it never asks for something else."""
    own, _ = vault(tmp_path)
    made = keys_make.create(own, "Ed25519-X25519", ADDRESSES[:1], "Anna", NOW)
    good = requests.read(made.request)
    key = own.private_key(made.entries[1].id)
    sibling = requests.create_sibling(key, ADDRESSES, "Anna", own.private_key(made.entries[0].id), None, NOW)
    for octets, label in (
        (sibling, True),
        (requests.create(own.private_key(made.entries[0].id), ADDRESSES, "", Purpose.SIGN), False),
    ):
        right = requests.read(requests.to_pem(*(((), [octets]) if label else ([octets], ()))))
        for at in range(0, len(octets), 3):
            changed = octets[:at] + bytes((octets[at] ^ 0x10,)) + octets[at + 1 :]
            try:
                found = requests.read(requests.to_pem(*(((), [changed]) if label else ([changed], ()))))
            except (f.RequestDamaged, f.RequestNotVouched):
                continue
            assert found == right
    assert len(good) == 2
    for size in range(0, len(made.request), 50):
        try:
            assert set(requests.read(made.request[:size])) <= set(good)
        except f.RequestDamaged:
            continue


@pytest.mark.parametrize(
    "address", ["anna", "@muster.example", "anna@localhost", "a b@muster.example", "a\n@muster.example"]
)
def test_odd_addresses_are_refused_before_a_key_is_made(tmp_path: Path, address: str) -> None:
    """Nothing is kept for an address that no certificate can hold."""
    own, _ = vault(tmp_path)
    with pytest.raises(f.AddressNotInRequest):
        keys_make.create(own, "P-256", [address], "Anna", NOW)
    assert own.entries() == []
    with pytest.raises(f.KeyKindUnknown):
        keys_make.create(own, "RSA-512", ADDRESSES, "Anna", NOW)


def collections(certificates: list[bytes]) -> dict[str, bytes]:
    """One set of certificates in every form in which authorities hand them out."""
    loaded = [x509.load_der_x509_certificate(each) for each in certificates]
    p7 = certificates_only(certificates)
    return {
        "PEM": pem(certificates),
        "PEM, reversed, with text": b"Here it is:\r\n" + pem(certificates[::-1]).replace(b"\n", b"\r\n"),
        "DER": certificates[0],
        "p7b": p7,
        "p7b of the library": pkcs7.serialize_certificates(loaded, Encoding.DER),
        "p7b in PEM": pkcs7.serialize_certificates(loaded, Encoding.PEM),
        "p7b in base64": base64.encodebytes(p7),
        "p7b that says CERTIFICATE": b"-----BEGIN CERTIFICATE-----\n"
        + base64.encodebytes(p7)
        + b"-----END CERTIFICATE-----",
    }


def test_certificates_in_every_form_find_their_key(tmp_path: Path) -> None:
    """PEM, DER, PKCS#7, alone or with the chain: the key is found by the public key."""
    own, database = vault(tmp_path)
    made = keys_make.create(own, "P-256", ADDRESSES[:1], "Anna", NOW)
    forms = list(
        collections([b"", ROOT.public_bytes(Encoding.DER)]) if False else collections([ROOT.public_bytes(Encoding.DER)])
    )
    for form in forms:
        certificates = [*issue(made.request), ROOT.public_bytes(Encoding.DER)]
        done = keys_make.certify(own, database, collections(certificates)[form], NOW)
        (taken,) = done.taken
        assert taken.certificate.der == certificates[0], form
        assert [type(each) for each in taken.reasons] == ([f.CertificateIssuersMissing] if form == "DER" else []), form
    assert len(own.entry(made.entries[0].id).certificates) == len(forms)


def test_wrong_certificates_are_refused_with_reasons(tmp_path: Path) -> None:
    """Somebody else's, an old one, the same again, a file without any."""
    own, database = vault(tmp_path)
    made = keys_make.create(own, "P-256", ADDRESSES[:1], "Anna", NOW)
    clara = person("RSA").certificate.public_bytes(Encoding.DER)
    with pytest.raises(f.CertificateForNoKey) as refused:
        keys_make.certify(own, database, pem([clara]), NOW)
    assert refused.value.names == ("RSA",)
    with pytest.raises(f.CertificateForNoKey):
        keys_make.certify(own, database, ROOT.public_bytes(Encoding.PEM), NOW)
    for nothing in (b"", b"hello", made.request, bytes(3000)):
        with pytest.raises(f.CertificateFileUnreadable):
            keys_make.certify(own, database, nothing, NOW)
    old = issue(made.request, days=10, start=NOW - timedelta(days=100))
    done = keys_make.certify(own, database, pem([*old, clara, ROOT.public_bytes(Encoding.DER)]), NOW)
    assert [type(each) for each in done.taken[0].reasons] == [f.CertificateAlreadyOver]
    assert [type(each) for each in done.left_out] == [f.CertificateNotOurs]
    assert keys_choose.choose(own.entries(), database, ADDRESSES[0], NOW).sign is None
    again = keys_make.certify(own, database, pem(old), NOW)
    assert again.taken == ()
    assert [type(each) for each in again.left_out] == [f.CertificateAlreadyKept]


@pytest.mark.parametrize("kind", ["P-256", "Ed25519-X25519"])
def test_renewal_with_new_keys_keeps_the_old_for_decrypting(tmp_path: Path, kind: str) -> None:
    """When the new certificate is installed, new mail is signed with the new key, and the old ones stay."""
    own, database = vault(tmp_path)
    made = keys_make.create(own, kind, ADDRESSES[:1], "Anna", NOW)
    keys_make.certify(own, database, pem(issue(made.request, start=NOW - timedelta(days=360))), NOW)
    chosen = keys_choose.choose(own.entries(), database, ADDRESSES[0], NOW)
    (soon, *_) = keys_choose.expiring(own.entries(), NOW)
    assert isinstance(soon, f.IdentityExpiresSoon)
    assert soon.days == 5
    olds = [each.entry for each in chosen.identities]
    renewed = keys_make.renew(own, database, olds, NOW, kind=None, same_key=False)
    assert [each.algorithm for each in renewed.entries] == [each.algorithm for each in made.entries]
    assert len(own.entries()) == 2 * len(made.entries)
    # Until the certificate comes, nothing changes.
    assert keys_choose.choose(own.entries(), database, ADDRESSES[0], NOW) == chosen
    done = keys_make.certify(own, database, pem(issue(renewed.request)), NOW)
    assert {each.id for each in done.superseded} == {each.id for each in made.entries}
    after = keys_choose.choose(own.entries(), database, ADDRESSES[0], NOW)
    assert {each.entry.id for each in after.identities} == {each.id for each in renewed.entries}
    assert keys_choose.expiring(own.entries(), NOW) == []
    for each in made.entries:
        assert own.private_key(each.id)


def test_renewal_of_the_same_key_and_the_last_day(tmp_path: Path) -> None:
    """The same key may have a new certificate; and what is over is said differently from what ends soon."""
    own, database = vault(tmp_path)
    made = keys_make.create(own, "P-256-pair", ADDRESSES[:1], "Anna", NOW)
    keys_make.certify(own, database, pem(issue(made.request, start=NOW - timedelta(days=366))), NOW)
    assert [type(each) for each in keys_choose.expiring(own.entries(), NOW)] == [f.IdentityExpired] * 2
    again = keys_make.renew(own, database, own.entries(), NOW, kind=None, same_key=True)
    assert again.entries == tuple(own.entries())
    keys_make.certify(own, database, pem(issue(again.request)), NOW)
    assert keys_choose.expiring(own.entries(), NOW) == []
    assert len(own.entries()) == 2


def test_a_default_is_stored_for_each_address(tmp_path: Path) -> None:
    """Among several identities the newest is used, unless somebody chose; another address is not touched."""
    own, database = vault(tmp_path)
    first = keys_make.create(own, "P-256", ADDRESSES, "Anna", NOW)
    second = keys_make.create(own, "P-384", ADDRESSES, "Anna", NOW)
    keys_make.certify(own, database, pem(issue(first.request, start=NOW - timedelta(days=2))), NOW)
    keys_make.certify(own, database, pem(issue(second.request)), NOW)

    def used(address: str) -> set[str]:
        return {each.entry.id for each in keys_choose.choose(own.entries(), database, address, NOW).identities}

    assert used(ADDRESSES[0]) == used(ADDRESSES[1]) == {second.entries[0].id}
    entry = own.entry(first.entries[0].id)
    assert keys_choose.set_default(entry, database, "Anna@MUSTER.example") == list(keys_choose.Use)
    assert used(ADDRESSES[0]) == {first.entries[0].id}
    assert used(ADDRESSES[1]) == {second.entries[0].id}
    with pytest.raises(f.NotAnIdentity):
        keys_choose.set_default(entry, database, "clara@muster.example")


@pytest.mark.parametrize("kind", ["P-256", "Ed25519-X25519", "ML-DSA-65-ML-KEM-768"])
def test_keys_go_out_and_come_in_again(tmp_path: Path, kind: str) -> None:
    """What is exported is imported into an empty vault: the same keys, certificates, chains and purposes."""
    own, database = vault(tmp_path)
    made = keys_make.create(own, kind, ADDRESSES, "Änne", NOW)
    keys_make.certify(own, database, pem([*issue(made.request), ROOT.public_bytes(Encoding.DER)]), NOW)
    file = keys_carry.export(own, own.entries(), "open sesame", Form.MODERN)
    (tmp_path / "other").mkdir()
    other, _ = vault(tmp_path / "other")
    imported = keys_carry.keep(other, keys_carry.opened(file, "open sesame"))
    assert imported.has_checksum
    for here, there in zip(own.entries(), other.entries(), strict=True):
        assert (here.id, here.certificates, here.chain, here.purpose, here.label) == (
            there.id, there.certificates, there.chain, there.purpose, there.label,
        )  # fmt: skip
    assert keys_carry.keep(other, keys_carry.opened(file, "open sesame")).entries == tuple(other.entries())
    assert all(Certificate.parse(entry.certificates[0]).addresses for entry in other.entries())
