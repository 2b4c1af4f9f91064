"""The private keys that lie beside the corpora's encrypted messages, in all the forms their makers chose."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import mlkem, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.cms import CertificateKey, PasswordKey, RecipientKey
from letterlock.keystore import pkcs12

_BOUNCY_CASTLE = "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test"


def keys_for(corpora: Path, path: str) -> list[RecipientKey]:
    """The keys for one message: those of its set, or its own."""
    return _keys_for(corpora, path if path.startswith("pqc") else str(Path(path).parent / "any"))


@cache
def _keys_for(corpora: Path, path: str) -> list[RecipientKey]:
    folder = (corpora / path).parent
    match path.split("/"):
        case ["thunderbird" | "nss", *_]:
            files = sorted((corpora / path.split("/")[0]).rglob("*.p12"))
            return [pkcs12.load(file.read_bytes(), "nss").recipient_key() for file in files]
        case ["notmuch" | "autocrypt-ph", *_]:
            return [pkcs12.load((corpora / "notmuch/test/smime/bob.p12").read_bytes(), "").recipient_key()]
        case ["bc-java", *_]:
            john = pkcs12.load((corpora / _BOUNCY_CASTLE / "johndoe.p12").read_bytes(), "").recipient_key()
            return [_pem(corpora / _BOUNCY_CASTLE / "cert.pem", corpora / _BOUNCY_CASTLE / "key.pem"), john]
        case ["bc-test-data", *_]:
            names = [
                ("BobRSASignByCarl.cer", "BobPrivRSAEncrypt"),
                ("DianeRSASignByCarl.cer", "DianePrivRSASignEncrypt"),
            ]
            return [_der(folder / cert, corpora / "_derived" / f"rfc4134-{key}.pem") for cert, key in names]
        case ["openssl", *_]:
            file = corpora / "openssl/test/smime-certs/smec3.pem"
            return [_pem(file, file)]
        case ["gnupg", *_]:
            return [*_gnupg(corpora / "gnupg/tests/cms/samplekeys"), PasswordKey(b"abc")]
        case ["pqc-hackathon-cms", *_, name]:
            base = name.split("_kemri")[0]
            return _ml_kem(folder / f"{base}_ee.der", folder / f"{base}_priv.der")
        case _:
            return []


def _pem(certificate: Path, key: Path) -> CertificateKey:
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    return CertificateKey(x509.load_pem_x509_certificate(certificate.read_bytes()), private)


def _der(certificate: Path, key: Path) -> CertificateKey:
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    return CertificateKey(x509.load_der_x509_certificate(certificate.read_bytes()), private)


def _ml_kem(certificate: Path, key: Path) -> list[RecipientKey]:
    """A certificate and its ML-KEM key; nothing where the library has no such key.

    The files hold the key twice, as seed and expanded, which the library refuses; the seed is taken out.
    """
    seed = key.read_bytes().partition(b"\x04\x40")[2][:64]
    if "ml-kem-768-" in key.name:
        private: PrivateKeyTypes = mlkem.MLKEM768PrivateKey.from_seed_bytes(seed)
    elif "ml-kem-1024-" in key.name:
        private = mlkem.MLKEM1024PrivateKey.from_seed_bytes(seed)
    else:
        return []
    return [CertificateKey(x509.load_der_x509_certificate(certificate.read_bytes()), private)]


def _gnupg(folder: Path) -> list[RecipientKey]:
    """gpg-agent's S-expressions, and the certificates whose moduli they have."""
    keys = {}
    for file in folder.glob("*.key"):
        found_numbers = dict(re.findall(r"\(([nedpq]) #([0-9A-Fa-f]+)#\)", file.read_text("latin-1")))
        if len(found_numbers) == 5:
            n, e, d, p, q = (int(found_numbers[name], 16) for name in "nedpq")
            crt = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
            keys[n] = rsa.RSAPrivateNumbers(p, q, d, *crt, rsa.RSAPublicNumbers(e, n)).private_key()
    found: list[RecipientKey] = []
    for file in folder.glob("cert_*.pem"):
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        public = certificate.public_key()
        if isinstance(public, rsa.RSAPublicKey) and public.public_numbers().n in keys:
            found.append(CertificateKey(certificate, keys[public.public_numbers().n]))
    return found
