"""A bundle on the disk is whole: whoever is killed, and however many renew it at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import time
from pathlib import Path
from typing import IO

import pytest

from letterlock.operations.bundle_files import written
from letterlock.operations.bundle_renew import Renewing, renew
from letterlock.operations.timestamps import Authority
from tests.evidence.notary import NOW, Notary, bundle, checked, lists, trust
from tests.trust.chains import DAY


def _renew(place: Path, authority: Authority, dies_after: int | None) -> None:
    def make(out: IO[bytes]) -> None:
        with open(place, "rb") as source:
            renew(source, _Deadly(out, dies_after) if dies_after else out, _renewing(authority))  # type: ignore[arg-type]

    written(place, make, replace=True)


def _renewing(authority: Authority) -> Renewing:
    return Renewing(trust(lists(NOW + DAY)), authority, NOW + DAY)


class _Deadly:
    """A file whose writer is killed at its n-th write."""

    def __init__(self, file: IO[bytes], writes: int) -> None:
        self._file, self._left = file, writes

    def write(self, data: bytes) -> int:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._file.write(data)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_killed_while_it_is_renewed(tmp_path: Path) -> None:
    """At whatever write: the bundle is the one from before, and the next renewal works."""
    place = tmp_path / "proof.asice"
    context = multiprocessing.get_context("fork")
    with Notary() as notary:
        before = bundle(notary)
        place.write_bytes(before)
        notary.now = NOW + DAY
        for write in (1, 2, 9, 20, 33):
            process = context.Process(target=_renew, args=(place, notary.authority, write))
            process.start()
            process.join(30)
            assert process.exitcode == -signal.SIGKILL
            assert place.read_bytes() == before
        _renew(place, notary.authority, None)
    assert checked(place.read_bytes(), NOW + 2 * DAY).status == "holds"
    assert place.read_bytes() != before


def test_two_renew_at_once(tmp_path: Path) -> None:
    """What is there in the end is whole, and holds."""
    place = tmp_path / "proof.asice"
    context = multiprocessing.get_context("fork")
    with Notary() as notary:
        place.write_bytes(bundle(notary))
        notary.now = NOW + DAY
        processes = [context.Process(target=_renew, args=(place, notary.authority, None)) for _ in range(4)]
        for process in processes:
            process.start()
        while any(process.is_alive() for process in processes):
            assert checked(place.read_bytes(), NOW + 2 * DAY).status == "holds"
            time.sleep(0.01)
        assert [process.exitcode for process in processes] == [0] * 4
    assert [each.name for each in tmp_path.iterdir()] == ["proof.asice"]


def test_for_its_owner_alone(tmp_path: Path) -> None:
    """A bundle has a whole message in it; and what is there is not replaced unless it is to be."""
    place = tmp_path / "proof.asice"
    written(place, lambda out: out.write(b"x"), replace=False)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        written(place, lambda out: out.write(b"y"), replace=False)
    with pytest.raises(ZeroDivisionError):
        written(place, lambda out: 1 // 0, replace=True)
    assert place.read_bytes() == b"x"
    assert [each.name for each in tmp_path.iterdir()] == ["proof.asice"]
