"""A real host whose operations misbehave, for the tests: python odd_host.py ARGUMENTS…

The operations keep their names, because protocol 1 has no others. What `open` does is chosen by the message:
`echo`, `slow`, `stuck`, `crash`, `print`, `huge`, `silent`, `fast`.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from letterlock.native import main

DEAF = 7_000_000
"""An `open` of this size takes nothing of its upload."""


def operations(_messages: object) -> dict[str, object]:
    def open_message(call, params):  # type: ignore[no-untyped-def]
        while params.size == DEAF and not call.cancelled():
            time.sleep(0.01)
        received = b"".join(call.upload())
        command = received.split(b"\n")[0].decode()
        if command == "slow":
            for step in range(1200):
                if call.cancelled():
                    sys.stderr.write("stopped\n")
                    return
                call.progress(step, 1200)
                time.sleep(0.05)
        elif command == "stuck":
            time.sleep(60)
        elif command == "crash":
            raise ValueError("secret text of the message")
        elif command == "print":
            print("a stray print")
            sys.stdout.flush()
            os.write(1, b"octets to descriptor 1")
            subprocess.run(["echo", "a child"], check=True)
            libc = ctypes.CDLL(None)
            libc.puts(b"a line of C")
            libc.fflush(None)
        elif command == "huge":
            call.reply({"x": "y" * 1_048_576})
        elif command == "silent":
            return
        call.reply({"received": len(received)})

    def part(call, params):  # type: ignore[no-untyped-def]
        size = int(params.part)

        def pieces() -> Iterator[bytes]:
            left = size
            while left:
                piece = min(left, 100_000)
                left -= piece
                yield bytes(piece)

        call.reply({"size": size})
        call.send(pieces())

    def close(call, params):  # type: ignore[no-untyped-def]
        call.reply({})

    return {"open": open_message, "part": part, "close": close}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], operations))  # type: ignore[arg-type]
