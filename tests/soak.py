"""One host for a long time: `python -m tests.soak [MINUTES]`.

Opens messages of every kind and size in one process, fetches parts, cancels, drops handles, and watches the
process: memory, descriptors and threads must not grow once it is warm. Prints what it saw; exits 1 if anything grew.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from pathlib import Path

import psutil

from letterlock.native.client import HostFailed, HostProcess
from tests.benchmarks.pipe import message
from tests.signed_mail import DemoMail

MINUTES = 5.0
WARM_UP_ROUNDS = 20
GROWTH_OCTETS = 32 * 1024 * 1024
"""More memory than this over the warm process is a leak; less is the allocator's own doing."""


def main(minutes: float = MINUTES) -> int:
    """Run for about `minutes`; 1 if the host grew."""
    with tempfile.TemporaryDirectory() as folder:
        mail = DemoMail(Path(folder) / "mail")
        kinds = ("good", "changed", "mismatch", "unknown_issuer", "unsigned", "opaque", "pss", "ecdsa", "enveloped")
        messages = [getattr(mail, kind)() for kind in kinds] + [message(mail, size) for size in (10**6, 2 * 10**7)]
        messages += [b"no message at all", messages[0][:700]]
        with HostProcess(environment={"LETTERLOCK_HOME": str(Path(folder) / "home")}) as host:
            process = psutil.Process(host.process.pid)
            until = time.monotonic() + minutes * 60
            warm = None
            for number in itertools.count(1):
                for raw in messages:
                    _open(host, raw)
                now = (process.memory_info().rss, process.num_fds(), process.num_threads())
                if number == WARM_UP_ROUNDS:
                    warm = now
                if time.monotonic() > until and warm is not None:
                    break
            print(f"{number} rounds of {len(messages)} messages")
            print(f"memory   {warm[0] / 2**20:.0f} MiB warm, {now[0] / 2**20:.0f} MiB at the end")
            print(f"files    {warm[1]} warm, {now[1]} at the end; threads {warm[2]} and {now[2]}")
            return int(now[0] - warm[0] > GROWTH_OCTETS or now[1] > warm[1] + 2 or now[2] > warm[2] + 1)


def _open(host: HostProcess, raw: bytes) -> None:
    try:
        opened = host.open(raw)
    except HostFailed as refused:
        if refused.code != "not_a_message":
            raise
        return
    for part in opened["parts"]:
        host.part(opened["message"], part["id"])
    # Handles are not closed on purpose: the host must drop the oldest ones by itself.


if __name__ == "__main__":
    sys.exit(main(*(float(each) for each in sys.argv[1:2])))
