"""How long a verdict takes, over the real pipe, beside `openssl cms -verify` on the same mail in the same run.

    python -m tests.benchmarks.open [ROUNDS]

Prints medians and their ratios. Machines are noisy: the two sides take turns, and only ratios are worth comparing
between machines.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from letterlock.native.client import HostProcess
from tests.signed_mail import DemoMail

ROUNDS = 30
SIZES = {"10 KB": 10_000, "1 MB": 1_000_000, "25 MB": 25_000_000}


def main(rounds: int = ROUNDS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {"LETTERLOCK_HOME": str(home / "letterlock")}
        mail = DemoMail(home / "mail")
        subprocess.run(
            [sys.executable, "-m", "letterlock", "trust", "add", str(mail.anchor)],
            env={**os.environ, **environment},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"{'one mail, from process start to its verdict':<52}{'host':>10}{'openssl':>10}{'ratio':>8}")
        small = message(mail, SIZES["10 KB"])
        first = alternate(
            rounds, lambda: first_verdict(small, environment), lambda: openssl(small, home / "small.eml", mail.anchor)
        )
        row("10 KB signed", *first)
        print(f"{'the next mails, round trip over the pipe':<52}")
        for name, size in SIZES.items():
            raw = message(mail, size)
            with HostProcess(environment=environment) as host:
                host.open(raw)
                times = rounds if size < 2_000_000 else max(rounds // 5, 3)
                figures = alternate(
                    times,
                    lambda raw=raw, host=host: checked(host, raw),  # type: ignore[misc]
                    lambda raw=raw: openssl(raw, home / "mail.eml", mail.anchor),  # type: ignore[misc]
                )
            row(f"{name} signed", *figures)


def message(mail: DemoMail, octets: int) -> bytes:
    """A signed message with a text of about this size."""
    line = b"The roof of the north hall is ready, four days early, and the keys are there.\r\n"
    return mail.sign("A long report", b"Content-Type: text/plain\r\n\r\n" + line * (octets // len(line)))


def first_verdict(raw: bytes, environment: dict[str, str]) -> None:
    """Start a host, open one message, end the host."""
    with HostProcess(environment=environment) as host:
        checked(host, raw)


def checked(host: HostProcess, raw: bytes) -> None:
    """One round trip; a benchmark of wrong answers would be worth nothing."""
    opened = host.open(raw)
    assert opened["verdict"]["signature"]["status"] == "valid", opened["verdict"]["headline"]


def openssl(raw: bytes, file: Path, anchor: Path) -> None:
    """The same mail verified by OpenSSL's command line, from file to nowhere."""
    if not file.exists() or file.stat().st_size != len(raw):
        file.write_bytes(raw)
    subprocess.run(
        ["openssl", "cms", "-verify", "-in", str(file), "-CAfile", str(anchor), "-out", os.devnull],
        check=True,
        capture_output=True,
    )


def alternate(rounds: int, ours: Callable[[], None], theirs: Callable[[], None]) -> tuple[float, float]:
    """The median seconds of each, taken in turns."""
    seconds: tuple[list[float], list[float]] = ([], [])
    ours()
    theirs()
    for _ in range(rounds):
        for work, times in zip((ours, theirs), seconds, strict=True):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def row(name: str, ours: float, theirs: float) -> None:
    """One line of the table."""
    print(f"  {name:<50}{ours * 1000:>7.1f} ms{theirs * 1000:>7.1f} ms{ours / theirs:>8.2f}")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:2]))
