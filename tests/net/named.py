"""A tree of signed zones served by BIND on this computer: a root of its own, and zones below it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.needs import require_program

ZONES = {
    ".": "ns 3600 IN A 127.0.0.1\nexample. IN NS ns.\n{ds}",
    "example.": "@ IN NS ns.\nsigned IN NS ns.\nbare IN NS ns.\n{ds}",
    "signed.example.": "@ IN NS ns.\n{records}",
    "bare.example.": "@ IN NS ns.\n{records}",
}
"""What each zone holds beside its SOA; the last one is not signed."""


class Named:
    """The running server. `anchors` is the DS of its root."""

    def __init__(self, port: int, anchors: dict[str, list[str]]) -> None:
        self.port = port
        self.anchors = anchors
        self.asked = 0

    def ask(self, name: Any, type_: Any) -> Any:
        """One question, the authoritative answer as it comes."""
        import dns.flags
        import dns.message
        import dns.query

        self.asked += 1
        query = dns.message.make_query(name, type_, want_dnssec=True)
        return dns.query.tcp(query, "127.0.0.1", timeout=30, port=self.port)


@contextmanager
def running(folder: Path, records: dict[str, str], *, expired: bool = False) -> Iterator[Named]:
    """Signs the zones from the leaves up and serves them; `records` are those of the two lowest zones."""
    named = require_program("named", "bind9")
    keygen, sign = require_program("dnssec-keygen", "bind9-utils"), require_program("dnssec-signzone", "bind9-utils")
    from_key = require_program("dnssec-dsfromkey", "bind9-utils")
    ds: dict[str, str] = {".": "", "example.": ""}
    anchors: list[str] = []
    for zone in ("signed.example.", "bare.example.", "example.", "."):
        name = zone.rstrip(".") or "root"
        file = folder / name
        body = ZONES[zone].format(ds=ds.get(zone, ""), records=records.get(zone, ""))
        file.write_text(f"$TTL 300\n$ORIGIN {zone}\n@ IN SOA ns. root. 1 300 300 3000000 300\n@ IN NS ns.\n{body}")
        if zone == "bare.example.":
            shutil.copy(file, folder / f"{name}.signed")
            continue
        keys = [
            _run(folder, keygen, "-q", "-a", "ECDSAP256SHA256", *flags, "-n", "ZONE", zone).strip()
            for flags in ([], ["-f", "KSK"])
        ]
        with file.open("a") as out:
            for key in keys:
                out.write((folder / f"{key}.key").read_text())
        times = ["-P", "-s", "20200101000000", "-e", "20200201000000"] if expired and zone == "signed.example." else []
        _run(folder, sign, *times, "-S", "-K", str(folder), "-o", zone, "-f", f"{name}.signed", name)
        (line,) = _run(folder, from_key, "-2", f"{keys[1]}.key").splitlines()
        if zone == ".":
            anchors = [re.sub(r"^.* IN DS ", "", line)]
        else:
            ds["." if zone == "example." else "example."] += line + "\n"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    zones = "".join(
        f'zone "{z}" {{ type primary; file "{folder / ((z.rstrip(".") or "root") + ".signed")}"; }};\n' for z in ZONES
    )
    (folder / "named.conf").write_text(
        f'options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n'
        f"pid-file none; lock-file none; session-keyfile none; recursion no; dnssec-validation no; }};\n"
        f"controls {{ }};\n{zones}"
    )
    process = subprocess.Popen([named, "-g", "-c", folder / "named.conf"], stderr=subprocess.DEVNULL)
    try:
        running = Named(port, {".": anchors})
        _wait(running)
        yield running
    finally:
        process.terminate()
        process.wait()


def _wait(running: Named) -> None:
    """Until every zone is served: the port is open before they are read."""
    import dns.exception
    import dns.name
    import dns.rdatatype

    for _ in range(200):
        try:
            if all(running.ask(dns.name.from_text(zone), dns.rdatatype.SOA).answer for zone in ZONES):
                return
        except (OSError, EOFError, dns.exception.DNSException):
            pass
        time.sleep(0.05)
    raise RuntimeError("named does not serve its zones")


def _run(folder: Path, *command: str | Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60).stdout
