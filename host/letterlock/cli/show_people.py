"""Other people's certificates at a terminal. Names come from certificates, which anybody may write: shown as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from letterlock.cli.show import clean, say_line

if TYPE_CHECKING:
    from letterlock.store.people import KeptCertificate
    from letterlock.trust.certificate import Certificate

_SOURCES = {"mail": "signed mail", "file": "file", "vcard": "address book", "ldap": "directory", "dns": "DNS"}


def show_people(found: Sequence[tuple[KeptCertificate, Certificate]]) -> None:
    """Each certificate, by address, and below it where it comes from."""
    if not found:
        say_line(
            "Nobody's certificates are kept yet. They come with signed mail, or by “letterlock people import FILE”."
        )
        return
    console = Console(highlight=False)
    for row, certificate in found:
        said = f"{row.address} · {certificate.name} · until {certificate.not_after:%Y-%m-%d}"
        console.print(Text(clean(said)), soft_wrap=True)
        seen = f"from {_SOURCES.get(row.source, row.source)}, first {row.first:%Y-%m-%d}, last {row.last:%Y-%m-%d}"
        issuer = f"issued by {certificate.issuer_name}"
        console.print(Text(clean(f"    {seen} · {issuer} · SHA-256 {row.sha256[:16]}"), style="dim"), soft_wrap=True)


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
