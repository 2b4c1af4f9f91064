"""Mail as it arrives: written in plain text here, signed by OpenSSL with a demonstration CA.

It knows how a real sender would make each message, good or bad, and nothing of how Letterlock reads one: every
signature comes from the `openssl` command, so that the product is never tested against itself. The end-to-end
tests of the browsers and of Thunderbird and the demonstration share it.

    mail = DemoMail(Path("/tmp/demo"))
    mail.good()       # bytes of an RFC 5322 message, CRLF line ends
    mail.anchor       # the root certificate (PEM) that a reader has to trust for it
"""

from __future__ import annotations

import base64
import quopri
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import cached_property
from pathlib import Path

DAYS = 825
"""How long every certificate here is in force, from the moment it is made."""


@dataclass(frozen=True)
class Person:
    """Somebody who writes or receives mail."""

    name: str
    address: str

    def __str__(self) -> str:
        return formataddr((self.name, self.address))


ANNA = Person("Anna Muster", "anna@muster.example")
BERT = Person("Bert Beispiel", "bert@beispiel.example")
CARLA = Person("Carla Conti", "carla@partner.example")
FRIDA = Person("Frida Fremd", "frida@fremd.example")

TEXT = """\
Dear Bert,

the roof of the north hall is ready, four days early. Please transfer
EUR 18,400.00 to DE02 1203 0000 0000 2020 51 by the end of the month.

The keys are with Mr Grünwald at the gate.

Kind regards
{sender}
"""

IBAN_SENT = b"DE02 1203 0000 0000 2020 51"
IBAN_FORGED = b"DE02 1203 0000 0000 2020 57"
"""One digit, one byte: what somebody on the way would change."""


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, PEM files. `along`: the certificates a sender sends along, its own first."""

    certificate: Path
    key: Path
    along: tuple[Path, ...]


class DemoMail:
    """Messages and the certificates behind them. `directory` keeps keys and certificates; made when first needed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    # The messages.

    def good(self) -> bytes:
        """Anna signs with RSA (PKCS #1 v1.5); root and issuing CA of her company."""
        return self._clear_signed("Invoice for the north hall", ANNA, self.anna)

    def changed(self) -> bytes:
        """The good message with one digit of the account number changed on the way: exactly one byte."""
        message = self._clear_signed("Invoice for the north hall (changed)", ANNA, self.anna)
        assert message.count(IBAN_SENT) == 1
        return message.replace(IBAN_SENT, IBAN_FORGED)

    def mismatch(self) -> bytes:
        """It says it is from Anna; the signature is Carla's, intact and from the same trusted CA."""
        return self._clear_signed("New account number", ANNA, self.carla)

    def unknown_issuer(self) -> bytes:
        """Intact and by the person in From, but from a CA that nobody here has accepted."""
        return self._clear_signed("Tender documents", FRIDA, self.frida)

    def unsigned(self) -> bytes:
        """Ordinary mail."""
        return self._headers("Lunch on Thursday?", ANNA) + self._entity(ANNA)

    def opaque(self, *options: str) -> bytes:
        """Content and signature in one application/pkcs7-mime; smime-type=signed-data (RFC 8551 §3.5.2)."""
        der = self._cms(self._entity(ANNA), self.anna, "-nodetach", *options)
        return (
            self._headers("Invoice for the north hall (opaque)", ANNA)
            + b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
            + b"Content-Transfer-Encoding: base64\r\n"
            + b'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
            + _base64(der)
        )

    def pss(self) -> bytes:
        """Signed with RSASSA-PSS (RFC 4056) by the key of `good`."""
        pss = ("-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest")
        return self._clear_signed("Invoice for the north hall (PSS)", ANNA, self.anna, *pss)

    def ecdsa(self) -> bytes:
        """Signed with ECDSA on P-256 (RFC 5753)."""
        return self._clear_signed("Invoice for the north hall (ECDSA)", ANNA, self.anna_ecdsa)

    def md5(self) -> bytes:
        """Signed with MD5, which anybody can forge since 2004, so that nobody can check it."""
        return self._clear_signed("Invoice for the north hall (MD5)", ANNA, self.anna, "-md", "md5")

    def enveloped(self) -> bytes:
        """Encrypted (not signed) for Carla: nobody who reads it here has the key."""
        return self.encrypt("Offer, confidential", self._entity(ANNA))

    def key_file(self, identity: Identity, passphrase: str, chain: bool = False) -> Path:
        """A PKCS#12 file with an identity, protected by `passphrase`; `chain`: and with its issuer's certificate."""
        path = identity.key.with_suffix(".p12")
        arguments = ["pkcs12", "-export", "-inkey", str(identity.key), "-in", str(identity.certificate)]
        if chain:
            arguments += ["-certfile", str(self._issuing.certificate)]
        _openssl([*arguments, "-out", str(path), "-passout", f"pass:{passphrase}"])
        return path

    def encrypt(self, subject: str, entity: bytes, *options: str, to: Identity | None = None) -> bytes:
        """Any MIME entity, encrypted for Carla, or for whom is said; `options` go to `openssl cms -encrypt`."""
        arguments = ["cms", "-encrypt", "-binary", "-outform", "DER", *(options or ("-aes-256-cbc",))]
        der = _openssl([*arguments, str((to or self.carla).certificate)], entity)
        return (
            self._headers(subject, ANNA)
            + b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n'
            + b"Content-Transfer-Encoding: base64\r\n\r\n"
            + _base64(der)
        )

    def sign(self, subject: str, entity: bytes, *options: str) -> bytes:
        """Anna signs any MIME entity (with CRLF line ends); `options` are further ones of `openssl cms`."""
        return self._clear_signed(subject, ANNA, self.anna, *options, entity=entity)

    def asking_for_receipt(self, subject: str) -> bytes:
        """Carla signs, and asks Anna for a signed receipt (RFC 2634 §2)."""
        asking = ("-receipt_request_from", ANNA.address, "-receipt_request_to", CARLA.address)
        return self._clear_signed(subject, CARLA, self.carla, *asking)

    # The certificates.

    @property
    def anchor(self) -> Path:
        """The root certificate of the company CA, PEM."""
        return self._root.certificate

    @cached_property
    def anna(self) -> Identity:
        return self._person(ANNA, "anna", self._issuing)

    @cached_property
    def anna_ecdsa(self) -> Identity:
        return self._person(ANNA, "anna-ecdsa", self._issuing, "EC")

    @cached_property
    def carla(self) -> Identity:
        return self._person(CARLA, "carla", self._issuing)

    @cached_property
    def frida(self) -> Identity:
        return self._person(FRIDA, "frida", self._foreign_root)

    @cached_property
    def _root(self) -> Identity:
        return self._certificate("root", "/O=Muster AG/CN=Muster AG Root CA", CA_EXTENSIONS, None)

    @cached_property
    def _issuing(self) -> Identity:
        return self._certificate("issuing", "/O=Muster AG/CN=Muster AG Mail CA", CA_EXTENSIONS, self._root)

    @cached_property
    def _foreign_root(self) -> Identity:
        return self._certificate("foreign", "/O=Fremd GmbH/CN=Fremd GmbH internal CA", CA_EXTENSIONS, None)

    def _person(self, person: Person, name: str, issuer: Identity, algorithm: str = "RSA") -> Identity:
        extensions = PERSON_EXTENSIONS.format(address=person.address)
        return self._certificate(name, f"/CN={person.name}", extensions, issuer, algorithm)

    def _certificate(
        self, name: str, subject: str, extensions: str, issuer: Identity | None, algorithm: str = "RSA"
    ) -> Identity:
        """Makes a key and a certificate; self-issued where there is no issuer."""
        key, request, certificate, config = (
            self.directory / f"{name}.{kind}" for kind in ("key", "csr", "pem", "extensions")
        )
        parameters = {"RSA": "rsa_keygen_bits:2048", "EC": "ec_paramgen_curve:P-256"}[algorithm]
        _openssl(["genpkey", "-algorithm", algorithm, "-pkeyopt", parameters, "-out", str(key)])
        _openssl(["req", "-new", "-utf8", "-key", str(key), "-subj", subject, "-out", str(request)])
        config.write_text(extensions)
        arguments = ["x509", "-req", "-in", str(request), "-out", str(certificate), "-days", str(DAYS), "-sha256"]
        arguments += ["-extfile", str(config)]
        if issuer:
            arguments += ["-CA", str(issuer.certificate), "-CAkey", str(issuer.key), "-CAcreateserial"]
        else:
            arguments += ["-signkey", str(key)]
        _openssl(arguments)
        # A root is not sent along, as usual: a reader either has it already or must not believe it.
        return Identity(certificate, key, (certificate, *issuer.along) if issuer else ())

    # The parts of a message.

    def _headers(self, subject: str, sender: Person) -> bytes:
        now = datetime.now(UTC)
        fields = {
            "From": str(sender),
            "To": str(BERT),
            "Subject": Header(subject).encode(),
            "Date": format_datetime(now),
            "Message-ID": f"<{now.timestamp():.6f}.{abs(hash(subject))}@{sender.address.partition('@')[2]}>",
            "MIME-Version": "1.0",
        }
        return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()

    def _entity(self, sender: Person) -> bytes:
        """A text/plain MIME entity in canonical form: CRLF, and 7 bit by quoted-printable (RFC 8551 §3.1)."""
        body = quopri.encodestring(TEXT.format(sender=sender.name).encode()).replace(b"\n", b"\r\n")
        return b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + body

    def _clear_signed(
        self, subject: str, sender: Person, signer: Identity, *options: str, entity: bytes | None = None
    ) -> bytes:
        """multipart/signed (RFC 8551 §3.5.3): readable by everybody, the signature as an attachment."""
        entity = self._entity(sender) if entity is None else entity
        signature = self._cms(entity, signer, *options)
        boundary = b"----=_signed_by_" + signer.key.stem.encode()
        return (
            self._headers(subject, sender)
            + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n'
            + b' boundary="' + boundary + b'"\r\n\r\n'
            + b"This is an S/MIME signed message.\r\n\r\n"
            + b"--" + boundary + b"\r\n" + entity + b"\r\n--" + boundary + b"\r\n"
            + b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
            + b"Content-Transfer-Encoding: base64\r\n"
            + b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
            + _base64(signature)
            + b"\r\n--" + boundary + b"--\r\n"
        )  # fmt: skip

    def _cms(self, content: bytes, signer: Identity, *options: str) -> bytes:
        """SignedData in DER over `content`, exactly as given."""
        along = self.directory / f"{signer.key.stem}.along"
        along.write_bytes(b"".join(path.read_bytes() for path in signer.along[1:]))
        arguments = ["cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256"]
        arguments += ["-signer", str(signer.certificate), "-inkey", str(signer.key), *options]
        if signer.along[1:]:
            arguments += ["-certfile", str(along)]
        return _openssl(arguments, content)


CA_EXTENSIONS = """\
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""

PERSON_EXTENSIONS = """\
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation, keyEncipherment
extendedKeyUsage = emailProtection
subjectAltName = email:{address}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def _openssl(arguments: list[str], data: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")
