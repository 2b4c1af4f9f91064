"""What sending costs beside `smtplib`, over TLS to the same server on this computer: time, and memory of the process.

    python -m tests.benchmarks.sending [MEGABYTES …]

Ours keeps the message in the outbox first, sealed and written through to the disk; `smtplib` only sends. Each runs in a
process of its own, in turns.
"""

from __future__ import annotations

import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from itertools import chain, repeat
from pathlib import Path
from statistics import median
from typing import Any

from letterlock.keystore.vault import Vault
from letterlock.operations import send
from letterlock.operations.accounts import Account
from letterlock.operations.outbox import Parcel
from tests.keystore.vaults import made
from tests.net.mail_servers import Listener, Peer
from tests.net.mail_tls import Authority
from tests.operations.notes import ANNA, BEA
from tests.operations.sending_desk import Sender

_LINE = b"z" * 76 + b"\r\n"
_HEAD = b"From: anna@muster.example\r\nTo: bea@muster.example\r\n\r\n"


def main(sizes: list[float]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = Authority(folder / "tls")
        sink = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "sink", str(authority.server)], stdout=subprocess.PIPE, text=True
        )
        assert sink.stdout is not None
        port = sink.stdout.readline().strip()
        try:
            for size in sizes:
                for who in ("ours", "smtplib"):
                    command = [sys.executable, "-m", __spec__.name, who, str(folder), port, str(size)]
                    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")
        finally:
            sink.kill()


def ours(folder: Path, port: int, megabytes: float, runs: int) -> list[float]:
    """Seconds of each run: kept, sealed, sent, forgotten."""
    from letterlock.net.mail import MailServer

    with tempfile.TemporaryDirectory(dir=folder) as name:
        database = Path(name) / "letterlock.sqlite"
        vault: Vault = made(database)
        context = Authority.trusting(_at(folder))
        sender = Sender(database, vault, context, MailServer("localhost", port, "tls"))
        account: Account = sender.account

        def one() -> None:
            lines = int(megabytes * 1_000_000 / len(_LINE))
            block = _LINE * 1_000
            parcel = Parcel(ANNA, (BEA,), chain([_HEAD], repeat(block, max(lines // 1_000, 1))))
            assert send.submit([parcel], account, sender.outbox(), sender.way()).all_sent

        return _timed(one, runs)


def theirs(folder: Path, port: int, megabytes: float, runs: int) -> list[float]:
    """The same message by `smtplib`."""
    context = Authority.trusting(_at(folder))

    def one() -> None:
        lines = int(megabytes * 1_000_000 / len(_LINE))
        message = _HEAD + _LINE * 1_000 * max(lines // 1_000, 1)
        with smtplib.SMTP_SSL("localhost", port, context=context) as session:
            session.login(ANNA, "geheim")
            session.sendmail(ANNA, [BEA], message)

    return _timed(one, runs)


def sink(certificate: str) -> None:
    """A server that reads and forgets."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = Listener(_talk, context)
    print(listener.port, flush=True)
    time.sleep(3_600)


def _talk(peer: Peer) -> None:
    peer.say("220 test")
    while True:
        verb = peer.line().split(b" ")[0].upper()
        if verb == b"EHLO":
            peer.say("250-test\r\n250-SIZE 1000000000\r\n250 AUTH PLAIN")
        elif verb == b"DATA":
            peer.say("354 go")
            tail = b""
            while tail != b"\r\n.\r\n":
                tail = (tail + peer.connection.recv(1 << 20))[-5:]
            peer.say("250 Ok")
        else:
            peer.say({b"AUTH": "235 Ok", b"QUIT": "221 Bye"}.get(verb, "250 Ok"))


def _timed(one: Any, runs: int) -> list[float]:
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        one()
        found.append(time.perf_counter() - begun)
    return found


def _at(folder: Path) -> Authority:
    authority = Authority.__new__(Authority)
    authority.ca, authority.server = folder / "tls" / "ca.pem", folder / "tls" / "server.pem"
    return authority


if __name__ == "__main__":
    if sys.argv[1:2] == ["sink"]:
        sink(sys.argv[2])
    elif sys.argv[1:2] in (["ours"], ["smtplib"]):
        who, folder, port, size = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
        times = (ours if who == "ours" else theirs)(folder, port, size, 15 if size < 1 else 2)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:>7} MB  {who:<8} {median(times) * 1_000:>9.1f} ms   {peak:>6.0f} MB at most")
    else:
        main([float(each) for each in sys.argv[1:]] or [0.01, 25])
