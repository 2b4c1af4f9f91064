"""Finished messages between three people, and what became of them in a few words."""

from __future__ import annotations

from letterlock.operations.send_report import Report

ANNA, BEA, CARL = (f"{name}@muster.example" for name in ("anna", "bea", "carl"))


def note(text: str = "Hello", to: str = BEA, more: str = "") -> bytes:
    """A finished message."""
    return f"From: Anna <{ANNA}>\r\nTo: {to}\r\n{more}Subject: Note\r\n\r\n{text}\r\n".encode()


def statuses(report: Report) -> dict[str, str]:
    """What became of it, for each recipient."""
    return {each.address: each.status.value for each in report.recipients}
