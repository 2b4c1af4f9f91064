"""A token of SoftHSM2, a PKCS#11 implementation nobody here wrote, with keys that were made on it and stay there."""

from __future__ import annotations

import itertools
import os
import subprocess
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from tests.cms.envelope import certificate_of
from tests.needs import missing, require_program

PIN = "4711"
_PLACES = [
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/softhsm/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
]
_CURVES = {"P-256": "1.2.840.10045.3.1.7", "P-384": "1.3.132.0.34", "P-521": "1.3.132.0.35"}


def library() -> Path:
    """SoftHSM2's library; the test is skipped without it."""
    for place in _PLACES:
        if place.exists():
            return place
    missing("SoftHSM2", "apt-get install softhsm2")


class Card:
    """One token, in a folder of its own. A process sees only the first folder it was given."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._identifiers = itertools.count(1)
        self._util("--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN)
        lib = pkcs11.lib(str(library()))
        lib.reinitialize()
        self._token = next(iter(lib.get_tokens(token_label=label)))

    def make(self, kind: str) -> x509.Certificate:
        """A new key on the token ("RSA", "P-256" …), and the certificate for it, put there too."""
        identifier = bytes((next(self._identifiers),))
        with self._token.open(rw=True, user_pin=PIN) as session:
            if kind == "RSA":
                public, _ = session.generate_keypair(pkcs11.KeyType.RSA, 2048, id=identifier, store=True)
                encoded = _rsa(encode_rsa_public_key(public))
            else:
                parameters = session.create_domain_parameters(
                    pkcs11.KeyType.EC,
                    {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVES[kind])},
                    local=True,
                )
                public, _ = parameters.generate_keypair(id=identifier, store=True)
                encoded = encode_ec_public_key(public)
            key = load_der_public_key(encoded)
            certificate = certificate_of(key)
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.ID: identifier,
                    pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: certificate.public_bytes(Encoding.DER),
                }
            )
        return certificate

    def pull(self) -> None:
        """The token is gone, as if somebody had taken the card out."""
        self._util("--delete-token", "--token", self.label)

    def _util(self, *arguments: str) -> None:
        util = require_program("softhsm2-util", "softhsm2")
        subprocess.run([util, *arguments], check=True, capture_output=True, timeout=30)


def prepare(folder: Path) -> None:
    """Let this process and its children keep tokens in `folder`."""
    tokens = folder / "tokens"
    tokens.mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)


def _rsa(pkcs1: bytes) -> bytes:
    """SubjectPublicKeyInfo of an RSAPublicKey."""
    from tests.cms.builder import NULL, algorithm, tlv

    return tlv(0x30, algorithm("1.2.840.113549.1.1.1", NULL), tlv(0x03, b"\0", pkcs1))
