"""“Will this work?”: each answer from a message that was really signed, encrypted and opened."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.keystore.identity_failures import IdentityExpiresSoon
from letterlock.keystore.vault import Vault
from letterlock.operations import keys_check, keys_make
from letterlock.operations import keys_reasons as r
from letterlock.operations.keys_check import Checked
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from tests.keystore.own_keys import NOW, ROOT, issue, pem, vault

ADDRESS = "anna@muster.example"
ANCHOR = Anchor(Certificate.parse(ROOT.public_bytes(Encoding.DER)), "user", "Interop Authority")
TRUSTING = TrustSettings((ANCHOR,))


def certified(folder: Path, kind: str, days: int = 300) -> tuple[Vault, Path]:
    own, database = vault(folder)
    made = keys_make.create(own, kind, [ADDRESS], "Anna", NOW)
    keys_make.certify(own, database, pem(issue(made.request, days=days)), NOW)
    return own, database


def kinds(checked: Checked) -> list[type[object]]:
    return [type(each) for each in checked.findings]


@pytest.mark.parametrize("kind", ["RSA-3072", "P-256", "P-384-pair", "Ed25519-X25519", "ML-DSA-65-ML-KEM-768"])
def test_an_identity_of_an_accepted_authority_works(tmp_path: Path, kind: str) -> None:
    """It signs and decrypts; others are told apart by trust and by what their programs understand."""
    own, database = certified(tmp_path, kind)
    checked = keys_check.check(own, database, ADDRESS, TRUSTING, NOW, "en")
    assert checked.works, checked.findings
    assert r.IdentitySigns in kinds(checked)
    assert r.IdentityDecrypts in kinds(checked)
    assert r.IdentityNotTrustedByOthers in kinds(checked)
    assert (r.SignaturesNotReadBy in kinds(checked)) is (kind in ("Ed25519-X25519", "ML-DSA-65-ML-KEM-768"))
    assert (r.EncryptionNotMadeBy in kinds(checked)) is (kind != "RSA-3072")


def test_an_authority_that_nobody_accepted_is_said(tmp_path: Path) -> None:
    """The signature fits, and the reason why nobody believes it is named."""
    own, database = certified(tmp_path, "P-256")
    checked = keys_check.check(own, database, ADDRESS, TrustSettings(), NOW, "en")
    assert not checked.works
    (untrusted,) = (each for each in checked.findings if isinstance(each, r.IdentitySignsUntrusted))
    assert untrusted.issuer == "Interop Authority"
    assert untrusted.why == "issuer_unknown"


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """An address without anything, and one that can only sign."""
    own, database = certified(tmp_path, "P-256-pair")
    nobody = keys_check.check(own, database, "clara@muster.example", TRUSTING, NOW, "en")
    assert kinds(nobody) == [r.IdentityMissing, r.IdentityMissing]
    own.remove(own.entries()[1].id)
    half = keys_check.check(own, database, ADDRESS, TRUSTING, NOW, "en")
    assert not half.works
    assert r.IdentitySigns in kinds(half)
    assert r.IdentityMissing(ADDRESS, "encrypt") in half.findings


def test_an_end_in_sight_is_said(tmp_path: Path) -> None:
    """The check tells that the certificate ends soon, and that it is over."""
    own, database = certified(tmp_path, "P-256", days=10)
    assert IdentityExpiresSoon in kinds(keys_check.check(own, database, ADDRESS, TRUSTING, NOW, "en"))
    later = keys_check.check(own, database, ADDRESS, TRUSTING, NOW + timedelta(days=20), "en")
    assert not later.works


def test_a_root_of_mozillas_makes_others_believe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the authority is among Mozilla's roots, the check says so."""
    from letterlock.trust import mozilla

    class Roots:
        anchors = (ANCHOR,)

    monkeypatch.setattr(mozilla, "roots", Roots)
    own, database = certified(tmp_path, "RSA-3072")
    checked = keys_check.check(own, database, ADDRESS, TRUSTING, NOW, "en")
    assert r.IdentityTrustedByMozilla("Anna", "Interop Authority") in checked.findings
    assert checked.works
