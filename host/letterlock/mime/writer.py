"""S/MIME entities, written (RFC 8551 §3): a finished message becomes one that is signed, encrypted, or both.

Octets in, octets out, in pieces; nothing here signs or encrypts. What is protected is the message's MIME entity in
canonical form: CRLF at every line end (RFC 8551 §3.1.1), and every part that a relay might change encoded anew
(§3.1.2). Parts that are somebody else's work (a signed part, a forwarded message) stay to the letter; where they are
fragile, only an opaque signature protects them, and `encode.fragile` says so of the whole.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from letterlock.errors import NotAMessage
from letterlock.mime import encode, transfer
from letterlock.mime.fields import decode_octets, parse_line
from letterlock.mime.protecting import Legacy
from letterlock.mime.reader import Entity

Read = Callable[[int, int], Iterator[bytes]]
"""The octets of the message from one place to another, in pieces."""

_DEFAULT_TYPE = b"Content-Type: text/plain; charset=us-ascii\r\n"
_HP = re.compile(rb";[ \t\r\n]*(?:hp|protected-headers|hp-legacy-display)[ \t]*=[ \t]*(?:\"[^\"]*\"|[^;\s]*)", re.I)
_SAMPLE = 65_536


@dataclass(frozen=True)
class Finished:
    """A message that was read: where it lies, its tree, and its fields in two: those of the message, and Content-….

    Each field is whole, with its folded lines and CRLF.
    """

    read: Read
    root: Entity
    fields: tuple[bytes, ...]
    content: tuple[bytes, ...]

    @classmethod
    def of(cls, read: Read, root: Entity) -> Finished:
        """Take a message apart.

        Raises:
            NotAMessage: it has no header section, or something in it that is no field.
        """
        fields, content = [], []
        for field in header_fields(b"".join(encode.canonical(read(root.start, root.body)))):
            parsed = parse_line(field)
            if parsed is None:
                raise NotAMessage
            if parsed[0].startswith("content-"):
                content.append(field)
            elif parsed[0] not in ("mime-version", "hp-outer"):
                fields.append(field)
        if not fields and not content:
            raise NotAMessage
        return cls(read, root, tuple(fields), tuple(content))

    def entity(
        self, inside: Sequence[bytes] = (), hp: str | None = None, legacy: Legacy | None = None
    ) -> Iterator[bytes]:
        """The entity to be protected.

        Args:
            inside: fields that stand in it (RFC 9788 §2.2).
            hp: the value of the parameter that says so.
            legacy: what is written into the text for programs that know nothing of this.
        """
        content = [_HP.sub(b"", each) if _is(each, "content-type") else each for each in self.content]
        if not any(_is(each, "content-type") for each in content):
            content.insert(0, _DEFAULT_TYPE)
        if hp is not None:
            content = [_with_parameter(each, "hp", hp) if _is(each, "content-type") else each for each in content]
        yield b"".join(inside)
        yield from self._rewritten(self.root, content, legacy)

    def _rewritten(self, entity: Entity, content: Sequence[bytes], legacy: Legacy | None) -> Iterator[bytes]:
        if entity.type.startswith("multipart/") and entity.children and not _is_sealed(entity):
            yield from self._multipart(entity, content, legacy)
        elif entity.type.startswith(("multipart/", "message/")):
            yield b"".join(content) + b"\r\n"
            yield from self._canonical(entity.body, entity.end)
        else:
            yield from self._leaf(entity, content, legacy)

    def _multipart(self, entity: Entity, content: Sequence[bytes], legacy: Legacy | None) -> Iterator[bytes]:
        # What is inside is 7bit now.
        yield b"".join(each for each in content if not _is(each, "content-transfer-encoding")) + b"\r\n"
        position = entity.body
        for number, child in enumerate(entity.children):
            yield from self._canonical(position, child.start)
            header = b"".join(self._canonical(child.start, child.body))
            # RFC 9788 §5.2.2: into the main body parts alone, which come first outside of an alternative.
            main = number == 0 or entity.type == "multipart/alternative"
            yield from self._rewritten(child, header_fields(header), legacy if main else None)
            position = child.end
        yield from self._canonical(position, entity.end)

    def _leaf(self, entity: Entity, content: Sequence[bytes], legacy: Legacy | None) -> Iterator[bytes]:
        element = legacy.element(entity) if legacy else None
        known = entity.encoding in ("", "7bit", "8bit", "binary", "base64", "quoted-printable")
        if not element and (not known or not encode.fragile(self._canonical(entity.body, entity.end))):
            yield b"".join(content) + b"\r\n"
            yield from self._canonical(entity.body, entity.end)
            return
        body = self._decoded(entity)
        if element:
            content = [
                _with_parameter(each, "hp-legacy-display", "1") if _is(each, "content-type") else each
                for each in content
            ]
            body = element.put_into(body)
        # Octets that are not lines of text have no line ends to be made CRLF.
        lines = entity.type.startswith("text/") and not self._has_nul(entity)
        encoding = "base64" if not lines or encode.mostly_not_ascii(self._sample(entity)) else "quoted-printable"
        yield b"".join(each for each in content if not _is(each, "content-transfer-encoding"))
        yield f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        body = encode.canonical(body) if lines else body
        yield from encode.base64(body) if encoding == "base64" else encode.quoted_printable(body)

    def _decoded(self, entity: Entity) -> Iterator[bytes]:
        return transfer.decode(entity.encoding, self.read(entity.body, entity.end))

    def _has_nul(self, entity: Entity) -> bool:
        return any(b"\0" in piece for piece in self._decoded(entity))

    def _sample(self, entity: Entity) -> bytes:
        return next(self._decoded(entity), b"")[:_SAMPLE]

    def _canonical(self, start: int, end: int) -> Iterator[bytes]:
        return encode.canonical(self.read(start, end))


def whole(outside: Sequence[bytes], entity: Iterable[bytes]) -> Iterator[bytes]:
    """The message of fields and an entity."""
    yield b"".join(outside) + b"MIME-Version: 1.0\r\n"
    yield from entity


def signed(entity: Iterable[bytes], signature: bytes, micalg: str) -> Iterator[bytes]:
    """multipart/signed (RFC 1847 §2.1, RFC 8551 §3.5.3) of an entity and the detached SignedData over it.

    Args:
        micalg: the digest algorithms, with commas between.
    """
    # "=_" cannot stand in quoted-printable or base64 (RFC 2045 §6.7), and nobody can guess the rest.
    boundary = f"=_{secrets.token_hex(16)}"
    yield (
        f'Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n'
        f' micalg="{micalg}"; boundary="{boundary}"\r\n\r\n'
        f"This is a signed message (S/MIME).\r\n--{boundary}\r\n"
    ).encode()
    yield from entity
    # The line end before a delimiter belongs to the delimiter: what is signed ends where the entity does.
    yield (
        f"\r\n--{boundary}\r\n"
        'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
    ).encode()
    yield from encode.base64([signature])
    yield f"\r\n--{boundary}--\r\n".encode()


def pkcs7_mime(octets: Iterable[bytes], smime_type: str) -> Iterator[bytes]:
    """application/pkcs7-mime (RFC 8551 §3.2) of a CMS object: `signed-data`, `enveloped-data`, `authEnveloped-data`."""
    yield (
        f'Content-Type: application/pkcs7-mime; smime-type={smime_type}; name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    ).encode()
    yield from encode.base64(octets)


def value(field: bytes) -> str:
    """What a field says, unfolded."""
    return decode_octets(field.partition(b":")[2].replace(b"\r\n", b"")).strip(" \t")


def named(fields: Iterable[bytes], name: str) -> list[bytes]:
    """The fields of that name (lower case)."""
    return [each for each in fields if _is(each, name)]


def header_fields(header: bytes) -> list[bytes]:
    """The fields of a header section with CRLF, each whole with its folded lines; what is no field is one, too."""
    found: list[bytes] = []
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and found:
            found[-1] += line + b"\r\n"
        elif line:
            found.append(line + b"\r\n")
    if found and found[0].startswith(b"From ") and parse_line(found[0]) is None:
        del found[0]  # An mbox separator.
    return found


def is_field(text: bytes) -> bool:
    """Whether what `header_fields` found is a field."""
    return parse_line(text) is not None


def _is(field: bytes, name: str) -> bool:
    parsed = parse_line(field)
    return parsed is not None and parsed[0] == name


def _with_parameter(field: bytes, name: str, value_: str) -> bytes:
    return field.rstrip(b"\r\n \t;") + f';\r\n {name}="{value_}"\r\n'.encode()


def _is_sealed(entity: Entity) -> bool:
    """Whether a multipart is protected by itself, and would break if its parts were written anew."""
    return entity.type in ("multipart/signed", "multipart/encrypted")
