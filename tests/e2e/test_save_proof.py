"""Proof of a signed mail is saved from its details: one button, and a file that others verify."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from letterlock.operations import trust
from letterlock.operations.bundle_verify import Verifying, verify
from tests.e2e.browsers import wait_for
from tests.e2e.check_page import CheckPage
from tests.e2e.conftest import Desk
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.evidence.repacked import objects
from tests.signed_mail import DemoMail

# The browser's own downloads are not ours to test: what the page hands it is kept, and read from there.
_KEEP = """
    const create = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      const reader = new FileReader();
      reader.onload = () => (window.saved = reader.result.split(",")[1]);
      reader.readAsDataURL(blob);
      return create(blob);
    };
"""
_SECONDS = 60


def test_saved_with_one_button(desk: Desk, mail: DemoMail, tmp_path: Path) -> None:
    """Before anybody is chosen who stamps, the button says so; then the file holds the mail and its proof."""
    message = mail.good()
    page = CheckPage(desk.browser)
    page.open()
    file = tmp_path / "mail.eml"
    file.write_bytes(message)
    page.choose(file)
    assert page.panel.status() == "valid"
    desk.browser.run(_KEEP)
    page.panel.press_button("Details")
    page.panel.press_button("Save proof")
    wait_for(lambda: "Nobody is named who could time-stamp" in page.panel.words(), "why there is no proof", _SECONDS)
    root = tmp_path / "time-root.pem"
    root.write_bytes(ROOT.pem)
    desk.host.trust(root)
    with stamping_server(tmp_path / "tsa") as authority:
        _letterlock(desk, "timestamps", "add", authority.url)
        try:
            page.panel.press_button("Save proof")
            wait_for(lambda: "It proves the signature" in page.panel.words(), "the proof to be saved", _SECONDS)
        finally:
            _letterlock(desk, "timestamps", "remove", authority.url)
    desk.keep_screenshot("check-proof")
    saved = wait_for(lambda: desk.browser.run("return window.saved ?? ''"), "the file", _SECONDS)
    octets = base64.b64decode(saved)
    assert objects(octets)["message.eml"] == message
    found = verify(io.BytesIO(octets), Verifying(trust.given([mail.anchor, root]), datetime.now(UTC)))
    # Nobody publishes lists for these certificates; nothing else is missing.
    assert {each.code for each in found.reasons} == {"bundle_revocation_unknown"}
    assert found.existed_by is not None


def _letterlock(desk: Desk, *arguments: str) -> None:
    environment = {**os.environ, "LETTERLOCK_HOME": str(desk.host.home)}
    subprocess.run([sys.executable, "-m", "letterlock", *arguments], env=environment, check=True, capture_output=True)
