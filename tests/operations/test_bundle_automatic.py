"""Evidence is kept of valid mail from the senders that a person chose, once, and what became of it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.operations import bundle_automatic as automatic
from letterlock.operations import timestamps
from letterlock.operations.bundle_automatic import EvidenceKept, EvidenceNotKept, EvidenceSenderWrong
from letterlock.operations.online import Online
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.trust.revocation import NOTHING_AT_HAND
from tests.evidence.notary import CA, Notary, checked, trust
from tests.evidence.tokens import signed_mail, stamping
from tests.trust.chains import DAY, issue, person

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = issue("Root", not_after=NOW + 900 * DAY)
ANNA = person("Anna", ROOT, not_after=NOW + 90 * DAY)
CLOCK = stamping("Clock", ROOT, not_after=NOW + 90 * DAY)
SETTINGS = trust(NOTHING_AT_HAND, ROOT)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """With an authority for time."""
    place = tmp_path / "letterlock.sqlite"
    with Notary(CLOCK, datetime.now(UTC)) as notary:
        timestamps.add(place, notary.authority)
        yield place


def opened(mail: bytes) -> OpenedMessage:
    opening = Opening(SETTINGS)
    opening.feed(mail)
    return opening.close()


def kept(database: Path, mail: bytes) -> object:
    message = opened(mail)
    try:
        return automatic.keep(message, SETTINGS, Online(), database, database.parent / "no policy")
    finally:
        message.close()


@pytest.mark.parametrize("sender", ["anna@muster.example", "Anna@Muster.Example", "@muster.example"])
def test_chosen_senders(database: Path, sender: str) -> None:
    """By address or domain; the file is a bundle, and the same mail is kept once."""
    assert automatic.add(database, sender)
    assert not automatic.add(database, sender)
    mail = signed_mail(ANNA, [], at=NOW)
    said = kept(database, mail)
    assert isinstance(said, EvidenceKept)
    octets = Path(said.file).read_bytes()
    assert Path(said.file).parent == database.parent / "evidence"
    found = checked(octets, NOW + DAY, (ROOT,))
    assert (found.existed_by is not None, found.message.from_) == (True, ["anna@muster.example"])
    assert kept(database, mail) is None
    assert automatic.remove(database, sender)
    assert not automatic.remove(database, sender)


def test_nobody_else(database: Path) -> None:
    """Other senders, other domains, mail that is not valid; and nothing where nobody was chosen."""
    assert kept(database, signed_mail(ANNA, [], at=NOW)) is None
    automatic.add(database, "bea@muster.example")
    assert kept(database, signed_mail(ANNA, [], at=NOW)) is None
    automatic.add(database, "anna@muster.example")
    stranger = person("Anna", CA)
    assert kept(database, signed_mail(stranger, [], at=NOW)) is None
    assert not (database.parent / "evidence").exists()


def test_another_folder(database: Path, tmp_path: Path) -> None:
    """Chosen by the person; one that cannot be written is told."""
    automatic.add(database, "@muster.example")
    automatic.keep_in(database, tmp_path / "mine")
    said = kept(database, signed_mail(ANNA, [], at=NOW))
    assert isinstance(said, EvidenceKept)
    assert Path(said.file).parent == tmp_path / "mine"
    (tmp_path / "file").write_text("")
    automatic.keep_in(database, tmp_path / "file")
    assert isinstance(kept(database, signed_mail(ANNA, [], at=NOW)), EvidenceNotKept)


def test_nobody_stamps(tmp_path: Path) -> None:
    """It is told, and nothing half is left."""
    database = tmp_path / "letterlock.sqlite"
    automatic.add(database, "@muster.example")
    assert kept(database, signed_mail(ANNA, [], at=NOW)) == EvidenceNotKept("bundle_no_authority")
    timestamps.add(database, timestamps.Authority("http://127.0.0.1:65123/"))
    assert kept(database, signed_mail(ANNA, [], at=NOW)) == EvidenceNotKept("no_time_stamp")
    assert list((tmp_path / "evidence").iterdir()) == []


@pytest.mark.parametrize("text", ["", "anna", "@", "anna@", "@localhost", "a b@muster.example", "a@muster\n.example"])
def test_no_sender(tmp_path: Path, text: str) -> None:
    """What is neither an address nor a domain."""
    with pytest.raises(EvidenceSenderWrong):
        automatic.add(tmp_path / "letterlock.sqlite", text)
