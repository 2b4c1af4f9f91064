"""A URL out of a certificate, taken apart (RFC 3986), and refused unless certificates have a use for it.

Other schemes read files or speak to other programs. Below 1024 only the ports of the three protocols are connected
to: a certificate must not make this computer talk to a mail server or a printer in its owner's name (the reason why
browsers keep a list of bad ports).
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from letterlock import limits
from letterlock.net.failures import LocationForbidden

_PORTS = {"http": 80, "https": 443, "ldap": 389}
_FIRST_FREE_PORT = 1024


class Location(NamedTuple):
    """Where something is. `host` is ASCII and lower-case; `target` is what is asked for there, as it stands."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, url: str) -> Location:
        """The parts of an absolute URL. Raises `LocationForbidden`."""
        shown = url[:100]
        if len(url) > limits.FETCH_URL_CHARACTERS or any(not 0x21 <= ord(character) <= 0x7E for character in url):
            raise LocationForbidden(shown, "characters")
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise LocationForbidden(shown, "syntax") from None
        scheme = parts.scheme.lower()
        if scheme not in _PORTS:
            raise LocationForbidden(host or shown, scheme or "syntax")
        if not host or parts.username is not None or parts.password is not None:
            raise LocationForbidden(host or shown, "authority")
        port = _PORTS[scheme] if port is None else port
        if port < _FIRST_FREE_PORT and port not in _PORTS.values():
            raise LocationForbidden(host, f"port {port}")
        return cls(scheme, host, port, _target(parts))

    @property
    def authority(self) -> str:
        """Host and port as HTTP's Host field wants them (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def towards(self, reference: str) -> Location:
        """Where a redirection leads: to HTTP again, or nowhere. Raises `LocationForbidden`."""
        base = f"{self.scheme}://{self.authority}{self.target}"
        try:
            led = Location.parse(urljoin(base, reference))
        except ValueError:
            raise LocationForbidden(self.host, "syntax") from None
        if led.scheme not in ("http", "https"):
            raise LocationForbidden(self.host, led.scheme)
        return led

    def ldap(self) -> tuple[str, str, str, str]:
        """Base, attribute, scope and filter of an LDAP URL (RFC 4516), decoded."""
        base, attribute, scope, condition = (
            unquote(part) for part in [*self.target.removeprefix("/").split("?"), "", "", ""][:4]
        )
        return base, attribute.split(",")[0], scope or "base", condition or "(objectClass=*)"


class Question(NamedTuple):
    """What is sent along: nothing for a document, a body for a question to a responder."""

    body: bytes | None = None
    type: str = ""


DOCUMENT = Question()


def _target(parts: SplitResult) -> str:
    # The fragment is the reader's own business and never sent (RFC 9110 §4.2.5).
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
