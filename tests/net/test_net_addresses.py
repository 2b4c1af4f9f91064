"""Which URLs and addresses are asked at all: an attacker wrote them into a certificate."""

from __future__ import annotations

import ipaddress
import random
import socket
import time

import pytest

from letterlock.net import addresses, failures
from letterlock.net.addresses import is_public, resolve
from letterlock.net.fetch import fetch
from letterlock.net.locations import Location
from letterlock.net.rules import DEFAULT, Rules
from letterlock.net.wire import Watch
from tests.net.servers import answer, serving

PRIVATE = """
0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8
192.0.2.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ::
::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1
64:ff9b:1::1 100::1 2001:db8::1 2001::1 2002:7f00:1::1 2002:a00:1::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1
ff0e::1
""".split()  # noqa: SIM905 - a list of strings in quotes would be twice as long


PUBLIC = """
1.1.1.1 8.8.8.8 172.32.0.1 2606:4700:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
""".split()  # noqa: SIM905 - a list of strings in quotes would be twice as long


@pytest.mark.parametrize("text", PRIVATE)
def test_addresses_that_are_not_the_internet_are_refused(text: str) -> None:
    """Loopback, private, link-local, shared, documentation, multicast, reserved; also inside IPv6."""
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_addresses_of_the_internet_are_not(text: str) -> None:
    """Also where an IPv4 address stands inside an IPv6 one."""
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://ca.example/list.crl",
        "ldaps://ca.example/x",
        "javascript:alert(1)",
        "//ca.example/list.crl",
        "ca.example/list.crl",
        "http:///list.crl",
        "http://user@ca.example/",
        "http://user:secret@ca.example/",
        "http://ca.example:25/",
        "http://ca.example:22/",
        "http://ca.example:0/",
        "http://ca.example:99999/",
        "http://ca.example/\r\nX-Evil: 1",
        "http://ca.example/ x",
        "http://ca\u2024example/",
        "http://[::1/",
        "http://ca.example/" + "x" * 3000,
        "",
    ],
)
def test_urls_that_no_certificate_needs_are_refused(url: str) -> None:
    """Another scheme, a relative reference, credentials, another service's port, line ends, no host, no end."""
    with pytest.raises(failures.LocationForbidden):
        Location.parse(url)


def test_a_url_is_taken_apart() -> None:
    """As HTTP and LDAP want it."""
    assert Location.parse("HTTP://CA.Example./a/b?c#d") == ("http", "ca.example", 80, "/a/b?c")
    assert Location.parse("https://[2606:4700::1]:8443").authority == "[2606:4700::1]:8443"
    ldap = Location.parse("ldap://dir.example/cn=CA%2COffice,o=x?certificateRevocationList;binary?base?(cn=*)")
    assert ldap.ldap() == ("cn=CA,Office,o=x", "certificateRevocationList;binary", "base", "(cn=*)")


NAMES = {
    "127.0.0.1": "127.0.0.1",
    "2130706433": "127.0.0.1",
    "0x7f.1": "127.0.0.1",
    "127.1": "127.0.0.1",
    "localhost": "",
    "[::ffff:127.0.0.1]": "",
}


@pytest.mark.parametrize("host", NAMES)
def test_without_permission_nothing_here_is_connected_to(host: str) -> None:
    """However the address of this computer is written, nobody is at the door."""
    with serving(answer(b"inner secret")) as server:
        with pytest.raises((failures.AddressForbidden, failures.FetchUnreachable)) as raised:
            fetch(f"http://{host}:{server.port}/", DEFAULT)
        time.sleep(0.05)
        assert server.connections == 0
    if NAMES[host]:
        assert isinstance(raised.value, failures.AddressForbidden)
        assert raised.value.address == NAMES[host]


def test_the_address_checked_is_the_address_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says "internet" first and "this computer" then (DNS rebinding) is asked once."""
    asked = []

    def rebinding(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected = []

    def refuse(self: socket.socket, address: object) -> int:
        connected.append(address)
        return 111

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    with serving(answer(b"inner")) as server, pytest.raises(failures.FetchUnreachable):
        fetch(f"http://rebinding.example:{server.port}/", DEFAULT)
    assert connected == [("8.8.8.8", server.port)]
    assert asked == ["rebinding.example"]


def test_of_several_addresses_only_the_public_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A private one among them is passed over."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("10.0.0.1", "8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    watch = Watch("ca.example", 1)
    assert [each.sockaddr[0] for each in resolve("ca.example", 80, False, watch)] == ["8.8.8.8"]
    assert len(resolve("ca.example", 80, True, watch)) == 3


def test_a_name_server_that_never_answers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own question cannot be interrupted; who asked goes on, and the questions stay few."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3) or [])
    monkeypatch.setattr(addresses, "_lookups", type(addresses._lookups)(2))
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(failures.FetchTimedOut):
            fetch("http://slow.example/", Rules(request_seconds=0.3))
    assert time.monotonic() - began < 1.5


def test_an_address_that_swallows_everything_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of two addresses never answers a connection; the second does."""
    with serving(answer(b"second")) as server:
        full = socket.socket()
        full.bind(("127.0.0.3", server.port))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.3", server.port))
        time.sleep(0.1)
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, server.port)) for each in ("127.0.0.3", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
        try:
            assert fetch(f"http://two.example:{server.port}/", Rules(True, request_seconds=4)) == b"second"
        finally:
            for each in (*waiting, full):
                each.close()


SEEDS = (
    b"http://ca.example/list.crl\n/elsewhere",
    b"https://[2606:4700::1]:8443/a?b#c\n//user@other.example:81/",
    b"ldap://dir.example/cn=CA,o=x?certificateRevocationList;binary?base\nhttp://ca.example/..",
    b"HTTP://127.0.0.1:80\\@ca.example/\n\\\\other.example",
)


def test_no_url_leads_anywhere_else() -> None:
    """Thousands of changed URLs and redirections: refused, or one host, one port, one of three protocols."""
    from tests.cms.test_cms_hostile import mutate
    from tests.fuzz.targets import TARGETS

    chance = random.Random("location")
    for seed in SEEDS:
        TARGETS["location"](seed)
        for _ in range(3_000):
            TARGETS["location"](mutate(chance, seed))
