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
