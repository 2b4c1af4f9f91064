"""Certificates of people in a directory: a real slapd, asked by mail address."""

from __future__ import annotations

import base64
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from letterlock.net import directory
from letterlock.net import failures as f
from letterlock.net.directory import Directory
from letterlock.net.rules import Rules
from letterlock.operations import lookup, people
from letterlock.store import issuers
from letterlock.store.database import Store
from letterlock.trust.names import digest
from tests import needs
from tests.net.servers import serving
from tests.trust.chains import issue, person

pytest.importorskip("ldap3", reason="ldap3 is missing: pip install 'letterlock[ldap]'")

ROOT = issue("Root")
ANNA = person("Anna", ROOT, "anna@muster.example")
SECOND = person("Anna again", ROOT, "anna@muster.example")
OTHER = person("Somebody else", ROOT, "else@muster.example")

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
{tls}
database mdb
suffix "o=Muster"
directory {folder}
maxsize 1048576
"""

ENTRIES = """\
dn: o=Muster
objectClass: organization
o: Muster

dn: cn=Anna,o=Muster
objectClass: inetOrgPerson
cn: Anna
sn: Muster
mail: anna@muster.example
userCertificate;binary:: {anna}
userCertificate;binary:: {other}
userSMIMECertificate:: {bag}

dn: cn=Empty,o=Muster
objectClass: inetOrgPerson
cn: Empty
sn: Muster
mail: empty@muster.example
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    """The URLs of a directory of people, in clear and under TLS, and the root that vouches for its name."""
    slapd, adding = needs.require_program("slapd", "slapd"), needs.require_program("slapadd", "slapd")
    folder = tmp_path_factory.mktemp("people")
    openssl = needs.require_program("openssl", "openssl")
    subprocess.run(
        [
            openssl,
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            folder / "key.pem",
            "-out",
            folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )
    tls = f"TLSCertificateFile {folder}/cert.pem\nTLSCertificateKeyFile {folder}/key.pem"
    (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder, tls=tls))
    bag = pkcs7.serialize_certificates([SECOND.x509, ROOT.x509], Encoding.DER)
    octets = {"anna": ANNA.der, "other": OTHER.der, "bag": bag}
    entries = ENTRIES.format(**{name: base64.b64encode(each).decode() for name, each in octets.items()})
    subprocess.run([adding, "-f", folder / "slapd.conf"], input=entries, text=True, check=True, capture_output=True)
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(free.getsockname()[1])
    urls = f"ldap://127.0.0.1:{ports[0]} ldaps://127.0.0.1:{ports[1]}"
    process = subprocess.Popen([slapd, "-f", folder / "slapd.conf", "-h", urls, "-d", "0"], stderr=subprocess.DEVNULL)
    try:
        for port in ports:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
        clear, secure = (f"{each}/o=Muster" for each in urls.split())
        yield clear, secure, folder / "cert.pem"
    finally:
        process.terminate()
        process.wait()


def test_a_person_is_found_by_address(server: tuple[str, str, Path]) -> None:
    """Every value of both attributes, whatever it is a certificate of."""
    found = directory.certificates("anna@muster.example", Directory.parse(server[0]))
    assert found[:2] == [ANNA.der, OTHER.der]
    assert len(found) == 3


def test_a_directory_under_tls_must_be_the_one_that_was_named(
    server: tuple[str, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown authority is refused; a trusted one is not."""
    with pytest.raises(f.FetchTlsFailed):
        directory.certificates("anna@muster.example", Directory.parse(server[1]))
    monkeypatch.setattr(directory, "tls_context", lambda: ssl.create_default_context(cafile=server[2]))
    assert directory.certificates("anna@muster.example", Directory.parse(server[1]))


@pytest.mark.parametrize("address", ["empty@muster.example", "nobody@muster.example", "*", "a)(mail=*", "*@*", "\0"])
def test_nothing_is_found_for_anybody_else(server: tuple[str, str, Path], address: str) -> None:
    """Nor for what would be a wildcard, or a filter of its own."""
    with pytest.raises(f.DirectoryNothingFound):
        directory.certificates(address, Directory.parse(server[0]))


@pytest.mark.parametrize(
    "url", ["http://host/", "ldap://", "ldap:///o=x", "host", "ldap://user@host/", "ldap://h:x/", ""]
)
def test_what_is_no_directory_is_refused(url: str) -> None:
    with pytest.raises(f.LocationForbidden):
        Directory.parse(url)


def test_a_server_that_never_answers_is_given_up() -> None:
    """Within the time that a request has."""
    with serving(lambda connection, request: time.sleep(3)) as silent:
        place = Directory.parse(f"ldap://127.0.0.1:{silent.port}/o=Muster")
        started = time.monotonic()
        with pytest.raises(f.FetchTimedOut):
            directory.certificates("anna@muster.example", place, Rules(request_seconds=0.5))
        assert time.monotonic() - started < 2.5


def test_what_is_found_is_kept_for_the_address_alone(server: tuple[str, str, Path], tmp_path: Path) -> None:
    """With where it came from; the certificate of somebody else in the same entry is not. Every place is asked."""
    database = tmp_path / "letterlock.sqlite"
    lookup.set_directories(database, ["ldap://127.0.0.1:1/o=Nobody", server[0]])

    def in_dns(address: str) -> list[bytes]:
        raise f.DnsNothingFound(address)

    nobody, found, dns = lookup.look_up(database, "anna@muster.example", ask_dns=in_dns)
    assert isinstance(nobody.failure, f.FetchUnreachable)
    assert [each.certificate.name for each in found.imported] == ["Anna", "Anna again"]
    assert isinstance(dns.failure, f.DnsNothingFound)
    assert {(row.source, row.origin, row.address) for row, _ in people.kept(database)} == {
        ("ldap", "127.0.0.1", "anna@muster.example")
    }


def test_nonsense_from_a_directory_is_passed_over(tmp_path: Path) -> None:
    """Octets that are no certificate are nothing for this address."""
    database = tmp_path / "letterlock.sqlite"
    (place,) = lookup.look_up(database, "anna@muster.example", ask_dns=lambda address: [b"\x30\x03\x02\x01\x01", b""])
    assert (place.imported, place.failure) == ([], None)
    (place,) = lookup.look_up(database, "anna@muster.example", ask_dns=lambda address: [ANNA.der, OTHER.der])
    assert [each.certificate.name for each in place.imported] == ["Anna"]


def test_authorities_that_come_with_a_certificate_build_its_chain(tmp_path: Path) -> None:
    """They are kept beside it, trusted by nobody for that; what comes without it is not kept."""
    database = tmp_path / "letterlock.sqlite"
    lookup.look_up(database, "zoe@muster.example", ask_dns=lambda address: [ANNA.der, ROOT.der])
    assert _kept_authorities(database) == []
    lookup.look_up(database, "anna@muster.example", ask_dns=lambda address: [ANNA.der, ROOT.der])
    assert _kept_authorities(database) == [ROOT.der]


def _kept_authorities(database: Path) -> list[bytes]:
    if not database.exists():
        return []
    with Store.read(database) as store:
        return issuers.bearing(store, digest(ROOT.certificate.subject_dn.normal))
