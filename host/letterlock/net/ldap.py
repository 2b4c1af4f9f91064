"""One attribute of one directory entry, by an LDAP URL (RFC 4516), without a name or password.

`ldap3` is the library (an optional part: few authorities still publish by LDAP): it is pure Python and speaks over the
socket it is given; ours is bounded. Referrals are not followed: they would lead to addresses nobody has checked.
"""

from __future__ import annotations

from typing import Any

from letterlock.errors import LetterlockError
from letterlock.net.addresses import resolve
from letterlock.net.failures import FetchAnswerBroken, FetchRefused, LdapMissing
from letterlock.net.locations import Location
from letterlock.net.rules import Rules
from letterlock.net.wire import Watch, Wire, connect

_SCOPES = {"base": "BASE", "one": "LEVEL", "sub": "SUBTREE"}
_OVERHEAD_OCTETS = 65_536


def fetch(location: Location, rules: Rules, watch: Watch, most: int) -> bytes:
    """The first value of the attribute. Raises `FetchFailure` or `Cancelled`, whatever goes wrong."""
    require(location.host)
    base, attribute, scope, condition = location.ldap()
    if not attribute or scope not in _SCOPES:
        raise FetchRefused(location.host, "URL")
    wire = connect(resolve(location.host, location.port, rules.private, watch), watch, most + _OVERHEAD_OCTETS)
    values, result = search(wire, location.host, base, scope, condition, [attribute])
    if not values:
        raise FetchRefused(location.host, f"LDAP {result or 'noSuchAttribute'}")
    return bytes(values[0])


def require(host: str) -> None:
    """Raises `LdapMissing` where the library is not there."""
    try:
        import ldap3  # noqa: F401
    except ImportError:
        raise LdapMissing(host) from None


def search(
    wire: Wire, host: str, base: str, scope: str, condition: str, attributes: list[str], entries: int = 1
) -> tuple[list[bytes], str]:
    """The values of these attributes in up to so many entries, and what the server calls the result. Hangs up.

    Raises:
        FetchAnswerBroken: what came is no LDAP.
        FetchFailure, Cancelled: as the wire says.
    """
    import ldap3

    try:
        # What `connection.open` would do, but for resolving the name and connecting: both are done and checked.
        connection: Any = ldap3.Connection(
            ldap3.Server(host, get_info=ldap3.NONE),
            client_strategy=ldap3.SYNC,
            auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False,
            lazy=False,
        )
        connection.socket = wire
        connection.closed, connection.listening = False, True
        connection.strategy._outstanding = {}
        connection.search(base, condition, getattr(ldap3, _SCOPES[scope]), attributes=attributes, size_limit=entries)
        values = [
            bytes(value)
            for entry in connection.response or ()
            for found in (entry.get("raw_attributes") or {}).values()
            for value in found
        ]
        return values, str(connection.result.get("description", ""))
    except LetterlockError:
        raise
    except Exception as error:
        # ldap3 decodes what an attacker may have sent, and says in many ways that it cannot.
        raise FetchAnswerBroken(host, type(error).__name__) from None
    finally:
        wire.hang_up()
