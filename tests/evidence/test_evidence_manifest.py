"""Manifests: one XML form, and whatever else ends in a code."""

from __future__ import annotations

import hashlib
import time
import xml.etree.ElementTree as Tree

import pytest

from letterlock.evidence.bundle import running
from letterlock.evidence.bundle_failures import BundleManifestMalformed
from letterlock.evidence.lifetimes import DIGESTS, first_ended, today
from letterlock.evidence.lifetimes import until as lasts
from letterlock.evidence.manifest import DIGESTS as NAMED
from letterlock.evidence.manifest import Manifest, Reference, encode, parse
from letterlock.trust.algorithms import ALGORITHMS, Strength
from tests.trust.chains import NOW

GOOD = Manifest(
    "META-INF/timestamp001.tst",
    (
        Reference("message.eml", "message/rfc822", "SHA-512", b"\1" * 64, root=True),
        Reference("a&b.cer", 'x"<', "SHA3-256", b"\2" * 32),
    ),
)
XML = encode(GOOD)


def test_what_is_written_is_read() -> None:
    """By us, and by Python's own reader with the names of the standard."""
    assert parse(XML, "x") == GOOD
    space = {"asic": "http://uri.etsi.org/02918/v1.2.1#", "ds": "http://www.w3.org/2000/09/xmldsig#"}
    root = Tree.fromstring(XML)
    assert root.tag == "{http://uri.etsi.org/02918/v1.2.1#}ASiCManifest"
    assert root.find("asic:SigReference", space).get("URI") == GOOD.token  # type: ignore[union-attr]
    found = [each.get("URI") for each in root.findall("asic:DataObjectReference", space)]
    assert found == ["message.eml", "a&b.cer"]
    methods = [each.get("Algorithm") for each in root.iter("{http://www.w3.org/2000/09/xmldsig#}DigestMethod")]
    assert methods[0] == "http://www.w3.org/2001/04/xmlenc#sha512"


@pytest.mark.parametrize("algorithm", NAMED)
def test_digests(algorithm: str) -> None:
    """Each by its own function."""
    computed = running(algorithm)
    computed.update(b"abc")
    name = algorithm.lower().replace("sha-", "sha").replace("sha3-", "sha3_")
    assert computed.digest() == hashlib.new(name, b"abc").digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"asic:ASiCManifest", b"asic:Manifest"),
        (b"02918/v1.2.1", b"02918/v1.1.1"),
        (b"<asic:SigReference", b"<ds:SigReference"),
        (b"vnd.etsi.timestamp-token", b"pkcs7-signature"),
        (b'URI="message.eml"', b'URI="a&amp;b.cer"'),
        (b'URI="message.eml"', b'URI=""'),
        (b'Rootfile="true"', b'Rootfile="yes"'),
        (b"xmlenc#sha512", b"xmldsig#sha1"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>!"),
        (b"<ds:DigestValue>", "<ds:DigestValue>\u0442".encode()),
        (b"<ds:DigestValue>AQEB", b"<ds:DigestValue>AQEB<ds:DigestMethod/>"),
        (b"</asic:ASiCManifest>", b"text</asic:ASiCManifest>"),
        (b"</asic:ASiCManifest>", b"<?php ?></asic:ASiCManifest>"),
        (b"</asic:ASiCManifest>", b""),
        (b"</asic:ASiCManifest>", b"<asic:DataObjectReference/></asic:ASiCManifest>"),
        (b"?>\n", b'?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n'),
        (XML, b""),
        (XML, b"\xff\xfe<\0"),
    ],
)
def test_something_else(old: bytes, new: bytes) -> None:
    """Other names, other digests, twice the same object, document types."""
    assert old in XML
    with pytest.raises(BundleManifestMalformed):
        parse(XML.replace(old, new, 1) if old != b"asic:ASiCManifest" else XML.replace(old, new), "x")


def test_entities_do_not_expand() -> None:
    """A billion laughs are refused at the first."""
    laughs = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY %c '&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;'>" % ((ord("a") + n, *[ord("a") + n - 1] * 8))
        for n in range(1, 20)
    )
    start = time.process_time()
    with pytest.raises(BundleManifestMalformed, match="DOCTYPE"):
        parse(laughs + b"]><l>&t;</l>", "x")
    assert time.process_time() - start < 1


def test_every_algorithm_that_certificates_are_signed_with_has_a_lifetime() -> None:
    """Strong ones are good today; weak and broken ones were ended long ago; unknown ones are never good."""
    for each in ALGORITHMS.values():
        ended = first_ended([each.name], NOW)
        assert (ended is None) == (each.strength is Strength.STRONG), each.name
    assert first_ended(["ROT13"], NOW) is not None
    assert set(NAMED) <= set(DIGESTS)
    for key in ("RSA 2048", "RSA 3072", "EC P-256", "EC brainpoolP256r1", "Ed25519", "Ed448", "ML-DSA-65"):
        assert first_ended([key], NOW) is None, key
    for key in ("RSA 1024", "EC P-192", "DSA 2048"):
        assert first_ended([key], NOW) is not None, key


def test_the_first_that_ended_counts() -> None:
    """Of several."""
    ended = first_ended(["SHA-256", "RSA 1024", "MD5 with MD5"], NOW)
    assert ended is not None
    assert ended.algorithm == "MD5"
    assert lasts(["SHA-512", "RSA 2048", "EC P-256"]) == today("RSA 2048").day
    assert lasts(["SHA-512", "ML-DSA-65"]) is None
