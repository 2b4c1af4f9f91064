"""Whose word counts, as clients show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from letterlock.operations.trust_serve import HostTrust
from letterlock.store.failures import AnchorNotKept
from tests.signed_mail import DemoMail


def test_the_organisation_has_the_last_word(tmp_path: Path) -> None:
    """What it has decided is named, and no wish changes it; its anchors are listed apart."""
    mail = DemoMail(tmp_path / "mail")
    policy = tmp_path / "policy.json"
    decided = {"anchors": [str(mail.anchor)], "mozilla": False, "revocation": {"mode": "strict"}}
    policy.write_text(json.dumps(decided))
    trust = HostTrust(tmp_path / "letterlock.sqlite", policy)
    listed = trust.change(mozilla=True, system=True, revocation="off")
    assert listed["decided"] == ["mozilla", "revocation"]
    assert (listed["mozilla"], listed["system"], listed["revocation"]) == (False, True, "strict")
    assert [each["name"] for each in listed["organisation"]] == ["Muster AG Root CA"]
    assert listed["anchors"] == []
    with pytest.raises(AnchorNotKept):
        trust.remove(listed["organisation"][0]["sha256"])


def test_without_an_organisation_nothing_is_decided(tmp_path: Path) -> None:
    """Then the person's wish holds, and it lasts."""
    HostTrust(tmp_path / "letterlock.sqlite", None).change(mozilla=None, system=None, revocation="at-hand")
    listed = HostTrust(tmp_path / "letterlock.sqlite", None).listed()
    assert (listed["mozilla"], listed["revocation"], listed["decided"]) == (True, "at-hand", [])
