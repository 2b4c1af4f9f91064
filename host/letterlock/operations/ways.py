"""The ways in which mail goes out, each behind one shape: what `operations.send` asks of a server, and nothing else.

`smtp` and `imap` come with a host that sends; the providers' APIs are loaded when an account uses one. The way
`webmail` has no server here: a client carries the messages through the webmail's own page (`operations.carry`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from letterlock import limits
from letterlock.net import imap, smtp
from letterlock.net.mail import Login
from letterlock.net.smtp import Envelope
from letterlock.net.wire import never
from letterlock.operations.account_failures import WayNotFromHere

if TYPE_CHECKING:
    import ssl

    from letterlock.operations.accounts import Account

APIS = ("gmail", "graph", "jmap")


class Sending(Protocol):
    """A conversation in which messages are sent."""

    extensions: dict[str, str]

    @property
    def server(self) -> str: ...
    @property
    def largest(self) -> int | None: ...
    def login(self, login: Login) -> None: ...
    def send(
        self,
        envelope: Envelope,
        pieces: Iterable[bytes],
        before_end: Callable[[], None],
        waiting: Callable[[], bool] = never,
    ) -> str: ...


class Keeping(Protocol):
    """A conversation in which a copy is put into a folder."""

    def login(self, login: Login) -> None: ...
    def sent_folder(self) -> str | None: ...
    def make_sent_folder(self) -> str: ...
    def has(self, folder: str, message_id: str) -> bool: ...
    def append(self, folder: str, octets: int, pieces: Iterable[bytes], utf8: bool = False) -> None: ...


Connect = Callable[["ssl.SSLContext", Callable[[], bool]], AbstractContextManager[Keeping]]


def sender(
    account: Account, context: ssl.SSLContext, cancelled: Callable[[], bool] = never
) -> AbstractContextManager[Any]:
    """A conversation (`Sending`) with the account's server. Raises `WayNotFromHere`, and as `smtp.connected`."""
    if account.way == "smtp":
        return smtp.connected(account.smtp, context, cancelled)
    if account.way not in APIS:
        raise WayNotFromHere(account.address, account.site)
    found: AbstractContextManager[Sending] = _api(account.way).connected(account.smtp, context, cancelled)
    return found


def keeper(account: Account) -> Connect | None:
    """How a conversation (`Keeping`) begins in which the copy is kept; None: nobody here keeps one."""
    if account.way == "smtp":
        return None if account.imap is None else partial(imap.connected, account.imap)
    return partial(_api("jmap").connected, account.smtp) if account.way == "jmap" else None


def largest(account: Account) -> int | None:
    """Octets of the largest message that this way is known to take before anybody is asked; None: not known."""
    return {"gmail": limits.GMAIL_OCTETS, "graph": limits.GRAPH_OCTETS}.get(account.way)


def _api(way: str) -> Any:
    return import_module(f"letterlock.net.{way}")
