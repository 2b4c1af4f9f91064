"""Which MIME entities are S/MIME: by their types, and where those do not say so, by their names (RFC 8551 §3.2.1).

Nothing here looks into an entity's octets.
"""

from __future__ import annotations

from letterlock.mime.reader import Entity

_SIGNATURE_TYPES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_CMS_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CMS_NAMES = frozenset({"smime.p7m", "smime.p7c", "smime.p7z", "smime.aed"})
"""RFC 8551 §3.2.1: "the file name base SHOULD be smime"."""


def is_clear_signed(entity: Entity) -> bool:
    """multipart/signed with an S/MIME signature, by its protocol or, where that does not say so, its second part."""
    if entity.type != "multipart/signed":
        return False
    protocol = entity.content.parameters.get("protocol", "").strip().lower()
    return protocol in _SIGNATURE_TYPES or (len(entity.children) > 1 and is_signature(entity.children[1]))


def is_cms(entity: Entity) -> bool:
    """application/pkcs7-mime, or octets of no particular type with the file name that says so (RFC 8551 §3.2.1)."""
    if entity.type in _CMS_TYPES:
        return True
    return entity.type == "application/octet-stream" and (entity.file_name or "").lower().endswith((".p7m", ".p7c"))


def is_file(entity: Entity) -> bool:
    """Whether a CMS part among others is a signed document ("invoice.xml.p7m") and no layer of this mail."""
    return entity.file_name is not None and entity.file_name.lower() not in _CMS_NAMES


def is_wrapper(entity: Entity) -> bool:
    return entity.type == "multipart/mixed" and len(entity.children) == 1


def is_signature(entity: Entity) -> bool:
    if entity.type in _SIGNATURE_TYPES:
        return True
    name = (entity.file_name or "").lower()
    return entity.type in (*_CMS_TYPES, "application/octet-stream") and name.endswith((".p7s", ".p7m"))


def is_openpgp(entity: Entity) -> bool:
    return "pgp" in entity.content.parameters.get("protocol", "").lower()


def marks_protected_fields(entity: Entity) -> bool:
    """Whether an entity says that its header fields are those of the message: `hp` of RFC 9788 §2.1, or its forerunner.

    That is worth something only at the root of the cryptographic payload, inside whatever protects it.
    """
    parameters = entity.content.parameters
    return parameters.get("hp", "").lower() in ("clear", "cipher") or parameters.get("protected-headers") == "v1"


def wraps_itself(entity: Entity, message: Entity) -> bool:
    """Whether this is the message once more, wrapped to protect its header fields (RFC 8551 §3.1), and not another
    one that is forwarded.

    `forwarded` (RFC 9788 §4.10) says which; nearly nobody writes it. Without it, a message that is not from the same
    sender and has not the same identifier is another one: shown as attached, it speaks for nobody.
    """
    if entity.type not in ("message/rfc822", "message/global") or not entity.children:
        return False
    said = entity.content.parameters.get("forwarded", "").lower()
    if said:
        return said == "no"
    inner = entity.children[0]

    def same(name: str) -> bool:
        outside, inside = message.first(name), inner.first(name)
        return outside is not None and inside is not None and outside.text == inside.text

    return same("from") or same("message-id")
