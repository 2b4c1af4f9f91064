"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.needs import corpora_folder

if TYPE_CHECKING:
    from tests.net.mail_rig import Provider
    from tests.net.mail_tls import Authority

# Properties are about what comes out, never about how quickly: a busy machine is no counterexample.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder with the corpora of other projects (setting: `LETTERLOCK_CORPORA`)."""
    return corpora_folder()


@pytest.fixture(scope="session")
def mail_provider() -> Iterator[Provider]:
    """Postfix and Dovecot on loopback."""
    from tests.net.mail_rig import provider

    with provider() as running:
        yield running


@pytest.fixture(scope="session")
def mail_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who certifies the small mail servers of the tests."""
    from tests.net.mail_tls import Authority

    return Authority(tmp_path_factory.mktemp("authority"))
