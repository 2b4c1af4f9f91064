"""Is the log whole, and does the database say what the log says? Everything that is wrong is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from letterlock.authority import log
from letterlock.authority.ca import Authority
from letterlock.authority.failures import CertificateLost, CertificateNotLogged, RevocationNotLogged
from letterlock.authority.log import Entry, Head, Kind
from letterlock.errors import JsonFact, Reason
from letterlock.store.authority import CertificateRow
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable

_WITH_CERTIFICATE = {Kind.AUTHORITY.value, Kind.ISSUED.value, Kind.RESPONDER.value}


@dataclass(frozen=True)
class Audit:
    """What an audit found: how many entries there are, the head, and what is wrong."""

    entries: int
    head: Head | None
    findings: tuple[Reason, ...]


def audit(authority: Authority, exported: Head | None = None) -> Audit:
    """Check the whole log, and the certificates and revocations against it.

    Args:
        exported: a head that was kept elsewhere (`log.Head.json`).
    """
    entries = [Entry(*row) for row in authority.records.log()]
    kept = authority.records.head()
    head = Head(*kept) if kept else None
    findings = list(log.check(entries, head, authority.check_head, exported))
    findings += _against_log(entries, authority.records.certificates())
    return Audit(len(entries), head, tuple(dict.fromkeys(findings)))


def _against_log(entries: list[Entry], rows: tuple[CertificateRow, ...]) -> Iterator[Reason]:
    logged: dict[JsonFact, JsonFact] = {}
    revoked: dict[JsonFact, tuple[JsonFact, JsonFact]] = {}
    for entry in entries:
        facts = entry.facts()
        serial = str(facts.get("serial"))
        if entry.kind in _WITH_CERTIFICATE:
            logged[serial] = facts.get("sha256")
        elif entry.kind == Kind.REVOKED.value:
            revoked[serial] = (facts.get("at"), facts.get("reason"))
    for row in rows:
        if logged.pop(row.serial, None) != _sha256(row.der):
            yield CertificateNotLogged(row.serial)
        said = (row.revoked, row.reason) if row.revoked or row.reason else None
        if revoked.pop(row.serial, None) != said:
            yield RevocationNotLogged(row.serial)
    yield from (CertificateLost(str(serial)) for serial in logged)
    yield from (RevocationNotLogged(str(serial)) for serial in revoked)


def _sha256(der: bytes) -> str | None:
    try:
        return Certificate.parse(der).sha256
    except CertificateUndecodable:
        return None
