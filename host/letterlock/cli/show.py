"""What a person sees at a terminal. The only module of `cli` for messages and anchors that imports rich.

Everything shown may come from hostile mail: it is put into `rich.text.Text`, which interprets no markup, after
control characters (which could move the cursor or forge lines) are replaced.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from letterlock.operations.open import OpenedMessage
    from letterlock.store.database import StoredAnchor
    from letterlock.trust.certificate import Certificate
    from letterlock.verdict import Headers, PathResult, Reason, Signer, Verdict

SEALS = {
    "valid": ("◉", "green"),
    "mismatch": ("◎≠", "bold red"),
    "untrusted": ("◌", "yellow"),
    "partial": ("◐", "yellow"),
    "invalid": ("✗", "bold red"),
    "none": ("·", "dim"),
}
"""A mark and a style for each signature status: shape, words and colour each say the same."""


def clean(text: str) -> str:
    """`text` with everything that a terminal would obey replaced."""
    return "".join(each if each.isprintable() else "·" for each in text)


def say_line(text: str) -> None:
    """One line, as text."""
    Console(soft_wrap=True, highlight=False).print(Text(clean(text)))


def show(opened: OpenedMessage, files: dict[str, str]) -> None:
    """The verdict on a message, for a person."""
    verdict = opened.verdict
    console = Console(highlight=False)
    _headline(console, verdict)
    for reason in verdict.reasons:
        _reason(console, reason)
    for signer in verdict.signers:
        _signer(console, signer)
    if opened.parts:
        table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
        for column in ("part", "type", "name", "octets", "signed", *(("file",) if files else ())):
            table.add_column(column, justify="right" if column == "octets" else "left")
        for part in opened.parts:
            row = [part.id, part.type, part.name or "–", f"{part.size:,}", "yes" if part.covered else "no"]
            table.add_row(*(Text(clean(each)) for each in (*row, *((files[part.id],) if files else ()))))
        console.print()
        console.print(table)


def _headline(console: Console, verdict: Verdict) -> None:
    mark, style = SEALS[verdict.signature.status.value]
    console.print(Text.assemble((f"{mark} ", style), (clean(verdict.headline.sentence), style)))
    if verdict.headline.advice:
        console.print(Text(f"  {clean(verdict.headline.advice)}"))
    _headers(console, verdict.headers)
    status = verdict.signature.status.value
    if verdict.encryption.status.value != "none":
        status += f"; encryption: {verdict.encryption.status.value}"
    console.print(Text.assemble(("  Status: ", "dim"), status))


def _headers(console: Console, headers: Headers) -> None:
    """Who it is from and what about: as protected, where that is so, with what stands outside where it differs."""
    shown = headers.protected or headers.outer
    outside = {each.name: each.outer or "–" for each in headers.differences}
    rows = {"From": shown.from_, "Subject": [shown.subject or ""]}
    if headers.protected:
        more = {"To": shown.to, "Cc": shown.cc, "Date": [shown.date or ""]}
        rows |= more | {"Sender": shown.sender, "Reply-To": shown.reply_to}
    for name, values in rows.items():
        value = ", ".join(each for each in values if each)
        there = (f"  (outside: {clean(outside[name])})", "dim") if name in outside else ""
        if value or there:
            console.print(Text.assemble((f"  {name}: ", "dim"), clean(value or "–"), there))


def _reason(console: Console, reason: Reason) -> None:
    console.print(Text.assemble("  – ", clean(reason.sentence), (f" [{reason.code}]", "dim")))
    if reason.advice:
        console.print(Text(f"    {clean(reason.advice)}"))


def _signer(console: Console, signer: Signer) -> None:
    name = signer.certificate.name if signer.certificate else "certificate missing"
    console.print()
    console.print(Text.assemble(("Signer ", "bold"), clean(name), f" ({signer.status.value})"))
    facts = [("addresses", ", ".join(signer.addresses) or "–")]
    facts.append(("algorithms", f"{signer.signature_algorithm}, {signer.digest_algorithm}"))
    if signer.certificate:
        facts.append(("certificate", f"{signer.certificate.not_before[:10]} to {signer.certificate.not_after[:10]}"))
        facts.append(("SHA-256", signer.certificate.sha256))
    if signer.path:
        facts.append(("path", " → ".join(each.name for each in signer.path.chain)))
        if signer.path.anchor:
            facts.append(("trusted because", f"{signer.path.anchor.name} ({signer.path.anchor.source})"))
    for label, value in facts:
        console.print(Text.assemble((f"  {label}: ", "dim"), clean(value)))
    for moment in signer.times:
        said = " · ".join(each for each in (moment.at or "–", moment.note) if each)
        counts = (" ← judged at this time", "bold") if moment.counts else ("", "")
        console.print(Text.assemble((f"  {moment.label}: ", "dim"), clean(said), counts))


def show_path(path: PathResult) -> None:
    """The path of one certificate, for a person."""
    console = Console(highlight=False)
    mark, style = SEALS["valid" if path.valid else "untrusted"]
    console.print(Text.assemble((f"{mark} ", style), clean(" → ".join(each.name for each in path.chain))))
    if path.anchor:
        console.print(Text(clean(f"  trusted because: {path.anchor.name} ({path.anchor.source})")))
    for reason in path.reasons:
        _reason(console, reason)


def anchors_table(kept: Sequence[tuple[StoredAnchor, Certificate | None]]) -> None:
    """The anchors kept, oldest first."""
    if not kept:
        say_line("You trust nobody yet. “letterlock trust add FILE” keeps an authority's certificate.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("name", "valid until", "added", "SHA-256", "note"):
        table.add_column(column, overflow="fold")
    for stored, certificate in kept:
        cells = (
            certificate.name if certificate else "(unreadable: it vouches for nobody)",
            f"{certificate.not_after:%Y-%m-%d}" if certificate else "–",
            f"{stored.added:%Y-%m-%d}",
            stored.sha256[:16],
            stored.note,
        )
        table.add_row(*(Text(clean(each)) for each in cells))
    Console(highlight=False).print(table)


@contextmanager
def waiting() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says which server is asked."""
    console = Console(file=sys.stderr, highlight=False)
    with console.status(Text("Asking …")) as status:
        yield lambda url: status.update(Text(clean(f"Asking {url[:100]} …")))


@contextmanager
def progress() -> Iterator[Callable[[int], None]]:
    """A bar on standard error that counts octets."""
    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("read", total=None)
        yield lambda octets: bar.advance(task, octets)


@contextmanager
def sending() -> Iterator[Callable[[int, int | None], None]]:
    """A bar on standard error that shows how many octets of all are with the server."""
    columns = (TextColumn("Sending"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("send", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error for work that is done one by one, and takes long only with many."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
