"""A conversation with everything it needs, from the hello that was said to a clean end."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable

from letterlock.native import pipes, process
from letterlock.native.conversation import Conversation
from letterlock.native.messages import OpenMessages
from letterlock.native.operations import Operations, warm_up
from letterlock.protocol.session import Session


def serve(claimed: pipes.Pipes, operations: Callable[[OpenMessages], Operations]) -> tuple[int, bool]:
    """Serves the client until it leaves.

    Args:
        claimed: The pipes; the hello has been written.
        operations: Makes what the client may ask for.

    Returns:
        The exit code, and whether everything has stopped.
    """
    process.forbid_core_dumps()
    process.keep_freed_memory()
    stopping = process.Stopping()
    messages = OpenMessages()
    writer = pipes.Writer(claimed.sink, broken=stopping.client_gone)
    conversation = Conversation(Session(), operations(messages), writer)
    _load()
    conversation.run(lambda: pipes.read(claimed.source) if stopping.wait(claimed.source) else b"")
    clean = conversation.end()
    messages.close_all()
    return stopping.exit_code, clean


def _load() -> None:
    # In this thread and not beside it: the first request needs all of this anyway, and threads that load compete for
    # the interpreter (measured: 10 ms later). What was said meanwhile waits in the pipe. A part of the program that
    # cannot be loaded is no reason to be gone: the request that needs it says so.
    with contextlib.suppress(Exception):
        warm_up()
    gc.freeze()
    gc.enable()
