"""`docs/keys.md` is true: its commands exist with these options, its kinds and forms are those there are."""

from __future__ import annotations

import re
import shlex

import pytest

from letterlock.cli import build_parser
from letterlock.keystore.create import KINDS
from letterlock.keystore.pkcs12_write import Form
from tests.needs import PROJECT

TEXT = (PROJECT / "docs" / "keys.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_understood(command: str) -> None:
    """Each is one that the command line takes (what they do, its own tests show)."""
    program, *arguments = shlex.split(command)
    assert program == "letterlock"
    assert build_parser().parse_args(arguments).run


def test_every_kind_and_form_is_explained() -> None:
    """None is missing, and none is made up."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| `") and "| `--form` |" not in line]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert named == {*KINDS, *Form}
