"""The map of the package: who may import whom, and that every code has words."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import letterlock
from letterlock import words
from letterlock.errors import Coded, LetterlockError, Reason

PACKAGE = Path(letterlock.__file__).parent

BASE = {"errors", "limits"}
BELOW = {
    "net",
    "mime",
    "cms",
    "trust",
    "store",
    "keystore",
    "evidence",
    "clients",
    "spool",
    "verdict",
    "words",
    "authority",
    *BASE,
}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "limits": set(),
    "words": set(),
    "spool": {"limits"},
    "verdict": {"words"},
    "mime": BASE,
    "cms": BASE,
    "trust": BASE,
    "store": BASE,
    "net": BASE,
    "evidence": {"cms", "trust", "store", *BASE},
    "keystore": {"cms", "trust", "store", *BASE},
    "authority": {"cms", "trust", "store", "keystore", *BASE},
    "clients": {"store", *BASE},
    "protocol": {"verdict", "words", *BASE},
    "operations": BELOW,
    "dialects": {"protocol", "operations", *BELOW},
    "native": {"dialects", "protocol", "operations", "words", "clients", "store", "spool", "verdict", *BASE},
    "cli": {"dialects", "native", "protocol", "operations", *BELOW},
    "__main__": {"native", "cli"},
}
"""For each part of the package, the other parts it may import. The same map stands in the README in words."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(module: Path) -> Iterator[str]:
    """The parts of the package that a module imports, wherever in the file."""
    for node in ast.walk(ast.parse(module.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            if node.module == "letterlock":
                names = [f"letterlock.{each.name}" for each in node.names]
            else:
                names = [node.module or ""]
        for name in names:
            if name.startswith("letterlock.") and name != "letterlock.__version__":
                yield name.split(".")[1]


def part_of(module: Path) -> str:
    relative = module.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_map(module: Path) -> None:
    """No module reaches sideways or upwards."""
    part = part_of(module)
    if part == "__init__":
        return
    forbidden = set(imported(module)) - ALLOWED[part] - {part}
    assert not forbidden, f"{module.relative_to(PACKAGE)} must not import {sorted(forbidden)}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_imports_rich(module: Path) -> None:
    """The native host starts without the terminal's library."""
    if part_of(module) == "cli":
        return
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            assert not any(each.name.split(".")[0] == "rich" for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] != "rich"


def coded_classes() -> list[type[Coded]]:
    """Every class with a code of its own."""
    for module in pkgutil.walk_packages(letterlock.__path__, "letterlock."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type[Coded]) -> Iterator[type[Coded]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return [each for each in below(Coded) if "code" in vars(each) and each.__module__.startswith("letterlock.")]


def test_every_code_has_one_class_and_words() -> None:
    """A code names one thing, and a person can read it in every language."""
    by_code: dict[str, set[str]] = {}
    for each in coded_classes():
        by_code.setdefault(each.code, set()).add(f"{each.__module__}.{each.__qualname__}")
    assert {code: classes for code, classes in by_code.items() if len(classes) > 1} == {}
    assert set(by_code) - words.codes() == set()


def test_words_use_facts_that_exist() -> None:
    """Each sentence can be built from the facts of its class, in every language."""
    for kind in coded_classes():
        facts = dict.fromkeys(kind.FIELDS, "x")
        for language in words.LANGUAGES:
            said = words.say(kind.code, facts, language)
            assert said.sentence
            assert "{" not in said.sentence + said.advice


def test_every_language_has_every_sentence_and_the_same_facts() -> None:
    """No language says more or less than another."""

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for code in words.codes():
        texts = words._entries()[code]
        assert set(texts) == set(words.LANGUAGES), code
        assert all(texts[language][0] for language in words.LANGUAGES), code
        used = [fields("".join(texts[language])) for language in words.LANGUAGES]
        assert all(each == used[0] for each in used), code


def test_failures_say_whose_fault_they_are() -> None:
    """Every failure names a fault; a reason is nobody's."""
    for kind in coded_classes():
        if issubclass(kind, LetterlockError):
            assert kind.fault
        else:
            assert issubclass(kind, Reason)


def test_facts_cannot_forge_words() -> None:
    """A fact is text: it cannot bring format fields, line ends or characters that turn the reading direction."""
    said = words.say("bad_address", {"text": "{text} \u202e\n\x1b[2J"}, "en")
    assert "{text}" in said.sentence
    assert not set("\u202e\n\x1b") & set(said.sentence)


def test_the_readme_has_the_map() -> None:
    """Every part of the package is explained in the README."""
    readme = (PACKAGE.parent.parent / "README.md").read_text()
    missing = [part for part in ALLOWED if not any(f"{before}{part}" in readme for before in (" ", "`"))]
    assert missing == []
