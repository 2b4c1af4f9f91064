"""Whose word counts, as a client of the host asks for it: each verb one call, answers as JSON has them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.operations import describe, trust
from letterlock.store import policy as policies
from letterlock.store.database import Store
from letterlock.trust.anchors import certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import digest
from letterlock.trust.revocation import Mode

Answer = dict[str, Any]


class HostTrust:
    """The verbs on one host's database and policy. All raise as `trust.settings`."""

    def __init__(self, database: Path, policy: Path | None) -> None:
        self._database = database
        self._policy = policy

    def listed(self) -> Answer:
        """Whose word counts."""
        holds = trust.settings(self._database, policy=self._policy)
        decided = policies.read(self._policy)
        by_organisation = {
            "mozilla": decided.mozilla is not None,
            "system": decided.system is not None,
            "revocation": decided.revocation.mode is not None,
        }
        return {
            "anchors": [_kept(stored, certificate) for stored, certificate in trust.kept(self._database)],
            "organisation": [_summary(each.certificate) for each in holds.anchors if each.source == "organisation"],
            "mozilla": holds.mozilla,
            "system": holds.system,
            "revocation": holds.mode.value,
            "decided": [name for name, is_so in by_organisation.items() if is_so],
        }

    def read(self, file: bytes, name: str) -> Answer:
        """What is in a file, to be looked at."""
        found = certificates_of(file, name)
        known = {stored.sha256 for stored, _ in trust.kept(self._database)}
        return {
            "certificates": [_summary(each) for each in found],
            "kept": [each.sha256 for each in found if each.sha256 in known],
        }

    def add(self, file: bytes, name: str, sha256: Collection[str], note: str) -> Answer:
        """Keep those certificates of a file."""
        chosen = [each for each in certificates_of(file, name) if each.sha256 in sha256]
        now = datetime.now(UTC)
        with Store.open(self._database) as store:
            for each in chosen:
                store.add_anchor(each.der, note, now, digest(each.subject_dn.normal))
        return self.listed()

    def remove(self, sha256: str) -> Answer:
        """Forget an anchor. Raises `AnchorNotKept`."""
        trust.remove(self._database, sha256)
        return self.listed()

    def change(self, mozilla: bool | None, system: bool | None, revocation: str | None) -> Answer:
        """Change what the person chose."""
        if mozilla is not None:
            trust.use_mozilla(self._database, mozilla)
        if system is not None:
            trust.use_system(self._database, system)
        if revocation is not None:
            trust.use_revocation(self._database, Mode(revocation))
        return self.listed()


def _kept(stored: Any, certificate: Certificate | None) -> Answer:
    return {
        "sha256": stored.sha256,
        "certificate": _summary(certificate) if certificate else None,
        "added": f"{stored.added:%Y-%m-%dT%H:%M:%SZ}",
        "note": stored.note,
    }


def _summary(certificate: Certificate) -> Any:
    return describe.certificate(certificate).model_dump(mode="json")
