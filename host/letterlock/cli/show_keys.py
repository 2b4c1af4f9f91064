"""Keys as a person sees them at a terminal. Names come from certificates, which other people wrote: shown as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from letterlock.cli.show import clean, say_line
from letterlock.operations import keys

if TYPE_CHECKING:
    from letterlock.keystore.entries import KeyEntry
    from letterlock.operations.keys_cards import CardKey


def keys_table(entries: Sequence[KeyEntry], cards: Sequence[CardKey] = ()) -> None:
    """The keys, oldest first, then those on cards."""
    if not entries and not cards:
        say_line("You have no keys yet. “letterlock keys --help” says how to create or import one.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("key", "name", "addresses", "kind", "for", "valid until", "state"):
        table.add_column(column, overflow="fold")
    on_card = {each.entry.id: each.token for each in cards}
    for entry in (*entries, *(each.entry for each in cards)):
        newest = next(iter(keys.certificates(entry)), None)
        state = "kept for old mail" if entry.superseded else "in use" if newest else "no certificate"
        if entry.id in on_card:
            state = f"on the card “{on_card[entry.id]}”"
        cells = (
            entry.id[:16],
            keys.named(entry),
            ", ".join(newest.addresses) if newest else "–",
            entry.algorithm,
            entry.purpose.value,
            f"{newest.not_after:%Y-%m-%d}" if newest else "–",
            state,
        )
        table.add_row(*(Text(clean(each)) for each in cells))
    Console(highlight=False).print(table)


def key_details(entry: KeyEntry, default_for: Sequence[str]) -> None:
    """One key with all its certificates, the newest first."""
    console = Console(highlight=False)
    console.print(Text.assemble((clean(keys.named(entry)), "bold"), f" ({entry.algorithm})"))
    rows = [("key", entry.id), ("for", entry.purpose.value), ("here since", f"{entry.created:%Y-%m-%d}")]
    if entry.superseded:
        rows.append(("only for old mail since", f"{entry.superseded:%Y-%m-%d}"))
    if default_for:
        rows.append(("default of", ", ".join(default_for)))
    for certificate in keys.certificates(entry):
        rows += [
            ("certificate", certificate.sha256),
            ("  addresses", ", ".join(certificate.addresses) or "–"),
            ("  issued by", certificate.issuer_name),
            ("  good", f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"),
        ]
    for name, value in rows:
        console.print(Text.assemble((f"  {name}: ", "dim"), clean(value)))
