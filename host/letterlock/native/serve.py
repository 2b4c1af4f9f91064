"""A conversation with everything it needs, from the hello that was said to a clean end."""

from __future__ import annotations

import os
import signal
import threading
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
    stopping = process.Stopping()
    messages = OpenMessages()
    writer = pipes.Writer(claimed.sink, broken=_wake_main)
    conversation = Conversation(Session(), operations(messages), writer)
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    code = 0
    try:
        conversation.run(lambda: stopping.guarded(lambda: pipes.read(claimed.source)))
    except process.Stopped as stopped:
        code = stopped.exit_code
    clean = conversation.end()
    messages.close_all()
    return code, clean


def _wake_main() -> None:
    # The main thread waits for input from a client that has already closed its other pipe.
    if hasattr(signal, "pthread_kill"):
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGTERM)
    else:
        os._exit(0)
