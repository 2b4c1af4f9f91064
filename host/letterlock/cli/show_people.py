"""Other people's certificates at a terminal. Names come from certificates, which anybody may write: shown as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from letterlock.cli.show import clean, say_line

if TYPE_CHECKING:
    from letterlock.store.people import KeptCertificate
    from letterlock.trust.certificate import Certificate

_SOURCES = {"mail": "signed mail", "file": "file", "vcard": "address book", "ldap": "directory", "dns": "DNS"}


def people_table(found: Sequence[tuple[KeptCertificate, Certificate]]) -> None:
    """One line a certificate, by address."""
    if not found:
        say_line(
            "Nobody's certificates are kept yet. They come with signed mail, or by “letterlock people import FILE”."
        )
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("address", "name", "issued by", "valid until", "from", "first seen", "last seen", "SHA-256"):
        table.add_column(column, overflow="fold")
    for row, certificate in found:
        cells = (
            row.address,
            certificate.name,
            certificate.issuer_name,
            f"{certificate.not_after:%Y-%m-%d}",
            _SOURCES.get(row.source, row.source),
            f"{row.first:%Y-%m-%d}",
            f"{row.last:%Y-%m-%d}",
            row.sha256[:16],
        )
        table.add_row(*(Text(clean(each)) for each in cells))
    Console(highlight=False).print(table)


def show_choices(answer: Mapping[str, Any]) -> None:
    """A line for each recipient, what there is to say below it, and how the content would be encrypted."""
    console = Console(highlight=False)
    for each in answer["recipients"]:
        mark, style = ("✔", "green") if each["can_encrypt"] else ("✘", "red")
        with_ = each["certificate"]
        said = f" {each['address']}"
        if with_:
            summary = with_["certificate"]
            said += f" · {summary['name']}, until {summary['not_after'][:10]}, {_SOURCES.get(with_['source'], 'own')}"
        console.print(Text.assemble((mark, style), clean(said)))
        for reason in each["reasons"]:
            console.print(Text(clean(f"    {reason['sentence']} {reason['advice']}".rstrip())))
    if answer["reason"]:
        console.print(Text(clean(answer["reason"]["sentence"]), style="dim"))
