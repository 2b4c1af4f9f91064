"""What the host loads, and when: the first frame must not wait for anything heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"pydantic", "cryptography", "rich", "platformdirs", "sqlite3", "asyncio", "concurrent", "logging"}


def loaded_by(statement: str) -> set[str]:
    """The modules that are loaded after a statement, in a Python of its own."""
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return {name.split(".")[0] for name in run.stdout.split()}


def test_hello_waits_for_nothing_heavy() -> None:
    """What is loaded before the first frame is the standard library's lightest part, and ours."""
    assert not loaded_by("import letterlock.native") & HEAVY


@pytest.mark.parametrize("module", ["rich", "letterlock.cli", "cryptography.x509", "letterlock.protocol.key_models"])
def test_what_a_first_verdict_has_no_use_for_is_not_loaded_for_it(module: str) -> None:
    """Nothing for people at a terminal; not all that a library knows of certificates, which takes long."""
    statement = "import letterlock.native.serve; from letterlock.native.operations import warm_up; warm_up()"
    program = f"{statement}; import sys; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
