"""No forgery is `valid`: all classes of published attacks, each as a rule that makes many messages."""

from __future__ import annotations

from collections import Counter

import pytest

from letterlock.cms import RecipientKey
from letterlock.errors import LetterlockError
from letterlock.operations.trust import TrustSettings
from tests import forged_mail
from tests.opened_mail import codes, opened, status, text
from tests.signed_mail import DemoMail

ENCRYPTED = ("Clear parts around encrypted ones", "Covert content in replies")


@pytest.fixture(scope="module")
def having(demo: DemoMail) -> forged_mail.Material:
    return forged_mail.Material(demo)


@pytest.mark.parametrize("kind", forged_mail.CLASSES)
def test_no_forgery_is_valid(
    having: forged_mail.Material, trusting: TrustSettings, own_keys: list[RecipientKey], kind: str
) -> None:
    """Whatever is shown was not signed so by who stands in From; and a secret stays one, with the key at hand."""
    for name, raw in forged_mail.CLASSES[kind].make(having):
        try:
            message = opened(raw, trusting, own_keys)
        except LetterlockError:
            continue  # Refused as a whole: nothing is shown at all.
        assert status(message) != "valid", (name, codes(message))
        assert message.verdict.headline.code != "signature_valid", name
        assert b"4711" not in text(message), name
        message.close()


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_an_encrypted_part_is_told_wherever_it_stands(
    having: forged_mail.Material, trusting: TrustSettings, own_keys: list[RecipientKey], kind: str
) -> None:
    """A ciphertext among other parts is refused and said to be there; in an attached mail it is not looked for."""
    for name, raw in forged_mail.CLASSES[kind].make(having):
        message = opened(raw, trusting, own_keys)
        if "attached" in name:
            assert message.verdict.encryption.status == "none"
            continue
        assert message.verdict.encryption.status == "refused", name
        assert "encrypted_part" in codes(message), name


def test_there_are_many_and_each_class_is_published(demo: DemoMail) -> None:
    """At least 200 messages, none twice, several in each class, and each class says where it comes from."""
    made = list(forged_mail.forgeries(demo))
    assert len(made) >= 200
    assert len({(kind, name) for kind, name, _ in made}) == len(made)
    assert min(Counter(kind for kind, _, _ in made).values()) >= 5
    assert all(each.published for each in forged_mail.CLASSES.values())


def test_what_the_forger_starts_from_is_valid(having: forged_mail.Material, trusting: TrustSettings) -> None:
    """Else none of the above would say anything."""
    for raw in (having.good, having.opaque, having.twice):
        assert status(opened(raw, trusting)) == "valid"
