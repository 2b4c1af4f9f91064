"""`letterlock clients`: every browser and mail program that Letterlock knows, which are here, and where each looks."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from letterlock.clients.detect import Installation
    from letterlock.clients.table import Client, Where


def register(commands: Any) -> None:
    """Add the command `clients`."""
    parser = commands.add_parser("clients", help="list browsers and mail programs, and where they look for Letterlock")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show the table for this system."""
    from letterlock.cli.setup import machine_for
    from letterlock.cli.setup_show import Screen
    from letterlock.clients.detect import detect
    from letterlock.clients.table import CLIENTS
    from letterlock.words.setup import line

    machine = machine_for(False)
    found = detect(machine)
    here = {client.id: [each for each in found if each.client is client] for client in CLIENTS}
    if arguments.json:
        rows = [_row(client, client.where[machine.system], here[client.id]) for client in CLIENTS]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    screen = Screen(arguments.language)
    cells = []
    for client in CLIENTS:
        packagings = [each.packaging.value for each in here[client.id]] or ["none"]
        shown = ", ".join(line(f"packaging_{packaging}", screen.language) for packaging in packagings)
        style = "green" if here[client.id] else "dim"
        places = "\n".join(client.where[machine.system].user)
        cells.append(((client.id, ""), (client.name, ""), (shown, style), (places, "")))
    screen.table("clients_title", ("column_client", "column_name", "column_found", "column_looks_in"), cells)
    return 0


def _row(client: Client, where: Where, here: list[Installation]) -> dict[str, Any]:
    return {
        "client": client.id,
        "name": client.name,
        "family": client.family.value,
        "extension": client.extension,
        "user": list(where.user),
        "system": list(where.shared),
        "source": where.source,
        "found": [
            {"packaging": each.packaging.value, "reach": each.reach.value, "evidence": str(each.evidence)}
            for each in here
        ],
    }
