"""Continuity and time: what this computer remembers of signers and of the first opening of a message."""

from __future__ import annotations

from datetime import datetime as REAL
from datetime import timedelta
from pathlib import Path

import pytest

from letterlock.operations import trust
from letterlock.operations.memory import Memory
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.store.database import Store
from letterlock.verdict import Verdict
from tests.needs import require_program
from tests.signed_mail import DemoMail
from tests.trust.chains import DAY, NOW, Issued, issue, person

ADDRESS = "anna@muster.example"
ONE, OTHER = issue("One"), issue("Other")
ANNA = person("Anna", ONE, key_name="first")


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "data" / "letterlock.sqlite")


def compared(memory: Memory, signer: Issued, day: int = 1) -> str:
    (reason,) = memory.contacts(signer.certificate, [ADDRESS], NOW + day * DAY)
    return reason.code


def test_first_contact_then_the_same_as_always(memory: Memory) -> None:
    """Opening the first message again is still the first contact; the next message is not."""
    assert compared(memory, ANNA) == "first_contact"
    assert compared(memory, ANNA) == "first_contact"
    assert compared(memory, ANNA, 2) == "signer_known"


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        (person("Anna", ONE, key_name="second"), "signer_renewed"),
        (person("Anna", OTHER, key_name="first"), "signer_new_authority"),
        (person("Anna", OTHER, key_name="second"), "signer_key_changed"),
        (person("Anna again", ONE, key_name="first"), "signer_known"),
    ],
)
def test_changes_are_said_once_and_then_known(memory: Memory, signer: Issued, code: str) -> None:
    """A change is told for that message however often it is opened, and later messages know it."""
    compared(memory, ANNA)
    assert compared(memory, signer, 2) == code
    assert compared(memory, signer, 2) == code
    assert compared(memory, signer, 3) == "signer_known"


def test_another_process_is_heard(memory: Memory, tmp_path: Path) -> None:
    """What was answered before counts only until somebody else wrote into the database."""
    other = Memory(tmp_path / "data" / "letterlock.sqlite")
    assert compared(memory, ANNA, 2) == "first_contact"
    assert compared(memory, ANNA, 2) == "first_contact"
    assert compared(other, person("Anna", OTHER, key_name="second"), 1) == "first_contact"
    assert compared(memory, ANNA, 2) == "signer_key_changed"


def test_addresses_do_not_mix(memory: Memory) -> None:
    compared(memory, ANNA)
    (reason,) = memory.contacts(ANNA.certificate, ["else@muster.example"], NOW + 2 * DAY)
    assert reason.code == "first_contact"


def test_the_first_opening_stays(memory: Memory) -> None:
    """Whenever the same message is opened again; another message has its own."""
    assert memory.first_opened("aa", NOW) == NOW
    assert memory.first_opened("aa", NOW + DAY) == NOW
    assert memory.first_opened("bb", NOW + DAY) == NOW + DAY


# --- In the verdict -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


def opened(raw: bytes, mail: DemoMail, memory: Memory | None) -> Verdict:
    opening = Opening(TrustSettings(tuple(trust.given([mail.anchor]))), memory=memory)
    opening.feed(raw)
    done = opening.close()
    done.close()
    return done.verdict


def test_the_verdict_says_it(mail: DemoMail, memory: Memory) -> None:
    """As a remark on a valid message; without memory nothing is said."""
    raw = mail.good()
    first = opened(raw, mail, memory)
    assert first.signature.status == "valid"
    assert "first_contact" in {each.code for each in first.reasons}
    again = opened(raw, mail, memory)
    assert again.signers[0].checked_at == first.signers[0].checked_at
    assert "signer_known" in {each.code for each in opened(b"X-Copy: 2\r\n" + raw, mail, memory).reasons}
    assert not {"first_contact", "signer_known"} & {each.code for each in opened(raw, mail, None).reasons}


def test_nothing_is_kept_of_other_messages(mail: DemoMail, tmp_path: Path) -> None:
    """An unsigned message leaves no trace; a forged one teaches no key."""
    database = tmp_path / "letterlock.sqlite"
    opened(mail.unsigned(), mail, Memory(database))
    assert not database.exists()
    opened(mail.changed(), mail, Memory(database))
    with Store.read(database) as store:
        assert store.signers(ADDRESS) == ()


def test_a_certificate_that_was_good_at_the_first_opening_stays_good(
    mail: DemoMail, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Years later it says so, and another copy that was never opened before is judged now."""
    raw = mail.good()
    now = opened(raw, mail, memory)
    later = type("Later", (), {"now": staticmethod(lambda zone: REAL.now(zone) + timedelta(days=2000))})
    monkeypatch.setattr("letterlock.operations.open.datetime", later)
    old = opened(raw, mail, memory)
    assert old.signature.status == now.signature.status == "valid"
    assert "certificate_expired_since" in {each.code for each in old.reasons}
    assert opened(b"X-Copy: 3\r\n" + raw, mail, memory).signature.status == "untrusted"


def test_a_database_that_cannot_be_written_keeps_nobody_from_reading(mail: DemoMail, tmp_path: Path) -> None:
    """The verdict stands, and the failure is said."""
    (tmp_path / "file").write_text("no folder")
    verdict = opened(mail.good(), mail, Memory(tmp_path / "file" / "letterlock.sqlite"))
    assert verdict.signature.status == "valid"
    assert "store_unreachable" in {each.code for each in verdict.reasons}
