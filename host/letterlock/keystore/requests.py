"""Requests for certificates: PKCS#10 (RFC 2986), and its sibling for keys that cannot sign.

A PKCS#10 request is signed with the key that it is for, which X25519 and ML-KEM keys cannot. Their request is vouched
for by the signing key of the same person:

    SiblingRequest ::= ContentInfo { id-signedData }       -- RFC 5652 §5, DER, attached, one signer
        eContentType id-data
        eContent     CertificationRequestInfo in DER       -- RFC 2986 §4.1: name, key, extensionRequest
        certificates the signer's: issued, or made by the key itself where none is yet

A request file holds both as PEM blocks, the vouching one first: `CERTIFICATE REQUEST`, then
`SIBLING CERTIFICATE REQUEST`. An authority takes the second if its signer's key is one of the first kind in the same
file, or one that it has certified for the same addresses. What is shown by it: that the holder of the signing key wants
mail to be encrypted to this other key. What is not: that anybody holds it, which harms its owner alone.

Both ask by extensionRequest (RFC 2985 §5.4.2) for the addresses as subjectAltName (an SmtpUTF8Mailbox where the local
part is not ASCII, RFC 9598 §3), for the key usage of the purpose, and for emailProtection.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from letterlock import limits
from letterlock.cms import (
    CmsFailure,
    PrivateSigningKey,
    SignatureFailure,
    SignedDataReader,
    SignedDataWriter,
    Signing,
    candidates,
    check,
    der,
    load_certificate,
)
from letterlock.cms.oids import encoded
from letterlock.keystore.entries import Purpose
from letterlock.keystore.identity_failures import (
    AddressNotInRequest,
    RequestDamaged,
    RequestNotVouched,
    RequestsTooMany,
)
from letterlock.trust.addresses import domain_key, split_address
from letterlock.trust.keys import can_sign

SIBLING_LABEL = "SIBLING CERTIFICATE REQUEST"
_LABEL = "CERTIFICATE REQUEST"
_BLOCK = re.compile(rb"-----BEGIN ((?:NEW |SIBLING )?CERTIFICATE REQUEST)-----(.*?)-----END", re.DOTALL)
_EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
_SMTP_UTF8_MAILBOX = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9")
_MALFORMED = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
"""What the library says of a request that it cannot read; the last three are no ValueErrors."""
_NO_SIGNATURE = der.value(0x30, encoded("1.3.101.112")) + b"\x03\x01\x00"
_NAME_CHARACTERS = 64
"""ub-common-name of RFC 5280."""


@dataclass(frozen=True)
class Request:
    """One request whose signature was checked.

    `key` is the SubjectPublicKeyInfo it is for, `voucher` that of the key that signed it (the same in PKCS#10), both in
    DER. Name and addresses are what is asked for; whether they are the asker's is for the authority to find out.
    """

    key: bytes
    voucher: bytes
    name: str
    addresses: tuple[str, ...]
    purpose: Purpose | None

    @property
    def is_sibling(self) -> bool:
        """Whether another key vouches for it."""
        return self.key != self.voucher


def create(key: PrivateKeyTypes, addresses: Sequence[str], name: str, purpose: Purpose) -> bytes:
    """A PKCS#10 request in DER for a key that signs.

    Args:
        addresses: in the order of preference.
        name: of the person; empty: the first address.

    Raises:
        AddressNotInRequest: one that no certificate can hold.
        TypeError: a key that cannot sign.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(addresses, name))
    for extension in _extensions(key, addresses, purpose):
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(key, _hash(key)).public_bytes(Encoding.DER)  # type: ignore[arg-type]


def create_sibling(
    key: PrivateKeyTypes,
    addresses: Sequence[str],
    name: str,
    voucher: PrivateKeyTypes,
    certificate: bytes | None,
    at: datetime,
) -> bytes:
    """A request for a key that cannot sign (or need not), vouched for by one that does.

    Args:
        certificate: the voucher's, in DER, where it has one.
        at: the time to claim.
    """
    signer = x509.load_der_x509_certificate(certificate) if certificate else _own_certificate(voucher, at)
    out = bytearray()
    info = _request_info(key, addresses, name)
    writer = SignedDataWriter(
        out.extend, [Signing(PrivateSigningKey(signer, voucher), at, capabilities=())], length=len(info)
    )
    writer.write(info)
    writer.close()
    return bytes(out)


def general_names(addresses: Sequence[str]) -> list[x509.GeneralName]:
    """The addresses as a subjectAltName holds them. Raises `AddressNotInRequest`."""
    return [_general_name(each) for each in dict.fromkeys(addresses)]


def to_pem(pkcs10: Sequence[bytes], siblings: Sequence[bytes]) -> bytes:
    """A request file: one block for each."""
    blocks = [(_LABEL, each) for each in pkcs10] + [(SIBLING_LABEL, each) for each in siblings]
    return "".join(
        f"-----BEGIN {label}-----\n{base64.encodebytes(octets).decode()}-----END {label}-----\n"
        for label, octets in blocks
    ).encode()


def read(octets: bytes) -> list[Request]:
    """The requests in a file (PEM with any number of blocks, or one PKCS#10 in DER), each checked.

    That a sibling's voucher is in the same file, or known, is for the caller to check: `Request.voucher`.

    Raises:
        RequestDamaged: not a request, or not a whole one.
        RequestsTooMany: more than a person has keys; none of them is read.
        RequestNotVouched: its signature is not of the key that it names.
    """
    if len(octets) > limits.CERTIFICATE_FILE_OCTETS:
        raise RequestDamaged
    blocks = _BLOCK.findall(octets)
    if not blocks:
        return [_pkcs10(octets)]
    if len(blocks) > limits.REQUESTS_IN_FILE:
        raise RequestsTooMany(len(blocks), limits.REQUESTS_IN_FILE)
    found = []
    for label, text in blocks:
        try:
            body = base64.b64decode(text)
        except binascii.Error:
            raise RequestDamaged from None
        found.append(_sibling(body) if label.startswith(b"SIBLING") else _pkcs10(body))
    return found


# --- writing ---------------------------------------------------------------------------------------------------


def _subject(addresses: Sequence[str], name: str) -> x509.Name:
    text = (name or (addresses[0] if addresses else "")).strip()[:_NAME_CHARACTERS]
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)] if text else [])


def _extensions(
    key: PrivateKeyTypes, addresses: Sequence[str], purpose: Purpose
) -> list[x509.Extension[x509.ExtensionType]]:
    """keyUsage by key and purpose: RFC 8550 §4.4.2, RFC 8410 §5, RFC 9881 §5, RFC 9935 §5."""
    signs = purpose is not Purpose.DECRYPT and can_sign(key.public_key())
    decrypts = purpose is not Purpose.SIGN
    agrees = hasattr(key, "exchange")
    usage = x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=decrypts and not agrees,
        data_encipherment=False,
        key_agreement=decrypts and agrees,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectAlternativeName(general_names(addresses)), False),
        (usage, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
    ]
    return [x509.Extension(value.oid, critical, value) for value, critical in found]


def _general_name(address: str) -> x509.GeneralName:
    local, domain = split_address(address)
    host = domain_key(domain)
    unusable = not local or "." not in host or not host.isascii() or not address.isprintable()
    if unusable or len(address) > limits.ADDRESS_CHARACTERS or any(each in address for each in " <>,;"):
        raise AddressNotInRequest(address)
    text = f"{local}@{host}"
    return (
        x509.RFC822Name(text) if local.isascii() else x509.OtherName(_SMTP_UTF8_MAILBOX, der.value(0x0C, text.encode()))
    )


def _hash(key: PrivateKeyTypes) -> hashes.HashAlgorithm | None:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size > 256:
        return hashes.SHA384()
    return hashes.SHA256() if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) else None


def _request_info(key: PrivateKeyTypes, addresses: Sequence[str], name: str) -> bytes:
    """CertificationRequestInfo ::= SEQUENCE { version INTEGER, subject Name, subjectPKInfo, attributes [0] }"""
    extensions = b"".join(
        der.value(
            0x30,
            encoded(each.oid.dotted_string)
            + (b"\x01\x01\xff" if each.critical else b"")
            + der.value(0x04, each.value.public_bytes()),
        )
        for each in _extensions(key, addresses, Purpose.DECRYPT)
    )
    wanted = der.value(0x30, encoded(_EXTENSION_REQUEST) + der.value(0x31, der.value(0x30, extensions)))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der.value(0x30, der.integer(0) + _subject(addresses, name).public_bytes() + public + der.value(0xA0, wanted))


def _own_certificate(key: PrivateKeyTypes, at: datetime) -> x509.Certificate:
    """The key's certificate for itself, to carry it where no authority has issued one yet. Nobody is to trust it."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "no certificate yet")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(at.astimezone(UTC))
        .not_valid_after(at.astimezone(UTC) + timedelta(days=1))
        .sign(key, _hash(key))  # type: ignore[arg-type]
    )


# --- reading ---------------------------------------------------------------------------------------------------


def _pkcs10(octets: bytes) -> Request:
    try:
        found = x509.load_der_x509_csr(octets)
        if not found.is_signature_valid:
            raise RequestNotVouched
        public = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        extensions = found.extensions
        return Request(
            public, public, _name_of(found.subject), _addresses(found.subject, extensions), _purpose(extensions)
        )
    except (InvalidSignature, UnsupportedAlgorithm):
        raise RequestNotVouched from None
    except _MALFORMED:
        raise RequestDamaged from None


def _sibling(octets: bytes) -> Request:
    content = bytearray()
    try:
        reader = SignedDataReader(content.extend)
        reader.feed(octets)
        signed = reader.close()
        if len(signed.signers) != 1:
            raise RequestDamaged
        info = bytes(content)
        for signer in candidates(signed.signers[0], filter(None, map(load_certificate, signed.certificates))):
            check(signed.signers[0], signer, lambda algorithm: _digest(algorithm, info), lambda most: info[:most])
            return _vouched(info, signer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    except SignatureFailure:
        raise RequestNotVouched from None
    except CmsFailure:
        raise RequestDamaged from None
    raise RequestNotVouched


def _vouched(info: bytes, voucher: bytes) -> Request:
    """The parts of a CertificationRequestInfo, for which the library wants a signature after it, of no matter whom."""
    unsigned = der.value(0x30, info + _NO_SIGNATURE)
    try:
        found = x509.load_der_x509_csr(unsigned)
        public = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        addresses = _addresses(found.subject, found.extensions)
    except (UnsupportedAlgorithm, *_MALFORMED):
        raise RequestDamaged from None
    return Request(public, voucher, _name_of(found.subject), addresses, Purpose.DECRYPT)


def _digest(algorithm: hashes.HashAlgorithm, octets: bytes) -> bytes:
    computed = hashes.Hash(algorithm)
    computed.update(octets)
    return computed.finalize()


def _name_of(subject: x509.Name) -> str:
    names = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    text = str(names[0].value) if names else ""
    return "" if "@" in text or not text.isprintable() else text[:_NAME_CHARACTERS]


def _addresses(subject: x509.Name, extensions: x509.Extensions) -> tuple[str, ...]:
    """From the subjectAltName, and from a subject of the old kind (PKCS#9 emailAddress)."""
    found: list[str] = []
    for extension in extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            for name in extension.value:
                if isinstance(name, x509.RFC822Name):
                    found.append(name.value)
                elif isinstance(name, x509.OtherName) and name.type_id == _SMTP_UTF8_MAILBOX:
                    if name.value[:1] != b"\x0c":
                        raise RequestDamaged
                    found.append(der.contents(name.value, "SmtpUTF8Mailbox").decode("utf-8"))
    found += [str(each.value) for each in subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS)]
    return tuple(dict.fromkeys(found))


def _purpose(extensions: x509.Extensions) -> Purpose | None:
    """What the requested key usage says, None where it says nothing."""
    for extension in extensions:
        if isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
            decrypts = usage.key_encipherment or usage.key_agreement
            if usage.digital_signature:
                return Purpose.BOTH if decrypts else Purpose.SIGN
            return Purpose.DECRYPT if decrypts else None
    return None
