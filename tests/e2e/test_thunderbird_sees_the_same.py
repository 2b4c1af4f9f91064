"""Our bar stands above what Thunderbird itself shows: so what is `valid` here is shown there as it was signed.

Messages damaged as in `test_open_another_reader`, with an attacker's words in them, that are still `valid` here. None
of these words, and no other sender, may be on Thunderbird's screen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.errors import LetterlockError
from letterlock.operations import trust
from letterlock.operations.trust import TrustSettings
from tests.e2e.processes import free_port
from tests.e2e.thunderbird.client import Thunderbird
from tests.forged_mail import wrap
from tests.needs import require_program
from tests.opened_mail import boundary, opened, status
from tests.operations.test_open_another_reader import damaged, tokens
from tests.signed_mail import DemoMail

MESSAGES = 25
WORDS, EVE = b"Please pay", b"eve@evil.example"


@pytest.fixture(scope="module")
def thunderbird(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thunderbird]:
    """As installed; what it shows is the same with our add-on."""
    require_program("thunderbird", "thunderbird")
    started = Thunderbird(tmp_path_factory.mktemp("home"), free_port(), "nobody")
    try:
        yield started
    finally:
        started.quit()


def valid_though_damaged(folder: Path) -> list[bytes]:
    """Messages with an attacker's words somewhere, every one of them `valid`; the same places each time."""
    require_program("openssl", "openssl")
    mail = DemoMail(folder)
    settings = TrustSettings(tuple(trust.given([mail.anchor])))
    good, choose = mail.good(), random.Random(20261124)
    mark = boundary(good)
    hostile = [number for number, token in enumerate(tokens(mark)) if WORDS in token or EVE in token]
    found: list[bytes] = []
    for _ in range(3_000):
        how = [
            (choose.random(), choose.choice((0, 0, 1, 2)), "put in", choose.choice([*hostile, choose.randrange(45)]))
            for _ in range(choose.randint(1, 3))
        ]
        raw = damaged(choose.choice((good, wrap(good))), mark, how)
        try:
            message = opened(raw, settings)
        except LetterlockError:
            continue
        if status(message) == "valid" and (WORDS in raw or EVE in raw):
            found.append(raw)
        message.close()
        if len(found) == MESSAGES:
            break
    return found


def test_thunderbird_shows_what_was_signed_and_by_whom(thunderbird: Thunderbird, tmp_path: Path) -> None:
    """The text of Anna's, from Anna, and nothing of the attacker's."""
    messages = valid_though_damaged(tmp_path)
    assert len(messages) == MESSAGES
    for raw in messages:
        thunderbird.tidy()
        thunderbird.select(uri := thunderbird.file(raw))
        thunderbird.wait_for(
            """
            const about = gTabmail.currentAboutMessage;
            const page = about?.getMessagePaneBrowser()?.contentDocument;
            return about?.gMessageURI === arguments[0] && about.msgLoaded && page?.readyState === "complete";
            """,
            uri, seconds=60,
        )  # fmt: skip
        text, sender = thunderbird.run(
            """
            const about = gTabmail.currentAboutMessage;
            return [
                about.getMessagePaneBrowser().contentDocument.body.textContent,
                about.document.getElementById("expandedfromBox").textContent,
            ];
            """
        )
        assert "the roof of the north hall is ready" in text
        assert WORDS.decode() not in text, raw
        assert "anna@muster.example" in sender
        assert "eve" not in sender, raw
