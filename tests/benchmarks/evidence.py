"""Saving and verifying a bundle of a large mail: processor time and memory of whole processes.

    python -m tests.benchmarks.evidence [--megabytes N] [--rounds N]

`letterlock evidence save` and `verify` are started as a person starts them; `openssl ts` stamps, behind HTTP. Exit
code 1 where a bound is missed: a second of processor time, 96 MB.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.needs import PROJECT
from tests.published import Publisher

SECONDS, MEGABYTES = 1.0, 96
_MEASURED = (
    "import os, sys; _, status, used = os.wait4(os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:]), 0);"
    "print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)"
)
"""In a small process of its own, because a child inherits the memory that its parent had at its peak."""


def main() -> int:
    """Measure and print; 1 if a bound is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with Publisher(folder / "authority") as publisher, stamping_server(folder / "tsa") as tsa:
            (folder / "root.pem").write_bytes(publisher.root.pem + ROOT.pem)
            (folder / "mail.eml").write_bytes(publisher.mail(text=letter(arguments.megabytes)))
            saving = ["save", "mail.eml", "-o", "proof.asice", "--tsa", tsa.url, "--revocation", "at-hand"]
            for name, command in (("save", saving), ("verify", ["verify", "proof.asice"])):
                measured = []
                for _ in range(arguments.rounds):
                    if name == "save":
                        (folder / "proof.asice").unlink(missing_ok=True)
                    measured.append(run(folder, *command, "--anchor", "root.pem"))
                seconds = statistics.median(each[0] for each in measured)
                megabytes = max(each[1] for each in measured)
                size = (folder / "mail.eml").stat().st_size / 1e6
                print(f"{name:7} {size:.0f} MB: {seconds:.2f} s processor time, {megabytes:.0f} MB memory")
                missed += seconds > SECONDS or megabytes > MEGABYTES
    return 1 if missed else 0


def letter(megabytes: int) -> str:
    """A text of so many megabytes, in lines as an attachment has them."""
    digits = os.urandom(megabytes * 487_000).hex()
    return "\r\n".join(digits[at : at + 76] for at in range(0, len(digits), 76))


def run(folder: Path, *arguments: str) -> tuple[float, float]:
    """Processor seconds and megabytes of one command."""
    command = [sys.executable, "-c", _MEASURED, sys.executable, "-m", "letterlock", "evidence", *arguments]
    environment = {**os.environ, "LETTERLOCK_HOME": str(folder / "home"), "PYTHONPATH": str(PROJECT / "host")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    code, seconds, kilobytes = done.stdout.split()[-3:]
    # Nobody says whether a certificate was withdrawn here, so verifying says that the evidence is limited.
    assert int(code) == (1 if arguments[0] == "verify" else 0), done.stdout.decode() + done.stderr.decode()
    return float(seconds), int(kilobytes) / 1024


if __name__ == "__main__":
    sys.exit(main())
