"""`docs/people.md` is true: its commands exist with these options, its numbers and sources are those of the code."""

from __future__ import annotations

import re
import shlex

import pytest

from letterlock import limits
from letterlock.cli import build_parser
from tests.needs import PROJECT

TEXT = (PROJECT / "docs" / "people.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_understood(command: str) -> None:
    """Each is one that the command line takes (what they do, its own tests show)."""
    program, *arguments = shlex.split(command)
    assert program == "letterlock"
    assert build_parser().parse_args(arguments).run


def test_the_numbers_are_the_limits() -> None:
    """What mail may bring at most."""
    assert f"the {limits.PERSON_CERTIFICATES} certificates" in TEXT
    assert f"{limits.PEOPLE_CERTIFICATES:,} in all" in TEXT
