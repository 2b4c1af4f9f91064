"""The native host: what a browser or mail client starts, and the only user of stdin and stdout.

The first frame goes out before anything heavy is imported; the rest of the program is loaded while the client reads
it and answers.

- `pipes`: the two pipes, and the thread that writes
- `callers`: who started this process, and may they
- `conversation`: the loop, and the threads that work
- `calls`: what an operation sees of its request
- `operations`: what can be asked for
- `messages`: what is open
- `process`: signals and core dumps
- `client`: the other side, for `letterlock doctor`, the demo and the tests
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from letterlock.native import pipes
from letterlock.native.callers import admit
from letterlock.native.process import log
from letterlock.protocol import answers
from letterlock.protocol.failures import CallerNotAllowed
from letterlock.protocol.frames import encode

if TYPE_CHECKING:
    from letterlock.native.messages import OpenMessages
    from letterlock.native.operations import Operations


def main(arguments: Sequence[str], operations: Callable[[OpenMessages], Operations] | None = None) -> int:
    """Serves the client at the other end of stdin and stdout until it leaves.

    Args:
        arguments: What the browser gave the host, without the program's own name.
        operations: Makes what the client may ask for; tests give their own.

    Returns:
        The exit code: 0 after a conversation, 1 for a caller that is not served, 128 plus the number of a signal.
    """
    try:
        claimed = pipes.claim()
    except OSError:  # started without stdin or stdout: there is nobody to serve
        return 1
    try:
        admit(arguments)
    except CallerNotAllowed as refused:
        _say(claimed.sink, answers.error(None, refused))
        log(str(refused))
        return 1
    if not _say(claimed.sink, answers.hello()):
        return 0
    # Everything that is loaded now stays; searching it for garbage again and again takes 5 % of the start.
    gc.disable()
    from letterlock.native.operations import standard
    from letterlock.native.serve import serve

    code, clean = serve(claimed, operations or standard)
    if not clean:
        # Something still works, perhaps for long. Python would wait for it or trip over it.
        os._exit(code)
    return code


def _say(sink: int, frame: answers.Frame) -> bool:
    try:
        pipes.write_all(sink, encode(frame))
    except OSError:
        return False
    return True
