"""The one table of sentences: every code, in every language, for panel, bar, command line, report and documents.

`say` turns a code and its facts into a sentence for a person and advice on what to do. The tables sit in this
package by subject, each entry with all its languages side by side, so that a translator sees them together:

    "certificate_expired": {
        "en": ("The certificate of {name} expired on {not_after}.", "Ask the sender to renew it."),
        "de": ("Das Zertifikat von {name} ist am {not_after} abgelaufen.", "Bitten Sie …"),
    },

Facts come from hostile mail. They are inserted as text, never interpreted, and shortened; whoever shows a
sentence must show it as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

LANGUAGES = ("en", "de")
SUBJECTS = (
    "general",
    "verdict",
    "mail",
    "cms",
    "trust",
    "time",
    "net",
    "keystore",
    "identities",
    "tokens",
    "people",
    "vault",
    "protocol",
    "setup",
    "authority",
    "protect",
    "proof",
    "send",
    "owa",
    "evidence",
)
FACT_CHARACTERS = 300
"""Longest fact inside a sentence; a longer one is cut with an ellipsis."""

Table = Mapping[str, Mapping[str, tuple[str, str]]]


class Words(NamedTuple):
    """What a person reads: one sentence, and what to do (empty where there is nothing to do)."""

    sentence: str
    advice: str


def say(code: str, facts: Mapping[str, object], language: str = "en") -> Words:
    """The sentence and the advice of a code, in `language` if we speak it, else in English.

    A code without an entry is a mistake that a test finds; a person would still see the code and not a crash.
    """
    texts = _entries().get(code)
    if texts is None:
        return Words(code, "")
    sentence, advice = texts.get(language) or texts["en"]
    shown = {name: _fact(value) for name, value in facts.items()}
    return Words(sentence.format_map(shown), advice.format_map(shown))


def codes() -> frozenset[str]:
    """Every code that has words."""
    return frozenset(_entries())


_merged: dict[str, Mapping[str, tuple[str, str]]] = {}


def _entries() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    if not _merged:
        for subject in SUBJECTS:
            table: Table = import_module(f"{__name__}.{subject}").WORDS
            _merged.update(table)
    return _merged


def _fact(value: object) -> str:
    if isinstance(value, list | tuple):
        text = ", ".join(str(item) for item in value)
    else:
        text = "–" if value is None else str(value)
    # Control and bidirectional override characters could reorder or hide the words around a fact.
    text = "".join(character if character.isprintable() else "·" for character in text)
    return text if len(text) <= FACT_CHARACTERS else text[: FACT_CHARACTERS - 1] + "…"
