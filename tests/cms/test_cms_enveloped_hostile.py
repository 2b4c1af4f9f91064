"""Damaged and hostile encrypted objects: a coded failure, never a crash, never another text that seems authentic."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from letterlock import limits
from letterlock.cms import CertificateKey, Decrypted, PasswordKey, Recipient, RecipientKey, WrappingKey
from letterlock.cms import failures as f
from letterlock.errors import LetterlockError
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, DATA, SIGNED_DATA, attribute, identity, oid, tlv
from tests.cms.decrypting import decrypt
from tests.cms.envelope import enveloped, receiver, transport
from tests.cms.test_cms_hostile import mutate
from tests.needs import PROJECT

ANNA = identity("RSA")
CURVE = receiver("P-256")
KEYS: list[RecipientKey] = [
    CertificateKey(ANNA.certificate, ANNA.key),
    CURVE,
    receiver("ML-KEM-768"),
    WrappingKey(e.KEY, b"friday"),
    PasswordKey(b"open sesame"),
]

TO_CURVE = e.agreement(CURVE.certificate.public_key(), e.issuer_and_serial(CURVE.certificate))  # type: ignore[arg-type]
MESSAGES = {
    "RSA, CBC": enveloped([transport(ANNA.certificate)]),
    "RSA, GCM": enveloped([transport(ANNA.certificate)], e.gcm()),
    "ECDH, GCM, BER": enveloped([TO_CURVE], e.gcm(), pieces=20),
    "attributes": enveloped([TO_CURVE], e.gcm(), attributes=[attribute("1.2.3.4", tlv(0x04, b"seen"))]),
    "misplaced": enveloped([TO_CURVE], e.misplaced(e.gcm())),
    "CCM": enveloped([e.shared(e.KEY, b"friday")], e.ccm()),
    "ChaCha": enveloped([e.password(b"open sesame", 10)], e.derived(e.chacha())),
}


def outcome(octets: bytes, size: int | None = None) -> tuple[Decrypted, bytes] | LetterlockError:
    try:
        return decrypt(octets, KEYS, size)
    except LetterlockError as failure:
        return failure


@pytest.mark.parametrize("name", MESSAGES)
def test_every_truncation_is_noticed(name: str) -> None:
    """Cut anywhere, an object is truncated and says so; octet by octet too."""
    octets = MESSAGES[name]
    for end in range(len(octets)):
        with pytest.raises(f.CmsTruncated):
            decrypt(octets[:end], KEYS)
    for end in range(0, len(octets), 97):
        with pytest.raises(f.CmsTruncated):
            decrypt(octets[:end], KEYS, 1)


@pytest.mark.parametrize("name", MESSAGES)
def test_mutations_never_decrypt_to_another_authentic_text(name: str) -> None:
    """Of thousands of seeded mutations none crashes, and none yields another text under an authenticated mode."""
    chance = random.Random(f"encrypted {name}")
    assert isinstance(outcome(MESSAGES[name]), tuple)
    for _ in range(1000):
        mutated = mutate(chance, MESSAGES[name])
        result = outcome(mutated)
        if isinstance(result, LetterlockError):
            continue
        decrypted, text = result
        assert not decrypted.authenticated or (text, decrypted.content_type) == (CONTENT, DATA), mutated.hex()
        # Without authentication the text can be changed (that is what CBC is), and never passes for authentic.
        assert decrypted.authenticated == (name != "RSA, CBC"), mutated.hex()


@pytest.mark.parametrize("name", MESSAGES)
def test_chunks_do_not_change_the_outcome(name: str) -> None:
    """Whole, octet by octet or in random chunks, a mutation has the same outcome."""
    chance = random.Random(f"encrypted chunks {name}")
    for _ in range(60):
        mutated = mutate(chance, MESSAGES[name])
        whole = outcome(mutated)
        for size in (1, chance.randrange(2, 200)):
            other = outcome(mutated, size)
            if isinstance(whole, LetterlockError):
                # A broken RSA entry is replaced by a random key, with which one time in 256 a CBC padding comes out.
                assert isinstance(other, LetterlockError) or not other[0].authenticated
                continue
            assert isinstance(other, tuple) or not whole[0].authenticated
            assert not isinstance(other, tuple) or other[0] == whole[0]


@pytest.mark.parametrize("mode", ["cbc", "gcm"])
def test_memory_does_not_grow_with_the_message(mode: str) -> None:
    """50 MB decrypt in the memory that 1 MB takes, and a few megabytes."""

    def peak(megabytes: int) -> int:
        run = subprocess.run(
            [sys.executable, "-m", "tests.cms.decrypt_large", mode, str(megabytes)],
            check=True, capture_output=True, text=True, cwd=PROJECT, timeout=120,
        )  # fmt: skip
        return int(run.stdout)

    assert peak(50) - peak(1) < 4_000, "kilobytes"


def test_content_cannot_be_called_another_type() -> None:
    """Content that was authenticated as id-data is not handed out as a signed object, because somebody calls it so."""
    octets = enveloped([TO_CURVE], e.gcm())
    relabelled = octets.replace(oid(DATA), oid(SIGNED_DATA))
    assert relabelled != octets
    assert len(relabelled) == len(octets)
    assert isinstance(outcome(octets), tuple)
    assert isinstance(outcome(relabelled), f.DecryptionFailed)


def test_a_type_that_was_authenticated_is_handed_out() -> None:
    """With the attribute the type may be any, and must be the same in both places (RFC 5083 §2.1)."""
    said = attribute("1.2.840.113549.1.9.3", oid(SIGNED_DATA))
    octets = enveloped([TO_CURVE], e.gcm(), attributes=[said], content_type=SIGNED_DATA)
    found = outcome(octets)
    assert isinstance(found, tuple)
    assert found[0].content_type == SIGNED_DATA
    assert isinstance(outcome(octets.replace(oid(SIGNED_DATA), oid(DATA), 1)), LetterlockError)


def test_entries_that_cost_time_are_tried_a_few_times() -> None:
    """Two thousand entries for a password of ten million iterations each do not keep anybody busy for hours."""
    tried: list[Recipient] = []

    class Slow:
        def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
            if trying:
                return None
            tried.append(recipient)
            raise f.DecryptionFailed

    many = enveloped([e.password(b"x", 10)] * 100, e.gcm())
    with pytest.raises(f.DecryptionFailed):
        decrypt(many, [Slow()])
    assert len(tried) == limits.CMS_PASSWORDS_TRIED
    tried.clear()
    with pytest.raises(f.DecryptionFailed):
        decrypt(enveloped([TO_CURVE] * 1000, e.gcm()), [Slow()])
    assert len(tried) == limits.CMS_KEYS_TRIED


def test_an_entry_after_broken_ones_is_still_opened() -> None:
    """A few broken entries before the right one do no harm."""
    octets = enveloped([e.password(b"x", 10)] * 3 + [e.password(b"open sesame", 10)], e.gcm())
    assert decrypt(octets, KEYS)[1] == CONTENT
