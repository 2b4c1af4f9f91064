"""What the internal CA says to people at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from letterlock.authority.people import CertificateRequest
from letterlock.cli.show import clean
from letterlock.operations.authority import Issued
from letterlock.operations.authority_issue import Done, Outcome
from letterlock.words import Words

_SAID = {Outcome.ISSUED: "issued", Outcome.RESUMED: "issued before, finished now", Outcome.HAS_ONE: "has one already"}


def issuing(done: Iterator[Done], total: int) -> None:
    """Each person as they are done; a bar below while it runs."""
    out = Console(highlight=False)
    columns = (TextColumn("Issuing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    counted = dict.fromkeys(Outcome, 0)
    with Progress(*columns, console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("issue", total=total)
        for each in done:
            counted[each.outcome] += 1
            bar.advance(task)
            file = f" → {each.file}" if each.file else ""
            out.print(Text(clean(f"{', '.join(each.person.addresses)}: {_SAID[each.outcome]}{file}")))
            if each.slip:
                out.print(Text(clean(f"  passphrase: {each.slip}"), style="dim"))
    out.print(Text("; ".join(f"{number} {_SAID[outcome]}" for outcome, number in counted.items() if number)))


def requested(asked: Sequence[CertificateRequest], name: str) -> None:
    """What a request asks for. All of it is the asker's own word, but for the keys, which he has."""
    out = Console(highlight=False)
    out.print(Text("The request asks for:"))
    out.print(Text(clean(f"  addresses: {', '.join(asked[0].addresses) or '–'}")))
    out.print(Text(clean(f"  name: {name or asked[0].name or '–'}")))
    for each in asked:
        out.print(Text(f"  key: {sha256(each.public).hexdigest()[:16]}"))
    out.print(
        Text("Nothing proves that these addresses are the asker's. Ask them on another way, and compare the keys.")
    )


def done_json(done: Done) -> dict[str, Any]:
    """One person for programs. The passphrase is in the slip and nowhere else."""
    return {
        "addresses": list(done.person.addresses),
        "outcome": done.outcome.value,
        "serials": [each.serial for each in done.certificates],
        "file": str(done.file) if done.file else None,
        "slip": str(done.slip) if done.slip else None,
    }


def issued_table(issued: Sequence[Issued]) -> None:
    """Everything issued."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("for", "key", "valid until", "status", "serial number"):
        table.add_column(column, overflow="fold")
    for each in issued:
        status = f"revoked {each.revoked[:10]}: {each.reason}" if each.revoked else each.status
        cells = (", ".join(each.addresses) or each.name, each.key, each.not_after[:10], status, each.serial)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    Console(highlight=False).print(table)


def audit(entries: int, findings: Sequence[tuple[str, Words]]) -> None:
    """What an audit found."""
    console = Console(highlight=False)
    if not findings:
        console.print(Text(f"The log is whole: {entries} entries, signed by the authority."))
    for code, words in findings:
        console.print(Text.assemble("– ", clean(words.sentence), (f" [{code}]", "dim")))
        if words.advice:
            console.print(Text(f"  {clean(words.advice)}"))
