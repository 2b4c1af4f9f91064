"""No forgery is `valid`: all classes of published attacks, each as a rule that makes many messages."""

from __future__ import annotations

import pytest

from letterlock.cms import RecipientKey
from letterlock.errors import LetterlockError
from letterlock.operations.trust import TrustSettings
from tests import forged_mail, forged_parsing, forged_signers
from tests.forged_mail import Forgeries, Material
from tests.opened_mail import codes, opened, status, text
from tests.signed_mail import DemoMail

CLASSES: dict[str, Forgeries] = {**forged_mail.CLASSES, **forged_parsing.CLASSES, **forged_signers.CLASSES}
ENCRYPTED = ("Clear parts around encrypted ones", "Covert content in replies")


@pytest.fixture(scope="module")
def having(demo: DemoMail) -> Material:
    return Material(demo)


@pytest.mark.parametrize("kind", CLASSES)
def test_no_forgery_is_valid(
    having: Material, trusting: TrustSettings, own_keys: list[RecipientKey], kind: str
) -> None:
    """Whatever is shown was not signed so by who stands in From; and a secret stays one, with the key at hand."""
    for name, raw in CLASSES[kind].make(having):
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
    having: Material, trusting: TrustSettings, own_keys: list[RecipientKey], kind: str
) -> None:
    """A ciphertext among other parts is refused and said to be there; in an attached mail it is not looked for."""
    for name, raw in CLASSES[kind].make(having):
        message = opened(raw, trusting, own_keys)
        if "attached" in name:
            assert message.verdict.encryption.status == "none"
            continue
        assert message.verdict.encryption.status == "refused", name
        assert "encrypted_part" in codes(message), name


def test_there_are_many_and_each_class_is_published(having: Material, capsys: pytest.CaptureFixture[str]) -> None:
    """At least 200 messages, none twice, several in each class, and each class says where it comes from."""
    made = {kind: [name for name, _ in CLASSES[kind].make(having)] for kind in CLASSES}
    counts = {kind: len(names) for kind, names in made.items()}
    with capsys.disabled():
        print(f"\n{sum(counts.values())} forged messages:")
        print("\n".join(f"{count:4d}  {kind} ({CLASSES[kind].published})" for kind, count in counts.items()))
    assert sum(counts.values()) >= 200
    assert min(counts.values()) >= 5
    assert all(len({*names}) == len(names) for names in made.values())
    assert all(each.published for each in CLASSES.values())


def test_what_the_forger_starts_from_is_valid(having: Material, trusting: TrustSettings) -> None:
    """Else none of the above would say anything."""
    by_hand = forged_signers.object_of(
        [forged_signers.info(having.mail.anna, forged_signers.TEXT)], forged_signers.TEXT, [having.mail.anna]
    )
    for raw in (having.good, having.opaque, having.twice, forged_signers.message(by_hand)):
        assert status(opened(raw, trusting)) == "valid"
