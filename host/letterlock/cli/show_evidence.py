"""An evidence bundle at a terminal: the report's sections, as text."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from letterlock.cli.show import clean
from letterlock.operations.bundle_report import sections, title
from letterlock.operations.bundle_shapes import Checked

_STYLES = {
    "holds": ("◉", "green"),
    "limited": ("◌", "yellow"),
    "not_proven": ("◌", "yellow"),
    "altered": ("✗", "bold red"),
}


def show(checked: Checked, language: str) -> None:
    """What a bundle shows, for a person."""
    console = Console(highlight=False)
    _, headline, advice = title(checked, language)
    mark, style = _STYLES[checked.status.value]
    console.print(Text.assemble((f"{mark} {clean(headline)}", style)))
    console.print(Text(f"  {clean(advice)}"))
    for section in sections(checked, language):
        console.print()
        console.print(Text(clean(section.title), "bold"))
        for sentence, support in section.sentences:
            console.print(Text(f"  – {clean(sentence)}"))
            if support:
                console.print(Text(f"    {clean(support)}", "dim"))
        for name, value in section.rows:
            console.print(Text.assemble((f"  {name}: ", "dim"), clean(value)))
