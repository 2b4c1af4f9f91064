"""Certificates in the DNS (RFC 8162): SMIMEA records, believed only as far as DNSSEC proves them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from letterlock import limits
from letterlock.errors import Cancelled
from letterlock.net.dnssec import Ask, Validator, library
from letterlock.net.failures import DnsNothingFound, DnssecMissing, FetchTimedOut, FetchUnreachable
from letterlock.net.rules import DEFAULT, Rules
from letterlock.net.wire import never

_FULL_CERTIFICATE, _NOT_HASHED = 0, 0
"""Selector and matching type of a record that holds the certificate itself (RFC 6698 §2.1.2, §2.1.3)."""


def owner(address: str) -> str:
    """The name under which an address's certificates stand (RFC 8162 §3)."""
    local, _, domain = address.rpartition("@")
    hashed = hashlib.sha256(unicodedata.normalize("NFC", local).encode()).hexdigest()[:56]
    return f"{hashed}._smimecert.{domain.rstrip('.')}."


def certificates(
    address: str,
    rules: Rules = DEFAULT,
    cancelled: Callable[[], bool] = never,
    *,
    ask: Ask | None = None,
    anchors: dict[str, Sequence[str]] | None = None,
) -> list[bytes]:
    """The certificates (DER) that the DNS has for an address, at most `limits.LOOKUP_CERTIFICATES`.

    The local part is asked for as it was typed and then in lower case: it is hashed as the zone's owner wrote it.
    Records that hold only a digest are of no use to whoever has no certificate yet.

    Raises:
        DnsNothingFound: there is none.
        DnsNotProven: something is there, and not signed as it must be.
        DnssecMissing, FetchUnreachable, FetchTimedOut: nobody could be asked.
    """
    validator = Validator(ask or asking_resolver(rules, cancelled), anchors)
    spellings = dict.fromkeys((owner(address), owner(_lower(address))))
    for spelling in spellings:
        try:
            records = validator.records(spelling, "SMIMEA")
        except DnsNothingFound:
            continue
        found = [
            bytes(each.cert) for each in records if (each.selector, each.mtype) == (_FULL_CERTIFICATE, _NOT_HASHED)
        ]
        if found:
            return found[: limits.LOOKUP_CERTIFICATES]
    raise DnsNothingFound(address)


def asking_resolver(rules: Rules, cancelled: Callable[[], bool] = never) -> Ask:
    """Asks the resolver that this computer uses for everything. Raises `DnssecMissing`."""
    dns = library()
    try:
        import dns.flags
        import dns.resolver
    except ImportError:
        raise DnssecMissing("DNS") from None
    try:
        resolver = dns.resolver.Resolver()
    except dns.exception.DNSException as error:
        raise FetchUnreachable("DNS", type(error).__name__) from None
    resolver.use_edns(0, dns.flags.DO, 1232)
    # CD: what a resolver finds wrong is wanted all the same, for it is judged here.
    resolver.flags = dns.flags.RD | dns.flags.CD

    def ask(name: Any, type_: Any) -> Any:
        if cancelled():
            raise Cancelled
        try:
            answer = resolver.resolve(
                name, type_, raise_on_no_answer=False, lifetime=rules.request_seconds, search=False
            )
        except dns.resolver.NXDOMAIN:
            raise DnsNothingFound(name.to_text()) from None
        except dns.exception.Timeout:
            raise FetchTimedOut("DNS") from None
        except dns.exception.DNSException as error:
            raise FetchUnreachable("DNS", type(error).__name__) from None
        return answer.response

    return ask


def _lower(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.lower()}@{domain}"
