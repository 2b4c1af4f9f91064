"""Tokens of one process: found for a mail, unlocked, locked again, pulled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from letterlock.cms import NoRecipientKey
from letterlock.keystore import token_failures as f
from letterlock.operations import tokens
from letterlock.operations.open import Opening
from letterlock.operations.tokens import Tokens
from letterlock.operations.trust import TrustSettings
from tests.cms.builder import CONTENT, identity
from tests.cms.decrypting import decrypt
from tests.cms.envelope import enveloped, transport
from tests.keystore import softhsm

pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[softhsm.Card, x509.Certificate]:
    softhsm.library()
    softhsm.prepare(tmp_path_factory.mktemp("softhsm"))
    card = softhsm.Card("Karte")
    return card, card.make("RSA")


@pytest.fixture
def own(made: tuple[softhsm.Card, x509.Certificate], tmp_path: Path) -> Iterator[Tokens]:
    database = tmp_path / "letterlock.sqlite"
    tokens.add_library(database, softhsm.library())
    own = Tokens(database)
    yield own
    own.lock()


def test_a_locked_token_is_asked_for_its_pin_only_when_the_mail_is_for_it(
    made: tuple[softhsm.Card, x509.Certificate], own: Tokens
) -> None:
    """Then it opens until it is locked; a PIN that was given once is given to nobody again."""
    mail = enveloped([transport(made[1])])
    with pytest.raises(f.TokenPinNeeded) as caught:
        decrypt(mail, [own])
    assert caught.value.token == "Karte"
    with pytest.raises(NoRecipientKey):
        decrypt(enveloped([transport(identity("RSA").certificate)]), [own])
    own.unlock("Karte", softhsm.PIN)
    assert own.unlocked() == ["Karte"]
    assert decrypt(mail, [own])[1] == CONTENT
    own.lock("Karte")
    with pytest.raises(f.TokenPinNeeded):
        decrypt(mail, [own])


def test_a_mail_for_a_locked_token_says_which(made: tuple[softhsm.Card, x509.Certificate], own: Tokens) -> None:
    """The headline asks for the PIN, and does not call the mail damaged; the serial number tells like cards apart."""
    from tests.operations.test_open_vault import in_mail

    opening = Opening(TrustSettings(), keys=[own])
    opening.feed(in_mail(enveloped([transport(made[1])])))
    verdict = opening.close().verdict
    assert (verdict.encryption.status, verdict.headline.code) == ("undecryptable", "encryption_card_locked")
    (reason,) = verdict.reasons
    assert (reason.code, reason.facts["token"]) == ("token_pin_needed", "Karte")
    own.unlock(reason.facts["serial"], softhsm.PIN)
    assert decrypt(enveloped([transport(made[1])]), [own])[1] == CONTENT


def closed(own: Tokens) -> bool:
    """Whether it locks within some seconds."""
    end = time.monotonic() + 60
    while own.unlocked() and time.monotonic() < end:
        time.sleep(0.01)
    return not own.unlocked()


def test_a_card_locks_as_the_vault_does(own: Tokens, tmp_path: Path) -> None:
    """With the screen, after idleness, and when any other process asks; until then it stays open."""
    locked = threading.Event()
    own.unlock("Karte", softhsm.PIN)
    own.watch(locked.is_set, seconds=0.02)
    time.sleep(0.2)
    assert own.unlocked() == ["Karte"]
    locked.set()
    assert closed(own)

    own.unlock("Karte", softhsm.PIN)
    own.watch(lambda: None, idle=0.1, seconds=0.02)
    assert closed(own)

    own.unlock("Karte", softhsm.PIN)
    own.watch(lambda: None, seconds=0.02)
    tokens.ask_to_lock(tmp_path / "letterlock.sqlite")
    assert closed(own)
    with pytest.raises(f.TokenAbsent):
        own.key_named("key")


def test_of_two_cards_called_alike_neither_gets_a_pin(own: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever puts a token of the same label into another reader must not be told the PIN of the first."""
    found, _ = tokens.present(own._database)
    (mine,) = (each for each in found if each.label == "Karte")
    other = replace(mine, serial="another", library=Path("/usr/lib/another.so"))
    monkeypatch.setattr(tokens, "present", lambda database: ([other, mine], []))
    asked: list[str] = []
    opened = tokens.tokens.opened

    def noted(library: Path, name: str, ask_pin: object, **options: bool) -> object:
        asked.append(name)
        return opened(library, name, ask_pin, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(tokens.tokens, "opened", noted)
    with pytest.raises(f.TokenAmbiguous) as caught:
        own.unlock("Karte", softhsm.PIN)
    assert set(caught.value.serials) == {"another", mine.serial}
    assert asked == []
    own.unlock(mine.serial, softhsm.PIN)
    assert own.unlocked() == [mine.serial]


def test_wrong_pins_and_absent_tokens_are_said(own: Tokens) -> None:
    with pytest.raises(f.TokenPinWrong):
        own.unlock("Karte", "0815")
    with pytest.raises(f.TokenAbsent):
        own.unlock("Bens Karte", softhsm.PIN)
    assert own.unlocked() == []


def test_tokens_are_not_looked_at_for_every_entry(made: tuple[softhsm.Card, x509.Certificate], tmp_path: Path) -> None:
    """A mail for hundreds asks the cards once; a card put in later is seen with the next mail."""
    now = [0.0]
    looks = 0
    own = Tokens(tmp_path / "letterlock.sqlite", lambda: now[0])

    def look(database: Path) -> tuple[list[tokens.Description], list[Exception]]:
        nonlocal looks
        looks += 1
        return [], []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "present", look)
        entries = [transport(identity("RSA").certificate) for _ in range(50)]
        with pytest.raises(NoRecipientKey):
            decrypt(enveloped(entries), [own])
        assert looks == 1
        now[0] = 60.0
        with pytest.raises(NoRecipientKey):
            decrypt(enveloped(entries), [own])
        assert looks == 2


def test_a_library_that_fails_keeps_no_mail_from_being_read(tmp_path: Path) -> None:
    """It is said where tokens are listed; a mail for nobody here is for nobody here."""
    from letterlock.store.database import Store

    database = tmp_path / "letterlock.sqlite"
    with Store.open(database) as store:
        store.set_setting(tokens.LIBRARIES, ["/nowhere/lib.so"])
    failures = tokens.present(database)[1]
    assert [each.code for each in failures] == ["token_library_unusable"]
    with pytest.raises(NoRecipientKey):
        decrypt(enveloped([transport(identity("RSA").certificate)]), [Tokens(database)])
