"""How long a chain takes to be judged, in-process and warm, and how the cost grows with what is in the store.

    python -m tests.benchmarks.path [ROUNDS]

Prints medians, and beside them OpenSSL on the same certificates in the same run, and how many times longer ours takes.
OpenSSL's figure is what each further certificate costs one `openssl verify`, so that loading its files is not in it.
Exit code 1 where a bound is missed: 0.3 ms for three certificates, 3 ms with 10,000 in the store.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from letterlock.operations import trust
from letterlock.operations.memory import Memory
from letterlock.operations.trust import TrustSettings
from letterlock.store import issuers
from letterlock.store.database import Store
from letterlock.trust.anchors import Anchors
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import digest
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from tests.needs import require_program
from tests.trust.chains import NOW, Issued, anchored, issue, person

ROUNDS = 500
SIZES = (10, 100, 1_000, 10_000)
THREE_SECONDS, GROWN_SECONDS = 0.3e-3, 3e-3
AGAIN = 10
"""How often OpenSSL is given the certificate in one run, to part verifying from loading. It may take 50 ms each."""


def main(rounds: int = ROUNDS) -> int:
    """Measure and print; 1 if a bound is missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("RSA 2048", "P-256", "Ed25519"):
            missed += measure(kind, rounds, Path(folder))
        missed += grow(rounds, Path(folder))
    return 1 if missed else 0


def measure(kind: str, rounds: int, folder: Path) -> int:
    """One kind of key: parsing, the path, the profile, and the path among strangers that came along."""
    root = issue(f"Root {kind}", kind=kind)
    ca = issue(f"Mail CA {kind}", root, kind=kind)
    anna = person("Anna", ca, kind=kind)
    leaf, anchors = anna.certificate, anchored(root)
    pile = [ca.certificate]
    row(f"{kind}: one certificate, parsed", median(rounds, lambda: Certificate.parse(anna.der)))
    seconds = median(rounds, lambda: build(leaf, pile, anchors, NOW))
    missed = row(f"{kind}: three certificates, judged", seconds, openssl(folder, anna, [ca], [root]), THREE_SECONDS)
    chain = build(leaf, pile, anchors, NOW).chain
    row(f"{kind}: the mail profile", median(rounds, lambda: check_signer(leaf, chain)))
    for count in (10, 100):
        pile[:0] = [issue(f"Stranger {number}").certificate for number in range(len(pile), count + 1)]
        row(f"{kind}: judged among {count} strangers", median(rounds // 10, lambda: build(leaf, pile, anchors, NOW)))
    return missed


def grow(rounds: int, folder: Path) -> int:
    """The same three certificates (P-256) with more and more in the store."""
    root = issue("Root")
    ca = issue("Mail CA", root)
    anna = person("Anna", ca)
    leaf, along = anna.certificate, [ca.certificate]
    strangers = [issue(f"Authority {number}", key_name="stranger") for number in range(max(SIZES))]
    missed = 0
    for size in SIZES:
        some = [*strangers[: size - 1], root]
        database = folder / f"anchors {size}"
        with Store.open(database) as store, store.writing():
            pass
        keep_anchors(database, some)
        begun = time.perf_counter()
        settings = trust.settings(database)._replace(mozilla=False)
        path = settings.path(leaf, along, NOW)
        row(f"{size:,} anchors: loaded and indexed, once", time.perf_counter() - begun)
        assert path.valid
        seconds = median(rounds, lambda: settings.path(leaf, along, NOW))  # noqa: B023
        missed += row(f"{size:,} anchors: judged", seconds, openssl(folder, anna, [ca], some), GROWN_SECONDS)
    for size in SIZES:
        some = [*strangers[: size - 1], ca]
        database = folder / f"kept {size}"
        with Store.open(database) as store:
            issuers.keep(store, [(digest(each.certificate.subject_dn.normal), each.der) for each in some], NOW)
        settings = TrustSettings(Anchors(anchored(root)), kept=Memory(database).bearing)
        assert settings.path(anna.certificate, [], NOW).valid
        seconds = median(rounds // 5, lambda: settings.path(leaf, [], NOW))  # noqa: B023
        theirs = openssl(folder, anna, some, [root])
        missed += row(f"{size:,} kept: the middle found and judged", seconds, theirs, GROWN_SECONDS)
    return missed


def keep_anchors(database: Path, anchors: Sequence[Issued]) -> None:
    """All of them in one transaction, as ten thousand would take a minute."""
    with Store.open(database) as store, store.writing() as connection:
        decoded = [each.certificate for each in anchors]
        rows = [(each.sha256, each.der, NOW.isoformat(), "", digest(each.subject_dn.normal)) for each in decoded]
        connection.executemany("INSERT INTO anchor VALUES (?, ?, ?, ?, ?)", rows)


def openssl(folder: Path, leaf: Issued, untrusted: Sequence[Issued], anchors: Sequence[Issued]) -> float:
    """Seconds that `openssl verify` takes for each further certificate."""
    for name, pile in (("leaf", [leaf]), ("untrusted", untrusted), ("anchors", anchors)):
        (folder / name).write_bytes(b"".join(each.pem for each in pile))
    program = str(require_program("openssl", "openssl"))
    command = [
        program,
        "verify",
        "-no-CApath",
        "-no-CAstore",
        "-CAfile",
        str(folder / "anchors"),
        "-purpose",
        "smimesign",
    ]
    command += ["-untrusted", str(folder / "untrusted"), "-attime", str(int(NOW.timestamp()))]

    def run(times: int) -> float:
        def verify() -> None:
            done = subprocess.run([*command, *[str(folder / "leaf")] * times], capture_output=True, check=False)
            assert done.stdout.count(b": OK") == times, done.stderr

        return min(timed(verify) for _ in range(3))

    return max(run(AGAIN + 1) - run(1), 0.0) / AGAIN


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def median(rounds: int, call: Callable[[], object]) -> float:
    """The least of five medians: what else runs on the machine only adds."""
    call()
    medians = []
    for _ in range(5):
        medians.append(statistics.median(timed(call) for _ in range(max(rounds // 5, 1))))
    return min(medians)


def row(name: str, seconds: float, theirs: float | None = None, bound: float | None = None) -> int:
    """Print a line; 1 if the bound is missed."""
    line = f"{name:<46}{seconds * 1e6:>10,.0f} µs"
    if theirs is not None:
        line += f"   openssl {theirs * 1e6:>8,.0f} µs" + (f"   × {seconds / theirs:.2f}" if theirs else "")
    missed = bound is not None and seconds >= bound
    print(line + ("   MISSED" if missed else ""), flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
