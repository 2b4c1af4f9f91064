"""Files that an authority hands out: private from the first moment, whole or not there at all, never over another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from letterlock.authority.ca import address_key
from letterlock.authority.failures import BundleInTheWay, SlipsBesideBundles
from letterlock.store.location import create_private


def write_private(path: Path, octets: bytes) -> None:
    """A new file that only its owner may read, on the disk when this returns. Raises `FileExistsError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def write_public(path: Path, octets: bytes) -> None:
    """A file for everybody, in the place of an older one at once: a web server never reads half a list."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Delivery:
    """A folder of key files, and another of slips with their passphrases.

    Each is written under another name first; it gets its own once the certificates in it are in the log. So a file
    under its own name is always one that was issued, and whoever was killed before finds out by `recover`.

    Raises:
        SlipsBesideBundles: the two folders are one, or one lies in the other.
    """

    def __init__(self, bundles: Path, slips: Path) -> None:
        one, other = bundles.resolve(), slips.resolve()
        if one == other or one in other.parents or other in one.parents:
            raise SlipsBesideBundles(str(slips))
        create_private(bundles)
        create_private(slips)
        self._bundles, self._slips = bundles, slips

    def bundle(self, address: str) -> Path:
        """The key file for an address."""
        return self._bundles / f"{_stem(address)}.p12"

    def slip(self, address: str) -> Path:
        """The passphrase of it."""
        return self._slips / f"{_stem(address)}.txt"

    def prepare(self, address: str, bundle: bytes, slip: bytes) -> str:
        """Write both under other names, and return the bundle's SHA-256.

        Raises:
            BundleInTheWay: a file under the final name is there.
        """
        for final in (self.bundle(address), self.slip(address)):
            if final.exists():
                raise BundleInTheWay(str(final))
        for final, octets in ((self.slip(address), slip), (self.bundle(address), bundle)):
            _part(final).unlink(missing_ok=True)
            write_private(_part(final), octets)
        return sha256(bundle).hexdigest()

    def finish(self, address: str) -> None:
        """Give both their own names: the slip first, so that no key file is without its passphrase."""
        self._name(self.slip(address), self.bundle(address))

    def recover(self, issued: Callable[[str], bool]) -> frozenset[Path]:
        """Finish what a killed run had issued, by the SHA-256 of its key file, and remove what it had not.

        Returns:
            The key files that got their names now.
        """
        finished = set()
        for part in sorted(self._bundles.glob("*.p12.part")):
            final = part.with_suffix("")
            slip = self._slips / f"{final.stem}.txt"
            if issued(sha256(part.read_bytes()).hexdigest()):
                self._name(slip, final)
                finished.add(final)
            else:
                # The file goes first: a slip that is left over opens nothing.
                part.unlink()
                _part(slip).unlink(missing_ok=True)
        return frozenset(finished)

    def _name(self, *finals: Path) -> None:
        for final in finals:
            if _part(final).exists():
                _part(final).replace(final)
                _sync_folder(final.parent)


@contextmanager
def one_at_a_time(database: Path) -> Iterator[None]:
    """Holds everybody else who issues from this database until done; a killed holder lets go by itself."""
    descriptor = os.open(database.with_name("authority.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        while True:
            # Gives up after ten seconds each time.
            with suppress(OSError):
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
                return
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _stem(address: str) -> str:
    # Addresses may hold a slash or begin with a dot; two different ones never get the same name.
    return quote(address_key(address), safe="@+=").replace("..", ".%2E").removeprefix(".") or "_"


def _part(final: Path) -> Path:
    return final.with_name(f"{final.name}.part")


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
