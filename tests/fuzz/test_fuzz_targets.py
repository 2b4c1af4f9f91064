"""Every fuzzed claim holds for the seeds, for their starts and for seeded changes, so that no claim is wrong itself."""

from __future__ import annotations

import random
import struct

import pytest

from letterlock.cms import EnvelopedReader
from letterlock.net import imap, smtp
from tests.cms.test_cms_hostile import mutate
from tests.fuzz import bundles, encrypted, owa, proof, sending
from tests.fuzz.targets import TARGETS

SEEDS = dict([*encrypted.seeds(), *proof.seeds(), *bundles.seeds(), *sending.seeds()])
COUNTS = {
    "bundle": 1_000,
    "settings": 1_500,
    "mail_server": 1_500,
    "manifest": 1_500,
    "ess": 1_500,
    "journal": 1_500,
    "compressed": 1_500,
    "encrypted": 1_500,
    "signer": 1_500,
}
"""Changes of each seed that belongs to a target; there are forty seeds of recipients, and one of each of these."""

NAMES = (
    "ber",
    "bundle",
    "certificate",
    "cms",
    "compressed",
    "encrypted",
    "enveloped",
    "ess",
    "evidence",
    "extensions",
    "folder_names",
    "graph",
    "journal",
    "mail_server",
    "manifest",
    "recipient",
    "settings",
    "signer",
)
"""Targets that need no messages by OpenSSL."""


@pytest.mark.parametrize("name", NAMES)
def test_the_claim_holds_for_seeds_and_for_changes_of_them(name: str) -> None:
    """Some thousands of inputs; `make fuzz` tries millions."""
    chance = random.Random(name)
    for seed, octets in SEEDS.items():
        TARGETS[name](octets)
        TARGETS[name](octets[: chance.randrange(len(octets))])
        # A claim about one kind of object is tried on changes of that kind more often.
        for _ in range(COUNTS.get(name, 60) if seed.startswith(name) else 2):
            TARGETS[name](mutate(chance, octets))


@pytest.mark.parametrize("seed", [name for name in SEEDS if name.startswith("recipient")])
def test_seeds_open(seed: str) -> None:
    """Each seed has what the claim about recipients compares with; else the claim would hold for nothing."""
    content = bytearray()
    reader = EnvelopedReader(content.extend, encrypted.keys())
    reader.feed(SEEDS[seed])
    reader.close()
    assert bytes(content) == encrypted.TEXT


def test_seeds_of_mail_servers_take_the_message() -> None:
    """Each is a conversation to its end; else the claim would hold for nothing."""
    assert sending.talk(SEEDS["mail_server_smtp"], 1 << 16, smtp, "tls")[0] == "sent"
    assert sending.talk(SEEDS["mail_server_imap"], 1 << 16, imap, "tls")[0] == "sent"


@pytest.mark.parametrize("name", ["mailbox", "mime", "protected"])
def test_claims_about_text_hold_for_changes_of_text(name: str) -> None:
    """Mail with protected fields, twice in a mailbox."""
    chance = random.Random(name)
    fields = b"From: Anna <anna@muster.example>\nTo: b@c, d: e@f;\nSubject: =?utf-8?q?x?=\n"
    fields += b"Date: Tue, 24 Nov 2026 10:00:00 +0000\n"
    message = fields + b'HP-Outer: Subject: [...]\nHP-Outer: From: a@b\nContent-Type: text/plain; hp="cipher"\n\nx\n\n'
    seed = (b"From a@b Tue Nov 24 10:00:00 2026\n" + message) * 2
    for _ in range(800):
        TARGETS[name](mutate(chance, seed))


@pytest.mark.parametrize(("seed", "octets"), list(owa.seeds()))
def test_the_claim_about_outlook_on_the_web_holds_for_changes_of_conversations(seed: str, octets: bytes) -> None:
    """Each golden conversation asks for something as it stands; and then changes of it."""
    chance = random.Random(seed)
    frames = b"".join(struct.pack("=I", len(line)) + line for line in octets.split(b"\n"))
    assert owa.conversation(frames, 1 << 16)[1], "the seed is a request"
    for _ in range(150):
        TARGETS["owa"](mutate(chance, octets))
