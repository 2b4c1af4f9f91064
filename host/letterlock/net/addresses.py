"""A server's name to the addresses that may be connected to: those of the internet, unless private ones are allowed.

The address is checked and then connected to as it is; the name is not resolved again, so that a name server that
answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from typing import Any, NamedTuple

from letterlock import limits
from letterlock.net.failures import AddressForbidden, FetchUnreachable
from letterlock.net.wire import Watch

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Behind it stands an IPv4 address (RFC 6052 §2.1)."""

_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23", "3fff::/20", "5f00::/16"),
    )
)
"""Of the IANA registries of special-purpose addresses, what not every version of Python counts among them."""

_lookups = threading.BoundedSemaphore(limits.FETCH_LOOKUPS_AT_ONCE)


class Address(NamedTuple):
    """Where a socket can be connected to, checked."""

    family: int
    sockaddr: tuple[Any, ...]


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the internet at large, and so to nobody's inner network."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.teredo is not None:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )


def resolve(host: str, port: int, private: bool, watch: Watch) -> list[Address]:
    """The addresses of a host that may be connected to, in the system's order.

    Raises:
        FetchUnreachable: there is none.
        AddressForbidden: there are only such that must not be connected to.
        FetchTimedOut, Cancelled: as `watch` says.
    """
    allowed, forbidden = [], ""
    for family, sockaddr in _looked_up(host, port, watch):
        address = ipaddress.ip_address(str(sockaddr[0]).partition("%")[0])
        if private or is_public(address):
            allowed.append(Address(family, sockaddr))
        else:
            forbidden = forbidden or str(address)
    if not allowed:
        raise AddressForbidden(host, forbidden) if forbidden else FetchUnreachable(host, "no address")
    return allowed[: limits.FETCH_ADDRESSES]


def _looked_up(host: str, port: int, watch: Watch) -> list[tuple[int, tuple[Any, ...]]]:
    """What the system says. It may think for minutes and cannot be interrupted, so a thread of its own asks it."""
    found: list[tuple[int, tuple[Any, ...]]] = []
    problems: list[str] = []
    done = threading.Event()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            found.extend((row[0], tuple(row[4])) for row in rows if row[0] in (socket.AF_INET, socket.AF_INET6))
        except (OSError, UnicodeError) as error:
            problems.append(getattr(error, "strerror", None) or "no such name")
        finally:
            with contextlib.suppress(ValueError):
                _lookups.release()
            done.set()

    # All of them may be waiting for a name server that never answers; then whoever comes next waits as long.
    watch.until(lambda seconds: _lookups.acquire(timeout=seconds))
    try:
        threading.Thread(target=ask, name="lookup", daemon=True).start()
    except RuntimeError:
        _lookups.release()
        raise FetchUnreachable(host, "no thread") from None
    watch.until(done.wait)
    if problems:
        raise FetchUnreachable(host, problems[0])
    return found
