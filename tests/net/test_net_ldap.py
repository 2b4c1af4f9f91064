"""Lists published by LDAP, from a real slapd on this computer, and from servers that are none."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.net import failures
from letterlock.net.fetch import fetch
from letterlock.net.rules import Rules
from tests import needs
from tests.net import servers
from tests.net.servers import serving
from tests.trust.chains import issue
from tests.trust.test_trust_revocation import crl

HERE = Rules(private=True, request_seconds=2.0)
LIST = crl(issue("Directory CA"))

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "o=Muster"
directory {folder}
maxsize 1048576
"""

ENTRIES = """\
dn: o=Muster
objectClass: organization
o: Muster

dn: cn=Mail CA,o=Muster
objectClass: applicationProcess
objectClass: certificationAuthority
cn: Mail CA
cACertificate;binary:: {certificate}
authorityRevocationList;binary:: {list}
certificateRevocationList;binary:: {list}
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a directory server with one authority."""
    slapd = needs.require_program("slapd", "slapd")
    adding = needs.require_program("slapadd", "slapd")
    pytest.importorskip("ldap3")
    folder = tmp_path_factory.mktemp("slapd")
    (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder))
    entries = ENTRIES.format(
        list=base64.b64encode(LIST).decode(), certificate=base64.b64encode(issue("Directory CA").der).decode()
    )
    subprocess.run([adding, "-f", folder / "slapd.conf"], input=entries, text=True, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen([slapd, "-f", folder / "slapd.conf", "-h", url, "-d", "0"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def test_a_list_is_found_in_a_directory(directory: str) -> None:
    """By an LDAP URL as authorities write it into certificates."""
    url = (
        f"{directory}/cn=Mail%20CA,o=Muster?certificateRevocationList;binary?base?(objectClass=certificationAuthority)"
    )
    assert fetch(url, HERE) == LIST
    assert fetch(f"{directory}/cn=Mail%20CA,o=Muster?certificateRevocationList;binary", HERE) == LIST


@pytest.mark.parametrize(
    "rest", ["cn=Nobody,o=Muster?certificateRevocationList;binary", "cn=Mail%20CA,o=Muster?mail", "o=Muster"]
)
def test_what_is_not_there_is_refused(directory: str, rest: str) -> None:
    """No such entry, no such attribute, no attribute named."""
    with pytest.raises(failures.FetchRefused):
        fetch(f"{directory}/{rest}", HERE)


def test_without_permission_no_directory_here_is_asked() -> None:
    """As with HTTP: nobody connects."""
    with serving(servers.silent) as server, pytest.raises(failures.AddressForbidden):
        fetch(f"ldap://127.0.0.1:{server.port}/o=x?y", Rules())
    assert server.connections == 0


@pytest.mark.parametrize(
    "talk",
    [
        servers.silent,
        servers.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        servers.endless(b"\x30\x84\x7f\xff\xff\xff"),
        servers.raw(b"\x30\x84\x00\x10\x00\x00", *[b"\x00"] * 40, pause=0.05),
    ],
    ids=["silent", "another protocol", "endless", "dripping"],
)
def test_a_hostile_directory_is_given_up_in_time(talk: servers.Talk) -> None:
    """Whatever it sends."""
    pytest.importorskip("ldap3")
    began = time.monotonic()
    with directory_of(talk) as url, pytest.raises(failures.FetchFailure):
        fetch(f"{url}/o=x?y", HERE._replace(request_seconds=1.0), most=100_000)
    assert time.monotonic() - began < 2


def directory_of(talk: servers.Talk):  # type: ignore[no-untyped-def]
    """A server that talks at once, as LDAP has no empty line to wait for."""
    from contextlib import contextmanager

    @contextmanager
    def running() -> Iterator[str]:
        with serving(talk) as server:
            server._one = lambda accepted: talk(accepted, b"")  # type: ignore[method-assign]
            yield f"ldap://127.0.0.1:{server.port}"

    return running()


def test_without_the_optional_part_the_failure_says_how_to_get_it() -> None:
    """In a process where ldap3 cannot be imported."""
    program = (
        "import sys; sys.modules['ldap3'] = None\n"
        "from letterlock.net.fetch import fetch\n"
        "from letterlock.net.rules import Rules\n"
        "try: fetch('ldap://ca.example/o=x?y', Rules())\n"
        "except Exception as error: print(error.code)\n"
    )
    host = Path(needs.PROJECT) / "host"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=host, check=True)
    assert done.stdout.strip() == "fetch_ldap_missing"
