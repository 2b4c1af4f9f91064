"""One demonstration authority, its anchor and one reader's keys for all tests of `open` here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.cms import RecipientKey
from letterlock.operations import identities, trust
from letterlock.operations.trust import TrustSettings
from tests.needs import require_program
from tests.signed_mail import DemoMail


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    """Messages signed by OpenSSL."""
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def trusting(demo: DemoMail) -> TrustSettings:
    """Somebody who trusts the demonstration's authority."""
    return TrustSettings(tuple(trust.given([demo.anchor])))


@pytest.fixture(scope="session")
def own_keys(demo: DemoMail, tmp_path_factory: pytest.TempPathFactory) -> list[RecipientKey]:
    """The keys for which `demo.encrypt` encrypts."""
    passphrase = tmp_path_factory.mktemp("own") / "passphrase"
    passphrase.write_text("correct horse\n")
    return identities.given([demo.key_file(demo.carla, "correct horse")], passphrase)


@pytest.fixture
def quick_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has such a disk: killed processes leave the same behind there, sooner."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)
