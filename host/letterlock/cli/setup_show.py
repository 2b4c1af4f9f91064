"""What `setup`, `uninstall`, `clients` and `doctor` show: tables for people, or one JSON document for programs.

Paths and what foreign files contain are shown as text (`rich.text.Text`), never as markup.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from letterlock.cli.show import clean
from letterlock.clients.apply import Done
from letterlock.clients.failures import ForeignManifest, NeedsAnswer
from letterlock.clients.plan import LAUNCHER_MODE, SetKey, State, Step, WriteFile
from letterlock.clients.table import BY_ID
from letterlock.errors import Coded, Reason
from letterlock.words import say
from letterlock.words.setup import line

STYLES = {"new": "green", "changed": "yellow", "foreign": "bold red", "ours": "yellow", "altered": "bold red"}
PIPE_COLUMNS = 160
"""Width where there is no terminal: wide enough that paths stay in one piece."""


def console() -> Console:
    """Standard output."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS)


def words(coded: Coded, language: str) -> dict[str, Any]:
    """A failure or reason in the shape it has everywhere: code, facts, sentence, advice."""
    said = say(coded.code, coded.facts(), language)
    return {"code": coded.code, "facts": coded.facts(), "sentence": said.sentence, "advice": said.advice}


def names(clients: Sequence[str]) -> str:
    """The clients' names for people."""
    return ", ".join(BY_ID[client].name if client in BY_ID else client for client in clients)


class Screen:
    """Shows to a person."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.console = console()

    def line(self, name: str, style: str = "", **facts: object) -> None:
        """A line of the table of words."""
        self.console.print(Text(clean(line(name, self.language, **facts)), style=style), soft_wrap=True)

    def marked(self, name: str, mark: str, style: str, **facts: object) -> None:
        """A line of the table of words behind a mark."""
        text = clean(line(name, self.language, **facts))
        self.console.print(Text.assemble((f"{mark} ", style), text), soft_wrap=True)

    def plain(self, text: str) -> None:
        """A line that is no sentence."""
        self.console.print(Text(clean(text)), soft_wrap=True)

    def coded(self, coded: Coded, mark: str = "–", style: str = "") -> None:
        """A failure or reason: sentence, code, and what helps below it."""
        said = words(coded, self.language)
        code = (f" [{said['code']}]", "dim")
        self.console.print(Text.assemble((f"{mark} ", style), clean(said["sentence"]), code), soft_wrap=True)
        if said["advice"]:
            advice = line("advice", self.language, advice=said["advice"])
            self.console.print(Text(f"  {clean(advice)}"), soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        """A table; each cell is text with a style."""
        table = Table(
            title=line(title, self.language), title_justify="left", title_style="bold", box=None, pad_edge=False
        )
        for column in columns:
            table.add_column(line(column, self.language), header_style="dim", overflow="fold")
        for row in rows:
            table.add_row(*(Text("\n".join(map(clean, text.split("\n"))), style=style) for text, style in row))
        self.console.print(table)

    def ask(self, name: str, *, enter: bool, **facts: object) -> bool:
        """A yes-or-no question.

        Args:
            enter: What Enter alone means; the question shows that letter as a capital.

        Raises:
            NeedsAnswer: Nobody is at a terminal.
        """
        answer = self.answer(line(name, self.language, **facts)).lower()
        return answer in ("y", "yes", "j", "ja") if answer else enter

    def answer(self, question: str) -> str:
        """What the person types."""
        if not sys.stdin.isatty():
            raise NeedsAnswer
        try:
            return input(clean(question)).strip()
        except EOFError:
            return "n"


class PlanView(Screen):
    """Shows a plan and its outcome to a person."""

    def __init__(self, language: str, steps: Sequence[Step], remarks: Sequence[Reason]) -> None:
        super().__init__(language)
        self._steps = steps
        self._remarks = remarks

    def plan(self) -> None:
        rows = []
        for step in self._steps:
            whose = line("every_client", self.language) if is_launcher(step) else names(step.clients)
            state = line(f"state_{step.state.value}", self.language)
            rows.append(((whose, ""), (step.place, ""), (state, STYLES.get(step.state.value, "dim"))))
        self.table("plan_title", ("column_clients", "column_place", "column_state"), rows)
        for remark in (*foreign(self._steps), *self._remarks):
            self.coded(remark, "!", "yellow")

    def nothing_found(self) -> None:
        for remark in self._remarks:
            self.coded(remark, "!", "yellow")

    def outcome(self, done: Sequence[Done], kept: Sequence[Step]) -> None:
        failures = [each.failure for each in done if each.failure]
        for failure in failures:
            self.coded(failure, "✗", "bold red")
        for step in kept:
            self.line("kept_foreign", "yellow", place=step.place)
        if len(failures) < len(done):
            self.line("written", "green")
        if not failures and not kept:
            self.line("next_step")

    def finish(self, code: int) -> int:
        return code


class PlanDocument:
    """Collects the same for a program, and prints it at the end. It asks nothing: no `--yes` means no."""

    def __init__(self, language: str, steps: Sequence[Step], remarks: Sequence[Reason]) -> None:
        self._language = language
        self._steps = steps
        self._remarks = remarks
        self._done: Sequence[Done] = ()

    def plan(self) -> None:
        pass

    def nothing_found(self) -> None:
        self.finish(1)

    def line(self, name: str, style: str = "", **facts: object) -> None:
        pass

    def ask(self, name: str, *, enter: bool, **facts: object) -> bool:
        return False

    def outcome(self, done: Sequence[Done], kept: Sequence[Step]) -> None:
        self._done = done

    def finish(self, code: int) -> int:
        outcome = {each.place: each for each in self._done}
        steps = []
        for step in self._steps:
            done = outcome.get(step.place)
            steps.append(
                {
                    "kind": kind(step),
                    "place": step.place,
                    "clients": list(step.clients),
                    "state": step.state.value,
                    "present": step.present,
                    "written": done is not None and done.failure is None and step.state is not State.SAME,
                    "failure": words(done.failure, self._language) if done and done.failure else None,
                }
            )
        planned = {step.place for step in self._steps}
        failures = [each.failure for each in self._done if each.failure and each.place not in planned]
        document = {
            "steps": steps,
            "remarks": [words(each, self._language) for each in (*foreign(self._steps), *self._remarks)],
            "failures": [words(each, self._language) for each in failures],
            "complete": code == 0,
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return code


View = PlanView | PlanDocument


def view(arguments: argparse.Namespace, steps: Sequence[Step], remarks: Sequence[Reason]) -> View:
    """The view that was asked for."""
    kind_of_view = PlanDocument if arguments.json else PlanView
    return kind_of_view(arguments.language, steps, remarks)


def kind(step: Step) -> str:
    """What a step writes: `launcher`, `manifest` or `registry`."""
    if isinstance(step, SetKey):
        return "registry"
    return "launcher" if is_launcher(step) else "manifest"


def is_launcher(step: Step) -> bool:
    """Does the step write the launcher?"""
    return isinstance(step, WriteFile) and step.mode == LAUNCHER_MODE


def foreign(steps: Sequence[Step]) -> list[Reason]:
    """A reason for each place that is not ours."""
    return [ForeignManifest(step.place, step.present or "–") for step in steps if step.state is State.FOREIGN]
