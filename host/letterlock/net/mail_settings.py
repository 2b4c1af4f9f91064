"""Over which servers a domain's mail goes, as the domain itself says: a file on its web server, or its DNS.

- the provider's file in Mozilla's format, by HTTPS alone: `https://autoconfig.DOMAIN/mail/config-v1.1.xml`, then
  `https://DOMAIN/.well-known/autoconfig/mail/config-v1.1.xml`
- SRV records (RFC 6186, RFC 8314 §5.1): `_submissions._tcp`, `_submission._tcp`, `_imaps._tcp`, `_imap._tcp`

The address itself is not sent. No third party is asked: neither a list of providers nor a search engine learns where
somebody has his mail. Servers without TLS are passed over. What is found is a proposal: the password goes to these
servers, so `elsewhere` names those outside of the domain, which a person has to confirm (RFC 6186 §6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from letterlock import limits
from letterlock.errors import Cancelled
from letterlock.net.dnssec import library
from letterlock.net.failures import DnssecMissing, FetchFailure
from letterlock.net.fetch import fetch
from letterlock.net.mail import LoginKind, MailServer, Security
from letterlock.net.mail_failures import MailSettingsBroken, MailSettingsNotFound
from letterlock.net.rules import DEFAULT, Rules
from letterlock.net.wire import never

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
)
_SECURITY: dict[str, Security] = {"SSL": "tls", "STARTTLS": "starttls"}
_LOGINS: dict[str, LoginKind] = {"password-cleartext": "password", "plain": "password", "oauth2": "oauth"}
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*")

AskSrv = Callable[[str], "Sequence[tuple[int, int, int, str]]"]
"""SRV records of a name: priority, weight, port, target ("." or without the last dot); empty where there are none."""


@dataclass(frozen=True)
class Settings:
    """What a domain proposes. `source` says where it was found: a URL, or "DNS"; `imap` None: nothing is said of it."""

    domain: str
    source: str
    smtp: MailServer
    imap: MailServer | None
    user: str
    login: LoginKind

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Servers that are not in the domain: an attacker who can write the DNS could have named them."""
        hosts = [self.smtp.host, *([self.imap.host] if self.imap else [])]
        inside = (each == self.domain or each.endswith(f".{self.domain}") for each in hosts)
        return tuple(dict.fromkeys(host for host, within in zip(hosts, inside, strict=True) if not within))


def find(
    address: str,
    rules: Rules = DEFAULT,
    cancelled: Callable[[], bool] = never,
    *,
    read: Callable[[str], bytes] | None = None,
    ask: AskSrv | None = None,
) -> Settings:
    """The settings for an address.

    Args:
        address: its domain as the DNS has it.
        read, ask: in place of the network, for tests.

    Raises:
        MailSettingsNotFound: the domain says nothing that can be used.
        DnssecMissing: its web server says nothing, and the DNS cannot be asked here.
        Cancelled: as asked.
    """
    local, _, typed = address.rpartition("@")
    domain = named(typed)
    if not domain or not local:
        raise MailSettingsNotFound(typed or address)

    def by_web(url: str) -> bytes:
        seconds = min(rules.request_seconds, rules.total_seconds / 4)
        return fetch(url, rules, seconds=seconds, most=limits.MAIL_SETTINGS_OCTETS, cancelled=cancelled)

    for pattern in FILES:
        url = pattern.format(domain=domain)
        try:
            return parse((read or by_web)(url), address, domain, url)
        except Cancelled:
            raise
        except (FetchFailure, MailSettingsBroken):
            # A domain without such a file is the ordinary case, and one with a broken file has the DNS all the same.
            continue
    try:
        found = from_dns(address, domain, ask or asking(rules, cancelled))
    except DnssecMissing:
        # The person can mend that.
        raise
    except FetchFailure:
        found = None
    if found is None:
        raise MailSettingsNotFound(domain)
    return found


def named(host: str) -> str:
    """A host's name (ASCII, A-labels) in lower case; "" for what is none."""
    name = host.strip().rstrip(".").lower()
    return name if _HOST.fullmatch(name) else ""


# --- The file -----------------------------------------------------------------------------------------------------


def parse(octets: bytes, address: str, domain: str, source: str) -> Settings:
    """What a file of settings says (https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat).

    Raises:
        MailSettingsBroken: no such file, or nothing in it that can be used.
    """
    servers = _Servers(domain)
    parser = expat.ParserCreate()
    # Without a document type there are no entities, and so none that grow or read files.
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = servers.start
    parser.EndElementHandler = servers.end
    parser.CharacterDataHandler = servers.text
    try:
        parser.Parse(octets, True)
    except (expat.ExpatError, ValueError) as error:
        raise MailSettingsBroken(domain, str(error)[:100]) from None
    outgoing = _best(servers.found, "smtp", address)
    if outgoing is None:
        raise MailSettingsBroken(domain, "no outgoing server with TLS")
    incoming = _best(servers.found, "imap", address)
    smtp, user, login = outgoing
    # One password serves both; a server that wants another name or another way is not this account's.
    imap = incoming[0] if incoming and incoming[1:] == (user, login) else None
    return Settings(domain, source, smtp, imap, user, login)


class _Servers:
    """Collects the servers of the first emailProvider."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._path: list[str] = []
        self._text = ""
        self._current: dict[str, list[str]] | None = None
        self.found: list[dict[str, list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text = ""
        if len(self._path) > 16:
            raise ValueError("too deep")
        if self._path[:2] == ["clientConfig", "emailProvider"] and name in ("incomingServer", "outgoingServer"):
            self._current = {"type": [attributes.get("type", "")]}

    def text(self, data: str) -> None:
        self._text += data

    def end(self, name: str) -> None:
        self._path.pop()
        if self._current is None:
            return
        if name in ("incomingServer", "outgoingServer"):
            if len(self.found) < limits.MAIL_SERVERS_NAMED:
                self.found.append(self._current)
            self._current = None
        else:
            self._current.setdefault(name, []).append(self._text.strip())


def _no_doctype(*_: Any) -> None:
    raise ValueError("DOCTYPE")


def _best(
    servers: Iterable[dict[str, list[str]]], type_: str, address: str
) -> tuple[MailServer, str, LoginKind] | None:
    """The first usable server of a type, those with TLS from the start before those without."""
    usable = []
    for each in servers:
        first = {name: values[0] for name, values in each.items()}
        host, port = named(first.get("hostname", "")), first.get("port", "")
        security = _SECURITY.get(first.get("socketType", "").upper())
        login = next(
            (_LOGINS[said.lower()] for said in each.get("authentication", []) if said.lower() in _LOGINS), None
        )
        if first["type"].lower() != type_ or not host or security is None or login is None:
            continue
        if not port.isascii() or not port.isdecimal() or not 0 < len(port) < 6 or not 0 < int(port) < 65_536:
            continue
        user = _filled(first.get("username", "") or "%EMAILADDRESS%", address)
        usable.append((MailServer(host, int(port), security), user, login))
    return min(usable, key=lambda each: each[0].security != "tls", default=None)


def _filled(pattern: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    parts = {"%EMAILADDRESS%": address, "%EMAILLOCALPART%": local, "%EMAILDOMAIN%": domain}
    filled = re.sub("|".join(parts), lambda match: parts[match[0]], pattern)
    return filled if filled.isprintable() and len(filled) <= limits.ADDRESS_CHARACTERS else address


# --- The DNS ------------------------------------------------------------------------------------------------------


def from_dns(address: str, domain: str, ask: AskSrv) -> Settings | None:
    """What SRV records say; None where they name no server for submission. Raises `FetchFailure`."""
    smtp = _server(domain, ask, (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls")))
    if smtp is None:
        return None
    imap = _server(domain, ask, (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls")))
    # RFC 6186 §4: the whole address first.
    return Settings(domain, "DNS", smtp, imap, address, "password")


def _server(domain: str, ask: AskSrv, services: Iterable[tuple[str, Security]]) -> MailServer | None:
    for service, security in services:
        records = [each for each in ask(f"{service}.{domain}.") if 0 < each[2] < 65_536][: limits.MAIL_SERVERS_NAMED]
        # RFC 2782: the lowest priority, and of those the heaviest. A target "." means that there is no such service.
        for _, _, port, target in sorted(records, key=lambda each: (each[0], -each[1])):
            if host := named(target):
                return MailServer(host, port, security)
    return None


def asking(rules: Rules, cancelled: Callable[[], bool] = never, resolver: Any = None) -> AskSrv:
    """Asks the resolver that this computer uses for everything. Raises `DnssecMissing`."""
    dns = library()
    try:
        import dns.resolver
    except ImportError:
        raise DnssecMissing("DNS") from None
    asked = resolver or dns.resolver

    def ask(name: str) -> list[tuple[int, int, int, str]]:
        if cancelled():
            raise Cancelled
        try:
            answer = asked.resolve(name, "SRV", lifetime=min(rules.request_seconds, 5.0), search=False)
        except dns.exception.DNSException:
            return []
        return [(each.priority, each.weight, each.port, each.target.to_text()) for each in answer]

    return ask
