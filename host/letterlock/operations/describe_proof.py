"""The journal, receipts and time-stamping authorities as JSON has them. Nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from letterlock.errors import Coded
from letterlock.operations import describe
from letterlock.operations.journal_check import CheckedEnd, Listed, Report
from letterlock.operations.timestamps import Stamping
from letterlock.store.journal import EntryRow

Answer = dict[str, Any]


def entry(found: Listed) -> Answer:
    """One entry: what anybody can read, what is sealed (null while it is), and the receipts that came for it."""
    row, facts = found.row, found.facts
    return {
        "number": row.number,
        "at": _z(row.at),
        "kind": row.kind,
        "hash": row.hash,
        "body": row.body,
        "messages": [str(each) for each in _list(facts.get("messages"))],
        "signer": _text(facts.get("signer")),
        "time_stamped": _text(facts.get("time_stamped")),
        "receipt_asked": facts.get("identifier") is not None,
        "sealed": found.sealed,
        "details": None if found.details is None else _details(found),
        "receipts": [_receipt(each) for each in found.receipts],
    }


def report(found: Report, language: str) -> Answer:
    """What a check of the journal found."""
    return {
        "whole": not found.reasons,
        "entries": found.entries,
        "unsigned": found.unsigned,
        "end": None if found.end is None else _end(found.end, language),
        "stamped": None if found.stamped is None else _end(found.stamped, language),
        "reasons": reasons(found.reasons, language),
    }


def reasons(found: Iterable[Coded], language: str) -> list[Answer]:
    """With their words."""
    return [describe.reason(each, language).model_dump(mode="json") for each in found]


def stamping(found: Stamping) -> Answer:
    """Who is asked for time-stamps."""
    return {
        "authorities": [each._asdict() for each in found.authorities],
        "required": found.required,
        "by_organisation": found.by_organisation,
    }


def _end(found: CheckedEnd, language: str) -> Answer:
    return {
        "number": found.end.number,
        "hash": found.end.hash,
        "signer": describe.certificate(found.signer).model_dump(mode="json"),
        "own_key": found.own,
        "time_stamped": describe.iso(found.stamp.time) if found.stamp else None,
        "authority": found.stamp.authority.name if found.stamp else None,
        "time_stamp_refused": reasons([found.stamp_refused], language)[0] if found.stamp_refused else None,
    }


def _details(found: Listed) -> Answer:
    details = found.details or {}
    return {
        "recipients": [str(each) for each in _list(details.get("recipients"))],
        "subject": _text(details.get("subject")),
        "message_id": _text(details.get("message_id")),
        "salt": found.salt.hex(),
        "text": json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }


def _receipt(row: EntryRow) -> Answer:
    try:
        body = json.loads(row.body)
    except (ValueError, RecursionError):
        body = {}
    said = body if isinstance(body, dict) else {}
    return {"number": row.number, "at": _z(row.at), "by": _text(said.get("by")), "signer": _text(said.get("signer"))}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value[: describe.TEXT_CHARACTERS] if isinstance(value, str) else None


def _z(at: str) -> str:
    return at.replace("+00:00", "Z")
