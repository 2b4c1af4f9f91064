"""Recipients: which of the entries is for which of the keys, and what is said where none is."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from letterlock import limits
from letterlock.cms import (
    CertificateKey,
    EnvelopedReader,
    PasswordKey,
    Recipient,
    RecipientKey,
    WrappingKey,
)
from letterlock.cms import failures as f
from letterlock.cms.identifiers import IssuerAndSerial, KeyIdentifier
from letterlock.cms.key_encryption import name, weak
from letterlock.cms.recipients import KeyEncapsulation, KeyTransport, OtherRecipient, Password, SharedKey, text
from letterlock.cms.schema import Algorithm
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, NULL, algorithm, identity, integer, oid, tlv
from tests.cms.decrypting import ANNA, KEY, TO_ANNA, decrypt, fails, oaep, rid
from tests.cms.envelope import enveloped, receiver, transport


def named_by(key: CertificateKey, octets: bytes) -> Recipient | None:
    return decrypt(octets, [key])[0].recipient


def test_recipients_are_found_by_issuer_and_serial_and_by_key_identifier() -> None:
    """Both ways to name a certificate find it, also those that senders compute themselves."""
    key = receiver("RSA")
    bare = receiver("RSA", identified=False)
    public = key.certificate.public_key()
    digest = x509.SubjectKeyIdentifier.from_public_key(public).digest
    for who, identifier in ((key, b"identifier"), (bare, digest), (key, digest)):
        octets = enveloped([transport(who.certificate, rid=e.key_id(identifier))])
        recipient = named_by(who, octets)
        assert getattr(recipient, "rid", None) == KeyIdentifier(identifier)
    named = named_by(key, enveloped([transport(key.certificate)]))
    expected = IssuerAndSerial(key.certificate.issuer.public_bytes(), key.certificate.serial_number)
    assert getattr(named, "rid", None) == expected
    curve = receiver("P-256")
    made = e.agreement(curve.certificate.public_key(), tlv(0xA0, e.octet_string(b"identifier")))  # type: ignore[arg-type]
    assert getattr(named_by(curve, enveloped([made])), "rid", None) == KeyIdentifier(b"identifier")


def test_invented_identifiers_are_tried() -> None:
    """Outlook 2010 invents key identifiers: then every key is tried, and the right one opens."""
    # No other RSA key before ours: one in some hundreds yields octets of the right length (`transported`).
    others: list[RecipientKey] = [receiver("P-384"), receiver("X25519"), receiver("ML-KEM-768")]
    invented = e.key_id(b"invented")
    octets = enveloped([transport(ANNA.certificate, rid=invented)])
    assert decrypt(octets, [*others, KEY])[0].key is KEY
    curve = receiver("P-256")
    made = e.agreement(curve.certificate.public_key(), tlv(0xA0, e.octet_string(b"invented")))  # type: ignore[arg-type]
    assert decrypt(enveloped([made]), [*others, KEY, curve])[0].key is curve


def test_renewed_certificates_with_the_same_key_are_tried() -> None:
    """A message to the certificate before the renewal opens, where the way proves itself."""
    curve = receiver("P-256")
    public = curve.certificate.public_key()
    before = e.issuer_and_serial(e.certificate_of(public))
    made = e.agreement(public, before)  # type: ignore[arg-type]
    assert decrypt(enveloped([made]), [curve])[1] == CONTENT
    identifier, scheme = oaep(hashes.SHA256(), hashes.SHA256(), None)
    sealed = transport(ANNA.certificate, scheme, identifier, rid=before)
    assert decrypt(enveloped([sealed]), [KEY])[1] == CONTENT
    assert isinstance(fails(enveloped([transport(ANNA.certificate, rid=before)])), f.NoRecipientKey)


def test_one_entry_of_many_is_ours() -> None:
    """Entries of others, of every kind and of unknown kinds, hide nothing; nor does a broken one before ours."""
    curve = receiver("P-256")
    agree = e.agreement(curve.certificate.public_key(), rid(curve))  # type: ignore[arg-type]
    unknown = tlv(0xA7, integer(0))
    recipients: list[e.Recipient] = [
        transport(identity("RSA", "Clara").certificate),
        agree,
        lambda key: e.other("1.2.3", NULL),
        lambda key: unknown,
        e.shared(e.KEY, b"friday"),
        transport(ANNA.certificate, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None), algorithm(e.OAEP),
                  encrypted=bytes(256)),
        transport(ANNA.certificate),
    ]  # fmt: skip
    assert decrypt(enveloped(recipients), [KEY])[1] == CONTENT
    assert decrypt(enveloped(recipients), [curve, KEY])[0].key is curve


def test_several_recipients_of_one_key_agreement() -> None:
    """One KeyAgreeRecipientInfo can be for several; the last of them is us."""
    key = receiver("P-256")
    other = tlv(0x30, rid(receiver("P-384")), e.octet_string(bytes(40)))
    made = e.agreement(key.certificate.public_key(), rid(key), others=[other, other])  # type: ignore[arg-type]
    assert decrypt(enveloped([made]), [key])[1] == CONTENT


def test_mail_for_others_says_for_whom() -> None:
    """Without a key the first recipients are named, shortened, and how many there are; nothing went to the sink."""
    clara = identity("RSA", "Clara " + "X" * 58).certificate
    octets = enveloped([transport(clara)] * 20)
    got: list[bytes] = []
    reader = EnvelopedReader(got.append, [KEY, receiver("P-256"), PasswordKey(b"x")])
    with pytest.raises(f.NoRecipientKey) as caught:
        reader.feed(octets)
    assert got == []
    assert caught.value.count == 20
    assert len(caught.value.recipients) == 10
    assert caught.value.recipients[0] == f"CN=Clara {'X' * 58}, serial number {clara.serial_number:X}"
    by_key = enveloped([transport(clara, rid=e.key_id(b"\x01\xab"))])
    assert fails(by_key, [receiver("P-256")]).facts() == {"recipients": ["key 01AB"], "count": 1}
    assert isinstance(fails(octets, []), f.NoRecipientKey)
    assert fails(enveloped([])).facts() == {"recipients": [], "count": 0}


def test_too_many_recipients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit there is one failure, however they are counted."""
    monkeypatch.setattr(limits, "CMS_RECIPIENTS", 3)
    assert decrypt(enveloped(TO_ANNA * 3), [KEY])[1] == CONTENT
    assert isinstance(fails(enveloped(TO_ANNA * 4)), f.TooManyRecipients)
    key = receiver("P-256")
    entry = tlv(0x30, rid(receiver("P-384")), e.octet_string(bytes(40)))
    made = e.agreement(key.certificate.public_key(), rid(key), others=[entry] * 3)  # type: ignore[arg-type]
    assert isinstance(fails(enveloped([made]), [key]), f.TooManyRecipients)


def test_not_every_key_is_tried_on_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying stops at a limit: a message cannot make the host decrypt for minutes."""
    tried = 0

    class Counting:
        def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
            nonlocal tried
            tried += trying
            return None

    assert isinstance(fails(enveloped(TO_ANNA * 100), [Counting()] * 50), f.NoRecipientKey)
    assert tried == limits.CMS_KEYS_TRIED


@pytest.mark.parametrize(
    ("recipient", "name"),
    [
        (lambda key: e.other("1.2.3", NULL), "1.2.3"),
        (lambda key: tlv(0xA7, integer(0)), "[7]"),
        (e.encapsulation(receiver("ML-KEM-768").certificate.public_key(), rid(KEY), number=1), "ML-KEM-512"),  # type: ignore[arg-type]
        (
            lambda key: e.other("1.2.840.113549.1.9.16.13.3", tlv(
                0x30, integer(0), rid(KEY), algorithm("1.3.6.1.5.5.7.6.58"), e.octet_string(b""),
                algorithm(f"{e.SMIME}.28"), integer(32), algorithm(f"{e.AES_ARC}.45"), e.octet_string(b""))),
            "composite ML-KEM-768 with X25519",
        ),
    ],
    ids=["other", "choice", "ML-KEM-512", "composite"],
)  # fmt: skip
def test_recipients_that_nobodys_key_could_open(recipient: e.Recipient, name: str) -> None:
    """Where every entry is of a kind that we do not have, that is said, and not that a key is missing."""
    assert fails(enveloped([recipient]), []).facts() == {"algorithm": name}


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda key: tlv(0x30, integer(0), NULL), id="transport"),
        pytest.param(lambda key: tlv(0x30, integer(0), NULL, algorithm(e.RSA), e.octet_string(b"")), id="name"),
        pytest.param(lambda key: tlv(0xA1, integer(3)), id="agreement"),
        pytest.param(
            lambda key: tlv(0xA1, integer(3), tlv(0xA0, e.key_id(b"x")), algorithm("1.2.3"),
                            tlv(0x30, tlv(0x30, tlv(0xA0, integer(1)), e.octet_string(b"")))),
            id="name in agreement",
        ),
        pytest.param(lambda key: tlv(0xA2, integer(4), tlv(0x30), algorithm("1.2.3"), tlv(0x04)), id="shared"),
        pytest.param(lambda key: tlv(0xA3, integer(0)), id="password"),
        pytest.param(lambda key: tlv(0xA4, integer(0)), id="other"),
        pytest.param(lambda key: e.other("1.2.840.113549.1.9.16.13.3", integer(0)), id="encapsulation"),
    ],
)  # fmt: skip
def test_malformed_entries(made: e.Recipient) -> None:
    """An entry that is not what its tag says is malformed, and so is the object."""
    assert isinstance(fails(enveloped([made])), f.CmsMalformed)


def test_entries_are_described() -> None:
    """Whom an entry is for, how, and what is weak about it, in a few words."""
    rid_ = KeyIdentifier(b"\x01\xab")
    broken = KeyTransport(rid_, Algorithm(e.OAEP, NULL[:1]), bytes(128))
    none = Algorithm("1.2.3", None)
    wrapped = KeyEncapsulation(rid_, Algorithm("2.16.840.1.101.3.4.4.2", None), b"", none, 24, None,
                               Algorithm(f"{e.SMIME}.6", None), b"", b"")  # fmt: skip
    described = {
        "key 01AB, RSA-OAEP, RSA 1024": broken,
        "key 01AB, ML-KEM-768, 3DES key wrap": wrapped,
        "key 0C, 3DES key wrap, 3DES key wrap": SharedKey(b"\x0c", Algorithm(f"{e.SMIME}.6", None), b""),
        "password, password, 1.2.3": Password(None, none, b""),
        "1.2.3, 1.2.3": OtherRecipient("1.2.3"),
    }
    for expected, recipient in described.items():
        assert ", ".join((text(recipient), name(recipient), *weak(recipient))) == expected


def test_certificates_with_unreadable_keys_still_have_a_name() -> None:
    """A certificate whose public key the library cannot read is found by issuer and serial number all the same."""
    spki = oid(e.RSA)
    at = ANNA.der.rindex(spki)
    odd = x509.load_der_x509_certificate(ANNA.der[:at] + oid("1.2.840.113549.1.1.99") + ANNA.der[at + len(spki) :])
    assert decrypt(enveloped(TO_ANNA), [CertificateKey(odd, ANNA.key)])[1] == CONTENT


def test_keys_show_no_secret() -> None:
    """What may end up in a log names the key and not its octets."""
    assert repr(WrappingKey(b"secret octets", b"id")) == "WrappingKey(identifier=b'id')"
    assert repr(PasswordKey(b"secret words")) == "PasswordKey()"
    assert repr(KEY) == "CertificateKey('CN=Anna Muster')"
