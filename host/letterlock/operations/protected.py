"""Header protection: the fields that a message carries inside its signature or encryption (RFC 9788).

Read are `hp="clear"` and `hp="cipher"` with HP-Outer (RFC 9788 §2), its forerunner `protected-headers="v1"`, and whole
messages wrapped in message/rfc822 (RFC 8551 §3.1). Fields count only at the root of the cryptographic payload, inside
all layers around everything shown; an `hp` anywhere else is a parameter like any other.

Whatever the sender wrote inside, the fields outside are what other programs show and sort by. So nothing inside makes
a status better: every From address, outside and inside, has to be named (`senders`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from letterlock.errors import Coded
from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.fields import Field, parse_line
from letterlock.mime.reader import Entity
from letterlock.operations import headers
from letterlock.operations.forms import marks_protected_fields
from letterlock.operations.headers import Senders
from letterlock.operations.layers import Kind, Layer, Structure
from letterlock.operations.reasons import EncryptionRemoved, FromDiffers, HeadersChanged, SubjectReadable
from letterlock.verdict import HeaderDifference

_NAMES = ("From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date")
"""The fields that people rely on, and that are compared."""

_ADDRESSES = frozenset({"from", "sender", "reply-to", "to", "cc"})

_HIDDEN_SUBJECTS = frozenset({"", "...", "[...]", "encrypted message", "encrypted", "(no subject)"})
"""What programs put in the place of a hidden Subject; RFC 9788 §3.2.1 has `[...]`, its forerunner `...`."""


@dataclass(frozen=True)
class Protected:
    """The entity that carries the protected fields.

    `encrypted`: an encryption around it was opened, so that others could not read them. `signed`: the layer whose
    signature covers them, None where only the encryption is around them.
    """

    root: Entity
    encrypted: bool
    signed: Layer | None
    scheme: str
    """`clear`, `cipher`, or `older` for the forms before RFC 9788, which do not say what stood outside."""

    def outer(self) -> list[Field] | None:
        """What the sender says that stood outside; None where that is not said.

        HP-Outer means something only beside hp="cipher" (RFC 9788 §2.2). Without it, and without anything hidden, it
        is what stands inside.
        """
        if self.scheme == "cipher":
            said = [parse_line(each.value.lstrip(b" \t\r\n")) for each in self.root.field_values("hp-outer")]
            return [Field(*each) for each in said if each]
        return None if self.scheme == "older" and self.encrypted else self.root.fields


def protected(structure: Structure) -> Protected | None:
    """The protected fields of a message, if it has any; whether their signature is good is not looked at."""
    payload = structure.payload
    if payload is None or any(layer.uncovered for layer in structure.chain):
        # Beside something that nobody protects, the layers are not around the message (RFC 9787 §4.2).
        return None
    if not payload.wrapped and not marks_protected_fields(payload.root):
        return None
    encrypted = any(layer.kind is Kind.ENCRYPTED and layer.decrypted for layer in structure.chain)
    hp = payload.root.content.parameters.get("hp", "").lower()
    scheme = hp if hp in ("clear", "cipher") and not payload.wrapped else "older"
    return Protected(payload.root, encrypted, payload.signed, scheme)


def senders(root: Entity, inside: Protected | None) -> Senders:
    """Whom the message says it is from, outside and inside; all of them have to be named by who signed.

    RFC 9788 §4.4 goes by the inner From where a signature names it. The programs that people read mail with show the
    outer one; a signature that says nothing of it would confirm a name that stands beside it.
    """
    outer = headers.senders(root)
    if inside is None or not inside.root.field_values("from"):
        return outer
    inner = headers.senders(inside.root)
    remarks = tuple(dict.fromkeys((*outer.remarks, *inner.remarks)))
    if not outer.addresses or not inner.addresses:
        return Senders((), remarks)
    known = {each.lower() for each in outer.addresses}
    return Senders((*outer.addresses, *(each for each in inner.addresses if each.lower() not in known)), remarks)


def differences(root: Entity, inside: Protected) -> list[HeaderDifference]:
    """Every field that people rely on whose value outside is not the protected one."""
    return [
        HeaderDifference(name=name, outer=_shown(root.fields, name), protected=_shown(inside.root.fields, name))
        for name in _NAMES
        if not _same(name, root.fields, inside.root.fields)
    ]


def reasons(root: Entity, inside: Protected | None, decrypted: bool) -> list[Coded]:
    """What is to be said of the fields outside and inside. `decrypted`: the message was encrypted, and opened."""
    found: list[Coded] = []
    if inside is not None:
        outer, inner = headers.senders(root).addresses, headers.senders(inside.root).addresses
        if inner and {each.lower() for each in outer} != {each.lower() for each in inner}:
            found.append(FromDiffers(outer, inner))
        if inside.scheme == "cipher" and not inside.encrypted:
            found.append(EncryptionRemoved())
        changed = _changed(root, inside)
        if changed:
            found.append(HeadersChanged(changed))
    if decrypted and (subject := _shown(root.fields, "subject")):
        hidden = inside is not None and not _same("subject", root.fields, inside.root.fields)
        if not hidden and subject.strip().lower() not in _HIDDEN_SUBJECTS:
            found.append(SubjectReadable())
    return found


def _changed(root: Entity, inside: Protected) -> tuple[str, ...]:
    """The fields outside that are others than the sender says to have put there."""
    said = inside.outer()
    if said is not None:
        return tuple(name for name in _NAMES if not _same(name, root.fields, said))
    return tuple(
        name
        for name in _NAMES
        if not _same(name, root.fields, inside.root.fields) and not _may_hide(name, _shown(root.fields, name))
    )


def _may_hide(name: str, outside: str | None) -> bool:
    """Whether the older forms, which do not say what they hid, hide a field so."""
    return outside is None or (name == "Subject" and outside.strip().lower() in _HIDDEN_SUBJECTS)


def _values(fields: Sequence[Field], name: str) -> list[Field]:
    return [each for each in fields if each.name == name.lower()]


def _shown(fields: Sequence[Field], name: str) -> str | None:
    return ", ".join(headers.shown(each) for each in _values(fields, name)[: headers.FIELDS_SHOWN]) or None


def _same(name: str, one: Sequence[Field], other: Sequence[Field]) -> bool:
    here, there = _values(one, name), _values(other, name)
    if [each.text for each in here] == [each.text for each in there]:
        return True
    return len(here) == len(there) and all(map(_equal, here, there))


def _equal(one: Field, other: Field) -> bool:
    if one.name in _ADDRESSES:
        try:
            return parse_list(one.text) == parse_list(other.text)
        except BadAddress:
            pass
    if one.name == "date" and (time := headers.time(one.text)):
        return time == headers.time(other.text)
    # Servers fold and encode anew; white space and how a word is encoded are not what it says.
    return headers.shown(one).split() == headers.shown(other).split()
