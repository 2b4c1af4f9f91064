"""Accounts that send mail: kept in the store, their passwords sealed by the vault, tried out on their servers.

A password is sealed together with the servers that it is for. Whoever changes the servers in the database, or asks for
other ones, does not make this program send the password there: it has to be given again.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from letterlock import limits
from letterlock.errors import Cancelled, LetterlockError
from letterlock.mime.address import Mailbox
from letterlock.mime.failures import BadAddress
from letterlock.net import imap, mail, mail_settings, smtp
from letterlock.net.mail import Login, LoginKind, MailServer, Security
from letterlock.net.mail_settings import Settings, named
from letterlock.net.oauth import Client, place
from letterlock.net.oauth_failures import OAuthPlaceWrong
from letterlock.net.rules import DEFAULT, Rules
from letterlock.net.wire import never
from letterlock.operations.account_failures import (
    AccountMissing,
    AccountSecretMissing,
    AccountSecretWrong,
    AccountSettingWrong,
    ServersElsewhere,
)
from letterlock.store import accounts as kept
from letterlock.store.database import Store
from letterlock.store.failures import StoreDamaged
from letterlock.trust.addresses import domain_key, split_address

if TYPE_CHECKING:
    import ssl

    from letterlock.keystore.vault import Vault

SMTP_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587}
IMAP_PORTS: dict[Security, int] = {"tls": 993, "starttls": 143}
SECRET_CHARACTERS = 8_192
"""Of a password or a token; Microsoft's tokens have some 3,000."""


Way = Literal["smtp", "gmail", "graph", "jmap", "webmail"]
"""How mail goes out: by a mail server; by the API of Gmail, of Microsoft or of any JMAP server; or by the webmail's own
page, which a client carries it through."""
WAYS: tuple[Way, ...] = get_args(Way)


class Envelopes(StrEnum):
    """How a way is told who gets a message."""

    OWN = "own"
    """Beside the message."""
    APART = "apart"
    """Beside the message, where everybody who gets it can see it: whoever is not in To or Cc gets one of their own."""
    IN_HEADER = "in_header"
    """By To, Cc and Bcc alone."""


@dataclass(frozen=True)
class Account:
    """One account.

    Args:
        id: "" for one that is not kept yet.
        address: whose mail it sends.
        smtp: for another way than SMTP the one server of that way: what gets the token, or the webmail's site.
        imap: None where nobody keeps a copy.
        user: the name to log in with, on both servers.
        copy: whether a copy goes into the folder of sent mail; not where the provider does that itself.
        folder: the name of that folder; "" for the one that the server says it is.
        has_secret: a password is kept, or tokens are.
        way: how it sends.
        client: where the person signs in, and as what; None: a password or token is given by hand, or none needed.
        site: of the webmail that sends, as an origin (RFC 6454 §6.2); "" for the other ways.
    """

    address: str
    smtp: MailServer
    imap: MailServer | None = None
    user: str = ""
    login: LoginKind = "password"
    copy: bool = True
    folder: str = ""
    id: str = ""
    has_secret: bool = False
    way: Way = "smtp"
    client: Client | None = None
    site: str = ""

    @property
    def copies(self) -> bool:
        """Whether there is somewhere for a copy to go, which nobody puts there by himself."""
        if self.way == "smtp":
            return self.copy and self.imap is not None
        return self.copy and self.way in ("jmap", "webmail")

    @property
    def envelopes(self) -> Envelopes:
        """Who is to get a message, as this way is told."""
        if self.way in ("gmail", "graph"):
            return Envelopes.IN_HEADER
        return Envelopes.APART if self.way == "webmail" else Envelopes.OWN

    @property
    def servers(self) -> tuple[MailServer, ...]:
        """Those that get the password."""
        return (self.smtp, self.imap) if self.imap else (self.smtp,)


@dataclass(frozen=True)
class Tried:
    """What came of an attempt to log in: what the server can do, or why not."""

    protocol: str
    server: MailServer
    failure: LetterlockError | None = None
    largest: int | None = None
    abilities: tuple[str, ...] = ()
    folder: str | None = None


def listed(database: Path) -> list[Account]:
    """Every account, oldest first; also while the vault is locked. Raises `StoreDamaged` …"""
    with Store.read(database) as store:
        return [_account(store, each) for each in kept.every(store)]


def one(database: Path, account: str) -> Account:
    """One account, by its identifier or its address. Raises `AccountUnknown`, `StoreDamaged`."""
    with Store.read(database) as store:
        for each in kept.every(store):
            if account.casefold() == each.address.casefold():
                return _account(store, each)
        return _account(store, kept.one(store, account))


def sending_for(database: Path, address: str) -> Account:
    """The account that sends for this address. Raises `AccountMissing`."""
    for each in listed(database):
        if each.address.casefold() == address.casefold():
            return each
    raise AccountMissing(address)


def put(database: Path, vault: Vault, account: Account, secret: str | None = None) -> Account:
    """Keep an account, a new one or with other settings.

    Args:
        secret: a password or token; None leaves the one that is kept, if it was given for these very servers.

    Raises:
        AccountSettingWrong, AccountSecretWrong, AccountUnknown, TooManyAccounts.
        VaultLocked, VaultMissing: there is a password, and nowhere to seal it.
    """
    account = checked(account)
    sealed: bytes | None = None
    if account.id:
        with Store.read(database) as store:
            before = kept.one(store, account.id)
            if _belongs(_account(store, before)) == _belongs(account):
                sealed = before.secret
    else:
        account = replace(account, id=secrets.token_hex(8))
    if secret is not None:
        sealed = vault.seal(_belongs(account), fit(secret).encode())
    account = replace(account, has_secret=sealed is not None)
    with Store.open(database) as store:
        kept.put(store, kept.StoredAccount(account.id, account.address, _settings(account), sealed))
    return account


def remove(database: Path, account: str) -> Account:
    """Forget an account and its password. Raises `AccountUnknown`."""
    found = one(database, account)
    with Store.open(database) as store:
        kept.remove(store, found.id)
    return found


def login(
    database: Path, vault: Vault, account: Account, secret: str | None = None, context: ssl.SSLContext | None = None
) -> Login:
    """What to log in with. An access token that runs out is renewed first.

    Args:
        secret: instead of what is kept: an access token that holds for an hour.

    Raises:
        AccountSecretMissing, AccountSecretWrong, VaultLocked.
        SecretDamaged: what is kept was not sealed for these servers.
        OAuthEnded …: the person has to sign in again, or the provider does not answer.
    """
    if account.login == "none":
        return Login("none")
    if secret is None and account.client is not None:
        from letterlock.operations import sign_in

        return sign_in.login(database, vault, account, context)
    if secret is None:
        secret = kept_secret(database, vault, account)
        if secret is None:
            raise AccountSecretMissing(account.address)
    return Login(account.login, account.user, fit(secret))


def kept_secret(database: Path, vault: Vault, account: Account) -> str | None:
    """What is kept for an account and its servers; None: nothing. Raises `VaultLocked`, `SecretDamaged`."""
    if not account.id:
        return None
    with Store.read(database) as store:
        stored = kept.one(store, account.id)
        if stored.secret is None or _belongs(_account(store, stored)) != _belongs(account):
            return None
    return vault.unseal(_belongs(account), stored.secret).decode()


def keep_secret(database: Path, vault: Vault, account: Account, secret: str | None) -> Account:
    """Keep other tokens for an account that is kept; None: none. Raises `VaultLocked`, `AccountUnknown`."""
    sealed = None if secret is None else vault.seal(_belongs(account), secret.encode())
    with Store.open(database) as store:
        kept.one(store, account.id)
        kept.put(store, kept.StoredAccount(account.id, account.address, _settings(account), sealed))
    return replace(account, has_secret=sealed is not None)


def tried(
    account: Account, login: Login, context: ssl.SSLContext | None = None, cancelled: Callable[[], bool] = never
) -> Iterator[Tried]:
    """Log in on every server of an account, and send nothing. Raises `Cancelled`."""
    context = context or mail.tls_context()
    if account.way != "smtp":
        yield _tried_way(account, login, context, cancelled)
        return
    for protocol, server in zip(("smtp", "imap"), account.servers, strict=False):
        try:
            yield (
                _tried_smtp(server, login, context, cancelled)
                if protocol == "smtp"
                else _tried_imap(account, login, context, cancelled)
            )
        except Cancelled:
            raise
        except LetterlockError as failure:
            yield Tried(protocol, server, failure)


def find(
    address: str, rules: Rules = DEFAULT, cancelled: Callable[[], bool] = never, **asking: Any
) -> tuple[Account, Settings, tuple[ServersElsewhere, ...]]:
    """An account of what the address's domain says, where it says it, and what a person has to confirm.

    Raises:
        AccountSettingWrong: it is no address.
        MailSettingsNotFound, Cancelled: as `mail_settings.find`, whose other arguments `asking` are.
    """
    try:
        local, domain = split_address(Mailbox.parse(address).address)
    except (BadAddress, ValueError):
        raise AccountSettingWrong("address", address) from None
    settings = mail_settings.find(f"{local}@{domain_key(domain)}", rules, cancelled, **asking)
    account = Account(address, settings.smtp, settings.imap, settings.user, settings.login)
    elsewhere = settings.elsewhere
    return account, settings, ((ServersElsewhere(settings.domain, elsewhere),) if elsewhere else ())


def checked(account: Account) -> Account:
    """The account with its hosts as the DNS has them. Raises `AccountSettingWrong`."""
    try:
        address = Mailbox.parse(account.address).address
    except BadAddress:
        raise AccountSettingWrong("address", account.address) from None
    if address != account.address.strip() or len(address) > limits.ADDRESS_CHARACTERS:
        raise AccountSettingWrong("address", account.address)
    user = account.user or address
    if not user.isprintable() or len(user) > 320:
        raise AccountSettingWrong("user", user)
    if not account.folder.isprintable() or len(account.folder) > 500:
        raise AccountSettingWrong("folder", account.folder)
    imap_ = None if account.imap is None else _server(account.imap)
    if account.way not in WAYS:
        raise AccountSettingWrong("way", account.way)
    if account.way != "smtp" and (imap_ is not None or account.smtp.security != "tls"):
        raise AccountSettingWrong("way", account.way)
    if account.client is not None:
        _client(account.client)
    if (account.way == "webmail") is not bool(account.site and _is_site(account.site, account.smtp)):
        raise AccountSettingWrong("site", account.site)
    return replace(account, address=address, user=user, smtp=_server(account.smtp), imap=imap_)


def fit(secret: str) -> str:
    """A password or token that can be one. Raises `AccountSecretWrong`."""
    if not secret or len(secret) > SECRET_CHARACTERS or "\0" in secret:
        raise AccountSecretWrong
    return secret


# --- Inside ---


def _server(server: MailServer) -> MailServer:
    host = server.host.strip().strip("[]")
    with suppress(ValueError):
        host = str(ipaddress.ip_address(host))
        if 0 < server.port < 65_536:
            return server._replace(host=host)
    name = named(domain_key(host))
    if not name:
        raise AccountSettingWrong("host", server.host)
    if not 0 < server.port < 65_536:
        raise AccountSettingWrong("port", str(server.port))
    return server._replace(host=name)


def _is_site(site: str, server: MailServer) -> bool:
    """Whether it is an origin, on that server: https, or http on this computer."""
    try:
        parts = urlsplit(site)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if site != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or not (parts.scheme == "https" or local):
        return False
    return (parts.hostname, port) == (server.host, server.port)


def _client(client: Client) -> None:
    for each in (client.authorization, client.token, *([client.revocation] if client.revocation else [])):
        place(each)
    for name, value, most in (("client_id", client.client_id, 500), ("scope", client.scope, 1_000)):
        if not value or not value.isprintable() or len(value) > most:
            raise AccountSettingWrong(name, value[:100])


def _settings(account: Account) -> dict[str, Any]:
    said = asdict(account)
    more = () if account.way == "smtp" and account.client is None else ("way", "client", "site")
    return {name: said[name] for name in ("smtp", "imap", "user", "login", "copy", "folder", *more)}


def _belongs(account: Account) -> str:
    """What a password is sealed for."""
    bound: list[Any] = [account.id, account.user, account.login, account.smtp, account.imap]
    if account.way != "smtp" or account.client is not None:
        bound += [account.way, None if account.client is None else asdict(account.client), account.site]
    return "account " + json.dumps(bound, ensure_ascii=False)


def _account(store: Store, stored: kept.StoredAccount) -> Account:
    said: dict[str, Any] = stored.settings
    try:
        smtp_ = MailServer(*said["smtp"])
        imap_ = MailServer(*said["imap"]) if said["imap"] else None
        user, kind, copy, folder = said["user"], said["login"], said["copy"], said["folder"]
        known = all(each.security in ("tls", "starttls") for each in (smtp_, *([imap_] if imap_ else [])))
        client = Client(**said["client"]) if said.get("client") else None
        if known and kind in ("password", "oauth", "none") and isinstance(user, str) and isinstance(folder, str):
            has, way = stored.secret is not None, said.get("way", "smtp")
            settings = (user, kind, bool(copy), folder, stored.id, has, way, client, said.get("site", ""))
            return checked(Account(stored.address, smtp_, imap_, *settings))
    except (KeyError, TypeError, AttributeError, AccountSettingWrong, OAuthPlaceWrong):
        pass
    raise StoreDamaged(str(store.path), f"account {stored.id}")


def _tried_smtp(server: MailServer, login: Login, context: ssl.SSLContext, cancelled: Callable[[], bool]) -> Tried:
    with smtp.connected(server, context, cancelled) as session:
        session.login(login)
        abilities = tuple(each for each in ("8BITMIME", "SMTPUTF8", "DSN") if each in session.extensions)
        return Tried("smtp", server, largest=session.largest, abilities=abilities)


def _tried_way(account: Account, login: Login, context: ssl.SSLContext, cancelled: Callable[[], bool]) -> Tried:
    """JMAP lets us in or not; Gmail and Graph with what allows only sending have nothing that could be tried."""
    from letterlock.operations import ways

    try:
        if account.way == "webmail":
            return Tried("smtp", account.smtp)
        with ways.sender(account, context, cancelled) as session:
            session.login(login)
            folder = session.sent_folder() if account.way == "jmap" else None
            return Tried("smtp", account.smtp, largest=session.largest, folder=folder)
    except Cancelled:
        raise
    except LetterlockError as failure:
        return Tried("smtp", account.smtp, failure)


def _tried_imap(account: Account, login: Login, context: ssl.SSLContext, cancelled: Callable[[], bool]) -> Tried:
    assert account.imap is not None
    with imap.connected(account.imap, context, cancelled) as session:
        session.login(login)
        known = sorted({"SPECIAL-USE", "UTF8=ACCEPT"} & session.capabilities)
        folder = account.folder or session.sent_folder()
        return Tried("imap", account.imap, abilities=tuple(known), folder=folder)
