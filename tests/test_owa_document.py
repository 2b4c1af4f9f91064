"""`docs/owa.md` is true: its commands, settings, numbers and ids are those of the program."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from letterlock.cli import build_parser
from letterlock.clients.sites import Sites
from letterlock.clients.table import OWA
from letterlock.dialects.owa.schema import ErrorCode
from letterlock.dialects.owa.server import LEFT_TO_OTHERS, OBEYED
from tests.needs import PROJECT

TEXT = (PROJECT / "docs" / "owa.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines() if line.strip()
]
INLINE = [each for each in re.findall(r"`(letterlock [^`]+)`", TEXT) if "…" not in each]


@pytest.mark.parametrize("command", [*COMMANDS, *INLINE])
def test_commands_are_understood(command: str) -> None:
    """Each is one that the command line takes (what they do, its own tests show)."""
    program, *arguments = shlex.split(command)
    assert program == "letterlock"
    assert build_parser().parse_args(arguments).run


def test_every_setting_is_explained() -> None:
    """Those that are obeyed in the table, the others below it; none is made up."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| `") and not line.startswith("| `OWA…")]
    named = {name for row in rows for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])}
    assert {each.lower() for each in named} == {each.lower() for each in OBEYED}
    for each in LEFT_TO_OTHERS:
        assert each in TEXT or each.startswith("SMIME")


def test_every_number_is_explained() -> None:
    numbers = {int(found) for found in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
    assert numbers == {int(each) for each in ErrorCode} - {0}


def test_examples_of_files_can_be_read() -> None:
    """The policy names Microsoft's extension, and the list of sites is one."""
    policy, sites = (json.loads(each) for each in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL))
    assert policy["ExtensionInstallForcelist"][0].partition(";")[0] in OWA.extensions
    assert Sites.model_validate(sites).sites == ("mail.muster.example",)
    assert f"{OWA.name}.json" in TEXT
    assert all(each in TEXT for each in OWA.extensions)
