"""A verdict is renewed while a person looks at it: the host has asked the network after it had answered."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browsers import wait_for
from tests.e2e.check_page import CheckPage
from tests.e2e.conftest import Desk
from tests.e2e.test_host_trouble import _end_host
from tests.net.servers import answer
from tests.published import Publisher


@pytest.fixture
def publisher(desk: Desk, tmp_path: Path) -> Iterator[Publisher]:
    """An authority on this computer, which the administrator trusts and lets be asked."""
    # A name of its own: the host remembers the authorities of those it trusted.
    with Publisher(tmp_path / "authority", name=tmp_path.name, issuer=True) as running:
        (tmp_path / "root.pem").write_bytes(running.root.pem)
        policy = {"anchors": ["root.pem"], "mozilla": False, "revocation": {"private_addresses": True}}
        (tmp_path / "policy.json").write_text(json.dumps(policy))
        desk.host.police(tmp_path / "policy.json")
        _end_host(desk)
        yield running
        desk.host.mend()
        _end_host(desk)


def test_a_withdrawn_certificate_is_noticed_a_moment_later(desk: Desk, publisher: Publisher) -> None:
    """The calm line comes at once; when the list has come, it says that the certificate was withdrawn."""

    def slowly(connection: Any, request: bytes) -> None:
        time.sleep(1.5)
        answer(publisher.list(publisher.ca, publisher.anna))(connection, request)

    publisher.routes["/ca.crl"] = slowly
    page = CheckPage(desk.browser)
    page.open()
    page.paste(publisher.mail().decode("ascii"))
    assert page.panel.status() == "valid"
    wait_for(lambda: page.panel.status() == "untrusted", "the renewed verdict")
    assert "withdr" in page.panel.words()
    desk.keep_screenshot("renewed-revoked")


def test_missing_certificates_come_with_a_click(desk: Desk, publisher: Publisher) -> None:
    """Nothing is fetched before; one press brings the authority's certificate, and with it the calm line."""
    page = CheckPage(desk.browser)
    page.open()
    page.paste(publisher.mail(chain=False).decode("ascii"))
    assert page.panel.status() == "untrusted"
    assert publisher.asked() == 0
    desk.keep_screenshot("issuer-published")
    page.panel.press_button("Fetch the missing certificate")
    wait_for(lambda: page.panel.status() == "valid", "the verdict with the authority's certificate")
    wait_for(lambda: publisher.asked("/ca.crl") == 1, "the question whether it was withdrawn")
