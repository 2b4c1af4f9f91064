"""Whom the reader trusts and on whose word, and the files in which certificates are handed over."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, NamedTuple

from letterlock.trust.certificate import Certificate
from letterlock.trust.names import Normal, digest
from letterlock.trust.reasons import CertificateUndecodable, NoCertificateInFile
from letterlock.trust.schema import NotDer, children, items_of, oid_of, whole

Source = Literal["user", "argument", "organisation", "mozilla", "system"]
"""Whose word it is: the user's own choice, an argument of this one call, the organisation's policy, a root list, the
operating system's."""


@dataclass(frozen=True)
class Anchor:
    """A certificate that is believed without further proof, and who said so.

    `name` is what the reader calls it, and the certificate's own name where the reader gave none. After the day
    `distrust_after`, where there is one, nothing more is believed: certificates issued later are not trusted.
    """

    certificate: Certificate
    source: Source
    name: str = ""
    added: datetime | None = None
    distrust_after: datetime | None = None

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.certificate.name)


class Undecoded(NamedTuple):
    """An anchor as it is kept: by two digests, so that of thousands only those are decoded that a search comes to.

    `decode` gives None where the certificate cannot be decoded any more: it vouches for nobody.
    """

    sha256: str
    subject: str
    """`names.digest` of the subject."""
    decode: Callable[[], Anchor | None]


class Anchors(Collection[Anchor]):
    """Any number of anchors, found by certificate and by name through an index that is built once, when first needed.

    Adding two of them joins what each has built. Where both hold a certificate, the first one's word is told.
    """

    def __init__(self, anchors: Iterable[Anchor] = ()) -> None:
        self._lists: tuple[_List | _Later, ...] = (_List(tuple(anchors)),)

    @classmethod
    def of(cls, anchors: Iterable[Anchor]) -> Anchors:
        """Themselves, or an index for anchors that have none yet."""
        return anchors if isinstance(anchors, cls) else cls(anchors)

    @classmethod
    def kept(cls, anchors: Iterable[Undecoded], source: Source) -> Anchors:
        """Anchors of one source that are decoded when a search comes to them. Counting or listing decodes all."""
        return cls._made((_Later(anchors, source),))

    @classmethod
    def _made(cls, lists: tuple[_List | _Later, ...]) -> Anchors:
        made = cls()
        made._lists = lists
        return made

    def __add__(self, other: Anchors) -> Anchors:
        return self._made(self._lists + other._lists)

    def __len__(self) -> int:
        return sum(len(each.anchors) for each in self._lists)

    def __iter__(self) -> Iterator[Anchor]:
        return (anchor for each in self._lists for anchor in each.anchors)

    def __contains__(self, anchor: object) -> bool:
        return isinstance(anchor, Anchor) and self.find(anchor.certificate.der) == anchor

    def find(self, der: bytes) -> Anchor | None:
        """The anchor that is this very certificate."""
        return next((found for each in self._lists if (found := each.find(der))), None)

    def bearing(self, name: Normal) -> list[Certificate]:
        """The anchors with this subject, in the order given."""
        return [found for each in self._lists for found in each.bearing(name)]

    def from_sources(self, sources: Iterable[Source]) -> Anchors:
        """Those on the word of one of these."""
        return self._made(tuple(each.of_source(source) for each in self._lists for source in sources))


class _List:
    """Decoded ones."""

    def __init__(self, anchors: tuple[Anchor, ...]) -> None:
        self.anchors = anchors

    def find(self, der: bytes) -> Anchor | None:
        return self._by_der.get(der)

    def bearing(self, name: Normal) -> Sequence[Certificate]:
        return self._by_name.get(name, ())

    def of_source(self, source: Source) -> _List:
        return self._by_source.get(source) or _List(())

    @cached_property
    def _by_der(self) -> dict[bytes, Anchor]:
        return {anchor.certificate.der: anchor for anchor in reversed(self.anchors)}

    @cached_property
    def _by_name(self) -> dict[Normal, list[Certificate]]:
        found: dict[Normal, list[Certificate]] = {}
        for certificate in dict.fromkeys(anchor.certificate for anchor in self.anchors):
            found.setdefault(certificate.subject_dn.normal, []).append(certificate)
        return found

    @cached_property
    def _by_source(self) -> dict[Source, _List]:
        sources = {anchor.source for anchor in self.anchors}
        if len(sources) == 1:
            return dict.fromkeys(sources, self)
        return {each: _List(tuple(anchor for anchor in self.anchors if anchor.source == each)) for each in sources}


class _Later:
    """Those that are decoded when a search comes to them."""

    def __init__(self, anchors: Iterable[Undecoded], source: Source) -> None:
        self._source = source
        self._by_sha256 = {each.sha256: each for each in anchors}
        self._by_subject: dict[str, list[Undecoded]] = {}
        for each in self._by_sha256.values():
            self._by_subject.setdefault(each.subject, []).append(each)
        self._decoded: dict[str, Anchor | None] = {}

    @property
    def anchors(self) -> Sequence[Anchor]:
        return [found for each in self._by_sha256.values() if (found := self._anchor(each))]

    def find(self, der: bytes) -> Anchor | None:
        entry = self._by_sha256.get(hashlib.sha256(der).hexdigest()) if self._by_sha256 else None
        return self._anchor(entry) if entry else None

    def bearing(self, name: Normal) -> Sequence[Certificate]:
        found = [self._anchor(each) for each in self._by_subject.get(digest(name), ())] if self._by_subject else []
        # The digest comes from a disk. A path goes from name to equal name, and nobody checks that again.
        return [each.certificate for each in found if each and each.certificate.subject_dn.normal == name]

    def of_source(self, source: Source) -> _List | _Later:
        return self if source == self._source else _List(())

    def _anchor(self, entry: Undecoded) -> Anchor | None:
        if entry.sha256 not in self._decoded:
            self._decoded[entry.sha256] = entry.decode()
        return self._decoded[entry.sha256]


_PEM = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----[ \t]*\r?\n(?P<body>[A-Za-z0-9+/=\s]*)-----END (?P=label)-----"
)
_CERTIFICATE_LABELS = {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}
_PKCS7_LABELS = {b"PKCS7", b"CMS"}
_SIGNED_DATA = "1.2.840.113549.1.7.2"


def certificates_of(data: bytes, name: str) -> tuple[Certificate, ...]:
    """Every certificate in a file: PEM with any text between, one in DER, or a PKCS#7 (.p7b, .p7c) of either form.

    Args:
        data: the file's octets.
        name: what the file is called, for the failure.

    Raises:
        NoCertificateInFile: there is none.
        CertificateUndecodable: one of them is damaged. The others are not returned: an anchor file is taken whole
            or not at all.
    """
    found: list[Certificate] = []
    for label, der in pem_blocks(data):
        if label in _PKCS7_LABELS:
            found += _pkcs7(der)
        elif label == b"TRUSTED CERTIFICATE":
            found.append(_trusted(der))
        elif label in _CERTIFICATE_LABELS:
            found.append(Certificate.parse(der))
    if not found and data[:1] == b"\x30":
        found = _pkcs7(data) or [Certificate.parse(data)]
    if not found:
        raise NoCertificateInFile(name)
    return tuple(dict.fromkeys(found))


def pem_blocks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Label and octets of each PEM block in a file (RFC 7468), whatever stands between.

    Raises:
        CertificateUndecodable: the base64 of one of them is damaged.
    """
    blocks = []
    for match in _PEM.finditer(data):
        try:
            blocks.append((match["label"], base64.b64decode(b"".join(match["body"].split()), validate=True)))
        except binascii.Error as error:
            raise CertificateUndecodable(f"base64: {error}") from None
    return blocks


def _trusted(der: bytes) -> Certificate:
    # OpenSSL's own form: the certificate, followed by its trust settings, which are not ours.
    try:
        return Certificate.parse(whole(children(der)[0]))
    except (NotDer, IndexError) as error:
        raise CertificateUndecodable(str(error)[:200]) from None


def _pkcs7(der: bytes) -> list[Certificate]:
    # ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
    # SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, certificates [0] IMPLICIT … }
    # Only certificates are taken. Nothing in the file is verified; it is a bag, and the reader chose it.
    try:
        kind, content = items_of(der)
        if oid_of(kind) != _SIGNED_DATA:
            return []
        (signed,) = children(content.data)
        bags = [item for item in children(signed.data) if item.tag_bytes == b"\xa0"]
        return [Certificate.parse(whole(item)) for bag in bags for item in children(bag.data)]
    except ValueError:
        return []
