"""The table of algorithms is consistent, and says what the engine does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from letterlock.cms import failures as f
from letterlock.cms.algorithms import (
    DIGESTS,
    SIGNATURES,
    Scheme,
    Signature,
    Status,
    digest_for,
    digest_name,
    signature_for,
    signature_name,
)
from letterlock.cms.encryption_algorithms import (
    AGREEMENT,
    CONTENT,
    DERIVATIONS,
    KEM,
    PASSWORD,
    PSEUDORANDOM,
    TRANSPORT,
    WRAPS,
    content_algorithm,
    encryption_name,
    key_algorithm,
    wrap_algorithm,
)
from letterlock.cms.failures import SignatureNotChecked
from letterlock.cms.oids import dotted
from letterlock.cms.schema import Algorithm
from tests.cms import builder as b


def test_numbers_are_unique() -> None:
    """No number means two things."""
    for table in (
        [each.oid for each in DIGESTS],
        [each.oid for each in SIGNATURES],
        [each.oid for each in (*CONTENT, *WRAPS, *TRANSPORT, *AGREEMENT, *KEM, *DERIVATIONS, *PASSWORD, *PSEUDORANDOM)],
    ):
        assert len(table) == len(set(table))


def test_every_implied_digest_is_computed() -> None:
    """A signature algorithm that is read names a digest of the table that is computed, and is as weak as that."""
    digests = {digest.name: digest for digest in DIGESTS}
    for signature in SIGNATURES:
        if signature.digest is not None:
            assert digests[signature.digest].hash().digest_size >= 20
            own = Status.WEAK if signature.scheme is Scheme.DSA else digests[signature.digest].status
            assert signature.status is own
        assert (signature.scheme is not None) == (signature.status in (Status.READ, Status.WEAK))


@pytest.mark.parametrize("name", ["MD2", "MD4", "MD5"])
def test_broken_digests_are_never_computed(name: str) -> None:
    """MD2, MD4 and MD5 are refused by name."""
    (digest,) = (each for each in DIGESTS if each.name == name)
    with pytest.raises(f.AlgorithmRefused):
        digest.hash()


def test_unknown_numbers_are_named_by_themselves() -> None:
    """A number without a name is shown as it is."""
    assert digest_name("1.2.3") == signature_name("1.2.3") == "1.2.3"


@pytest.mark.parametrize("oid", ["0.9.2342", "1.2.840.113549.1.7.2", "2.5.29.14", f"2.25.{(1 << 128) - 1}", "2.999.1"])
def test_object_identifiers_read_as_written(oid: str) -> None:
    """An object identifier of any arc comes out as the text that went in."""
    assert dotted(b.oid(oid)[2:]) == oid


@pytest.mark.parametrize("contents", ["", "80", "8001", "2a8001", "2a86", "69" + "ff" * 19 + "7f"])
def test_malformed_object_identifiers_have_no_text(contents: str) -> None:
    """Empty, padded, unfinished or absurd contents are no object identifier."""
    assert dotted(bytes.fromhex(contents)) is None


def test_encryption_algorithms_do_what_the_table_says() -> None:
    """What is read can be had; what is not supported is refused under its name, and the unknown under its number."""
    for content in CONTENT:
        assert (content.mode is not None) == (content.status in (Status.READ, Status.WEAK))
        _supported(content.status, content.name, lambda oid=content.oid: content_algorithm(oid))
    for wrap in WRAPS:
        assert (wrap.wrap is not None) == (wrap.status in (Status.READ, Status.WEAK))
        _supported(wrap.status, wrap.name, lambda oid=wrap.oid: wrap_algorithm(oid))
    for table in (TRANSPORT, AGREEMENT, KEM, DERIVATIONS, PASSWORD, PSEUDORANDOM):
        for key in table:
            assert encryption_name(key.oid) == key.name
            _supported(key.status, key.name, lambda oid=key.oid, table=table: key_algorithm(oid, table))
    assert encryption_name("1.2.3") == "1.2.3"
    with pytest.raises(f.EncryptionNotSupported):
        key_algorithm(TRANSPORT[0].oid, AGREEMENT)


def _supported(status: Status, name: str, find: Callable[[], object]) -> None:
    if status is not Status.NOT_SUPPORTED:
        assert find()
        return
    with pytest.raises(f.EncryptionNotSupported) as caught:
        find()
    assert caught.value.algorithm == name


@pytest.mark.parametrize(
    "signature", [each for each in SIGNATURES if each.status is Status.NOT_SUPPORTED], ids=lambda each: each.name
)
def test_signatures_that_cannot_be_had_are_named(signature: Signature) -> None:
    """SLH-DSA, HashML-DSA, composites and the others: by name, as what may be good and is not checked."""
    with pytest.raises(SignatureNotChecked) as caught:
        signature_for(Algorithm(signature.oid, None), digest_for(Algorithm(b.HASHES["SHA-256"][0], None)))
    assert signature.name in str(caught.value.facts())


def test_what_the_project_promises_to_name_has_a_name() -> None:
    """The kinds that the library has not got are in the tables."""
    signatures = {each.name for each in SIGNATURES if each.status is Status.NOT_SUPPORTED}
    for kind in ("SLH-DSA-", "HashML-DSA-", "HashSLH-DSA-", "composite ML-DSA-"):
        assert any(name.startswith(kind) for name in signatures), kind
    keys = {each.name for each in KEM if each.status is Status.NOT_SUPPORTED}
    assert "ML-KEM-512" in keys
    assert any(name.startswith("composite ML-KEM") for name in keys)
