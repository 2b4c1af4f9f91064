"""Certificates of people in a directory (LDAP), by mail address (RFC 4523, RFC 2798).

The directory is one that the person or the administrator chose, and not one that a mail names: it may be in the
private network. What it says is a certificate like any other; whether to believe it is decided by its issuer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from letterlock import limits
from letterlock.net import ldap
from letterlock.net.addresses import resolve
from letterlock.net.failures import DirectoryNothingFound, LocationForbidden
from letterlock.net.http import tls_context
from letterlock.net.rules import DEFAULT, Rules
from letterlock.net.wire import Watch, connect, never

_ATTRIBUTES = ["userCertificate;binary", "userSMIMECertificate;binary", "userSMIMECertificate"]
"""RFC 2798 §2.8 wants ";binary" for the last; OpenLDAP keeps it without and knows it only so."""

_PORTS = {"ldap": 389, "ldaps": 636}
_ENTRIES = 4
"""Entries looked at for one address; more are people who share a mailbox."""


class Directory(NamedTuple):
    """Where to ask: from "ldap://host:port/base" or "ldaps://…"."""

    secure: bool
    host: str
    port: int
    base: str

    @classmethod
    def parse(cls, url: str) -> Directory:
        """The parts of the URL. Raises `LocationForbidden`."""
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise LocationForbidden(url[:100], "syntax") from None
        scheme = parts.scheme.lower()
        if scheme not in _PORTS or not host or parts.username is not None:
            raise LocationForbidden(host or url[:100], "a directory is ldap://host/base or ldaps://host/base")
        return cls(scheme == "ldaps", host, port or _PORTS[scheme], unquote(parts.path.removeprefix("/")))


def certificates(
    address: str, directory: Directory, rules: Rules = DEFAULT, cancelled: Callable[[], bool] = never
) -> list[bytes]:
    """The certificates (DER) that the directory has for an address, at most `limits.LOOKUP_CERTIFICATES`.

    Outlook's userSMIMECertificate is a PKCS#7 with certificates in it: handed out as it is.

    Raises:
        DirectoryNothingFound: there is none.
        FetchFailure, Cancelled: nobody answered, or not in the right way.
    """
    ldap.require(directory.host)
    watch = Watch(directory.host, rules.request_seconds, cancelled)
    wire = connect(resolve(directory.host, directory.port, True, watch), watch, limits.FETCH_OCTETS)
    if directory.secure:
        try:
            wire.secure(tls_context(), directory.host)
        except BaseException:
            wire.hang_up()
            raise
    mail = escaped(address)
    condition = f"(|(mail={mail})(proxyAddresses=smtp:{mail}))"
    values, _ = ldap.search(wire, directory.host, directory.base, "sub", condition, _ATTRIBUTES, _ENTRIES)
    if not values:
        raise DirectoryNothingFound(directory.host, address)
    return list(dict.fromkeys(values))[: limits.LOOKUP_CERTIFICATES]


def escaped(value: str) -> str:
    """A value inside a search filter (RFC 4515 §3): an address could otherwise ask for everything."""
    return "".join(
        character
        if character.isalnum() or character in "@.-_+"
        else "".join(f"\\{octet:02x}" for octet in character.encode())
        for character in value
    )
