"""What the network can still tell about the certificates of a message, whom it may be asked, and what is kept of it.

Opening a mail must not tell its sender that it was opened. So nobody is asked about a path that does not reach an
anchor (an attacker names any server in a certificate of his own); lists, which all customers of an authority share,
come before its responder, who learns whose certificate is looked at; and issuers, whose absence is why a path
reaches no anchor, are fetched only because a person says so. The rules are `mode`, `online` and `network` in
`TrustSettings`.

Nothing that was fetched is believed here: each document is put beside the rest of the evidence, and what the path
then says decides whether it is kept.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import TYPE_CHECKING, NamedTuple

from letterlock import limits
from letterlock.errors import LetterlockError
from letterlock.net.failures import FetchFailure
from letterlock.net.rules import Rules
from letterlock.store import fetched
from letterlock.store.database import Store
from letterlock.trust import publication
from letterlock.trust.anchors import certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Path
from letterlock.trust.publication import OcspQuestion
from letterlock.trust.reasons import CertificateRevokedLater, NoIssuerKnown
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence, Mode, NotChecked

if TYPE_CHECKING:
    # What speaks to the network is loaded when there is somebody to ask: most mail needs nobody.
    from letterlock.net.fetch import Fetches


def never() -> bool:
    """Nobody wishes to stop."""
    return False


class Found(NamedTuple):
    """What was found, to be put beside what is at hand."""

    evidence: Evidence = NOTHING_AT_HAND
    issuers: tuple[Certificate, ...] = ()

    def __add__(self, other: object) -> Found:
        assert isinstance(other, Found)
        return Found(self.evidence + other.evidence, (*self.issuers, *other.issuers))


class Undecided(NamedTuple):
    """A path of which something is still unknown, and how it would look with more at hand."""

    path: Path
    rebuilt: Callable[[Found], Path]
    evidence: Evidence = NOTHING_AT_HAND
    """What the path was judged by."""


Pair = tuple[Certificate, Certificate]
"""A certificate about which nobody has said whether it was withdrawn, and its issuer."""


def unknown(path: Path) -> tuple[Pair, ...]:
    """Of a path that is good but for that, from the signer upwards; nothing of a path that leads to no anchor."""
    missing = {each.why for each in path.revocation if isinstance(each, NotChecked)}
    against = () if path.valid else [each for each in path.reasons if not isinstance(each, CertificateRevokedLater)]
    if path.anchor is None or not missing.issuperset(against):
        return ()
    return tuple(
        (certificate, issuer)
        for certificate, issuer, status in zip(path.chain, path.chain[1:], path.revocation, strict=False)
        if isinstance(status, NotChecked)
    )


class _Place(NamedTuple):
    """Somewhere to ask about one certificate. `digest` is that of an OCSP request; none for a list."""

    url: str
    pair: Pair
    digest: str = ""

    @property
    def asked(self) -> str:
        """The name under which the answer is kept."""
        certificate, issuer = self.pair
        # A list is for everybody, an answer for one certificate of one key.
        return f"{self.url} {issuer.key_bits.hex()} {certificate.serial}" if self.digest else self.url


def _places(pair: Pair, mode: Mode) -> Iterator[_Place]:
    if mode in (Mode.CRL, Mode.OCSP, Mode.STRICT):
        yield from (_Place(url, pair) for url in publication.lists(pair[0]))
    if mode in (Mode.OCSP, Mode.STRICT):
        yield from (
            _Place(url, pair, digest) for url in publication.responders(pair[0]) for digest in ("sha1", "sha256")
        )


class Online:
    """The network and what is kept of it, for one process. Several threads may use it at once.

    Args:
        database: where answers are kept; without it nothing is.
        fetches: shares requests among all who want the same.
        clock: the present time, for what is kept.
    """

    def __init__(
        self,
        database: File | None = None,
        fetches: Fetches | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetches = fetches
        self._lock = threading.Lock()
        self._database = database
        self._clock = clock
        self._decoded: OrderedDict[bytes, Evidence] = OrderedDict()

    @property
    def fetches(self) -> Fetches:
        """All requests of this process."""
        with self._lock:
            if self._fetches is None:
                from letterlock.net.fetch import Fetches

                self._fetches = Fetches()
            return self._fetches

    # --- At once -----------------------------------------------------------------------------------------------

    def at_hand(self, path: Path) -> Evidence:
        """What was kept about the unknown certificates of a path."""
        kept = self._kept(place.asked for pair in unknown(path) for place in _places(pair, Mode.OCSP))
        return sum((self._decode(each) for each in kept), NOTHING_AT_HAND)

    def issuers_at_hand(self, undecided: Undecided) -> tuple[Certificate, ...]:
        """Kept certificates of issuers that lengthen a path."""
        return self._lengthened(undecided, lambda urls: self._kept(urls[:1]) or self._kept(urls[1:]))

    def next_issuer(self, path: Path) -> str:
        """The server that publishes what a path lacks; none where nobody says so, or that failed just now."""
        if path.anchor is not None or not any(isinstance(each, NoIssuerKnown) for each in path.reasons):
            return ""
        from letterlock.net.fetch import server_of

        urls = publication.issuers(path.chain[-1])
        return next((server_of(url) for url in urls if self.fetches.failed(url) is None), "")

    def may_tell(self, path: Path, mode: Mode) -> bool:
        """Whether there is somebody to ask, who did not fail just now."""
        places = (place for pair in unknown(path) for place in _places(pair, mode))
        return any(self.fetches.failed(place.url) is None for place in places)

    def failures(self, path: Path, mode: Mode) -> tuple[FetchFailure, ...]:
        """Why those who could be asked did not help a short while ago, once for each server and failure."""
        places = (place for pair in unknown(path) for place in _places(pair, mode))
        found = (self.fetches.failed(place.url) for place in places)
        return tuple({repr(each): each for each in found if each is not None}.values())

    # --- From the network --------------------------------------------------------------------------------------

    def find(
        self,
        undecided: Iterable[Undecided],
        mode: Mode,
        rules: Rules,
        cancelled: Callable[[], bool] = never,
        asking: Callable[[str], None] = lambda url: None,
    ) -> Found:
        """Evidence about withdrawal.

        Args:
            undecided: the paths of a message's signers.
            mode: who is asked.
            rules: what the administrator allows; no more than `total_seconds` are taken.
            cancelled: asked often.
            asking: told each URL before it is asked.

        Raises:
            Cancelled: as asked. What cannot be fetched is no exception; see `failures`.
        """
        deadline = time.monotonic() + rules.total_seconds
        found = Found()
        for each in undecided:
            for pair in unknown(each.path):
                # One list may tell about several; and once one is withdrawn, nobody else need be asked.
                if pair in unknown(each.rebuilt(found)):
                    found += self._about(each, pair, mode, found, _Fetcher(self, rules, deadline, cancelled, asking))
        return found

    def find_issuers(
        self,
        undecided: Iterable[Undecided],
        rules: Rules,
        cancelled: Callable[[], bool] = never,
        asking: Callable[[str], None] = lambda url: None,
    ) -> Found:
        """Certificates that lead on where a path ends, as far as they are published. Arguments as for `find`."""
        fetcher = _Fetcher(self, rules, time.monotonic() + rules.total_seconds, cancelled, asking)
        found = Found()
        for each in undecided:
            found += Found(issuers=self._lengthened(each, fetcher.certificates))
        return found

    # --- Inside ------------------------------------------------------------------------------------------------

    def _about(self, undecided: Undecided, pair: Pair, mode: Mode, found: Found, fetcher: _Fetcher) -> Found:
        """What can be found about one certificate; kept if it decides."""
        gathered: list[tuple[_Place, bytes, Evidence]] = []
        more = Found()
        for place in _places(pair, mode):
            octets = fetcher.evidence(place)
            evidence = self._decode(octets) if octets else NOTHING_AT_HAND
            if octets is None:
                continue
            gathered.append((place, octets, evidence))
            more += Found(evidence)
            if pair not in unknown(undecided.rebuilt(found + more)):
                for each in gathered:
                    self._keep(*each)
                return more
        for place, _, _ in gathered:
            self.fetches.useless(place.url)
        return more

    def _lengthened(
        self, undecided: Undecided, certificates: Callable[[Sequence[str]], Sequence[bytes]]
    ) -> tuple[Certificate, ...]:
        found: tuple[Certificate, ...] = ()
        path = undecided.path
        for _ in range(limits.PATH_LENGTH):
            if path.anchor is not None or not any(isinstance(each, NoIssuerKnown) for each in path.reasons):
                break
            octets = certificates(publication.issuers(path.chain[-1]))
            new = tuple(each for every in octets for each in _certificates(every) if each not in found)
            if not new:
                break
            found += new[: limits.CERTIFICATES_TRIED]
            path = undecided.rebuilt(Found(issuers=found))
        return found

    def _decode(self, octets: bytes) -> Evidence:
        """Decoded, and for short ones remembered: everybody's mail brings up the same lists."""
        known = self._decoded.get(octets)
        if known is None:
            known = Evidence.of([octets])
            self._decoded[octets] = known
            while sum(map(len, list(self._decoded))) > limits.FETCHED_DECODED_OCTETS:
                self._decoded.popitem(last=False)
        return known

    def _kept(self, asked: Iterable[str]) -> list[bytes]:
        questions = list(dict.fromkeys(asked))
        if not questions or self._database is None:
            return []
        try:
            with Store.read(self._database) as store:
                kept = (fetched.find(store, each, self._clock()) for each in questions)
                return [each for each in kept if each is not None]
        except LetterlockError:
            # What is kept saves a request. Without it everything is as it was before.
            return []

    def _keep(self, place: _Place, octets: bytes, evidence: Evidence) -> None:
        if evidence.until is not None:
            self.keep(place.asked, octets, evidence.until)

    def keep(self, asked: str, octets: bytes, until: datetime | None = None) -> None:
        """Keeps an answer for the next time, for everybody on this computer's account."""
        now = self._clock()
        latest = now + timedelta(days=limits.FETCHED_KEPT_DAYS)
        if self._database is None:
            return
        try:
            with Store.open(self._database) as store:
                fetched.keep(store, asked, octets, now, min(until or latest, latest))
        except LetterlockError:
            return


class _Fetcher:
    """Requests for one message, under its rules."""

    def __init__(
        self,
        online: Online,
        rules: Rules,
        deadline: float,
        cancelled: Callable[[], bool],
        asking: Callable[[str], None],
    ) -> None:
        self._online = online
        self._rules = rules
        self._deadline = deadline
        self._cancelled = cancelled
        self._asking = asking

    def evidence(self, place: _Place) -> bytes | None:
        """What came from a place; nothing where nothing could be had."""
        if not place.digest:
            return self._document(place.url)
        from letterlock.net.locations import Question

        question = OcspQuestion.about(*place.pair, place.digest)
        octets = self._try(
            place.url,
            lambda seconds: self._online.fetches.ask(
                place.url,
                Question(question.der, "application/ocsp-request"),
                self._rules,
                seconds,
                self._cancelled,
            ),
        )
        if octets is not None and not all(map(question.fits, Evidence.of([octets]).answers)):
            # An answer to somebody else's question, replayed: as good as none.
            return b""
        return octets

    def certificates(self, urls: Sequence[str]) -> list[bytes]:
        """What the first of these URLs gives that holds certificates."""
        for url in urls:
            octets = self._document(url)
            if octets is None:
                continue
            if _certificates(octets):
                self._online.keep(url, octets)
                return [octets]
            self._online.fetches.useless(url)
        return []

    def _document(self, url: str) -> bytes | None:
        return self._try(
            url,
            lambda seconds: self._online.fetches.document(url, self._rules, seconds, self._cancelled),
        )

    def _try(self, url: str, act: Callable[[float], bytes]) -> bytes | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            return None
        self._asking(url)
        try:
            return act(left)
        except FetchFailure:
            return None


def _certificates(octets: bytes) -> tuple[Certificate, ...]:
    """A certificate or a bag of them (RFC 5280 §4.2.2.1), nothing for anything else."""
    try:
        return certificates_of(octets, "")
    except LetterlockError:
        return ()
