"""The fuzzed claims. Run one with `python -m tests.fuzz.targets NAME [libFuzzer options]`."""

from __future__ import annotations

import base64
import itertools
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from letterlock.errors import LetterlockError
from letterlock.limits import FRAME_IN_OCTETS
from tests.fuzz import bundles, owa, proof, sending
from tests.needs import PROJECT

if TYPE_CHECKING:
    from letterlock.evidence.timestamp import Terms

SEEDS = PROJECT / "build" / "fuzz" / "seeds"


def mime(data: bytes) -> None:
    """A message gives one tree whatever the portions, with offsets inside it."""
    from letterlock.mime.reader import Reader

    def tree(step: int) -> list[tuple[str, int, int, int]]:
        reader = Reader()
        for start in range(0, len(data), step):
            reader.feed(data[start : start + step])
        return [(each.id, each.start, each.body, each.end) for each in reader.close().walk()]

    try:
        whole = tree(max(len(data), 1))
    except LetterlockError:
        return
    assert whole == tree(13)
    assert all(0 <= start <= end <= len(data) for _, start, _, end in whole)


def addresses(data: bytes) -> None:
    """An address list is read or refused."""
    from letterlock.mime.address import parse_list
    from letterlock.mime.fields import decode_octets, decode_words, parse_parameters

    text = decode_octets(data)
    decode_words(text)
    parse_parameters(text)
    try:
        parse_list(text)
    except LetterlockError:
        return


def text(data: bytes) -> None:
    """Octets in any charset are text, alike in any portions, and not longer than they could be."""
    from letterlock.mime.charset import as_utf8

    label, _, octets = data[:60].partition(b"\n")
    octets += data[60:]
    for name, html in ((label.decode("latin-1"), True), (None, True), (None, False)):
        whole = b"".join(as_utf8([octets], name, html))
        assert whole == b"".join(as_utf8((octets[at : at + 7] for at in range(0, len(octets), 7)), name, html))
        assert len(whole.decode("utf-8")) <= 2 * len(octets) + 1


def cms(data: bytes) -> None:
    """Octets are a SignedData or refused, alike in any portions."""
    from letterlock.cms import SignedDataReader

    def read(step: int) -> tuple[object, bytes] | str:
        content = bytearray()
        reader = SignedDataReader(content.extend)
        try:
            for start in range(0, len(data), step):
                reader.feed(data[start : start + step])
            return reader.close(), bytes(content)
        except LetterlockError as failure:
            return failure.code

    assert read(max(len(data), 1)) == read(11)


def enveloped(data: bytes) -> None:
    """Octets are encrypted content or refused, alike in any portions; nothing opens without a key for it."""
    from letterlock.cms import EnvelopedReader, WrappingKey

    def read(step: int) -> str:
        reader = EnvelopedReader(lambda octets: None, [WrappingKey(b"\0" * 32, b"key")])
        try:
            for start in range(0, len(data), step):
                reader.feed(data[start : start + step])
            return repr(reader.close().algorithm)
        except LetterlockError as failure:
            return failure.code

    assert read(max(len(data), 1)) == read(11)


def ber(data: bytes) -> None:
    """Octets are one BER value or refused, alike in any portions; its DER is its own DER."""
    from letterlock.cms.ber import BerReader, to_der

    def read(step: int) -> bytes | None:
        reader = BerReader()
        try:
            for start in range(0, len(data), step):
                reader.feed(data[start : start + step])
            return reader.close()
        except LetterlockError:
            return None

    der = read(max(len(data), 1))
    assert der == read(7)
    if der is not None:
        assert to_der(der) == der


def compressed(data: bytes) -> None:
    """Octets unpack or are refused, alike in any portions, and never beyond the bound."""
    from letterlock.cms import CompressedReader

    def read(step: int) -> tuple[object, bytes] | None:
        content = bytearray()
        reader = CompressedReader(content.extend, free=100_000, expansion=10)
        try:
            for start in range(0, len(data), step):
                reader.feed(data[start : start + step])
            return reader.close(), bytes(content)
        except LetterlockError:
            return None
        finally:
            assert len(content) <= max(100_000, 10 * len(data))

    # A bomb may be seen earlier or later, depending on the portions, but what comes out whole is the same.
    whole, portions = read(max(len(data), 1)), read(11)
    assert whole is None or portions is None or whole == portions


def encrypted(data: bytes) -> None:
    """EncryptedData opens or is refused, alike in any portions, and under AES-CBC never passes for authentic."""
    from letterlock.cms import EncryptedReader
    from tests.fuzz.encrypted import KEY

    def read(step: int) -> tuple[str, bytes] | str:
        content = bytearray()
        reader = EncryptedReader(content.extend, KEY)
        try:
            for start in range(0, len(data), step):
                reader.feed(data[start : start + step])
            decrypted = reader.close()
        except LetterlockError as failure:
            return failure.code
        assert not decrypted.authenticated or "CBC" not in decrypted.algorithm
        return repr(decrypted), bytes(content)

    assert read(max(len(data), 1)) == read(11)


def recipient(data: bytes) -> None:
    """With the keys of the seeds (password, shared, ECDH, ML-KEM): never another text under an authenticated mode."""
    from letterlock.cms import EnvelopedReader
    from letterlock.cms.content_types import DATA
    from tests.fuzz.encrypted import TEXT, keys

    content = bytearray()
    reader = EnvelopedReader(content.extend, keys())
    try:
        reader.feed(data)
        decrypted = reader.close()
    except LetterlockError:
        return
    assert not decrypted.authenticated or (bytes(content), decrypted.content_type) == (TEXT, DATA)


def signer(data: bytes) -> None:
    """Octets are a SignerInfo or refused, and everything that stands in and beside it can be asked for."""
    from letterlock.cms import attributes, countersignatures, preferences, time_stamp_tokens
    from letterlock.cms.signed import read_signer

    try:
        found = read_signer(data, "1.2.840.113549.1.7.1")
    except LetterlockError:
        return
    assert found.signing_time is None or found.signing_time.year
    for ask in (preferences.reads_derived_keys, preferences.key_preference):
        with suppress(LetterlockError):
            ask(found.signed_attributes or ())
    time_stamp_tokens(found)
    for octets in found.signed_octets:
        assert attributes.is_set_of_attributes(octets) == bool(found.signed_attributes)
    try:
        inner = countersignatures(found)
    except LetterlockError:
        return
    for each in inner:
        try:
            countersignatures(each)
        except LetterlockError:
            continue


def certificate(data: bytes) -> None:
    """Octets are a certificate whose every property can be asked for, or refused."""
    from datetime import UTC, datetime

    from letterlock.cms.certificates import load_certificate
    from letterlock.trust.certificate import Certificate
    from letterlock.trust.path import build
    from letterlock.trust.profile import check_signer

    load_certificate(data)
    try:
        found = Certificate.parse(data)
    except LetterlockError:
        return
    check_signer(found)
    build(found, [found], [], datetime(2026, 1, 1, tzinfo=UTC))


def timestamp(data: bytes) -> None:
    """Octets are a time-stamp token or refused; whatever they are, they prove no time that nobody signed."""
    from datetime import UTC, datetime

    from letterlock.evidence.request import answer, ask
    from letterlock.evidence.timestamp import Terms, verify
    from letterlock.trust.anchors import Anchor, certificates_of

    global _clock
    if _clock is None:
        anchors = [Anchor(each, "user") for each in certificates_of((SEEDS / "clock.pem").read_bytes(), "clock")]
        _clock = Terms(datetime(2040, 1, 1, tzinfo=UTC), anchors)
    stamped = b"what was stamped"
    with suppress(LetterlockError):
        answer(data, ask(stamped, nonce=7))
    with suppress(LetterlockError):
        # The seed is a good token; what is changed in it must not change its time.
        assert verify(data, stamped, _clock).time == datetime(2026, 6, 1, 12, tzinfo=UTC)


def extensions(data: bytes) -> None:
    """Any value of any known extension is decoded or named as malformed, and constraints can be compared."""
    from cryptography import x509

    from letterlock.trust import extensions as module
    from letterlock.trust.schema import Extension

    for oid, (field, _) in module._KNOWN.items():
        for critical in (True, False):
            found = module.decode([Extension(id=x509.ObjectIdentifier(oid), critical=critical, value=data)])
            assert found.malformed in ((), (field,))
            assert not found.unknown_critical


def evidence(data: bytes) -> None:
    """Octets are lists, answers or neither; whatever they are, they withdraw nobody and vouch for nobody unsigned."""
    from letterlock.trust.path import build
    from letterlock.trust.revocation import Evidence, Mode, NotChecked

    found = Evidence.of([data])
    _ = found.until
    leaf, authority, root, now = _chain()
    path = build(leaf, [authority], [root], now, evidence=found, mode=Mode.AT_HAND)
    # Seeds are signed by others than this chain's authorities, so nothing they become may count.
    assert path.valid
    assert all(isinstance(status, NotChecked) for status in path.revocation)


def graph(data: bytes) -> None:
    """Whatever certifies whatever, a search ends within its limits, and each link of a valid path was signed."""
    from letterlock import limits
    from letterlock.trust.path import Allowance, build
    from letterlock.trust.signatures import check

    certificates, anchors, now = _graph(data)
    allowance = Allowance()
    path = build(certificates[0], certificates[1:], anchors, now, allowance=allowance)
    assert allowance.checks - allowance.left <= limits.PATH_SIGNATURE_CHECKS + 1
    assert len(path.chain) <= limits.PATH_LENGTH
    if path.valid:
        assert path.anchor in anchors
        for below, above in itertools.pairwise(path.chain):
            check(below, above)


@cache
def _chain() -> Any:
    from tests.trust.chains import NOW, anchored, issue, person

    root = issue("Fuzzed Root")
    authority = issue("Fuzzed CA", root)
    return person("Anna", authority).certificate, authority.certificate, anchored(root)[0], NOW


@cache
def _issued(subject: int, issuer: int, key: int, signing: int, form: int) -> Any:
    from tests.trust.chains import issue, name

    return issue(
        f"Node {subject}",
        key_name=f"Node {subject} {key}",
        issuer_name=name(f"Node {issuer}"),
        signed_by=_key(f"Node {issuer} {signing}"),
        ca=form & 1 == 0,
        path_length=1 if form & 3 == 2 else None,
        key_ids=form & 4 == 0,
    )


def _key(name: str) -> Any:
    from tests.trust.chains import key

    return key(name)


def _graph(data: bytes) -> Any:
    """Nodes with a few names and keys each; every octet pair is a certificate, the last ones are trusted."""
    from tests.trust.chains import NOW, anchored

    pairs = list(zip(data[::2], data[1::2], strict=False))[:40] or [(0, 0)]
    issued = [_issued(one & 7, one >> 3 & 7, one >> 6 & 1, other & 1, other >> 1 & 7) for one, other in pairs]
    return [each.certificate for each in issued], anchored(*issued[-(data[-1] & 3) :] if len(data) > 8 else []), NOW


def location(data: bytes) -> None:
    """A URL out of a certificate is refused, or leads to one host by one of three protocols, redirected or not."""
    from letterlock.net.failures import LocationForbidden
    from letterlock.net.locations import Location

    url, _, reference = data.decode("latin-1").partition("\n")
    try:
        first = Location.parse(url)
        led = [first, first.towards(reference)]
    except LocationForbidden:
        return
    for each in led:
        assert each.scheme in ("http", "https", "ldap")
        assert each.host
        assert each.host.isascii()
        assert not set(each.host) & set("@/?# \r\n")
        assert 0 < each.port < 65_536
        assert each.target.startswith("/")
        assert each.target.isprintable()
        assert " " not in each.target
    assert led[1].scheme != "ldap"


def frames(data: bytes) -> None:
    """A client's octets give frames or coded failures, alike in any portions."""
    from letterlock.protocol.frames import FrameDecoder

    def read(step: int) -> list[str]:
        decoder = FrameDecoder(FRAME_IN_OCTETS)
        found: list[str] = []
        for start in range(0, len(data), step):
            found += [repr(each) for each in decoder.feed(data[start : start + step])]
        return found

    assert read(max(len(data), 1)) == read(5)


def open_(data: bytes) -> None:
    """Any message gets a verdict or a coded failure, and only what OpenSSL signed as it stands is valid."""
    from letterlock.operations import trust
    from letterlock.operations.open import Opening
    from letterlock.operations.trust import TrustSettings

    global _settings
    if _settings is None:
        _settings = TrustSettings(tuple(trust.given([SEEDS / "anchor.pem"])))
    opening = Opening(_settings)
    try:
        opening.feed(data)
        opened = opening.close()
    except LetterlockError:
        return
    try:
        if opened.verdict.signature.status == "valid":
            text = b"".join(b"".join(opened.body(part.id)) for part in opened.parts)
            # What was really signed says so; anything else that looks valid is a forgery.
            assert b"DE02 1203 0000 0000 2020 51" in text
            assert b"DE02 1203 0000 0000 2020 57" not in text
    finally:
        opened.close()


def key_file(data: bytes) -> None:
    """Octets are a key file that opens, or refused, in bounded work."""
    from letterlock.keystore import pbe, pkcs12

    for passphrase in ("open sesame", ""):
        try:
            found = pkcs12.read(data, passphrase, pbe.Budget(5_000))
        except LetterlockError:
            continue
        assert all(each.key.public_key() for each in found.keys)


def backup(data: bytes) -> None:
    """Lines of a backup are keys, or counted as damaged; and what is inside a line is a key or nothing."""
    from letterlock.keystore import backup, derivation, sealing

    head = {"kdf": "argon2id", "source": "x", "iterations": 1, "lanes": 1, "memory_kib": 8, "salt": "00" * 16}
    key = derivation.Derivation.parse(head).key("open sesame")
    inside = base64.b64encode(sealing.seal(key, data, b"letterlock backup 1 key"))
    for octets in (data, b"Letterlock keys 1 " + data, f"Letterlock keys 1 {json.dumps(head)}\n".encode() + inside):
        restored = backup.Restored()
        try:
            found = list(backup.read(octets, "open sesame", restored))
        except LetterlockError:
            continue
        assert all(each.key.public_key() for each in found)
        assert not restored.complete


_settings: object = None
_clock: Terms | None = None


def ocsp_request(data: bytes) -> None:
    """A request to the responder is answered for what it asks, or refused as malformed."""
    from letterlock import limits
    from letterlock.authority.ocsp import NotAnswered, Refusal, Request

    try:
        request = Request.parse(data)
    except NotAnswered as refused:
        if refused.refusal is not Refusal.MALFORMED:
            raise
        return
    assert 1 <= len(request.asked) <= limits.OCSP_CERTIFICATES
    assert all(each.id in data for each in request.asked), "a CertID comes back as it was sent"


def staff_list(data: bytes) -> None:
    """A list of staff is understood whole, each address once, or refused with its line."""
    from letterlock.authority import staff
    from letterlock.authority.ca import address_key
    from letterlock.keystore.create import KINDS

    try:
        people = staff.read(data, frozenset(KINDS))
    except LetterlockError:
        return
    addresses = [address_key(each) for person in people for each in dict.fromkeys(person.addresses)]
    assert people
    assert all(each.isprintable() for each in addresses)


def finished(data: bytes) -> None:
    """A message that is to be protected is taken apart and written so that it reads the same, or refused."""
    from letterlock.mime import encode, protecting, writer
    from letterlock.operations.protect import Incoming

    incoming = Incoming()
    try:
        incoming.feed(data)
        found = incoming.close()
    except LetterlockError:
        return
    shape = protecting.cipher(found.fields, protecting.Policy.SHY)
    # What will be inside the encryption: whoever opens it reads the fields that were written.
    made = b"".join(found.entity(shape.inside, "cipher", shape.legacy))
    encode.fragile([made])
    again = Incoming()
    again.feed(made)
    read = again.close()
    # A header section that is cut off gets its last line end, and loses blanks before it.
    assert [each.rstrip() for each in writer.named(read.fields, "from")] == [
        each.rstrip() for each in writer.named(found.fields, "from")
    ]
    assert b"\r" not in made.replace(b"\r\n", b"")


def mailbox(data: bytes) -> None:
    """A mailbox file is taken apart into stretches that follow each other, and loses no more than lines between."""
    from letterlock.mime.mbox import stretches, unquoted

    position = 0
    for each in stretches(data):
        assert position <= each.start < each.stop <= len(data)
        assert each.start == 0 or data[each.start - 1 : each.start] == b"\n"
        position = each.stop
    assert len(unquoted(data)) <= len(data)


def protected(data: bytes) -> None:
    """A message whose protected fields are its own differs in none; against any others, all is said with bounds."""
    from letterlock.mime.reader import Reader
    from letterlock.operations import protected as reading
    from letterlock.verdict import Headers

    def read(octets: bytes) -> Any:
        reader = Reader()
        reader.feed(octets)
        return reader.close()

    try:
        root, other = read(data), read(data[len(data) // 2 :])
    except LetterlockError:
        return
    for scheme in ("clear", "cipher", "older"):
        itself = reading.Protected(root, True, None, scheme)
        assert reading.differences(root, itself) == []
        assert not any(each.code == "from_differs" for each in reading.reasons(root, itself, True))
        inside = reading.Protected(other, False, None, scheme)
        found = reading.differences(root, inside)
        outer, inner = reading.headers.header_set(root), reading.headers.header_set(other)
        Headers(outer=outer, protected=inner, differences=found)
        assert all(each.facts() for each in reading.reasons(root, inside, False) if each.code != "encryption_removed")
        both, alone = reading.senders(root, inside), reading.headers.senders(root)
        assert set(both.addresses) >= set(alone.addresses) or both.addresses == (), "nothing inside takes a name away"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "mailbox": mailbox,
    "protected": protected,
    "mime": mime,
    "addresses": addresses,
    "text": text,
    "ber": ber,
    "cms": cms,
    "compressed": compressed,
    "encrypted": encrypted,
    "recipient": recipient,
    "signer": signer,
    "enveloped": enveloped,
    "certificate": certificate,
    "timestamp": timestamp,
    "extensions": extensions,
    "evidence": evidence,
    "graph": graph,
    "frames": frames,
    "location": location,
    "key_file": key_file,
    "backup": backup,
    "ocsp_request": ocsp_request,
    "staff_list": staff_list,
    "finished": finished,
    "ess": proof.ess,
    "journal": proof.journal,
    "bundle": bundles.bundle,
    "manifest": bundles.manifest,
    "mail_server": sending.mail_server,
    "folder_names": sending.folder_names,
    "settings": sending.settings,
    "owa": owa.owa,
    "open": open_,
}


def main() -> None:
    """Fuzz one target with atheris (libFuzzer)."""
    import atheris

    target = TARGETS[sys.argv.pop(1)]
    with atheris.instrument_imports(include=["letterlock"]):
        target(b"")
        target(base64.b64decode("MIAGCSqGSIb3DQEHAqCAAAAAAA=="))
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
