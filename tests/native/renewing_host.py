"""A real host whose verdicts are renewed as a message says, without any network: python renewing_host.py ARGUMENTS…

The subject of a message decides: `renewed` is renewed at once, `held` would be after ten seconds.
"""

from __future__ import annotations

import sys
import time

from letterlock.native import main
from letterlock.native.messages import OpenMessages
from letterlock.native.operations import standard
from letterlock.operations import online
from letterlock.operations.open import OpenedMessage


def operations(messages: OpenMessages) -> object:
    def pending(self: OpenedMessage) -> bool:
        return self.verdict.headers.outer.subject in ("renewed", "held")

    def find(self: OpenedMessage, cancelled=lambda: False, asking=None) -> online.Found:  # type: ignore[no-untyped-def]
        end = time.monotonic() + (10 if self.verdict.headers.outer.subject == "held" else 0)
        while time.monotonic() < end:
            if cancelled():
                sys.stderr.write("stopped\n")
                sys.stderr.flush()
                from letterlock.errors import Cancelled

                raise Cancelled
            time.sleep(0.02)
        return online.Found()

    OpenedMessage.pending = property(pending)  # type: ignore[assignment, method-assign]
    OpenedMessage.find = find  # type: ignore[method-assign]
    return standard(messages)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], operations))  # type: ignore[arg-type]
