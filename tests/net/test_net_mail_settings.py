"""What a domain says of its mail servers: proposals with TLS alone, and what is outside of the domain is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from letterlock.errors import Cancelled
from letterlock.net import mail_settings
from letterlock.net.failures import FetchRefused, FetchUnreachable
from letterlock.net.mail import MailServer
from letterlock.net.mail_failures import MailSettingsBroken, MailSettingsNotFound
from letterlock.net.rules import DEFAULT
from tests.fuzz.sending import SETTINGS
from tests.net.named import running

ADDRESS = "anna@muster.example"
NO_RECORDS: Callable[[str], list[tuple[int, int, int, str]]] = lambda _: []  # noqa: E731


def nowhere(url: str) -> bytes:
    raise FetchUnreachable(url, "test")


def parsed(file: bytes) -> mail_settings.Settings:
    return mail_settings.parse(file, ADDRESS, "muster.example", "test")


def test_the_file_of_the_domain_is_asked_for_by_https_and_without_the_address() -> None:
    """Two places in order; the servers with TLS from the start come first, and the one password serves both."""
    asked: list[str] = []

    def read(url: str) -> bytes:
        asked.append(url)
        if "well-known" not in url:
            raise FetchRefused(url, "HTTP 404")
        return SETTINGS

    found = mail_settings.find(ADDRESS, read=read, ask=NO_RECORDS)
    assert asked == [
        "https://autoconfig.muster.example/mail/config-v1.1.xml",
        "https://muster.example/.well-known/autoconfig/mail/config-v1.1.xml",
    ]
    assert found.source == asked[1]
    assert found.smtp == MailServer("smtp.muster.example", 465, "tls")
    assert found.login == "oauth"
    assert found.imap is None, "it wants another way to log in"
    assert found.user == ADDRESS
    assert found.elsewhere == ()


@pytest.mark.parametrize(
    ("change", "smtp"),
    [
        ((b"OAuth2", b"GSSAPI"), MailServer("smtp.muster.example", 465, "tls")),
        ((b">465<", b">0465x<"), MailServer("smtp.muster.example", 587, "starttls")),
        ((b"SSL</socketType>\n<username>%EMAILADDRESS%</username><authentication>OAuth2", b"plain</socketType>"
          b"<username>%EMAILADDRESS%</username><authentication>OAuth2"),
         MailServer("smtp.muster.example", 587, "starttls")),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_passed_over(change: tuple[bytes, bytes], smtp: MailServer) -> None:
    """Unknown ways to log in, ports that are none, servers without TLS."""
    assert change[0] in SETTINGS
    assert parsed(SETTINGS.replace(*change)).smtp == smtp


def test_names_are_filled_in() -> None:
    """The local part, the domain; nothing else is a placeholder."""
    said = SETTINGS.replace(b"%EMAILADDRESS%", b"x-%EMAILLOCALPART%-%EMAILDOMAIN%-%OTHER%")
    assert parsed(said).user == "x-anna-muster.example-%OTHER%"


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"<html><body>Not found",
        b"<clientConfig/>",
        SETTINGS.replace(b"smtp.muster.example", b"smtp muster"),
        SETTINGS.replace(b"SSL", b"plain").replace(b"STARTTLS", b"plain"),
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + SETTINGS,
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + SETTINGS,
        b"<a>" * 60_000,
        SETTINGS[:-20],
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_file_of_settings_is_refused(file: bytes) -> None:
    """Entities that could grow, deep nesting, files cut off, and servers without TLS."""
    with pytest.raises(MailSettingsBroken):
        parsed(file)


def test_the_dns_is_asked_where_there_is_no_file() -> None:
    """RFC 6186 and RFC 8314: TLS from the start first, by priority and weight; "." means no."""
    records = {
        "_submissions._tcp.muster.example.": [(10, 1, 465, "b.muster.example."), (5, 1, 465, "c.muster.example."),
                                              (5, 9, 465, "Smtp.Muster.example.")],
        "_imaps._tcp.muster.example.": [(0, 0, 0, ".")],
        "_imap._tcp.muster.example.": [(0, 0, 143, "mail.provider.example.")],
    }  # fmt: skip
    found = mail_settings.find(ADDRESS, read=nowhere, ask=lambda name: records.get(name, []))
    assert (found.source, found.login, found.user) == ("DNS", "password", ADDRESS)
    assert found.smtp == MailServer("smtp.muster.example", 465, "tls")
    assert found.imap == MailServer("mail.provider.example", 143, "starttls")
    assert found.elsewhere == ("mail.provider.example",)


def test_a_domain_that_only_ends_alike_is_elsewhere() -> None:
    """evil-muster.example is not muster.example."""
    found = parsed(SETTINGS.replace(b"smtp.muster.example", b"smtp.evil-muster.example"))
    assert found.elsewhere == ("smtp.evil-muster.example",)


@pytest.mark.parametrize(
    "address", ["anna", "@muster.example", "anna@", "anna@a b", "anna@../x", "anna@muster.example/x"]
)
def test_what_is_no_domain_is_not_asked(address: str) -> None:
    """No URL is made of it."""
    with pytest.raises(MailSettingsNotFound):
        mail_settings.find(address, read=lambda url: pytest.fail(url), ask=lambda name: pytest.fail(name))


def test_nothing_found_and_nobody_waiting() -> None:
    """A domain that says nothing; and a person who does not want it any more."""
    with pytest.raises(MailSettingsNotFound):
        mail_settings.find(ADDRESS, read=nowhere, ask=NO_RECORDS)

    def stopped(_: str) -> bytes:
        raise Cancelled

    with pytest.raises(Cancelled):
        mail_settings.find(ADDRESS, read=stopped, ask=NO_RECORDS)


def test_private_addresses_are_not_asked() -> None:
    """A domain whose web server is said to be this computer: the rules of every request hold here, too."""
    with pytest.raises(MailSettingsNotFound):
        mail_settings.find("anna@localhost", ask=NO_RECORDS)


def test_records_of_a_real_name_server(tmp_path: Path) -> None:
    """BIND answers; what is not there is not there."""
    import dns.resolver

    records = "_submissions._tcp IN SRV 0 1 465 mail\n_imaps._tcp IN SRV 0 0 0 .\n_imap._tcp IN SRV 3 4 143 mail\n"
    with running(tmp_path, {"bare.example.": records}) as server:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
        ask = mail_settings.asking(DEFAULT, resolver=resolver)
        found = mail_settings.find("anna@bare.example", read=nowhere, ask=ask)
        assert found.smtp == MailServer("mail.bare.example", 465, "tls")
        assert found.imap == MailServer("mail.bare.example", 143, "starttls")
        with pytest.raises(MailSettingsNotFound):
            mail_settings.find("anna@signed.example", read=nowhere, ask=ask)
