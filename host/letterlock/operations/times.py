"""When a signature was there: the time that counts for its certificate, and where that time comes from.

In this order (one place, and this is it): the earliest time-stamp that can be verified; else the first time this
computer opened the very same message; else now. What the signer claims, and what mail servers wrote, prove nothing
and are only shown. A time-stamp that cannot be verified is a remark and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.cms import SignerInfo
from letterlock.errors import Coded
from letterlock.operations.reasons import CertificateExpiredSince, CertificateExpiredSinceTimeStamp
from letterlock.trust.certificate import Certificate

if TYPE_CHECKING:
    from letterlock.evidence.failures import TimeStampFailure
    from letterlock.evidence.timestamp import Terms, TimeStamp


@dataclass(frozen=True)
class Clock:
    """What is known before anything is looked at: now, and when this message was first opened here, if that is kept."""

    now: datetime
    first_opened: datetime | None = None

    @property
    def here(self) -> datetime:
        """The time that counts without a time-stamp."""
        return self.first_opened or self.now


@dataclass(frozen=True)
class Times:
    """The time that counts for one signer, and every time-stamp beside its signature."""

    clock: Clock
    stamps: tuple[TimeStamp, ...] = ()
    """Verified, the earliest first."""
    refused: tuple[TimeStampFailure, ...] = ()

    @property
    def counts(self) -> datetime:
        """When the signature was there for certain: a time-stamp says so up to its accuracy; never more than now."""
        return min(self.stamps[0].latest, self.clock.now) if self.stamps else self.clock.here

    def expired_since(self, certificate: Certificate) -> list[Coded]:
        """That the certificate was good at the time that counts and has expired since, where it has."""
        if not self.counts <= certificate.not_after < self.clock.now:
            return []
        if self.stamps:
            stamp = self.stamps[0]
            return [
                CertificateExpiredSinceTimeStamp(
                    certificate.name, certificate.not_after, stamp.time, stamp.authority.name
                )
            ]
        return [CertificateExpiredSince(certificate.name, certificate.not_after, self.counts)]


class Stamps:
    """Looks at the time-stamps of one message, not more than `limits.TIME_STAMPS_IN_MESSAGE` of them."""

    def __init__(self, clock: Clock, most: int = limits.TIME_STAMPS_IN_MESSAGE) -> None:
        self._clock = clock
        self._most = self._left = most

    def of(self, info: SignerInfo, certificates: Sequence[bytes], terms: Callable[[], Terms]) -> Times:
        """The times of one signer. `certificates` came with it; `terms` are asked for where there is a token."""
        if not info.unsigned_attributes:
            return Times(self._clock)
        from letterlock.cms import time_stamp_tokens
        from letterlock.evidence.failures import TimeStampFailure, TooManyTimeStamps
        from letterlock.evidence.timestamp import verify

        stamps: list[TimeStamp] = []
        refused: list[TimeStampFailure] = []
        for token in dict.fromkeys(time_stamp_tokens(info)):
            if not self._left:
                refused.append(TooManyTimeStamps(self._most))
                break
            self._left -= 1
            try:
                stamps.append(verify(token, info.value, terms(), certificates))
            except TimeStampFailure as failure:
                refused.append(failure)
        return Times(self._clock, tuple(sorted(stamps, key=lambda each: each.latest)), tuple(refused))


def is_about_time(reason: Coded) -> bool:
    """Whether this is a remark on a time-stamp, which harms nothing."""
    return reason.code.startswith(("time_stamp_", "too_many_time_stamps"))
