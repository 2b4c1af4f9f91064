"""The journal at a terminal. Names and subjects come from mail: shown as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from letterlock.cli.show import clean, say_line

_KINDS = {"sent": "signed", "receipt_sent": "receipt given", "receipt_received": "receipt came"}


def show_journal(found: Sequence[Mapping[str, Any]]) -> None:
    """A line for each entry, and below it whom it went to, and who confirmed it."""
    if not found:
        say_line("The journal is empty. What you sign is entered.")
        return
    console = Console(highlight=False)
    for each in found:
        stamped = f" · time-stamped {each['time_stamped']}" if each["time_stamped"] else ""
        said = f"{each['number']:>5}  {each['at']}  {_KINDS.get(each['kind'], each['kind'])}{stamped}"
        console.print(Text(clean(said)), soft_wrap=True)
        details = each["details"]
        if details:
            about = f" · {details['subject']}" if details["subject"] else ""
            console.print(Text(clean(f"       to {', '.join(details['recipients'])}{about}")), soft_wrap=True)
        elif each["sealed"]:
            console.print(Text("       sealed; with --unlock its recipients and subject are shown", style="dim"))
        for message in each["messages"]:
            console.print(Text(clean(f"       message SHA-256 {message}"), style="dim"), soft_wrap=True)
        for receipt in each["receipts"]:
            said = f"       delivered: confirmed by {receipt['by']}, {receipt['at']} (entry {receipt['number']})"
            console.print(Text(clean(said), style="green"), soft_wrap=True)


def show_report(answer: Mapping[str, Any]) -> None:
    """What a check found."""
    console = Console(highlight=False)
    mark, style = ("✔", "green") if answer["whole"] else ("✘", "bold red")
    word = "whole" if answer["whole"] else "not whole"
    console.print(Text.assemble((f"{mark} ", style), f"The journal is {word}: {answer['entries']} entries."))
    for name, end in (("Last signed end", answer["end"]), ("Last time-stamped end", answer["stamped"])):
        if end is None:
            continue
        own = "one of your keys" if end["own_key"] else "NOT one of the keys here"
        signer = end["signer"]
        said = f"  {name}: after entry {end['number']}, by {signer['name']} ({own}, {signer['sha256'][:16]})"
        if end["time_stamped"]:
            said += f", {end['time_stamped']} confirmed by {end['authority']}"
        console.print(Text(clean(said)), soft_wrap=True)
        if name.startswith("Last signed") and answer["stamped"] == end:
            break
    if answer["unsigned"]:
        said = (
            f"  {answer['unsigned']} entries after it could be changed unseen: letterlock journal head --sign ADDRESS"
        )
        console.print(Text(said), soft_wrap=True)
    for reason in answer["reasons"]:
        console.print(Text(clean(f"  {reason['sentence']} {reason['advice']}".rstrip())), soft_wrap=True)
