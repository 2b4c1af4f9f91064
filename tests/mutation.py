"""Would a test notice? `python -m tests.mutation [MODULE …]` changes what decides a verdict, one place at a time.

Each mutant is the package with one operator, comparison or constant changed. The tests of that module must fail on it;
a mutant that passes them all survived, and is printed with its line: either a claim is missing, or the code does
nothing there. Exits 1 if anything survived.
"""

from __future__ import annotations

import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.needs import PROJECT

PACKAGE = PROJECT / "host" / "letterlock"
MODULES = {
    "operations/assess.py": ["tests/operations"],
    "operations/layers.py": ["tests/operations"],
    "operations/signers.py": ["tests/operations"],
    "mime/reader.py": ["tests/mime/test_mime_reader.py"],
    "mime/address.py": ["tests/mime/test_mime_fields.py"],
}
"""Modules mutated when none is named, and the tests that must notice."""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Mutant:
    """One changed place: the whole new source, its line, and the code before and after."""

    module: str
    line: int
    before: str
    after: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    # A decorator says how a class is made, not what the code decides.
    made = {
        id(node) for each in ast.walk(tree) for kind in getattr(each, "decorator_list", []) for node in ast.walk(kind)
    }
    places = [node for node in ast.walk(tree) if id(node) not in made and _replacement(node) is not None]
    for place in sorted(places, key=lambda node: (node.lineno, node.col_offset)):  # type: ignore[attr-defined]
        changed = _replacement(place)
        assert changed is not None
        source = ast.unparse(_Replace(place, changed).visit(copy.copy(tree)))
        yield Mutant(module, place.lineno, ast.unparse(place), ast.unparse(changed), source)  # type: ignore[attr-defined]


def _replacement(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.Constant(not node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return ast.Constant(node.value + 1)
    return None


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self._old = old
        self._new = new

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """A copy of the tree in which one node is another; the tree itself is shared between mutants."""
        if node is self._old:
            return self._new
        node = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, name, [self.generic_visit(each) if isinstance(each, ast.AST) else each for each in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self.generic_visit(value))
        return node

    visit = generic_visit


def noticed(mutant: Mutant) -> bool:
    """Whether the module's tests fail on the mutant."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "letterlock"
        shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__", "manifests"))
        (copied / mutant.module).write_text(mutant.source, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *MODULES[mutant.module]],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=300,
            check=False,
        )
        return done.returncode != 0


def main(modules: list[str]) -> int:
    """Run every mutant of the modules; 1 if any survived."""
    survived = total = 0
    for module in modules or list(MODULES):
        found = list(mutants(module))
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            for mutant, seen in zip(found, workers.map(noticed, found), strict=True):
                total += 1
                if not seen:
                    survived += 1
                    print(f"{mutant.module}:{mutant.line}: survived: {mutant.before} → {mutant.after}", flush=True)
    print(f"{total} mutants, {survived} survived")
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
