"""Time-stamps from authorities that this person, or the organisation, chose (RFC 3161 over HTTP, §3.4).

    stamping = timestamps.settings(database, policy)
    stamped = timestamps.stamp(signature_value, stamping, trust, now)
    stamped.token, stamped.time, stamped.doubt

Only a digest leaves this computer, and with it the fact that something is being signed or kept now. What comes back is
checked before it is used: that it answers this very question, that its signature holds, that its clock goes as ours.
Whether anybody here believes the authority is another matter: a token by one that is not trusted here may still
convince somebody else, so it is handed over, with the doubt.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from letterlock import limits
from letterlock.errors import Fault, LetterlockError
from letterlock.evidence import request
from letterlock.evidence.failures import (
    TimeStampAuthorityNotTrusted,
    TimeStampFailure,
    TimeStampNotNow,
    TimeStampOtherPolicy,
)
from letterlock.evidence.timestamp import parse, verify
from letterlock.net.failures import FetchFailure, LocationForbidden
from letterlock.net.fetch import fetch
from letterlock.net.locations import Location, Question
from letterlock.operations.trust import TrustSettings
from letterlock.store import policy as policies
from letterlock.store.database import Store
from letterlock.store.failures import PolicyUnusable
from letterlock.trust.path import Allowance
from letterlock.trust.revocation import NOTHING_AT_HAND

_AUTHORITIES, _REQUIRED = "timestamps.authorities", "timestamps.required"
_POLICY = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,18})){1,30}")


class TimeStampPolicyWrong(LetterlockError):
    """A policy is named by an object identifier in dotted form (RFC 3161 §2.4.1)."""

    code = "time_stamp_policy_wrong"
    fault = Fault.USER
    text: str


class NoTimeStamp(LetterlockError):
    """None of the authorities gave a time-stamp. `codes` are those of `failures`, one for each authority asked."""

    code = "no_time_stamp"
    fault = Fault.HOST
    servers: tuple[str, ...]
    codes: tuple[str, ...]

    def __init__(self, failures: list[tuple[str, LetterlockError]]) -> None:
        super().__init__(tuple(server for server, _ in failures), tuple(each.code for _, each in failures))
        self.failures = tuple(each for _, each in failures)


class Authority(NamedTuple):
    """Where to ask, and the policy asked for (dotted; none: the authority's own)."""

    url: str
    policy: str | None = None

    @property
    def server(self) -> str:
        """Its host's name."""
        return Location.parse(self.url).host

    @classmethod
    def parse(cls, url: str, policy: str | None = None) -> Authority:
        """Raises `LocationForbidden`, `TimeStampPolicyWrong`."""
        location = Location.parse(url)
        if location.scheme not in ("http", "https"):
            raise LocationForbidden(location.host, location.scheme)
        if policy is not None and not _POLICY.fullmatch(policy):
            raise TimeStampPolicyWrong(policy[:100])
        return cls(url, policy)


class Stamping(NamedTuple):
    """The authorities, asked in this order until one answers; and whether signing without a time-stamp is refused."""

    authorities: tuple[Authority, ...] = ()
    required: bool = False
    by_organisation: bool = False


NOBODY = Stamping()
"""No authority is asked."""


class Stamped(NamedTuple):
    """A token that was just made. `doubt`: why it is not believed here (its authority is not among the anchors)."""

    token: bytes
    time: datetime
    authority: Authority
    doubt: TimeStampAuthorityNotTrusted | None


def settings(database: Path, policy: Path | None = None) -> Stamping:
    """The authorities in force: the organisation's where it names some, else the user's.

    Raises:
        PolicyUnusable: as `policies.read`.
    """
    decided = policies.read(policy).time_stamps
    with Store.read(database) as store:
        own = store.setting(_AUTHORITIES, [])
        required = store.setting(_REQUIRED, False) is True
    named = decided.authorities or [(each["url"], each["policy"]) for each in own]
    try:
        authorities = tuple(Authority.parse(*each) for each in named)
    except (LocationForbidden, TimeStampPolicyWrong) as failure:
        if decided.authorities:
            raise PolicyUnusable(str(policy), f"time_stamps.authorities: {failure}") from None
        raise
    required = required if decided.required is None else decided.required
    return Stamping(authorities, required and bool(authorities), bool(decided.authorities))


def add(database: Path, authority: Authority) -> bool:
    """Ask this authority, too, after those that are kept; false if it was kept already (then its policy changes)."""

    def with_it(kept: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
        if any(each["url"] == authority.url for each in kept):
            return [authority._asdict() if each["url"] == authority.url else each for each in kept]
        return [*kept, authority._asdict()]

    with Store.open(database) as store:
        before = store.change_setting(_AUTHORITIES, [], with_it)
    return all(each["url"] != authority.url for each in before)


def remove(database: Path, url: str) -> bool:
    """Do not ask this authority any more; false if it was not kept."""
    with Store.open(database) as store:
        before = store.change_setting(_AUTHORITIES, [], lambda kept: [each for each in kept if each["url"] != url])
    return any(each["url"] == url for each in before)


def require(database: Path, required: bool) -> None:
    """From now on, refuse to sign where no authority answers; or sign without, and say so (the default)."""
    with Store.open(database) as store:
        store.set_setting(_REQUIRED, required)


def stamp(octets: bytes, stamping: Stamping, trust: TrustSettings, now: datetime) -> Stamped:
    """A time-stamp of these octets, by the first authority that gives one.

    Raises:
        NoTimeStamp: none did; with what each of them did instead.
    """
    failures: list[tuple[str, LetterlockError]] = []
    for authority in stamping.authorities:
        try:
            return stamp_by(authority, octets, trust, now)
        except (FetchFailure, TimeStampFailure) as failure:
            failures.append((authority.server, failure))
    raise NoTimeStamp(failures)


def stamp_by(
    authority: Authority, octets: bytes, trust: TrustSettings, now: datetime, digest: str = "SHA-256"
) -> Stamped:
    """A time-stamp of these octets by one authority, which is asked now; it is told their `digest`.

    Raises:
        FetchFailure: it cannot be reached.
        TimeStampFailure: it made none, or what it made proves nothing.
    """
    question = request.ask(octets, authority.policy, digest_algorithm=digest)
    # Somebody here named this server, not a mail: it may stand in a private network.
    answer = fetch(
        authority.url,
        trust.network._replace(private=True),
        question=Question(question.der, request.CONTENT_TYPE_ASKED),
        most=limits.TIME_STAMP_OCTETS,
    )
    token = request.answer(answer, question)
    told = parse(token)
    if abs(now - told.time) > timedelta(minutes=limits.CLOCKS_APART_MINUTES) + told.accuracy:
        raise TimeStampNotNow(told.time, now)
    if authority.policy is not None and told.info.policy.dotted_string != authority.policy:
        raise TimeStampOtherPolicy(authority.policy, told.info.policy.dotted_string)
    terms = trust.stamping(now, NOTHING_AT_HAND, Allowance())
    try:
        verify(token, octets, terms)
    except TimeStampAuthorityNotTrusted as doubt:
        return Stamped(token, told.time, authority, doubt)
    return Stamped(token, told.time, authority, None)
