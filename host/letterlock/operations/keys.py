"""Own keys as clients and people see them: who a key is for, until when, and which one a mail was encrypted for."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from letterlock.keystore.entries import KeyEntry
from letterlock.keystore.vault import Vault
from letterlock.store.failures import KeyAmbiguous, KeyNotKept
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable


def certificates(entry: KeyEntry) -> list[Certificate]:
    """The certificates for a key that can be read, the newest first."""
    read = []
    for der in entry.certificates:
        with suppress(CertificateUndecodable):
            read.append(Certificate.parse(der))
    return sorted(read, key=lambda each: each.not_before, reverse=True)


def named(entry: KeyEntry) -> str:
    """For a person: the label, else the name in the newest certificate, else what kind of key it is."""
    newest = next(iter(certificates(entry)), None)
    return entry.label or (newest.name if newest else f"{entry.algorithm} without a certificate")


def described(entry: KeyEntry) -> dict[str, Any]:
    """A key as JSON has it."""
    return {
        "id": entry.id,
        "algorithm": entry.algorithm,
        "purpose": entry.purpose.value,
        "label": entry.label,
        "note": entry.note,
        "created": f"{entry.created:%Y-%m-%dT%H:%M:%SZ}",
        "superseded": f"{entry.superseded:%Y-%m-%dT%H:%M:%SZ}" if entry.superseded else None,
        "certificates": [
            {
                "sha256": each.sha256,
                "name": each.name,
                "issuer": each.issuer_name,
                "addresses": list(each.addresses),
                "not_before": f"{each.not_before:%Y-%m-%dT%H:%M:%SZ}",
                "not_after": f"{each.not_after:%Y-%m-%dT%H:%M:%SZ}",
            }
            for each in certificates(entry)
        ],
    }


def chosen(vault: Vault, prefix: str) -> KeyEntry:
    """The one key whose identifier begins so (case, colons and spaces do not matter).

    Raises:
        KeyNotKept, KeyAmbiguous: there is none, or several.
    """
    wanted = prefix.replace(":", "").replace(" ", "").lower()
    found = [each for each in vault.entries() if wanted and each.id.startswith(wanted)]
    if not found:
        raise KeyNotKept(prefix)
    if len(found) > 1:
        raise KeyAmbiguous(prefix, len(found))
    return found[0]
