"""More forged messages: several signers, signers that are not who they name, and messages inside each other.

Carla is an honest colleague with a certificate of the same authority, who signs what she likes; nobody has Anna's key.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from letterlock.cms import PrivateSigningKey, SignedDataWriter, Signing
from letterlock.cms.content_types import DATA, SIGNED_DATA
from tests.cms.builder import tlv
from tests.forged_mail import ANNA, CONFUSION, COVERT, EVE, FIRED, PROTECTION, Forgeries, Material, Named, wrap
from tests.opened_mail import boundary, entity, outside
from tests.signed_mail import Identity

TEXT = b"Content-Type: text/plain\r\n\r\nPlease pay to another account.\r\n"
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")


def _key(who: Identity) -> PrivateSigningKey:
    key = load_pem_private_key(who.key.read_bytes(), None)
    return PrivateSigningKey(x509.load_pem_x509_certificate(who.certificate.read_bytes()), key)


def signed(who: Sequence[Identity], content: bytes, kind: str = DATA) -> bytes:
    """A SignedData with a signature of everybody."""
    out = bytearray()
    at = datetime.now(UTC)
    writer = SignedDataWriter(out.extend, [Signing(_key(each), at) for each in who], content_type=kind,
                              length=len(content))  # fmt: skip
    writer.write(content)
    writer.close()
    return bytes(out)


def info(who: Identity, content: bytes) -> bytes:
    """A SignerInfo over a content."""
    return Signing(_key(who), datetime.now(UTC)).signer_info(DATA, hashlib.sha256(content).digest())


def object_of(infos: Sequence[bytes], content: bytes, certificates: Sequence[Identity]) -> bytes:
    """A SignedData put together by hand: anybody's SignerInfos around anything."""
    sha256 = tlv(0x31, tlv(0x30, bytes.fromhex("0609608648016503040201")))
    found = [x509.load_pem_x509_certificate(path.read_bytes()) for each in certificates for path in each.along]
    der = b"".join(dict.fromkeys(each.public_bytes(Encoding.DER) for each in found))
    encapsulated = tlv(0x30, _DATA, tlv(0xA0, tlv(0x04, content)))
    body = tlv(0x30, b"\x02\x01\x01", sha256, encapsulated, tlv(0xA0, der), tlv(0x31, *infos))
    return tlv(0x30, _SIGNED_DATA, tlv(0xA0, body))


def message(der: bytes, sender: bytes = ANNA) -> bytes:
    """A mail of one object."""
    head = b"From: " + sender + b"\r\nTo: bert@beispiel.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    return head + _part(der)


def _part(der: bytes) -> bytes:
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(der).replace(b"\n", b"\r\n")


def _several(having: Material) -> Named:
    mail = having.mail
    anna, carla, stranger = mail.anna, mail.carla, mail.frida
    theirs = [info(carla, TEXT)]
    hers = [info(anna, b"Content-Type: text/plain\r\n\r\nSomething else.\r\n")]
    everybody = (anna, carla, stranger)
    for name, infos in {
        "Anna's of another mail": hers,
        "Carla's, with Anna's certificate": theirs,
        "Carla's and Anna's of another mail": [*theirs, *hers],
        "Anna's of another mail and Carla's": [*hers, *theirs],
        "Carla's twice": [*theirs, *theirs],
        "Anna's twice, of another mail": [*hers, *hers],
        "a stranger's": [info(stranger, TEXT)],
        "a stranger's and Carla's": [*[info(stranger, TEXT)], *theirs],
        "Carla's in Anna's name": [_renamed(theirs[0], having)],
        "Carla's, and Carla's in Anna's name": [*theirs, _renamed(theirs[0], having)],
        "nobody's": [],
        "an empty one": [tlv(0x30)],
    }.items():
        yield name, message(object_of(infos, TEXT, everybody))
        for sender in (b"carla@partner.example, " + ANNA, ANNA + b", " + EVE):
            yield f"{name}, from {sender.decode()}", message(object_of(infos, TEXT, everybody), sender)
    both = signed([anna, carla], TEXT)
    yield "Anna and Carla, from them and Eve", message(both, ANNA + b", carla@partner.example, " + EVE)
    yield "Anna and Carla, from Eve", message(both, EVE)
    yield "Anna and Carla, changed", message(both.replace(b"another account", b"another amount!"))


def _renamed(info: bytes, having: Material) -> bytes:
    """Carla's SignerInfo, made to name Anna's certificate: they have one issuer, and other serial numbers."""
    carlas, annas = (_serial(who) for who in (having.mail.carla, having.mail.anna))
    assert carlas in info
    start = 2 + (info[1] & 0x7F if info[1] > 0x80 else 0)
    return tlv(0x30, info[start:].replace(carlas, annas, 1))


def _serial(who: Identity) -> bytes:
    number = x509.load_pem_x509_certificate(who.certificate.read_bytes()).serial_number
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _nested(having: Material) -> Named:
    """Messages and signed parts inside what somebody else signed, and the other way round."""
    mail = having.mail
    rfc822 = b"Content-Type: message/rfc822%s\r\n\r\n"
    of_boss = b"From: boss@muster.example\r\nMessage-ID: <1@b>\r\nContent-Type: text/plain\r\n\r\nPay.\r\n"
    forwarded = mail.sign("Fwd: Pay", rfc822 % b"" + of_boss)
    yield "what Anna forwarded, from the boss", outside(forwarded, b"From", b"boss@muster.example")
    yield "what Anna forwarded, with its identifier", outside(forwarded, b"Message-ID", b"<1@b>")
    both = outside(outside(forwarded, b"From", b"boss@muster.example"), b"Message-ID", b"<1@b>")
    yield "what Anna forwarded, as the mail itself", both
    for mark in (b"", b"; forwarded=no", b"; forwarded=yes", b'; hp="clear"', b'; protected-headers="v1"'):
        own = b"From: " + ANNA + b"\r\nSubject: Pay\r\nMessage-ID: <2@b>\r\n" + TEXT
        der = mail._cms(rfc822 % mark + own, mail.carla, "-nodetach")
        yield f"Carla wraps a mail from Anna, {mark.decode()}", message(der)
        yield (
            f"Carla wraps a mail from Anna, {mark.decode()}, from Carla",
            message(der, b"carla@partner.example, " + ANNA),
        )
        yield (
            f"not signed: a mail from Anna in one from her, {mark.decode()}",
            (b"From: " + ANNA + b"\r\n" + rfc822 % mark + having.good),
        )
    for kind in (b"mixed", b"alternative", b"related", b"digest", b"signed", b"x-unknown"):
        inner = wrap(having.good, before=TEXT, subtype=kind)
        body = entity(inner) if kind != b"signed" else entity(inner).replace(b"multipart/signed;", b"multipart/mixed;")
        yield (
            f"Anna's mail beside other words in {kind.decode()}, signed by Carla",
            message(mail._cms(body, mail.carla, "-nodetach")),
        )
    around = signed([mail.carla], signed([mail.anna], TEXT)[19:], SIGNED_DATA)
    yield "Carla around Anna's object, from Carla", message(around, b"carla@partner.example")
    yield "Anna around Carla's object", message(signed([mail.anna], signed([mail.carla], TEXT)[19:], SIGNED_DATA))
    yield "Anna's object changed inside Carla's", message(around.replace(b"another account", b"another amount!"))
    mark = boundary(having.good)
    doubled = having.good.replace(mark, mark + b"o").replace(b'anna"', b'annao"', 1)
    yield (
        "a signed mail as the preamble of another",
        having.good.replace(b"This is an S/MIME", entity(doubled) + b"\r\nThis is an S/MIME", 1).replace(
            b"18,400", b"98,400"
        ),
    )


def _secrets(having: Material) -> Named:
    """Ciphertexts of others inside what was encrypted, or signed, for the victim by the forger."""
    mail, secret = having.mail, having.ciphertext
    mixed = b"Content-Type: multipart/%s; boundary=b\r\n\r\n--b\r\n" + TEXT + b"\r\n--b\r\n" + secret + b"\r\n--b--\r\n"
    for kind in (b"mixed", b"alternative", b"related", b"digest"):
        inside = mixed % kind
        yield f"in an encryption, {kind.decode()}", outside(mail.encrypt("x", inside), b"From", EVE)
        yield f"signed by Carla, {kind.decode()}", message(mail._cms(inside, mail.carla, "-nodetach"))
        both = _part(mail._cms(inside, mail.carla, "-nodetach"))
        yield f"signed and encrypted, {kind.decode()}", outside(mail.encrypt("x", both), b"From", EVE)
    attached = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + TEXT + b"\r\n--b\r\nContent-Type: "
    attached += b"message/rfc822\r\n\r\nFrom: " + EVE + b"\r\n" + secret + b"\r\n--b--\r\n"
    yield "in a mail attached in an encryption", outside(mail.encrypt("x", attached), b"From", EVE)
    for name in (b"inline", b"attachment; filename=smime.p7m", b'inline; filename="smime.p7m"'):
        part = secret.replace(b"MIME-Version", b"X", 1)
        yield f"{name.decode()}", outside(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + TEXT + b"\r\n--b\r\nContent-Disposition: "
            + name + b"\r\n" + part + b"\r\n--b--\r\n", b"From", EVE,
        )  # fmt: skip


CLASSES: dict[str, Forgeries] = {
    "Several signers": Forgeries(f"{FIRED} (C2–C4); {CONFUSION}", _several),
    "Messages inside each other": Forgeries(f"{FIRED} (M1–M4); {PROTECTION}", _nested),
    "Secrets of others inside an encryption": Forgeries(COVERT, _secrets),
}
