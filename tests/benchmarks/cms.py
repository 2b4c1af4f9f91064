"""The CMS engine beside OpenSSL's command line: the same files, in the same run, taking turns.

    python -m tests.benchmarks.cms [--large] [--rounds N]

First the engine alone at 10 KB, from DER in memory to octets in memory as in the host, which has its keys loaded and
its mail from a pipe; beside it what of that is the one operation with the person's key, and OpenSSL's process on the
same DER. A turn there is ten runs of each side, and counts with their mean. Then S/MIME file to plaintext file and back
(`smime.py`) at each size, and the most memory that a process of each side took. `--large` adds 100 MB.

Printed are median seconds and the median of the ratios of the pairs, ours to theirs. OpenSSL trusts no certificate
(`-noverify`) and is spared the loading of those the system trusts, which by default takes most of its time.
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
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.cms import (
    CertificateKey,
    EnvelopedReader,
    EnvelopedWriter,
    PrivateSigningKey,
    SignedDataReader,
    SignedDataWriter,
    Signing,
    recipient_for,
)
from tests.benchmarks import smime
from tests.cms import builder

ROUNDS = 10
BURST = 10
SIZES = {"10 KB": 10_000, "1 MB": 1_000_000, "25 MB": 25_000_000}
LARGE = {"100 MB": 100_000_000}
KEYS = ("RSA", "P-256")
OPERATIONS = (
    "verify detached",
    "verify opaque",
    "decrypt CBC",
    "decrypt GCM",
    "sign detached",
    "sign opaque",
    "encrypt CBC",
    "encrypt GCM",
)
_TRUSTING_NOBODY = ("-noverify", "-no-CAfile", "-no-CApath", "-no-CAstore")
_ME = ("-signer", "me.crt", "-inkey", "me.key")


class OpenSsl:
    """The command in a folder, on DER or on S/MIME files."""

    def __init__(self, folder: Path, form: str) -> None:
        self._folder = folder
        self._form = form
        self._suffix = {"DER": "der", "SMIME": "eml"}[form]

    def __call__(self, operation: str) -> None:
        """From file to file."""
        subprocess.run(self.command(operation), cwd=self._folder, check=True, capture_output=True)

    def command(self, operation: str, out: str = "out") -> list[str]:
        """What is run for an operation."""
        work, form = operation.split()
        read = ("-inform", self._form, "-in", f"{form}.{self._suffix}")
        write = ("-outform", self._form, "-in", "content")
        arguments: dict[str, tuple[str, ...]] = {
            "verify": (
                "-verify",
                *_TRUSTING_NOBODY,
                *read,
                *(("-content", "content") if (self._form, form) == ("DER", "detached") else ()),
            ),
            "decrypt": ("-decrypt", *read, "-recip", "me.crt", "-inkey", "me.key"),
            "sign": ("-sign", *write, *_ME, *(("-nodetach",) if form == "opaque" else ())),
            "encrypt": ("-encrypt", f"-aes-256-{form.lower()}", *write, "-recip", "me.crt"),
        }
        return ["openssl", "cms", "-binary", *arguments[work], "-out", out]

    def prepare(self, octets: int) -> None:
        """The files that are read, of OpenSSL's making."""
        line = b"The roof of the north hall is ready, four days early, and the keys are there.\r\n"
        text = b"Content-Type: text/plain\r\n\r\n" + line * (octets // len(line) + 1)
        (self._folder / "content").write_bytes(text[:octets])
        for work, form in (("sign", "detached"), ("sign", "opaque"), ("encrypt", "CBC"), ("encrypt", "GCM")):
            command = self.command(f"{work} {form}", f"{form}.{self._suffix}")
            subprocess.run(command, cwd=self._folder, check=True, capture_output=True)


class InMemory:
    """The engine alone, on the DER files of a folder in memory."""

    def __init__(self, folder: Path) -> None:
        self._files = {each.name: each.read_bytes() for each in (*folder.glob("*.der"), folder / "content")}
        self._person = smime.Person.load(folder)
        self._opener = CertificateKey(self._person.certificate, self._person.key)
        self._signer = PrivateSigningKey(self._person.certificate, self._person.key)

    def __call__(self, operation: str) -> None:
        """From octets to octets; whatever is wrong raises."""
        out = bytearray()
        content = self._files["content"]
        match operation.split():
            case ["verify", form]:
                digest = hashes.Hash(hashes.SHA256())
                reader = SignedDataReader(out.extend)
                reader.feed(self._files[f"{form}.der"])
                signed = reader.close()
                digest.update(content if form == "detached" else bytes(out))
                smime.confirm(signed, digest.finalize())
            case ["decrypt", mode]:
                opening = EnvelopedReader(out.extend, [self._opener])
                opening.feed(self._files[f"{mode}.der"])
                opening.close()
            case ["sign", form]:
                signing = [Signing(self._signer, datetime.now(UTC))]
                writer = SignedDataWriter(out.extend, signing, detached=form == "detached", length=len(content))
                writer.write(content)
                writer.close()
            case ["encrypt", mode]:
                to = [recipient_for(self._person.certificate)]
                enveloped = EnvelopedWriter(out.extend, to, f"AES-256-{mode}", length=len(content))
                enveloped.write(content)
                enveloped.close()

    def bare(self, operation: str) -> Callable[[], object]:
        """The one operation with the person's key that no implementation can do without."""
        key, public = self._person.key, self._person.certificate.public_key()
        work = operation.split()[0]
        if isinstance(key, rsa.RSAPrivateKey) and isinstance(public, rsa.RSAPublicKey):
            value, encrypted = key.sign(b"", *_PKCS1), public.encrypt(bytes(32), padding.PKCS1v15())
            return {
                "verify": lambda: public.verify(value, b"", *_PKCS1),
                "decrypt": lambda: key.decrypt(encrypted, padding.PKCS1v15()),
                "sign": lambda: key.sign(b"", *_PKCS1),
                "encrypt": lambda: public.encrypt(bytes(32), padding.PKCS1v15()),
            }[work]
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert isinstance(public, ec.EllipticCurvePublicKey)
        value = key.sign(b"", ec.ECDSA(hashes.SHA256()))
        return {
            "verify": lambda: public.verify(value, b"", ec.ECDSA(hashes.SHA256())),
            "decrypt": lambda: key.exchange(ec.ECDH(), public),
            "sign": lambda: key.sign(b"", ec.ECDSA(hashes.SHA256())),
            "encrypt": lambda: ec.generate_private_key(public.curve).exchange(ec.ECDH(), public),
        }[work]


_PKCS1 = (padding.PKCS1v15(), hashes.SHA256())


def identity(folder: Path, kind: str) -> None:
    """A key and its certificate, in `me.key` and `me.crt`."""
    who = builder.identity(kind)
    (folder / "me.crt").write_bytes(who.certificate.public_bytes(Encoding.PEM))
    (folder / "me.key").write_bytes(
        who.key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def pairs(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int, burst: int = 1
) -> tuple[float, float, float]:
    """Median seconds of ours and theirs, and the median of the pairs' ratios."""
    ours()
    theirs()
    taken = [(_seconds(ours, burst), _seconds(theirs, burst)) for _ in range(rounds)]
    ratio = statistics.median(mine / other for mine, other in taken)
    return statistics.median(mine for mine, _ in taken), statistics.median(other for _, other in taken), ratio


def _seconds(run: Callable[[], object], burst: int) -> float:
    start = time.perf_counter()
    for _ in range(burst):
        run()
    return (time.perf_counter() - start) / burst


_LAUNCH = "import os, sys; print(os.wait4(os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:]), 0)[2].ru_maxrss)"


def peak(command: list[str], folder: Path) -> float:
    """The most memory, in MB, that a process took which did this.

    It is started by a small one, because a process counts what the one took that started it.
    """
    launched = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCH, *command], cwd=folder, check=True, capture_output=True
    )
    return int(launched.stdout.split()[-1]) * 1024 / 1_000_000


def in_memory(folder: Path, rounds: int) -> None:
    """The first table."""
    print(f"{'10 KB in memory, milliseconds':<34}{'key alone':>10}{'engine':>10}{'openssl':>10}{'ratio':>8}")
    for kind in KEYS:
        identity(folder, kind)
        openssl = OpenSsl(folder, "DER")
        openssl.prepare(SIZES["10 KB"])
        engine = InMemory(folder)
        for operation in OPERATIONS:
            ours, theirs, ratio = pairs(partial(engine, operation), partial(openssl, operation), rounds, BURST)
            bare = statistics.median(_seconds(engine.bare(operation), BURST) for _ in range(rounds))
            name = f"{kind} {operation}"
            print(f"{name:<34}{bare * 1000:>10.2f}{ours * 1000:>10.2f}{theirs * 1000:>10.2f}{ratio:>8.3f}", flush=True)


def files(folder: Path, sizes: dict[str, int], rounds: int) -> None:
    """The second table."""
    print(f"{'S/MIME file to file, seconds':<34}{'engine':>10}{'openssl':>10}{'ratio':>8}{'MB':>8}{'openssl':>10}")
    identity(folder, "RSA")
    openssl = OpenSsl(folder, "SMIME")
    person = smime.Person.load(folder)
    for size, octets in sizes.items():
        openssl.prepare(octets)
        for operation in OPERATIONS:
            run = partial(smime.run, operation, folder, person)
            ours, theirs, ratio = pairs(run, partial(openssl, operation), rounds)
            memory = peak([sys.executable, "-m", "tests.benchmarks.smime", operation, str(folder)], Path.cwd())
            other = peak(openssl.command(operation), folder)
            name = f"{size} {operation}"
            print(f"{name:<34}{ours:>10.4f}{theirs:>10.4f}{ratio:>8.2f}{memory:>8.0f}{other:>10.0f}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The CMS engine beside OpenSSL's command line")
    parser.add_argument("--large", action="store_true", help="100 MB as well")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        in_memory(Path(name), arguments.rounds)
        files(Path(name), {**SIZES, **(LARGE if arguments.large else {})}, arguments.rounds)


if __name__ == "__main__":
    main()
