"""Odd but honest mail: each message gets the status it deserves, and none is called changed or forged."""

from __future__ import annotations

from letterlock.operations.trust import TrustSettings
from tests.honest_mail import honest
from tests.opened_mail import codes, opened, status
from tests.signed_mail import DemoMail


def test_each_gets_the_status_it_deserves(demo: DemoMail, trusting: TrustSettings) -> None:
    """At least 200 messages, each with its status by the contract; not one is `invalid`."""
    names = set()
    wrong = {}
    for name, deserves, raw in honest(demo):
        message = opened(raw, trusting)
        if status(message) != deserves:
            wrong[name] = (status(message), deserves, codes(message))
        assert status(message) != "invalid", (name, codes(message))
        if deserves == "valid":
            assert all(part.covered for part in message.parts), name
        message.close()
        assert name not in names
        names.add(name)
    assert wrong == {}
    assert len(names) >= 200
