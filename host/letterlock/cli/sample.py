"""The built-in test message of `doctor`: signed, unchanged, by somebody nobody trusts. Made anew each time.

It is made with `cryptography` alone and not with this package's own CMS code, so that a mistake there cannot hide
behind the same mistake here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

ADDRESS = "doctor@letterlock.example"
_BOUNDARY = "letterlock-doctor-built-in-message"
_CONTENT = (
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"This message was made by `letterlock doctor` to see whether signatures are checked.\r\n"
)


def signed_message(now: datetime | None = None) -> bytes:
    """A multipart/signed message (RFC 8551 §3.5.3) by a certificate that is its own issuer and is thrown away."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Letterlock doctor (throw-away)")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(ADDRESS)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .sign(key, hashes.SHA256())
    )
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(_CONTENT)
        .add_signer(certificate, key, hashes.SHA256())
        .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    return _message(signature, now)


def _message(signature: bytes, now: datetime) -> bytes:
    from base64 import encodebytes
    from email.utils import format_datetime

    head = (
        f"From: {ADDRESS}\r\n"
        f"To: {ADDRESS}\r\n"
        "Subject: Letterlock examines itself\r\n"
        f"Date: {format_datetime(now)}\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n'
        f' boundary="{_BOUNDARY}"\r\n'
        "\r\n"
        f"--{_BOUNDARY}\r\n"
    )
    middle = (
        f"\r\n--{_BOUNDARY}\r\n"
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "\r\n"
    )
    encoded = encodebytes(signature).replace(b"\n", b"\r\n")
    return head.encode() + _CONTENT + middle.encode() + encoded + f"--{_BOUNDARY}--\r\n".encode()
