"""Why a time-stamp proves nothing. Each is a remark in a verdict: it harms no signature, and helps none."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Fault, LetterlockError


class TimeStampFailure(LetterlockError):
    """Base: this time-stamp proves no time."""

    fault = Fault.MAIL


class TimeStampMalformed(TimeStampFailure):
    """It is no time-stamp token, or a part of one is not as RFC 3161 §2.4.2 has it (`part` names it)."""

    code = "time_stamp_malformed"
    part: str


class TimeStampForOther(TimeStampFailure):
    """It is a time-stamp of something else than this signature (`messageImprint`)."""

    code = "time_stamp_for_other"


class TimeStampBroken(TimeStampFailure):
    """The authority's signature on it does not hold. `why` is the code of what the CMS engine found."""

    code = "time_stamp_broken"
    why: str


class TimeStampNotChecked(TimeStampFailure):
    """It is made with an algorithm that is not known here. `why` is the code of what the CMS engine found."""

    code = "time_stamp_not_checked"
    why: str


class TimeStampWeak(TimeStampFailure):
    """Made with algorithms that somebody else can forge with, today or soon."""

    code = "time_stamp_weak"
    algorithms: tuple[str, ...]


class TimeStampAuthorityMissing(TimeStampFailure):
    """Its authority's certificate is not at hand."""

    code = "time_stamp_authority_missing"


class TimeStampAuthorityNotNamed(TimeStampFailure):
    """Its signature does not say with which certificate it was made (RFC 3161 §2.4.2 and RFC 5816 demand it)."""

    code = "time_stamp_authority_not_named"


class TimeStampPurposeWrong(TimeStampFailure):
    """Its maker's certificate is not one for time-stamping and for nothing else (RFC 3161 §2.3)."""

    code = "time_stamp_purpose_wrong"
    authority: str


class TimeStampAuthorityNotTrusted(TimeStampFailure):
    """Nobody the reader trusts for it vouches for the authority, or its certificate was not good at that time.

    `why` is the code of the most telling reason against its path.
    """

    code = "time_stamp_authority_not_trusted"
    authority: str
    time: datetime
    why: str


class TimeStampAuthorityRevoked(TimeStampFailure):
    """The authority's key may be in other hands, so that any time can be written with it (RFC 3161 §4)."""

    code = "time_stamp_authority_revoked"
    authority: str
    revoked_at: datetime
    reason: str


class TimeStampInFuture(TimeStampFailure):
    """It names a time that has not come: this clock is wrong, or the authority's."""

    code = "time_stamp_in_future"
    time: datetime
    now: datetime


class TimeStampNotNow(TimeStampFailure):
    """It was asked for now, and names another time: the authority's clock is wrong, or this one."""

    code = "time_stamp_not_now"
    time: datetime
    now: datetime


class TimeStampOtherPolicy(TimeStampFailure):
    """The authority stamped under another policy than it was asked for (RFC 3161 §2.4.2)."""

    code = "time_stamp_other_policy"
    asked: str
    policy: str


class TooManyTimeStamps(TimeStampFailure):
    """More time-stamps than are looked at (`limits.TIME_STAMPS_IN_MESSAGE`)."""

    code = "too_many_time_stamps"
    limit: int


class TimeStampRefused(TimeStampFailure):
    """A time-stamping authority answered that it makes none. `status` and `text` are its words."""

    code = "time_stamp_refused"
    status: int
    text: str
