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
from letterlock.net.wire import Watch, connect

_SCOPES = {"base": "BASE", "one": "LEVEL", "sub": "SUBTREE"}
_OVERHEAD_OCTETS = 65_536


def fetch(location: Location, rules: Rules, watch: Watch, most: int) -> bytes:
    """The first value of the attribute. Raises `FetchFailure` or `Cancelled`, whatever goes wrong."""
    try:
        import ldap3
    except ImportError:
        raise LdapMissing(location.host) from None
    base, attribute, scope, condition = location.ldap()
    if not attribute or scope not in _SCOPES:
        raise FetchRefused(location.host, "URL")
    wire = connect(resolve(location.host, location.port, rules.private, watch), watch, most + _OVERHEAD_OCTETS)
    try:
        # What `connection.open` would do, but for resolving the name and connecting: both are done and checked.
        connection: Any = ldap3.Connection(
            ldap3.Server(location.host, location.port, get_info=ldap3.NONE),
            client_strategy=ldap3.SYNC,
            auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False,
            lazy=False,
        )
        connection.socket = wire
        connection.closed, connection.listening = False, True
        connection.strategy._outstanding = {}
        connection.search(base, condition, getattr(ldap3, _SCOPES[scope]), attributes=[attribute], size_limit=1)
        result = connection.result.get("description", "")
        values = [
            value
            for entry in connection.response or ()
            for values in (entry.get("raw_attributes") or {}).values()
            for value in values
        ]
    except LetterlockError:
        raise
    except Exception as error:
        # ldap3 decodes what an attacker may have sent, and says in many ways that it cannot.
        raise FetchAnswerBroken(location.host, type(error).__name__) from None
    finally:
        wire.hang_up()
    if not values:
        raise FetchRefused(location.host, f"LDAP {result or 'noSuchAttribute'}")
    return bytes(values[0])
