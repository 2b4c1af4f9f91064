"""Would a test notice? `python -m tests.mutation [MODULE …]` changes what decides a verdict, one place at a time.

Each mutant is the package with one operator, comparison or constant changed. The tests of that module must fail on it;
a mutant that passes them all survived, and is printed with its line: either a claim is missing, or the change is one
that nobody can see, and `tests/equivalent_mutants.py` says why. Exits 1 if anything survived that is not explained
there, or if something explained is noticed after all.
"""

from __future__ import annotations

import ast
import copy
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.equivalent_mutants import EQUIVALENT
from tests.needs import PROJECT

PACKAGE = PROJECT / "host" / "letterlock"
MODULES = {
    "operations/assess.py": ["tests/operations"],
    "operations/layers.py": ["tests/operations"],
    "operations/layer_objects.py": ["tests/operations"],
    "operations/signers.py": ["tests/operations"],
    "operations/times.py": ["tests/operations/test_open_times.py", "tests/operations/test_memory.py"],
    "evidence/timestamp.py": ["tests/evidence/test_evidence_timestamp.py"],
    "mime/reader.py": ["tests/mime/test_mime_reader.py"],
    "mime/address.py": ["tests/mime/test_mime_fields.py"],
    "cms/ber.py": ["tests/cms/test_cms_ber.py"],
    "cms/signed.py": [
        "tests/cms/test_cms_signed.py",
        "tests/cms/test_cms_signed_refused.py",
        "tests/cms/test_cms_countersignatures.py",
    ],
}
"""Modules mutated when none is named, and the tests that must notice."""

SECONDS = 120
"""Longest the tests of one mutant may take; those of the slowest module need fifteen."""

MEMORY_OCTETS = 4 * 1024**3
"""Most address space for the tests of one mutant."""

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
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        """How the list of equivalent ones names it, whatever its line number."""
        return self.module, self.text, f"{self.before} → {self.after}"


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    original = (PACKAGE / module).read_text(encoding="utf-8")
    tree = ast.parse(original)
    lines = original.splitlines()
    # A decorator says how a class is made, not what the code decides.
    made = {
        id(node) for each in ast.walk(tree) for kind in getattr(each, "decorator_list", []) for node in ast.walk(kind)
    }
    places = [node for node in ast.walk(tree) if id(node) not in made and _replacement(node) is not None]
    for place in sorted(places, key=lambda node: (node.lineno, node.col_offset)):  # type: ignore[attr-defined]
        changed = _replacement(place)
        assert changed is not None
        source = ast.unparse(_Replace(place, changed).visit(copy.copy(tree)))
        line: int = place.lineno  # type: ignore[attr-defined]
        yield Mutant(
            module, line, ast.unparse(place), ast.unparse(changed), source, lines[line - 1].partition("  #")[0].strip()
        )


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
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *MODULES[mutant.module]],
                cwd=PROJECT,
                env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                timeout=SECONDS,
                check=False,
                preexec_fn=_bounded,
            )
        except subprocess.TimeoutExpired:
            return True  # it never ends: nobody overlooks that
        return done.returncode != 0


def _bounded() -> None:
    """A mutant that never ends must not take the machine's memory with it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_OCTETS, MEMORY_OCTETS))


def main(modules: list[str]) -> int:
    """Run every mutant of the modules; 1 if any survived unexplained, or was noticed against its explanation."""
    total = survived = 0
    wrong: list[str] = []
    for module in modules or list(MODULES):
        found = list(mutants(module))
        unseen = {key for key in EQUIVALENT if key[0] == module}
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            for mutant, seen in zip(found, workers.map(noticed, found), strict=True):
                total += 1
                if seen:
                    continue
                survived += 1
                if mutant.key in EQUIVALENT:
                    unseen.discard(mutant.key)
                    continue
                wrong.append(f"{mutant.module}:{mutant.line}: survived: {mutant.before} → {mutant.after}")
                print(wrong[-1], flush=True)
        for _, text, change in unseen:
            wrong.append(f"{module}: {change} in “{text}” is explained, and noticed after all")
            print(wrong[-1], flush=True)
    print(f"{total} mutants, {survived} survived, {len(wrong)} of them unexplained or explained wrongly")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
