"""Other people's certificates, and who can be encrypted to, as the command line and the protocol say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from letterlock.operations import describe
from letterlock.operations.recipients import Candidate, RecipientChoice, content_algorithm
from letterlock.store.people import KeptCertificate
from letterlock.trust.certificate import Certificate


def kept(row: KeptCertificate, certificate: Certificate) -> dict[str, Any]:
    """A certificate that is kept: `source` is "mail", "file", "vcard", "ldap", "dns", or "own"; times in UTC."""
    return {
        "address": row.address,
        "certificate": describe.certificate(certificate).model_dump(mode="json"),
        "source": row.source,
        "origin": row.origin,
        "first": describe.iso(row.first),
        "last": describe.iso(row.last),
        "preferred": row.preferred,
        "capabilities": None if row.capabilities is None else list(row.capabilities),
    }


def choices(found: Sequence[RecipientChoice], language: str) -> dict[str, Any]:
    """Who can be encrypted to, and with which algorithm if all can."""
    everybody = bool(found) and all(each.chosen for each in found)
    algorithm, why = content_algorithm(found)
    return {
        "recipients": [_choice(each, language) for each in found],
        "all": everybody,
        "algorithm": algorithm if everybody else None,
        "reason": describe.reason(why, language).model_dump(mode="json") if everybody else None,
    }


def _choice(found: RecipientChoice, language: str) -> dict[str, Any]:
    chosen = found.chosen
    return {
        "address": found.address,
        "can_encrypt": chosen is not None,
        "certificate": kept(chosen.kept, chosen.certificate) if chosen else None,
        "reasons": [describe.reason(each, language).model_dump(mode="json") for each in found.reasons],
        "others": [_candidate(each, language) for each in found.candidates if each is not chosen],
    }


def _candidate(found: Candidate, language: str) -> dict[str, Any]:
    return {
        **kept(found.kept, found.certificate),
        "reasons": [describe.reason(each, language).model_dump(mode="json") for each in found.reasons],
    }
