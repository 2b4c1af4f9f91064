"""`open` over the real pipe, as the extension does it, beside OpenSSL's `cms` from file to file in the same run.

    python -m tests.benchmarks.pipe [--large] [--rounds N]

The host is asked as a browser asks it: started for the first verdict, and kept for the next ones. A large mail is
uploaded, judged, and its text fetched to the last octet; OpenSSL reads the same file and writes its text to one. Said
besides: how soon the first piece of the text is there, and the most memory that the host ever took.

Both sides take turns, and only the ratios are worth comparing between machines.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import letterlock
from letterlock.native import process
from letterlock.native.client import HostProcess
from tests.signed_mail import DemoMail

ROUNDS = 30
LARGE = {"25 MB": 25_000_000, "100 MB": 100_000_000}
MAILBOX = 5_000
PASSPHRASE = "correct horse battery staple"
_ONLY = ("-no-CAfile", "-no-CApath", "-no-CAstore")
"""OpenSSL is spared the authorities that the system trusts, whose loading takes most of its time."""


class Bench:
    """A home with an anchor and a key in its vault, and mail for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"LETTERLOCK_HOME": str(folder / "home")}
        self.mail = DemoMail(folder / "mail")
        self.peak = 0
        """The most memory of any host of this run, in kB."""
        (folder / "passphrase").write_text(PASSPHRASE)
        self._command("trust", "add", str(self.mail.anchor))
        file = str(self.mail.key_file(self.mail.carla, PASSPHRASE))
        secret = str(folder / "passphrase")
        self._command("keys", "import", file, "--passphrase-file", secret, "--file-passphrase-file", secret)

    def _command(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "letterlock", *arguments]
        subprocess.run(command, env={**os.environ, **self.environment}, check=True, stdout=subprocess.DEVNULL)

    def host(self) -> HostProcess:
        return HostProcess(environment=self.environment, seconds=120)

    def unlock(self, host: HostProcess) -> None:
        request = host.request("vault_unlock", {"way": "passphrase", "secret": PASSPHRASE})
        while host.receive().get("id") != request:
            pass

    def forget_peak(self, host: HostProcess) -> None:
        """What deriving the vault's key took (Argon2id wants 64 MB for a moment) is not a message's."""
        peak = Path(f"/proc/{host.process.pid}/clear_refs")
        if peak.exists():
            peak.write_text("5")

    def watch(self, host: HostProcess) -> None:
        """Note the most memory that the host has taken so far."""
        status = Path(f"/proc/{host.process.pid}/status")
        if status.exists():
            (line,) = (each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
            self.peak = max(self.peak, int(line.split()[1]))

    def verify(self, file: Path) -> None:
        self._openssl("-verify", "-CAfile", str(self.mail.anchor), "-purpose", "any", *_ONLY, file=file)

    def decrypt(self, file: Path) -> None:
        key = self.mail.carla
        self._openssl("-decrypt", "-recip", str(key.certificate), "-inkey", str(key.key), file=file)

    def _openssl(self, *arguments: str, file: Path) -> None:
        out = str(self.folder / "out")
        command = ["openssl", "cms", *arguments, "-inform", "SMIME", "-in", str(file), "-out", out]
        subprocess.run(command, check=True, capture_output=True)


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="100 MB as well")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(arguments)
    # As installed: Python's own cache of compiled modules, which a variable may keep it from writing.
    compileall.compile_dir(Path(letterlock.__file__).parent, quiet=1)
    # The client stands for a browser; what Python wastes on it is not measured.
    process.keep_freed_memory()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        small(bench, chosen.rounds)
        for name, octets in LARGE.items():
            if chosen.large or octets < 50_000_000:
                large(bench, name, octets, max(chosen.rounds // 6, 1))
        mailbox(bench)
        print(f"most memory of any host: {bench.peak / 1024:.0f} MB")


def small(bench: Bench, rounds: int) -> None:
    """10 KB: the first verdict of a new process, and the next ones, each of a mail of its own."""
    print(f"{'10 KB signed':<44}{'host':>10}{'openssl':>10}{'ratio':>8}")
    mails = [bench.mail.sign(f"Report {number}", text(10_000)) for number in range(rounds)]
    (file := bench.folder / "small.eml").write_bytes(mails[0])

    def first() -> None:
        with bench.host() as host:
            checked(host, mails[0], "valid")

    row("process start to the first verdict", *alternate(rounds, first, lambda: bench.verify(file)))
    with bench.host() as host:
        checked(host, mails[0], "valid")
        fresh, again = iter(mails[1:]), mails[0]
        row("a mail never seen", *alternate(rounds - 1, lambda: checked(host, next(fresh), "valid"), None))
        row("a mail seen before", *alternate(rounds, lambda: checked(host, again, "valid"), None))
        bench.watch(host)


def large(bench: Bench, name: str, octets: int, rounds: int) -> None:
    """Verdict and the whole text of a large mail."""
    content = text(octets)
    kinds: dict[str, tuple[bytes, Callable[[Path], None], str]] = {
        "signed": (bench.mail.sign("Report", content), bench.verify, "valid"),
        "encrypted (CBC)": (bench.mail.encrypt("Report", content), bench.decrypt, "none"),
        "encrypted (GCM)": (bench.mail.encrypt("Report", content, "-aes-256-gcm"), bench.decrypt, "none"),
    }
    print(f"{name + ', verdict and whole text':<44}{'host':>10}{'openssl':>10}{'ratio':>8}")
    for kind, (raw, theirs, status) in kinds.items():
        (file := bench.folder / "large.eml").write_bytes(raw)
        firsts: list[float] = []
        with bench.host() as host:
            bench.unlock(host)
            bench.forget_peak(host)

            def ours(
                host: HostProcess = host, file: Path = file, status: str = status, firsts: list[float] = firsts
            ) -> None:
                began = time.perf_counter()
                shown = checked(host, file.read_bytes(), status)
                pieces = host.part_chunks(shown["message"], shown["parts"][0]["id"])
                with open(bench.folder / "ours", "wb") as out:
                    out.write(next(pieces))
                    firsts.append(time.perf_counter() - began)
                    for piece in pieces:
                        out.write(piece)
                host.request("close", {"message": shown["message"]})

            figures = alternate(rounds, ours, lambda file=file, theirs=theirs: theirs(file))  # type: ignore[misc]
            bench.watch(host)
        row(kind, *figures)
        if kind == "signed":
            row("  of it, the verdict", *verdict_alone(bench, raw, file, rounds))
        print(f"{'  its first piece was there after':<44}{milliseconds(statistics.median(firsts))}")


def mailbox(bench: Bench) -> None:
    """5,000 messages in one mailbox, half of them signed: one process, and one for each core."""
    line = b"From anna@muster.example Tue Nov 24 10:00:00 2026\n"
    made = [
        raw
        for number in range(25)
        for raw in (bench.mail.sign(f"Report {number}", text(10_000)), bench.mail.unsigned())
    ]
    octets = b"".join(line + raw.replace(b"\r\n", b"\n") + b"\n" for raw in made)
    (file := bench.folder / "mail.mbox").write_bytes(octets * (MAILBOX // len(made)))
    for jobs in (1, os.cpu_count() or 1):
        command = [sys.executable, "-m", "letterlock", "open", str(file), "--mbox", "--jobs", str(jobs)]
        done = subprocess.run(command, env={**os.environ, **bench.environment}, check=True, capture_output=True)
        print(f"{f'mailbox of {MAILBOX:,}, {jobs} process(es)':<44}{done.stdout.decode().strip().splitlines()[-1]}")


def verdict_alone(bench: Bench, raw: bytes, file: Path, rounds: int) -> tuple[float, float | None]:
    """A detached signature verified, and nothing fetched."""
    with bench.host() as host:
        return alternate(rounds, lambda: checked(host, raw, "valid"), lambda: bench.verify(file))


def text(octets: int) -> bytes:
    """A text of about this size."""
    line = b"The roof of the north hall is ready, four days early, and the keys are there.\r\n"
    return b"Content-Type: text/plain\r\n\r\n" + line * (octets // len(line))


def message(mail: DemoMail, octets: int) -> bytes:
    """A signed message with such a text."""
    return mail.sign("A long report", text(octets))


def checked(host: HostProcess, raw: bytes, status: str) -> dict[str, Any]:
    """One round trip; a benchmark of wrong answers would be worth nothing."""
    opened = host.open(raw)
    assert opened["verdict"]["signature"]["status"] == status, opened["verdict"]["headline"]
    assert opened["parts"], opened["verdict"]["headline"]
    return opened


def alternate(
    rounds: int, ours: Callable[[], object], theirs: Callable[[], object] | None
) -> tuple[float, float | None]:
    """Median seconds of both sides, in turns."""
    mine, others = [], []
    for _ in range(rounds):
        mine.append(timed(ours))
        if theirs:
            others.append(timed(theirs))
    return statistics.median(mine), statistics.median(others) if others else None


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def row(label: str, ours: float, theirs: float | None) -> None:
    other = f"{milliseconds(theirs)}{ours / theirs:>8.2f}" if theirs else ""
    print(f"{label:<44}{milliseconds(ours)}{other}", flush=True)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:>7.1f} ms"


if __name__ == "__main__":
    main()
