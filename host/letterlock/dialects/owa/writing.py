"""`CreateSmimeFromMessage`: what was written in OWA becomes a signed or encrypted message, as text.

OWA hands over the message, the certificate to sign with, and the recipients' certificates from the directory. They are
judged like any other: without a path to somebody who is trusted here there is no message. The one message that the
dialect has room for goes to everybody in To, Cc and Bcc.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from letterlock import limits
from letterlock.dialects.owa.server import Server
from letterlock.dialects.owa.texts import Text, base64_octets, pieces_of, read_text, string
from letterlock.errors import Fault, LetterlockError, Reason
from letterlock.mime.address import Mailbox
from letterlock.mime.letter import Attachment
from letterlock.mime.protecting import Policy
from letterlock.operations import compose
from letterlock.operations.compose import Written
from letterlock.operations.form import Chain, Form
from letterlock.operations.protect import Desk, Plan, Wish
from letterlock.operations.protect_reasons import NothingLeaves
from letterlock.protocol.failures import FrameNotJson
from letterlock.spool import Spool
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable

_IMPORTANCE = {"low": "low", "high": "high", "0": "low", "2": "high"}
_SENSITIVITY = {
    "personal": "Personal", "private": "Private", "confidential": "Company-Confidential",
    "companyconfidential": "Company-Confidential", "1": "Personal", "2": "Private", "3": "Company-Confidential",
}  # fmt: skip


class NothingWanted(Reason):
    """Neither a certificate to sign with nor one to encrypt to."""

    code = "owa_nothing_wanted"


class OnlyCards(Reason):
    """The server wants keys on smart cards alone, and none here names the sender."""

    code = "owa_only_cards"


class NoSigningCertificate(LetterlockError):
    """There is no own certificate that signs."""

    code = "owa_no_signing_certificate"
    fault = Fault.USER


class BlindSeen(Reason):
    """Encrypted in one message, everybody could see how many others read it; the server wants one each."""

    code = "owa_blind_seen"


class CertificatesUnreadable(Reason):
    """A certificate that OWA handed over is none."""

    code = "owa_certificates_unreadable"


@dataclass(frozen=True)
class Order:
    """What is to be made. `signer`: the certificate that the person chose, None where none was."""

    written: Written
    sign: bool
    encrypt: bool
    signer: Certificate | None
    given: tuple[Certificate, ...]
    blind: int
    problems: tuple[Reason, ...]

    @property
    def sender(self) -> str:
        """The address in From."""
        return _bare(self.written.sender)


def order(params: Mapping[str, Any], server: Server, spool: Spool) -> Order:
    """Read a request.

    Args:
        spool: keeps what is long; open as long as the order is used.

    Raises:
        FrameNotJson …, MessageTooLarge, NotBase64: as `texts.read`.
    """
    message = read_text(params.get("EmailMessage"), spool)
    problems: list[Reason] = []
    signer = _certificates([params["SigningCertificate"]] if params.get("SigningCertificate") else [], problems)
    given = _certificates(_listed(params.get("EncryptionCertificates"), spool), problems)
    blind = _mailboxes(message.get("BccRecipients"))
    sign = bool(params.get("SigningCertificate")) or server.always_sign
    encrypt = bool(given) or server.always_encrypt
    if not sign and not encrypt and not problems:
        problems.append(NothingWanted())
    body = message.get("Body")
    body = body if isinstance(body, Mapping) else {}
    text = string(body.get("Value"))
    html = string(body.get("BodyType")).lower() == "html"
    written = Written(
        _field(_mailbox(message.get("From"))),
        _mailboxes(message.get("ToRecipients")),
        _mailboxes(message.get("CcRecipients")),
        blind,
        string(message.get("Subject")),
        None if html else text,
        text if html else None,
        [_attachment(each) for each in _list(message.get("Attachments")) if isinstance(each, Mapping)],
        string(message.get("InReplyTo")) or None,
        string(message.get("References")).split(),
        _IMPORTANCE.get(_word(message.get("Importance"))),
        _SENSITIVITY.get(_word(message.get("Sensitivity"))),
    )
    if encrypt and blind and server.blind != _BLIND_TOGETHER and len(blind) + len(written.to) + len(written.cc) > 1:
        problems.append(BlindSeen())
    return Order(written, sign, encrypt, signer[0] if signer else None, given, len(blind), tuple(problems))


_BLIND_TOGETHER = 2
"""BccEncryptedEmailForking: one message for all, although recipients can be counted. 0 and 1: messages of their own."""


def plan(wanted: Order, server: Server, desk: Desk) -> Plan:
    """Find everything that is needed. Raises `NothingLeaves` with every problem there is."""
    if wanted.problems:
        raise NothingLeaves(wanted.problems)
    wish = Wish(
        sign=wanted.sign,
        encrypt=wanted.encrypt,
        # Inside for whoever looks there, outside for OWA, which knows no hidden fields.
        policy=Policy.NONE,
        legacy=False,
        opaque=not server.clear,
    )
    form = Form(
        together=True,
        chain=Chain.WHOLE if server.root else Chain.WITHOUT_ROOT if server.chain else Chain.NONE,
        bare=not server.certificates,
        capabilities=server.capabilities,
        by_key_identifier=server.key_identifier,
        triple=server.triple and wanted.sign and wanted.encrypt,
        digest=server.digest,
        content=server.encryption,
        instead=_instead(wanted) if server.other_addresses else {},
    )
    return compose.plan(wanted.written, wish, replace(desk, others=wanted.given, form=form))


def _instead(wanted: Order) -> dict[str, Certificate]:
    """Certificates that name no recipient, for the recipients whom none names: other addresses, lists that the server
    expanded. With fewer certificates than such recipients somebody is missing, and then there is no substitute."""
    written = wanted.written
    addresses = [_bare(each) for each in (*written.to, *written.cc, *written.bcc)]
    sender = _bare(written.sender)
    left = [each for each in addresses if not any(names_address(one.addresses, each) for one in wanted.given)]
    spare = [
        one for one in wanted.given if not any(names_address(one.addresses, each) for each in (*addresses, sender))
    ]
    if not left or len(spare) < len(left):
        return {}
    beyond = [(next(iter(each.addresses), each.sha256), each) for each in spare[len(left) :]]
    return dict([*zip(left, spare, strict=False), *beyond])


def _certificates(values: Sequence[object], problems: list[Reason]) -> tuple[Certificate, ...]:
    found = []
    for each in values[: limits.OWA_CERTIFICATES]:
        try:
            found.append(Certificate.parse(b"".join(base64_octets(pieces_of(each)))))
        except (CertificateUndecodable, ValueError):
            problems.append(CertificatesUnreadable())
    return tuple(dict.fromkeys(found))


def _listed(value: object, spool: Spool) -> list[object]:
    """A list, or a list written as JSON text."""
    if isinstance(value, str | Text):
        # The reader of texts takes objects.
        def pieces() -> Iterator[bytes]:
            yield b'{"list":'
            yield from pieces_of(value)
            yield b"}"

        if not string(value, limits.OWA_REQUEST_OCTETS).strip():
            return []
        from letterlock.dialects.owa.texts import read

        value = read(pieces(), spool).get("list")
    if value is None:
        return []
    if not isinstance(value, list):
        raise FrameNotJson
    return value


def _attachment(value: Mapping[str, Any]) -> Attachment:
    content = value.get("Content")

    def octets() -> Iterator[bytes]:
        return base64_octets(pieces_of(content))

    # Only what the HTML shows stands in it; OWA marks pasted pictures as inline and gives them an identifier.
    shown = string(value.get("ContentId")).strip("<>") if value.get("IsInline") is True else ""
    return Attachment(
        string(value.get("Name")), string(value.get("ContentType")) or "application/octet-stream", octets, shown or None
    )


def _mailboxes(value: object) -> list[str]:
    return [_field(each) for each in map(_mailbox, _list(value))]


def _mailbox(value: object) -> Mailbox:
    if isinstance(value, Mapping) and isinstance(value.get("Mailbox"), Mapping):
        value = value["Mailbox"]
    if not isinstance(value, Mapping):
        return Mailbox("", "")
    return Mailbox(string(value.get("Name")), string(value.get("EmailAddress")).strip())


def _field(mailbox: Mailbox) -> str:
    """As it is typed: the name in quotes, whatever it holds."""
    name = mailbox.name.replace("\\", "\\\\").replace('"', '\\"')
    name = "".join(each for each in name if each >= " ")
    return f'"{name}" <{mailbox.address}>' if name and name != mailbox.address else mailbox.address


def _bare(field: str) -> str:
    return field.rpartition("<")[2].rstrip(">")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
