"""What the internal CA costs: a thousand certificates from a CSV, and a list of ten thousand, beside `openssl`.

    python -m tests.benchmarks.authority [PEOPLE] [REVOKED]

`openssl x509 -req` and `openssl ca -gencrl` do the nearest thing that OpenSSL has, in the same run. Theirs issue from
ready requests and write no key files, no passphrases and no log; so the same is shown of ours too (`from requests`).
Memory is the highest of the process, from the system.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.progress import track

from letterlock.authority import crl, staff
from letterlock.authority.ca import Wanted
from letterlock.authority.crl import Revocation, RevocationReason
from letterlock.keystore import create, requests
from letterlock.keystore.entries import Purpose
from letterlock.operations import authority, authority_issue
from letterlock.operations.authority import Acting
from letterlock.operations.authority_files import Delivery
from tests.authority.test_authority_issue import Office

AT = datetime.now(UTC).replace(microsecond=0)
SAMPLE = 50
"""Certificates that OpenSSL makes: one process each, so a part of the thousand tells it."""


def main(people: int = 1000, revoked: int = 10_000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = Office(folder)
        with authority.acting(office.database, office.vault) as acting:
            ours = from_csv(acting, folder, people)
            row(f"{people} people from a CSV: keys, key files, slips, log", ours, people)
            certified = from_requests(acting, folder)
            row(f"{SAMPLE} requests (P-256), checked, logged", certified, SAMPLE)
            theirs = openssl_requests(folder)
            row(f"{SAMPLE} requests, openssl x509 -req", theirs, SAMPLE)
            print(f"{'':<58}ours : theirs = {certified / theirs:.2f}")
            lists(acting, folder, revoked)


def from_csv(acting: Acting, folder: Path, people: int) -> float:
    """Seconds for the whole list."""
    lines = [f"Person {number},person{number}@muster.example" for number in range(people)]
    everybody = staff.read(("name,address\n" + "\n".join(lines)).encode(), frozenset(create.KINDS))
    delivery = Delivery(folder / "many", folder / "many slips")
    begun = time.perf_counter()
    done: Iterator[object] = authority_issue.issue(acting, everybody, delivery, authority_issue.How("P-256"), AT)
    assert sum(1 for _ in track(done, "Issuing", total=people, transient=True)) == people
    return time.perf_counter() - begun


def from_requests(acting: Acting, folder: Path) -> float:
    """Seconds for certificates alone, as OpenSSL makes them; leaves the requests for it."""
    made = []
    for number in range(SAMPLE):
        (key,) = create.generate("P-256")
        address = f"request{number}@muster.example"
        made.append(requests.to_pem([requests.create(key.key, [address], "", Purpose.BOTH)], []))
        (folder / f"{number}.csr").write_bytes(made[-1])
    begun = time.perf_counter()
    for each in made:
        (request,) = requests.read(each)
        wanted = Wanted(request.name, request.addresses, request.key)
        acting.authority.keep([acting.authority.prepare(wanted, acting.key, AT)], acting.key, AT)
    return time.perf_counter() - begun


def openssl_requests(folder: Path) -> float:
    """Seconds of `openssl x509 -req` for the same requests, under a P-384 key of its own."""
    run(folder, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes",
        "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA")  # fmt: skip
    begun = time.perf_counter()
    for number in range(SAMPLE):
        run(folder, "openssl", "x509", "-req", "-in", f"{number}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-copy_extensions", "copyall", "-out", f"{number}.pem")  # fmt: skip
    return time.perf_counter() - begun


def lists(acting: Acting, folder: Path, count: int) -> None:
    """A list of so many entries: time, size and memory of both."""
    entries = [
        Revocation((1 << 126) + number, AT - timedelta(minutes=number), RevocationReason.SUPERSEDED)
        for number in range(count)
    ]
    before = peak()
    begun = time.perf_counter()
    made = crl.write(
        acting.key, acting.authority.chain.issuing.subject_der, entries,
        number=1, this_update=AT, next_update=AT + timedelta(days=7), url=None,
    )  # fmt: skip
    ours = time.perf_counter() - begun
    print(f"{f'list of {count}: ours':<58}{ours * 1000:>9.0f} ms {len(made):>9,} octets, {peak() - before:,} KiB more")
    index = "".join(
        f"R\t361231000000Z\t{AT - timedelta(minutes=number):%y%m%d%H%M%SZ},superseded\t"
        f"{(1 << 126) + number:032X}\tunknown\t/CN={number}\n"
        for number in range(count)
    )
    (folder / "index.txt").write_text(index)
    (folder / "number").write_text("01\n")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ncrlnumber = number\ncertificate = ca.pem\n"
        "private_key = ca.key\ndefault_md = sha384\ndefault_crl_days = 7\n"
    )
    begun = time.perf_counter()
    measured = run(
        folder, sys.executable, "-c", MEASURE, "openssl", "ca", "-gencrl", "-config", "ca.cnf", "-out", "l.pem"
    )
    theirs = time.perf_counter() - begun
    print(f"{f'list of {count}: openssl ca -gencrl':<58}{theirs * 1000:>9.0f} ms {'':>18}{measured.strip()} KiB in all")
    print(f"{'':<58}ours : theirs = {ours / theirs:.2f}; our whole process {peak():,} KiB")


MEASURE = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout


def peak() -> int:
    """The highest memory of this process so far, KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def row(name: str, seconds: float, count: int) -> None:
    print(f"{name:<58}{seconds:>9.1f} s  {seconds / count * 1000:>7.1f} ms each; highest memory {peak():,} KiB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
