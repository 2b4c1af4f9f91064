"""What is signed can be proven: the certificate is named, the time confirmed, and only a key that may sign signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from letterlock.cms import time_stamp_tokens
from letterlock.cms.attributes import SIGNING_CERTIFICATE_V2
from letterlock.cms.signed import SignerInfo
from letterlock.errors import Reason
from letterlock.keystore.vault import Vault
from letterlock.operations import journal_check, keys_choose, protect, trust
from letterlock.operations.open import Opening
from letterlock.operations.protect_reasons import (
    KeyNotForSigning,
    NothingLeaves,
    SenderWithoutKey,
    SignatureTimeStampDoubted,
    SignatureTimeStamped,
    SignedWithoutTimeStamp,
)
from letterlock.operations.timestamps import NOBODY, Authority, NoTimeStamp, Stamping
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.keystore.vaults import made as made_vault
from tests.operations.correspondents import LETTER, Computer, sent
from tests.operations.writing_desk import AT, SIGNED, octets
from tests.trust import openssl
from tests.trust.chains import DAY, Issued, anchored, issue


@pytest.fixture
def anna(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "anna", "anna")


def signer(anna: Computer, message: bytes) -> SignerInfo:
    opened = anna.read(message)
    opened.close()
    (found,) = opened.assessment.deciding
    return found.info


@pytest.mark.parametrize("wish", [SIGNED, replace(SIGNED, opaque=True)], ids=["detached", "opaque"])
def test_a_stamped_signature(anna: Computer, tmp_path: Path, wish: protect.Wish) -> None:
    """The token is about the signature value, for OpenSSL too; and the signer's certificate is named."""
    with stamping_server(tmp_path / "clock") as server:
        anna.stamping = Stamping((Authority(server.url),))
        anna.trusts_root(ROOT.certificate)
        (made,) = anna.protect(LETTER, wish)
    message = octets(made)
    (reason,) = [each for each in made.reasons if isinstance(each, SignatureTimeStamped)]
    assert reason.server == "127.0.0.1"
    info = signer(anna, message)
    assert SIGNING_CERTIFICATE_V2 in [each.oid for each in info.signed_attributes or ()]
    (token,) = time_stamp_tokens(info)
    for name, data in (("token", token), ("value", info.value), ("else", b"else"), ("root.pem", ROOT.pem)):
        (tmp_path / name).write_bytes(data)
    for name, good in (("value", True), ("else", False)):
        done = openssl.run(
            "ts", "-verify", "-data", str(tmp_path / name), "-token_in", "-in", str(tmp_path / "token"),
            "-CAfile", str(tmp_path / "root.pem"),
        )  # fmt: skip
        assert (b"Verification: OK" in done.stdout + done.stderr) is good
    (entry,) = journal_check.listed(anna.database, anna.vault)
    assert entry.facts["time_stamped"] == reason.facts()["time"]


def test_it_is_valid_when_the_certificate_has_long_expired(anna: Computer, tmp_path: Path) -> None:
    """And without the time-stamp it is not."""
    with stamping_server(tmp_path / "clock") as server:
        anna.stamping = Stamping((Authority(server.url),))
        anna.trusts_root(ROOT.certificate)
        stamped = sent(anna, LETTER, SIGNED)
        anna.stamping = NOBODY
        plain = sent(anna, LETTER, SIGNED)
    for message, status in ((stamped, "valid"), (plain, "untrusted")):
        # Everything has expired then: the signer's certificate, the clock's, but not the roots.
        opening = Opening(trust.settings(anna.database), AT + 800 * DAY)
        opening.feed(message)
        opened = opening.close()
        opened.close()
        assert opened.verdict.signature.status == status


def test_an_authority_that_nobody_here_trusts(anna: Computer, tmp_path: Path) -> None:
    """Its token goes along: somebody else may trust it; and it is said."""
    with stamping_server(tmp_path / "clock") as server:
        anna.stamping = Stamping((Authority(server.url),))
        (made,) = anna.protect(LETTER, SIGNED)
    (reason,) = [each for each in made.reasons if isinstance(each, SignatureTimeStampDoubted)]
    assert reason.authority == "Clock"
    message = octets(made)
    assert len(time_stamp_tokens(signer(anna, message))) == 1
    assert anna.opened(message)[0] == "valid"


def test_an_authority_that_does_not_answer(anna: Computer) -> None:
    """Signed without and said; where it is a condition, nothing is made and nothing entered."""
    nobody = (Authority("http://127.0.0.1:1024/"),)
    anna.stamping = Stamping(nobody)
    (made,) = anna.protect(LETTER, SIGNED)
    octets(made)
    (reason,) = [each for each in made.reasons if isinstance(each, SignedWithoutTimeStamp)]
    assert reason.codes == ("fetch_unreachable",)
    anna.stamping = Stamping(nobody, required=True)
    with pytest.raises(NoTimeStamp):
        anna.protect(LETTER, SIGNED)
    assert len(journal_check.listed(anna.database, anna.vault)) == 1


# --- Which key signs -------------------------------------------------------------------------------------------

AUTHORITY = issue("Keys", not_after=AT + 400 * DAY)


def own(vault: Vault, name: str, *usage: str, younger: bool = False) -> Issued:
    """An own key whose certificate has this key usage."""
    names = x509.SubjectAlternativeName([x509.RFC822Name("anna@muster.example")])
    made = issue(
        name, AUTHORITY, ca=False, usage=usage, extensions=[(names, False)],
        not_before=AT - timedelta(days=1 if younger else 9), not_after=AT + 300 * DAY,
    )  # fmt: skip
    vault.add(made.key, [made.der])
    return made


@pytest.fixture
def desk(tmp_path: Path) -> protect.Desk:
    database = tmp_path / "letterlock.sqlite"
    return protect.Desk(made_vault(database), database, trust.TrustSettings(tuple(anchored(AUTHORITY))), AT)


def chosen(desk: protect.Desk) -> str | None:
    found = keys_choose.choose(desk.vault.entries(), desk.database, "anna@muster.example", AT).sign
    return found.certificate.name if found else None


def test_a_key_made_for_what_is_meant_signs_first(desk: protect.Desk) -> None:
    """nonRepudiation goes before digitalSignature, even a younger one; what the person chose before both."""
    own(desk.vault, "Committing", "content_commitment")
    signing = own(desk.vault, "Signing", "digital_signature", younger=True)
    assert chosen(desk) == "Committing"
    entry = desk.vault.find(signing.certificate.key_der)
    assert entry is not None
    keys_choose.set_default(entry, desk.database, "anna@muster.example")
    assert chosen(desk) == "Signing"


@pytest.mark.parametrize(
    "usage", [("key_encipherment",), ("key_agreement",), ("key_cert_sign",), ("data_encipherment",), ("crl_sign",)]
)
def test_a_key_that_may_not_sign_never_does(desk: protect.Desk, usage: tuple[str, ...]) -> None:
    """It is said which one that is, and what it may do."""
    own(desk.vault, "Other", *usage)
    assert chosen(desk) is None
    incoming = protect.Incoming()
    incoming.feed(LETTER)
    finished = incoming.close()
    with pytest.raises(NothingLeaves) as refused:
        protect.plan(finished, SIGNED, desk)
    kinds: list[type[Reason]] = [SenderWithoutKey, KeyNotForSigning]
    assert [type(each) for each in refused.value.problems] == kinds
    assert refused.value.problems[1].facts()["name"] == "Other"


def test_only_a_signed_message_asks_for_a_receipt(anna: Computer) -> None:
    """Said with everything else that is missing."""
    with pytest.raises(NothingLeaves) as refused:
        anna.protect(LETTER, protect.Wish(encrypt=True, receipt=True))
    assert "receipt_without_signature" in refused.value.facts()["codes"]  # type: ignore[operator]
