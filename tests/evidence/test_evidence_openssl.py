"""`openssl ts` as the authority, and as a second opinion on tokens and questions of ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterlock.evidence import failures as f
from letterlock.evidence.request import answer, ask
from letterlock.evidence.timestamp import Terms, parse, verify
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from tests.evidence.openssl_authority import CLOCK, ROOT, TODAY, authority
from tests.evidence.tokens import Stamp, signed_mail, stamping
from tests.trust import openssl
from tests.trust.chains import DAY, anchored, issue, person

VALUE = b"a signature value"


def terms() -> Terms:
    return Terms(datetime.now(UTC), anchored(ROOT))


@pytest.mark.parametrize("ess", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize(("chain", "digest", "precision"), [("no", "sha256", 0), ("yes", "sha512", 6)])
def test_its_answer_proves_a_time(tmp_path: Path, ess: str, chain: str, digest: str, precision: int) -> None:
    """A question of ours is understood, and the token in the answer is confirmed: ESSCertID and ESSCertIDv2."""
    question = ask(VALUE)
    token = answer(authority(tmp_path, ess=ess, chain=chain, digest=digest, precision=precision)(question), question)
    found = verify(token, VALUE, terms())
    assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=1)
    assert found.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert found.authority == CLOCK.certificate
    assert parse(token).info.policy.dotted_string == "1.2.3.4.1"


def test_the_policy_asked_for(tmp_path: Path) -> None:
    """It is in the token; one that the authority does not have is refused in its own words."""
    reply = authority(tmp_path)
    question = ask(VALUE, "1.2.3.4.5")
    assert parse(answer(reply(question), question)).info.policy.dotted_string == "1.2.3.4.5"
    unknown = ask(VALUE, "1.2.3.4.6")
    with pytest.raises(f.TimeStampRefused) as refused:
        answer(reply(unknown), unknown)
    assert refused.value.status == 2
    assert "policy" in refused.value.text.lower()


def test_an_answer_to_another_question(tmp_path: Path) -> None:
    """Replayed, or about something else: the nonce or the digest differs."""
    reply = authority(tmp_path)(ask(VALUE))
    for other in (ask(VALUE), ask(b"else")):
        with pytest.raises(f.TimeStampForOther):
            answer(reply, other)


@pytest.mark.parametrize(
    "octets", [b"", b"\x30\x00", b"\x30\x03\x02\x01\x00", b"\x30\x05\x30\x03\x02\x01\x00", b"<html>"]
)
def test_no_answer(octets: bytes) -> None:
    """Whatever else comes back."""
    with pytest.raises(f.TimeStampMalformed):
        answer(octets, ask(VALUE))


def test_openssl_agrees_about_tokens_of_ours(tmp_path: Path) -> None:
    """Good ones are good and bad ones bad for both."""
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "value").write_bytes(VALUE)
    mail = stamping("Mail", ROOT, purpose=("1.3.6.1.5.5.7.3.4",), not_after=TODAY + 30 * DAY)
    cases = [
        (Stamp(CLOCK, TODAY), VALUE),
        (Stamp(CLOCK, TODAY, old_name=True), VALUE),
        (Stamp(CLOCK, TODAY), b"else"),
        (Stamp(CLOCK, TODAY, named=ROOT), VALUE),
        (Stamp(CLOCK, TODAY, unnamed=True), VALUE),
        (Stamp(mail, TODAY), VALUE),
    ]
    for stamp, about in cases:
        token = stamp.encode(about)
        (tmp_path / "token").write_bytes(token)
        done = openssl.run(
            "ts", "-verify", "-data", str(tmp_path / "value"), "-token_in", "-in", str(tmp_path / "token"),
            "-CAfile", str(tmp_path / "root.pem"),
        )  # fmt: skip
        theirs = b"Verification: OK" in done.stdout + done.stderr
        try:
            ours = bool(verify(token, VALUE, terms()))
        except f.TimeStampFailure:
            ours = False
        assert ours == theirs == (stamp in (cases[0][0], cases[1][0]) and about == VALUE), stamp


def test_a_mail_that_openssl_stamped(tmp_path: Path) -> None:
    """CAdES-T: valid long after the signer's certificate has expired, and OpenSSL reads the message too."""
    ca = issue("Mail CA", ROOT, not_after=TODAY + 900 * DAY)
    anna = person("Anna", ca, not_after=TODAY + DAY)
    reply = authority(tmp_path)

    def tokens(value: bytes) -> list[bytes]:
        question = ask(value)
        return [answer(reply(question), question)]

    raw = signed_mail(anna, [ca], tokens, at=TODAY)
    opening = Opening(TrustSettings(tuple(anchored(ROOT))), TODAY + 400 * DAY)
    opening.feed(raw)
    opened = opening.close()
    opened.close()
    assert opened.verdict.signature.status == "valid"
    assert "certificate_expired_since_time_stamp" in {each.code for each in opened.verdict.reasons}
    (tmp_path / "mail").write_bytes(raw)
    done = openssl.run("cms", "-verify", "-in", str(tmp_path / "mail"), "-CAfile", str(tmp_path / "root.pem"))
    assert done.returncode == 0, done.stderr.decode()
