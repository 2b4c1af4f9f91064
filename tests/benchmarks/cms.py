"""The CMS engine beside OpenSSL's command line: the same files, in the same run, taking turns.

    python -m tests.benchmarks.cms [--large] [--rounds N]

Prints the median seconds of each side and the median of the ratios of the pairs (ours to theirs), then the most memory
that a process of its own takes for each size. `--large` adds 100 MB. Both sides go from a DER file to a file. The
engine runs in this process, as it does in the host; OpenSSL starts anew each time, as it must.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from letterlock.cms import (
    CertificateKey,
    EnvelopedReader,
    EnvelopedWriter,
    PrivateSigningKey,
    SignedDataReader,
    SignedDataWriter,
    Signing,
    candidates,
    check,
    load_certificate,
    recipient_for,
)
from tests.cms import builder

ROUNDS = 10
SIZES = {"10 KB": 10_000, "1 MB": 1_000_000, "25 MB": 25_000_000}
LARGE = {"100 MB": 100_000_000}
CHUNK = 262_144
OPERATIONS = ("verify detached", "verify opaque", "decrypt CBC", "decrypt GCM", "sign", "encrypt CBC", "encrypt GCM")


class Bench:
    """A folder with one person's key, and for each operation the two ways to do it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = x509.load_pem_x509_certificate((folder / "me.crt").read_bytes())
        self.key = load_pem_private_key((folder / "me.key").read_bytes(), None)

    def ours(self, operation: str) -> None:
        """The engine, from file to file; whatever is wrong raises."""
        match operation.split():
            case ["verify", form]:
                self._verify(self.folder / f"{form}.der", detached=form == "detached")
            case ["decrypt", mode]:
                with (self.folder / "out").open("wb") as out:
                    reader = EnvelopedReader(out.write, [CertificateKey(self.certificate, self.key)])
                    _pour(self.folder / f"{mode}.der", reader.feed)
                    reader.close()
            case ["sign"]:
                with (self.folder / "out").open("wb") as out:
                    signing = Signing(PrivateSigningKey(self.certificate, self.key), datetime.now(UTC))
                    length = (self.folder / "content").stat().st_size
                    signed = SignedDataWriter(out.write, [signing], length=length)
                    _pour(self.folder / "content", signed.write)
                    signed.close()
            case ["encrypt", mode]:
                with (self.folder / "out").open("wb") as out:
                    length = (self.folder / "content").stat().st_size
                    to = [recipient_for(self.certificate)]
                    enveloped = EnvelopedWriter(out.write, to, f"AES-256-{mode}", length=length)
                    _pour(self.folder / "content", enveloped.write)
                    enveloped.close()

    def _verify(self, file: Path, detached: bool) -> None:
        digest = hashes.Hash(hashes.SHA256())
        with (self.folder / "out").open("wb") as out:

            def content(octets: bytes) -> None:
                digest.update(octets)
                out.write(octets)

            reader = SignedDataReader(content)
            _pour(file, reader.feed)
            signed = reader.close()
            if detached:
                _pour(self.folder / "content", content)
        value = digest.finalize()
        found = [each for der in signed.certificates if (each := load_certificate(der))]
        (signer,) = signed.signers
        check(signer, next(candidates(signer, found)), lambda algorithm: value, lambda octets: b"")

    def openssl(self, operation: str) -> None:
        """The command, from file to file."""
        me = ("-signer", "me.crt", "-inkey", "me.key")
        match operation.split():
            case ["verify", form]:
                content = ("-content", "content") if form == "detached" else ()
                self._run("-verify", "-noverify", "-inform", "DER", "-in", f"{form}.der", *content)
            case ["decrypt", mode]:
                self._run("-decrypt", "-inform", "DER", "-in", f"{mode}.der", "-recip", "me.crt", "-inkey", "me.key")
            case ["sign"]:
                self._run("-sign", "-nodetach", "-outform", "DER", "-in", "content", *me)
            case ["encrypt", mode]:
                self._run(
                    "-encrypt", f"-aes-256-{mode.lower()}", "-outform", "DER", "-in", "content", "-recip", "me.crt"
                )

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", "cms", "-binary", *arguments, "-out", "out"], cwd=self.folder, check=True, capture_output=True
        )

    def prepare(self, octets: int) -> None:
        """The files that are read, of OpenSSL's making."""
        line = b"The roof of the north hall is ready, four days early, and the keys are there.\r\n"
        (self.folder / "content").write_bytes((line * (octets // len(line) + 1))[:octets])
        me = ("-signer", "me.crt", "-inkey", "me.key")
        for arguments, name in (
            (("-sign", *me), "detached"),
            (("-sign", "-nodetach", *me), "opaque"),
            (("-encrypt", "-aes-256-cbc", "-recip", "me.crt"), "CBC"),
            (("-encrypt", "-aes-256-gcm", "-recip", "me.crt"), "GCM"),
        ):
            self._run(*arguments, "-outform", "DER", "-in", "content")
            (self.folder / "out").rename(self.folder / f"{name}.der")


def _pour(file: Path, into: Callable[[bytes], object]) -> None:
    with file.open("rb") as octets:
        while chunk := octets.read(CHUNK):
            into(chunk)


def identity(folder: Path) -> None:
    """An RSA key of 2048 bits and its certificate, in `me.key` and `me.crt`."""
    who = builder.identity("RSA")
    (folder / "me.crt").write_bytes(who.certificate.public_bytes(Encoding.PEM))
    (folder / "me.key").write_bytes(
        who.key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def pairs(bench: Bench, operation: str, rounds: int) -> tuple[float, float, float]:
    """Median seconds of ours and theirs, and the median of the pairs' ratios."""
    bench.ours(operation)
    bench.openssl(operation)
    taken = [(_seconds(bench.ours, operation), _seconds(bench.openssl, operation)) for _ in range(rounds)]
    ratio = statistics.median(ours / theirs for ours, theirs in taken)
    return statistics.median(ours for ours, _ in taken), statistics.median(theirs for _, theirs in taken), ratio


def _seconds(run: Callable[[str], None], operation: str) -> float:
    start = time.perf_counter()
    run(operation)
    return time.perf_counter() - start


def peak(folder: Path) -> float:
    """The most memory, in MB, of a process of its own that does every operation once on the files in the folder."""
    command = [sys.executable, "-m", "tests.benchmarks.cms", "--once", str(folder)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout) / 1_000


def once(folder: Path) -> None:
    """Every operation, then the most memory this process ever had (kB)."""
    bench = Bench(folder)
    for operation in OPERATIONS:
        bench.ours(operation)
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The CMS engine beside OpenSSL's command line")
    parser.add_argument("--large", action="store_true", help="100 MB as well")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        once(arguments.once)
        return
    print(f"{'seconds, file to file':<28}{'engine':>10}{'openssl':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        identity(folder)
        bench = Bench(folder)
        for size, octets in {**SIZES, **(LARGE if arguments.large else {})}.items():
            bench.prepare(octets)
            for operation in OPERATIONS:
                ours, theirs, ratio = pairs(bench, operation, arguments.rounds)
                print(f"{f'{size} {operation}':<28}{ours:>10.4f}{theirs:>10.4f}{ratio:>8.2f}", flush=True)
            print(f"{size}: at most {peak(folder):.0f} MB of memory for all of it", flush=True)


if __name__ == "__main__":
    main()
