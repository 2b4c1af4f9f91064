"""What axe-core finds on a page: the rules of WCAG 2.2, levels A and AA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.needs import PROJECT, missing

_AXE = PROJECT / "extension" / "node_modules" / "axe-core" / "axe.min.js"

_RUN_AXE = """
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    return axe.run(document, {runOnly, iframes: false}).then(({violations}) => violations.flatMap(({id, help, nodes}) =>
      nodes.map(({target, failureSummary}) => `${id} (${help}) at ${target}: ${failureSummary}`)));
"""


def require() -> None:
    """Skips the test where axe-core is missing: before it begins, where later ones build on what it does."""
    if not _AXE.exists():
        missing("axe-core", "run `npm ci` in extension/")


def violations(run: Callable[[str], Any]) -> list[str]:
    """What is wrong, one line each. `run` runs a script where the page is."""
    require()
    return list(run(_AXE.read_text("utf-8") + _RUN_AXE))
