"""The demo's course: make the mails, open each, print what was said."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.demo.scenes import SCENES, Scene, Seen, fill_mailbox
from tests.demo.views import NoBrowser, Open, in_chromium, through_the_pipe
from tests.signed_mail import DemoMail

RESULTS = Path("build/demo")
_COLOURS = {"valid": "green", "invalid": "red", "mismatch": "red", "untrusted": "yellow", "none": "dim"}


def main() -> int:
    """Runs the demo from the root of the checkout; 0 when every verdict is the right one."""
    console = Console()
    if shutil.which("openssl") is None:
        console.print("The demo signs its mails with OpenSSL, which is missing (on Debian: apt-get install openssl).")
        return 2
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="letterlock-demo-") as folder:
        console.print("Signing mails with OpenSSL and a CA made for this demo …")
        mail = DemoMail(Path(folder) / "ca")
        files = fill_mailbox(RESULTS / "mailbox", mail)
        anchor = shutil.copy(mail.anchor, RESULTS / "company-ca.pem")
        with ExitStack() as until_done:
            open_mail = _view(console, until_done, Path(folder), Path(anchor))
            seen = {scene: open_mail(scene, file) for scene, file in files.items()}
    console.print(_table(seen))
    wrong = [scene for scene in SCENES if seen[scene].status != scene.expected]
    for scene in wrong:
        console.print(f"[bold red]Wrong:[/] {scene.name} must be {scene.expected}, not {seen[scene].status}.")
    console.print(f"The mails are in {RESULTS / 'mailbox/new'}; any of them by hand:")
    console.print(f"  .venv/bin/letterlock open --anchor {anchor} {files[SCENES[0]]}", soft_wrap=True)
    return 1 if wrong else 0


def _view(console: Console, until_done: ExitStack, folder: Path, anchor: Path) -> Open:
    try:
        return until_done.enter_context(in_chromium(folder, anchor, RESULTS, console.print))
    except NoBrowser as reason:
        console.print(f"Without Chromium: {reason}.")
        console.print("Opening the mails through the native host's own pipe; there are no screenshots.")
        return until_done.enter_context(through_the_pipe(folder, anchor))


def _table(seen: dict[Scene, Seen]) -> Table:
    table = Table(title="What Letterlock says", show_lines=True)
    table.add_column("Mail", ratio=2)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("In words", ratio=3, overflow="fold")
    for scene, what in seen.items():
        mail = Text(scene.story)
        if what.screenshot:
            mail.append(f"\n{what.screenshot}", "dim")
        # Text, not markup: a name in a mail may look like one of rich's tags.
        table.add_row(mail, Text(what.status, _COLOURS.get(what.status, "red")), Text(what.sentence))
    return table


if __name__ == "__main__":
    sys.exit(main())
