"""Whom the reader trusts: loaded, kept for many messages, and never stale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from letterlock.operations import trust
from letterlock.operations.trust import KeptSettings
from letterlock.store.database import Store
from letterlock.store.failures import StoreUnreachable
from letterlock.trust.anchors import certificates_of
from tests.needs import require_program
from tests.signed_mail import DemoMail
from tests.trust.chains import NOW


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


def test_kept_settings_follow_the_database(mail: DemoMail, tmp_path: Path) -> None:
    """An anchor added or removed, here or by another process, counts for the very next message."""
    database = tmp_path / "data" / "letterlock.sqlite"
    kept = KeptSettings(database)
    assert not kept.now().anchors
    assert not database.exists()
    ((certificate, new),) = trust.add(database, mail.anchor)
    assert new
    assert [each.certificate for each in kept.now().anchors] == [certificate]
    assert kept.now() is kept.now(), "nothing changed, nothing is read"
    remove = f"trust.remove(pathlib.Path({str(database)!r}), {certificate.sha256!r})"
    other = f"import pathlib; from letterlock.operations import trust; {remove}"
    subprocess.run([sys.executable, "-c", other], check=True)
    assert not kept.now().anchors


def test_anchors_are_not_decoded_again_for_other_changes(mail: DemoMail, tmp_path: Path) -> None:
    """The database changes with every signed message opened; the index of anchors outlives that."""
    database = tmp_path / "letterlock.sqlite"
    trust.add(database, mail.anchor)
    kept = KeptSettings(database)
    (before,) = kept.now().anchors
    with Store.open(database) as store:
        store.set_setting("other", 1)
    (after,) = kept.now().anchors
    assert after is before


def test_anchors_from_before_their_subjects_were_kept(mail: DemoMail, tmp_path: Path) -> None:
    """They are found all the same."""
    database = tmp_path / "letterlock.sqlite"
    (certificate,) = certificates_of(mail.anchor.read_bytes(), "anchor")
    with Store.open(database) as store:
        store.add_anchor(certificate.der, "", NOW)
    anchors = trust.settings(database).believed
    assert anchors.bearing(certificate.subject_dn.normal) == [certificate]


def test_a_damaged_anchor_vouches_for_nobody_and_is_listed(tmp_path: Path, mail: DemoMail) -> None:
    """Octets that are no certificate any more are shown, and everything else goes on."""
    database = tmp_path / "letterlock.sqlite"
    ((certificate, _),) = trust.add(database, mail.anchor)
    with Store.open(database) as store:
        store.add_anchor(b"no certificate", "", store.anchors()[0].added)
    assert [each.certificate for each in trust.settings(database).anchors] == [certificate]
    assert sorted(found is None for _, found in trust.kept(database)) == [False, True]


def test_a_database_that_cannot_be_read_is_said_to_be_that(tmp_path: Path) -> None:
    """The kept settings ask for the file's state first; that this is refused is a coded failure too."""
    database = tmp_path / "letterlock.sqlite"
    database.mkdir()
    with pytest.raises(StoreUnreachable):
        KeptSettings(database).now()
