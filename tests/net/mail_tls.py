"""An authority for test servers on loopback, and somebody else's that nobody trusts."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """Its certificate is `ca.pem`, a server's certificate and key are `server.pem`, in a folder."""

    def __init__(self, folder: Path, host: str = "localhost", days: int = 30) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.ca, self.server = folder / "ca.pem", folder / "server.pem"
        key, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        name = _name("Test servers")
        root = _builder(name, name, key.public_key(), 30)
        root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        certificate = root.sign(key, SHA256())
        names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        leaf = _builder(_name(host), name, own.public_key(), days)
        leaf = leaf.add_extension(
            x509.SubjectAlternativeName(names if host == "localhost" else names[:1]), critical=False
        )
        self.ca.write_bytes(certificate.public_bytes(Encoding.PEM))
        secret = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.server.write_bytes(secret + leaf.sign(key, SHA256()).public_bytes(Encoding.PEM))

    def trusting(self) -> ssl.SSLContext:
        """What a client takes that trusts this authority alone."""
        return ssl.create_default_context(cafile=str(self.ca))

    def serving(self) -> ssl.SSLContext:
        """What the server takes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
    )
