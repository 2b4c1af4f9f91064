"""Damaged and hostile objects: always a coded failure, never a crash, never another content confirmed."""

from __future__ import annotations

import random

import pytest

from letterlock.cms import SignedData
from letterlock.cms import failures as f
from letterlock.cms.content_types import SIGNED_DATA, content_type
from letterlock.errors import LetterlockError
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Signer, identity, signed_data
from tests.cms.reading import certificates_of, confirm, read

MESSAGES = {
    "RSA": signed_data([Signer(identity("RSA"), more=[b.ess_certificate_v2(identity("RSA").der)])]),
    "PSS": signed_data([Signer(identity("RSA"), pss=("SHA-256", 32))]),
    "ECDSA": signed_data([Signer(identity("P-256"))]),
    "no attributes": signed_data([Signer(identity("P-256"), attributed=False)]),
    "Ed25519": signed_data([Signer(identity("Ed25519"), "SHA-512", attributed=False)]),
    "two": signed_data([Signer(identity("P-256")), Signer(identity("Ed25519"), "SHA-512")]),
}


def outcome(octets: bytes, size: int | None = None) -> tuple[SignedData, bytes, int] | LetterlockError:
    """What was read, its content and how many signatures stand with a certificate of the original; or the failure."""
    try:
        signed, content = read(octets, size)
    except LetterlockError as failure:
        return failure
    originals = [identity(kind).certificate for kind in ("RSA", "P-256", "Ed25519")]
    standing = 0
    for signer in signed.signers:
        for certificates in (originals, certificates_of(signed)):
            try:
                confirm(signer, content, certificates)
                standing += certificates is originals
            except (LetterlockError, StopIteration):
                continue
    return signed, content, standing


@pytest.mark.parametrize("name", MESSAGES)
def test_every_truncation_is_noticed(name: str) -> None:
    """Cut anywhere, an object is truncated and says so; octet by octet too."""
    octets = MESSAGES[name]
    for end in range(len(octets)):
        with pytest.raises(f.CmsTruncated):
            read(octets[:end])
    for end in range(0, len(octets), 97):
        with pytest.raises(f.CmsTruncated):
            read(octets[:end], 1)


@pytest.mark.parametrize("name", MESSAGES)
def test_mutations_never_confirm_another_content(name: str) -> None:
    """Of thousands of seeded mutations none crashes, and none lets a signature stand over changed content."""
    chance = random.Random(f"letterlock {name}")
    original = MESSAGES[name]
    for _ in range(1500):
        mutated = mutate(chance, original)
        result = outcome(mutated)
        if isinstance(result, LetterlockError):
            continue
        signed, content, standing = result
        assert not standing or content == CONTENT, mutated.hex()
        assert len(signed.signers) <= 4


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_mutations_never_confirm_another_detached_content(kind: str) -> None:
    """Changes of the object, of the detached content or of both: what stands is over the very content."""
    chance = random.Random(f"detached {kind}")
    who = identity(kind)
    original = signed_data([Signer(who)], content=None)
    confirmed = 0
    for _ in range(1500):
        octets = chance.choice((original, mutate(chance, original)))
        content = chance.choice((CONTENT, mutate(chance, CONTENT)))
        try:
            signed, inside = read(octets)
            if signed.has_content or inside:
                continue
            for signer in signed.signers:
                confirm(signer, content, [who.certificate])
                confirmed += 1
                assert content == CONTENT, octets.hex()
        except (LetterlockError, StopIteration):
            continue
    assert confirmed > 300


@pytest.mark.parametrize("name", MESSAGES)
def test_chunks_do_not_change_the_outcome(name: str) -> None:
    """Whole, octet by octet or in random chunks, a mutation has the same outcome."""
    chance = random.Random(f"chunks {name}")
    for _ in range(60):
        mutated = mutate(chance, MESSAGES[name])
        whole = outcome(mutated)
        for size in (1, chance.randrange(2, 200)):
            other = outcome(mutated, size)
            if isinstance(whole, LetterlockError):
                # Which of two faults comes first may differ, that it is refused not.
                assert isinstance(other, LetterlockError), mutated.hex()
            else:
                assert other == whole, mutated.hex()


def mutate(chance: random.Random, octets: bytes) -> bytes:
    """One to three random changes."""
    changed = bytearray(octets)
    for _ in range(chance.randrange(1, 4)):
        position = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0:
                changed[position] ^= 1 << chance.randrange(8)
            case 1:
                changed[position] = chance.choice((0, 1, 0x30, 0x31, 0x80, 0x81, 0x84, 0xA0, 0xFF))
            case 2:
                del changed[position : position + chance.randrange(1, 20)]
            case 3:
                changed[position:position] = chance.randbytes(chance.randrange(1, 20))
            case 4:
                start = chance.randrange(len(changed))
                changed[position:position] = changed[start : start + chance.randrange(1, 80)]
            case 5:
                start = chance.randrange(len(changed))
                changed[position : position + 16] = changed[start : start + 16]
        if not changed:
            return b""
    return bytes(changed)


def test_random_octets_are_refused() -> None:
    """Noise is refused."""
    chance = random.Random(5652)
    for _ in range(3000):
        octets = chance.randbytes(chance.randrange(200))
        assert isinstance(outcome(octets), LetterlockError)
        assert isinstance(outcome(b"\x30\x80" + octets), LetterlockError)
        content_type(octets)


@pytest.mark.parametrize("length", [0, 1, 2, 10, 14])
def test_content_type_of_too_few_octets_is_not_known(length: int) -> None:
    """A prefix that ends before the content type has no answer; one that holds it has."""
    octets = MESSAGES["RSA"]
    assert content_type(octets[:length]) is None
    assert content_type(octets[:15]) == SIGNED_DATA
    assert content_type(b"\x30\x80" + b.oid(SIGNED_DATA)) == SIGNED_DATA


@pytest.mark.parametrize(
    "octets", [b"", b"\x30", b"\x31\x80\x06\x01\x2a", b"\x30\x80\x02\x01\x2a", b"\x30\x80\x06\x80\x2a"]
)
def test_content_type_of_something_else_is_not_known(octets: bytes) -> None:
    """What does not begin as a ContentInfo has no content type."""
    assert content_type(octets) is None
