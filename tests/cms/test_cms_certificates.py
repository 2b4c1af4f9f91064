"""The engine's own view of certificates: it agrees with the library's, and what cannot be read is nothing."""

from __future__ import annotations

from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.utils import CryptographyDeprecationWarning

from letterlock.cms import Certificate, SignatureNotChecked, der, load_certificate
from letterlock.cms.algorithms import digest_for
from letterlock.cms.failures import CmsMalformed, KeyUnusable, SignatureAlgorithmNotSupported
from letterlock.cms.schema import Algorithm
from letterlock.cms.verifiers import verifier
from tests.cms import builder as b
from tests.cms.builder import identity, tlv

PKITS = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data" / "certs"


def changed(element: int, value: bytes) -> bytes:
    """A certificate with another element in this place of what is signed."""
    elements = der.split(identity("RSA").certificate.tbs_certificate_bytes, 0x30, "TBSCertificate", 20)
    elements[element] = value
    return tlv(0x30, tlv(0x30, *elements), b.algorithm("1.2.840.113549.1.1.11", b.NULL), tlv(0x03, b"\0", bytes(256)))


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")  # serial numbers
def test_it_agrees_with_the_library() -> None:
    """Issuer, serial number, key identifier and key of several hundred certificates are the library's."""
    files = sorted(PKITS.glob("*.crt"))
    assert len(files) > 300
    for file in files:
        own, theirs = Certificate.load(file.read_bytes()), load_certificate(file.read_bytes())
        assert own is not None, file
        if theirs is None:  # keys with DSA parameters that are inherited
            assert "DSAParameter" in file.name, file
            continue
        assert own.issuer == theirs.issuer.public_bytes(), file
        assert own.serial == theirs.serial_number, file
        assert own.key_algorithm_oid == theirs.public_key_algorithm_oid.dotted_string, file
        try:
            named = theirs.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        except x509.ExtensionNotFound:
            named = None
        except ValueError:  # PKITS has extensions that the library does not read
            continue
        assert own.key_identifier == named, file
        form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        assert own.public_key().public_bytes(*form) == theirs.public_key().public_bytes(*form), file
        assert own.key_bits == own.public_key().public_bytes(*form)[-len(own.key_bits) :], file


def test_a_bare_rsa_key_is_no_key() -> None:
    """PKCS #1 where SubjectPublicKeyInfo belongs: the library would take it, and others would see no key at all."""
    bare = identity("RSA").certificate.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    load_der_public_key(bare)  # the library takes it
    made = Certificate.load(changed(6, bare))
    assert made is not None
    with pytest.raises(CmsMalformed):
        made.public_key()
    with pytest.raises(KeyUnusable):
        verifier(
            Algorithm("1.2.840.113549.1.1.11", b.NULL), digest_for(Algorithm("2.16.840.1.101.3.4.2.1", None)), made
        )


@pytest.mark.parametrize("serial", [0, -1])
def test_a_serial_number_that_is_not_positive_is_read(serial: int) -> None:
    """Such certificates are in use; the library announces that it will refuse them."""
    made = changed(1, b.integer(serial))
    certificate = Certificate.load(made)
    assert certificate is not None
    assert certificate.serial == serial
    with pytest.warns(CryptographyDeprecationWarning):
        assert load_certificate(made) is not None


def test_what_cannot_be_read_is_nothing() -> None:
    """A serial number that is no INTEGER, a key identifier that is no OCTET STRING or cut off, a key that is none."""
    certificate = Certificate.load(changed(1, b.NULL))
    assert certificate is not None
    assert certificate.serial is None
    for value in (b"", b.NULL, b"\x04\x05abc"):
        extension = tlv(0x30, b.oid("2.5.29.14"), tlv(4, value))
        certificate = Certificate.load(changed(-1, tlv(0xA3, tlv(0x30, extension))))
        assert certificate is not None
        assert certificate.key_identifier is None
    certificate = Certificate.load(changed(6, tlv(0x30)))
    assert certificate is not None
    assert certificate.key_algorithm is None


def test_a_key_with_parameters_of_its_issuer_is_not_called_broken() -> None:
    """A DSA key may inherit its parameters (RFC 3279 §2.3.2): what it signed cannot be checked, which is no fault."""
    heir = Certificate((PKITS / "ValidDSAParameterInheritanceTest5EE.crt").read_bytes())
    with pytest.raises(SignatureAlgorithmNotSupported) as failed:
        verifier(Algorithm("1.2.840.10040.4.3", None), digest_for(Algorithm("1.3.14.3.2.26", None)), heir)
    assert isinstance(failed.value, SignatureNotChecked)


def test_equal_octets_are_equal_certificates() -> None:
    """Whoever made the view, and its text shows no octets."""
    who = identity("RSA")
    assert Certificate.of(who.certificate) == Certificate.load(who.der) == Certificate.of(Certificate(who.der))
    assert repr(Certificate(who.der)) == "Certificate()"
