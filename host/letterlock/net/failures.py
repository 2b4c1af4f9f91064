"""Why something could not be fetched. `server` is the host that was named, never the path: it may name a person."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError


class FetchFailure(LetterlockError):
    """Base of all of them."""

    code = "fetch_failed"
    fault = Fault.HOST
    server: str


class FetchUnreachable(FetchFailure):
    """The server's name is unknown, or nobody accepts connections there."""

    code = "fetch_unreachable"
    detail: str


class FetchTimedOut(FetchFailure):
    """The server did not answer in full within the time that was left."""

    code = "fetch_timed_out"


class FetchTooLarge(FetchFailure):
    """The answer has more octets than anything of its kind; it was not read to the end."""

    code = "fetch_too_large"
    limit: int


class FetchRefused(FetchFailure):
    """The server answered that there is nothing, or not for us (the HTTP status, or LDAP's result)."""

    code = "fetch_refused"
    status: str


class FetchTlsFailed(FetchFailure):
    """The server could not prove that it is the one that was named."""

    code = "fetch_tls_failed"
    detail: str


class FetchAnswerBroken(FetchFailure):
    """What came is no HTTP or LDAP answer, or one packed in a way that was not asked for."""

    code = "fetch_answer_broken"
    detail: str


class FetchUseless(FetchFailure):
    """A document came, but it proves nothing: not what was asked for, too old, or not signed by who may speak."""

    code = "fetch_useless"


class FetchRedirectedTooOften(FetchFailure):
    """One server sent on to the next, in a circle or too often."""

    code = "fetch_redirected_too_often"
    limit: int


class LocationForbidden(FetchFailure):
    """The URL is of a kind that is never fetched: another scheme, another service's port, a name and password in it."""

    code = "fetch_location_forbidden"
    detail: str


class AddressForbidden(FetchFailure):
    """The server is on this computer or in its private network, which the administrator has not allowed."""

    code = "fetch_address_forbidden"
    address: str


class LdapMissing(FetchFailure):
    """The certificate's issuer publishes by LDAP, and the optional part for that is not installed."""

    code = "fetch_ldap_missing"


class DnssecMissing(FetchFailure):
    """The optional part that looks into the DNS is not installed."""

    code = "fetch_dnssec_missing"


class DnsNothingFound(FetchFailure):
    """The DNS has no such record, or says that it has none."""

    code = "dns_nothing_found"


class DnsNotProven(FetchFailure):
    """The DNS answered, and DNSSEC does not prove it: not signed, signed by somebody else, or run out."""

    code = "dns_not_proven"
    detail: str


class DirectoryNothingFound(FetchFailure):
    """The directory has no certificate for this address."""

    code = "directory_nothing_found"
    address: str
