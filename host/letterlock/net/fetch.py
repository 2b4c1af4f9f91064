"""One document by its URL, and many who want the same one at once share one request.

A server that failed is not asked again for a while: mails are opened one after the other, and each would wait for it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from letterlock import limits
from letterlock.net.failures import FetchFailure, FetchUseless
from letterlock.net.locations import DOCUMENT, Location, Question
from letterlock.net.rules import Rules
from letterlock.net.wire import Watch, never


def fetch(
    url: str,
    rules: Rules,
    *,
    question: Question = DOCUMENT,
    seconds: float | None = None,
    most: int = limits.FETCH_OCTETS,
    cancelled: Callable[[], bool] = never,
) -> bytes:
    """The octets at a URL, whatever they are.

    Args:
        url: http, https or ldap, as a certificate names it.
        rules: what the administrator allows.
        question: posted there, where something is to be asked.
        seconds: until it is given up, if that is less than the rules say.
        most: octets of the answer.
        cancelled: asked ten times a second whether anybody still wants it.

    Raises:
        FetchFailure: it could not be had.
        Cancelled: nobody wants it any more.
    """
    location = Location.parse(url)
    allowed = rules.request_seconds if seconds is None else min(rules.request_seconds, seconds)
    watch = Watch(location.host, allowed, cancelled)
    if location.scheme == "ldap":
        from letterlock.net.ldap import fetch as by_ldap

        return by_ldap(location, rules, watch, most)
    # Imported where it is used: a host that asks nobody starts without it.
    from letterlock.net.http import fetch as by_http

    return by_http(location, question, rules, watch, most)


class _Request:
    """One request under way."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.octets: bytes | None = None
        self.failure: FetchFailure | None = None


class Fetches:
    """Everything that one process fetches."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way: dict[str, _Request] = {}
        self._failed: OrderedDict[str, tuple[float, FetchFailure]] = OrderedDict()
        self._just_come: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._ended = False

    def document(self, url: str, rules: Rules, seconds: float, cancelled: Callable[[], bool] = never) -> bytes:
        """The document at a URL. Raises as `fetch`; a wait for another's request ends after `seconds`, too."""
        deadline = self._clock() + seconds
        while True:
            with self._lock:
                if known := self._known_failure(url):
                    raise known
                until, octets = self._just_come.get(url, (0.0, b""))
                if self._clock() < until:
                    return octets
                request = self._under_way.get(url)
                if mine := request is None:
                    request = self._under_way[url] = _Request()
            assert request is not None
            left = max(0.0, deadline - self._clock())
            if mine:
                return self._carry_out(request, url, rules, left, cancelled)
            Watch(server_of(url), left, lambda: self._ended or cancelled()).until(request.done.wait)
            if request.octets is not None:
                return request.octets
            if request.failure is not None:
                raise request.failure
            # Whoever carried it out did not want it any more; now it is our turn.

    def ask(
        self, url: str, question: Question, rules: Rules, seconds: float, cancelled: Callable[[], bool] = never
    ) -> bytes:
        """The answer to a question, which is asked for nobody else. Raises as `fetch`."""
        with self._lock:
            if known := self._known_failure(url):
                raise known
        return self._remembering(
            url,
            lambda: fetch(
                url,
                rules,
                question=question,
                seconds=seconds,
                most=limits.FETCH_ANSWER_OCTETS,
                cancelled=lambda: self._ended or cancelled(),
            ),
        )

    def failed(self, url: str) -> FetchFailure | None:
        """Why it could not be had a short while ago, so that it need not be tried now."""
        with self._lock:
            return self._known_failure(url)

    def useless(self, url: str) -> FetchFailure:
        """What came from there proves nothing: as good as a failure."""
        failure = FetchUseless(server_of(url))
        with self._lock:
            self._remember(url, failure)
        return failure

    def end(self) -> None:
        """Stops everything, soon and for good."""
        self._ended = True

    def _carry_out(
        self, request: _Request, url: str, rules: Rules, seconds: float, cancelled: Callable[[], bool]
    ) -> bytes:
        try:
            request.octets = self._remembering(
                url, lambda: fetch(url, rules, seconds=seconds, cancelled=lambda: self._ended or cancelled())
            )
            with self._lock:
                self._remember_octets(url, request.octets)
            return request.octets
        except FetchFailure as failure:
            request.failure = failure
            raise
        finally:
            with self._lock:
                del self._under_way[url]
            request.done.set()

    def _remembering(self, url: str, act: Callable[[], bytes]) -> bytes:
        try:
            return act()
        except FetchFailure as failure:
            with self._lock:
                self._remember(url, failure)
            raise

    def _remember(self, url: str, failure: FetchFailure) -> None:
        self._failed[url] = (self._clock() + limits.FETCH_AGAIN_SECONDS, failure)
        self._failed.move_to_end(url)
        while len(self._failed) > limits.FETCH_FAILURES_KEPT:
            self._failed.popitem(last=False)

    def _remember_octets(self, url: str, octets: bytes) -> None:
        # Whoever asked for the same a moment too late to share the request, before the answer is kept on disk.
        now = self._clock()
        self._just_come[url] = (now + limits.FETCH_SHARED_SECONDS, octets)
        while (
            next(iter(self._just_come.values()))[0] <= now
            or sum(len(each) for _, each in self._just_come.values()) > limits.FETCH_OCTETS
        ):
            self._just_come.popitem(last=False)

    def _known_failure(self, url: str) -> FetchFailure | None:
        again, failure = self._failed.get(url, (0.0, None))
        return failure if failure is not None and self._clock() < again else None


def server_of(url: str) -> str:
    """The host that a URL names, for people."""
    try:
        return Location.parse(url).host
    except FetchFailure as failure:
        return failure.server
