"""A directory of people: OpenLDAP's slapd on the loopback address."""

from __future__ import annotations

import base64
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import needs

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "o=Muster"
directory {folder}
maxsize 1048576
"""


@dataclass(frozen=True)
class People:
    """Certificates (DER) by address."""

    certificates: Mapping[str, Sequence[bytes]]

    def ldif(self) -> str:
        """As slapadd reads it."""
        entries = ["dn: o=Muster\nobjectClass: organization\no: Muster\n"]
        for address, octets in self.certificates.items():
            lines = [f"dn: cn={address},o=Muster", "objectClass: inetOrgPerson", f"cn: {address}", "sn: Muster"]
            lines += [f"mail: {address}"]
            lines += [f"userCertificate;binary:: {base64.b64encode(each).decode()}" for each in octets]
            entries.append("\n".join([*lines, ""]))
        return "\n".join(entries)


@contextmanager
def serving(folder: Path, people: People) -> Iterator[str]:
    """The URL to ask for people."""
    slapd, adding = needs.require_program("slapd", "slapd"), needs.require_program("slapadd", "slapd")
    (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder))
    subprocess.run(
        [adding, "-f", folder / "slapd.conf"], input=people.ldif(), text=True, check=True, capture_output=True
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen([slapd, "-f", folder / "slapd.conf", "-h", url, "-d", "0"], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield f"{url}/o=Muster"
    finally:
        process.terminate()
        process.wait()
