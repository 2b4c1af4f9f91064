"""Writes `docs/reasons.md`: every code, what it means, what a person reads, and what its facts are.

    python -m tests.reasons_page

From the classes and the table of sentences alone; a test holds that the page is what this writes.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import letterlock
from letterlock import words
from letterlock.errors import Coded, LetterlockError
from letterlock.trust.reasons import RANKING
from tests.needs import PROJECT

PAGE = PROJECT / "docs" / "reasons.md"

_HEAD = """\
# Reasons and failures

Everything Letterlock says about a message, a certificate or itself has a code. Codes are append-only: programs may
rely on them. The sentences are what people read; words in braces are facts, which programs find under these names.
Written by `python -m tests.reasons_page`.
"""


def coded() -> list[type[Coded]]:
    """Every class with a code of its own, by part of the program, in the order of its file."""
    for module in pkgutil.walk_packages(letterlock.__path__, "letterlock."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type[Coded]) -> Iterator[type[Coded]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    found = {each for each in below(Coded) if "code" in vars(each) and each.__module__.startswith("letterlock.")}
    return sorted(found, key=lambda each: (each.__module__, inspect.getsourcelines(each)[1]))


def page() -> str:
    """The page."""
    lines = [_HEAD]
    part = ""
    for kind in coded():
        name = kind.__module__.removeprefix("letterlock.").partition(".")[0]
        if name != part:
            part = name
            lines.append(f"## {part}\n")
        lines += _entry(kind)
    lines.append("## Which reason is told first\n")
    lines.append("Of several reasons about certificates a person reads the first of this list.\n")
    lines += [f"{number}. `{kind.code}`" for number, kind in enumerate(RANKING, 1)]
    return "\n".join(lines) + "\n"


def _entry(kind: type[Coded]) -> Iterator[str]:
    fault = f" (failure; {kind.fault.value})" if issubclass(kind, LetterlockError) else ""
    yield f"### `{kind.code}`{fault}\n"
    yield f"{inspect.cleandoc(kind.__doc__ or '')}\n"
    for language in words.LANGUAGES:
        said = words.say(kind.code, {name: f"{{{name}}}" for name in kind.FIELDS}, language)
        yield f"- {language}: {said.sentence}" + (f" *{said.advice}*" if said.advice else "")
    if kind.FIELDS:
        yield f"- facts: {', '.join(f'`{name}`' for name in kind.FIELDS)}"
    yield ""


def main() -> None:
    """Write."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(coded())} codes in {PAGE}")


if __name__ == "__main__":
    main()
