"""The operating system's roots as anchors: read when first wanted, and kept for a while.

Its list may change under a running host, and asking for it costs a tenth of a second; so it is asked once an hour.
"""

from __future__ import annotations

import time

from letterlock import limits
from letterlock.store.failures import SystemRootsUnreadable
from letterlock.trust.anchors import Anchor, Anchors
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable

_kept: tuple[float, Anchors] | None = None


def anchors() -> Anchors:
    """Whom the operating system trusts for mail, read anew. Raises `SystemRootsUnreadable`."""
    # Imported here: programs and property lists are not part of a start.
    from letterlock.store import system_roots

    found = []
    for root in system_roots.read():
        try:
            found.append(Anchor(Certificate.parse(root.der), "system", distrust_after=root.distrust_after))
        except CertificateUndecodable:
            # It vouches for nobody here; the computer's list is not ours to mend.
            continue
    return Anchors(found)


def kept() -> Anchors:
    """The same, kept for `limits.SYSTEM_ROOTS_KEPT_SECONDS`. A list that cannot be read vouches for nobody."""
    global _kept
    known = _kept
    if known is None or time.monotonic() - known[0] > limits.SYSTEM_ROOTS_KEPT_SECONDS:
        try:
            found = anchors()
        except SystemRootsUnreadable:
            # `letterlock trust system` tells why; a verdict says that the root is not trusted, which is true.
            found = Anchors()
        known = _kept = (time.monotonic(), found)
    return known[1]
