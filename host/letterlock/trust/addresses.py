"""Does a certificate name this address? (RFC 8550 §3, RFC 5280 §7.2 and §7.5, RFC 9598 §5)

Addresses are addr-specs that somebody has parsed before: `local@domain`. The local part must be the same, or the
same but for the case of ASCII letters: RFC 5321 §2.4 leaves case to the receiving host, and no host known gives
"Anna" and "anna" to different people. The domain is compared as the DNS does, and in its ASCII form (IDNA), so
that `müller.example` and `xn--mller-kva.example` are one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def names_address(certificate_addresses: Iterable[str], address: str) -> bool:
    """Whether one of the certificate's addresses is `address`."""
    local, domain = split_address(address)
    if not local or not domain:
        return False
    wanted = (folded(local), domain_key(domain))
    for candidate in certificate_addresses:
        local, domain = split_address(candidate)
        if (folded(local), domain_key(domain)) == wanted:
            return True
    return False


def split_address(address: str) -> tuple[str, str]:
    """Local part and domain; a quoted local part may contain an @, a domain never."""
    local, _, domain = address.rpartition("@")
    return local, domain


def domain_key(domain: str) -> str:
    """A domain in the form in which equal domains are equal: ASCII lower case, other labels as A-labels.

    NOTE: labels are only ever turned into A-labels, never back. An A-label that decodes to plain ASCII ("xn--abc-")
    would otherwise be equal to that ASCII label, and a certificate for the one would do for the other. For the
    same reason a label that loses its last non-ASCII letter by lower-casing (the Kelvin sign) stays as it is.
    """
    if domain.isascii():
        return domain.lower()
    return ".".join(_a_label(label) for label in domain.replace("。", ".").split("."))


def _a_label(label: str) -> str:
    if label.isascii():
        return label.lower()
    prepared = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).lower())
    if prepared.isascii():
        return label
    try:
        return "xn--" + prepared.encode("punycode").decode("ascii")
    except UnicodeError:
        return label


def folded(local: str) -> str:
    """A local part without the case of its ASCII letters."""
    # Only ASCII: Unicode folding would make different mailboxes equal ("ß" and "ss", the Kelvin sign and "k").
    return local.translate(_FOLD)
