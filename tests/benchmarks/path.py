"""How long a chain takes to be judged, in-process and warm, and how the cost grows with chaff.

    python -m tests.benchmarks.path [ROUNDS]

Prints medians. Parsing is shown apart, because a certificate is parsed once and judged often.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from letterlock.trust.certificate import Certificate
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from tests.trust.chains import NOW, anchored, issue, person

ROUNDS = 500


def main(rounds: int = ROUNDS) -> None:
    """Measure and print."""
    for kind in ("RSA 2048", "P-256", "Ed25519"):
        measure(kind, rounds)


def measure(kind: str, rounds: int) -> None:
    """One kind of key: parsing, the path, the profile, and the path among strangers."""
    root = issue(f"Root {kind}", kind=kind)
    ca = issue(f"Mail CA {kind}", root, kind=kind)
    anna = person("Anna", ca, kind=kind)
    leaf, anchors = anna.certificate, anchored(root)
    pile = [ca.certificate]
    row(f"{kind}: one certificate, parsed", median(rounds, lambda: Certificate.parse(anna.der)))
    row(f"{kind}: three certificates, judged", median(rounds, lambda: build(leaf, pile, anchors, NOW)))
    chain = build(leaf, pile, anchors, NOW).chain
    row(f"{kind}: the mail profile", median(rounds, lambda: check_signer(leaf, chain)))
    for count in (10, 100, 1000):
        pile[:0] = [issue(f"Stranger {number}").certificate for number in range(len(pile), count + 1)]
        row(f"{kind}: judged among {count} strangers", median(rounds // 10, lambda: build(leaf, pile, anchors, NOW)))


def median(rounds: int, call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(max(rounds, 3)):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def row(name: str, seconds: float) -> None:
    print(f"{name:<52}{seconds * 1e6:>10.0f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
