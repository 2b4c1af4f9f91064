"""Other people and own tokens as a client of the host asks for them: each verb one call, answers as JSON has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock import limits
from letterlock.errors import LetterlockError
from letterlock.keystore.vault import Vault
from letterlock.net.rules import Rules
from letterlock.operations import authority, describe, describe_people, lookup, people, recipients, tokens
from letterlock.operations.tokens import Tokens
from letterlock.operations.trust import TrustSettings
from letterlock.verdict import reason

Answer = dict[str, Any]


class HostPeople:
    """The verbs on one host's database. All raise as the verbs do."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def listed(self, address: str | None, after: int) -> Answer:
        """A page of what is kept."""
        found = people.kept(self._database, address)
        page = found[after : after + limits.PEOPLE_IN_REPLY]
        return {"people": [describe_people.kept(*each) for each in page], "total": len(found)}

    def import_(self, octets: bytes, name: str) -> Answer:
        """Keep the certificates of a file."""
        found = people.import_octets(self._database, octets, name)
        return {"certificates": [_summary(each.certificate) for each in found], "new": sum(each.new for each in found)}

    def remove(self, address: str, sha256: str) -> Answer:
        """Forget certificates."""
        return {"removed": people.forget(self._database, address, sha256)}

    def look_up(self, address: str, in_dns: bool, rules: Rules, language: str, cancelled: Callable[[], bool]) -> Answer:
        """Ask directories and the DNS."""
        found = lookup.look_up(self._database, address, in_dns=in_dns, rules=rules, cancelled=cancelled)
        return {
            "places": [
                {
                    "place": each.place,
                    "certificates": [_summary(one.certificate) for one in each.imported],
                    "failure": _said(each.failure, language) if each.failure else None,
                }
                for each in found
            ]
        }

    def recipients(self, addresses: Sequence[str], trust: TrustSettings, language: str) -> Answer:
        """Who can be encrypted to: judged as `protect` judges when the mail is sent."""
        now = datetime.now(UTC)
        own = recipients.own(self._database)
        people_here = authority.people_in_force(self._database, now)
        believed = recipients.with_issuers(trust, Vault.at(self._database).entries())
        found = recipients.choose(self._database, addresses, believed, now, own, people_here)
        return describe_people.choices(found, language)

    def tokens(self, unlocked: Tokens, language: str) -> Answer:
        """The tokens that are there."""
        found, failures = tokens.present(self._database)
        return {
            "tokens": [tokens.described(each) for each in found],
            "unlocked": unlocked.unlocked(),
            "failures": [_said(each, language) for each in failures],
        }


def _summary(certificate: Any) -> Any:
    return describe.certificate(certificate).model_dump(mode="json")


def _said(failure: LetterlockError, language: str) -> Any:
    return reason(failure.code, failure.facts(), language).model_dump(mode="json")
