"""Signing and encrypting as a client of the host asks for it: the answer as JSON has it, and what was made to fetch.

What is missing is an answer too, with every problem in the person's words: it is theirs to solve.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.errors import Coded, UnknownPart
from letterlock.keystore.vault import Vault
from letterlock.mime.protecting import Policy
from letterlock.operations import authority, describe, protect, timestamps
from letterlock.operations.protect import Desk, Incoming, Outgoing, Wish
from letterlock.operations.protect_reasons import NothingLeaves
from letterlock.operations.tokens import Tokens
from letterlock.operations.trust import TrustSettings
from letterlock.verdict import Part

Answer = dict[str, Any]


class Made:
    """The messages that were made, each a part of what is kept for a client (`native.messages`)."""

    def __init__(self, made: list[Outgoing]) -> None:
        self._made = {str(number): each for number, each in enumerate(made, 1)}

    def part(self, part_id: str) -> Part:
        """One of them. Raises `UnknownPart`."""
        return Part(
            id=part_id,
            type="message/rfc822",
            charset=None,
            name=None,
            disposition="attachment",
            content_id=None,
            size=len(self._one(part_id).octets),
            covered=False,
        )

    def body(self, part_id: str) -> Iterator[bytes]:
        """Its octets. Raises `UnknownPart`."""
        return self._one(part_id).octets.blocks()

    text = body
    """A message is fetched as it is, whatever a client asks for."""

    def close(self) -> None:
        """Forget them."""
        for each in self._made.values():
            each.octets.close()

    def items(self) -> Iterator[tuple[str, Outgoing]]:
        """Each with the name it is fetched by."""
        yield from self._made.items()

    def _one(self, part_id: str) -> Outgoing:
        if part_id not in self._made:
            raise UnknownPart(part_id)
        return self._made[part_id]


def desk(vault: Vault, tokens: Tokens, trust: TrustSettings, database: Path, policy: Path | None) -> Desk:
    """What this host signs and encrypts with, now."""
    now = datetime.now(UTC)
    people = authority.people_in_force(database, now)
    return Desk(vault, database, trust, now, people, list(tokens.keys()), timestamps.settings(database, policy))


def wish(asked: Any) -> Wish:
    """What a request's parameters want (`protocol.writing_models.WantedParams`)."""
    return Wish(
        sign=asked.sign,
        encrypt=asked.encrypt,
        policy=Policy(asked.headers),
        opaque=asked.opaque,
        draft=getattr(asked, "draft", False),
        quotes_decrypted=asked.quotes_decrypted,
        quote_in_clear=asked.quote_in_clear,
        receipt=asked.receipt,
    )


def answer(incoming: Incoming, wanted: Wish, desk: Desk, language: str) -> tuple[Answer, Made | None]:
    """Sign and encrypt it; the answer, and what was made. None: nothing was, and the answer says all that is missing.

    Raises:
        NotAMessage: it is none.
        LetterlockError: whatever else is nobody's to solve by writing differently.
    """
    try:
        plan = protect.plan(incoming.close(), wanted, desk)
        made = Made(plan.make())
    except NothingLeaves as failure:
        return {"signed_by": None, "made": [], "problems": _said(failure.problems, language)}, None
    try:
        signer = plan.signer
        return {
            "signed_by": None if signer is None else describe.certificate(signer).model_dump(mode="json"),
            "made": [_described(name, each, language) for name, each in made.items()],
            "problems": [],
        }, made
    except BaseException:
        made.close()
        raise


def _described(name: str, made: Outgoing, language: str) -> Answer:
    return {
        "id": name,
        "role": made.role.value,
        "recipients": list(made.recipients),
        "size": len(made.octets),
        "algorithm": made.algorithm,
        "readers": [
            {"address": each.address, "sha256": each.chosen.certificate.sha256}
            for each in made.readers
            if each.chosen is not None
        ],
        "reasons": _said(made.reasons, language),
    }


def _said(reasons: Sequence[Coded], language: str) -> list[Answer]:
    return [describe.reason(each, language).model_dump(mode="json") for each in reasons]
