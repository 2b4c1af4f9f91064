"""Bouncy Castle stamps a signature that we confirm, and confirms one that we have stamped (CAdES-T)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.cms import (
    PrivateSigningKey,
    SignedDataReader,
    SignedDataWriter,
    Signing,
    create_attributes,
    time_stamp_tokens,
)
from letterlock.evidence.timestamp import Terms, verify
from tests.evidence.tokens import Stamp, stamping
from tests.interop.bouncycastle import BouncyCastle
from tests.interop.peer import PeerRefused
from tests.trust.chains import DAY, Issued, anchored, issue, person

TODAY = datetime.now(UTC).replace(microsecond=0)
ROOT = issue("Root", not_after=TODAY + 9 * DAY)
CLOCK = stamping("Clock", ROOT, not_after=TODAY + 9 * DAY)
ANNA = person("Anna", ROOT, not_after=TODAY + 9 * DAY)


@pytest.fixture(scope="module")
def castle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BouncyCastle]:
    peer = BouncyCastle(tmp_path_factory.mktemp("castle"))
    yield peer
    peer.close()


def files(castle: BouncyCastle, name: str, who: Issued) -> tuple[Path, Path]:
    certificate, private = castle.folder / f"{name}.crt", castle.folder / f"{name}.key"
    certificate.write_bytes(who.der)
    private.write_bytes(
        who.key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


def test_its_stamp_is_confirmed(castle: BouncyCastle) -> None:
    """Over the signature value in its own SignedData, by an authority below a root of ours."""
    content = castle.folder / "content"
    content.write_bytes(b"The roof is ready.\r\n")
    made = castle.task(
        "cades", "SHA256withECDSA", *files(castle, "anna", ANNA), *files(castle, "clock", CLOCK), content
    )
    reader = SignedDataReader(lambda octets: None)
    reader.feed(made)
    (signer,) = reader.close().signers
    (token,) = time_stamp_tokens(signer)
    found = verify(token, signer.value, Terms(datetime.now(UTC), anchored(ROOT)))
    assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=1)
    assert found.authority == CLOCK.certificate


def test_it_confirms_ours(castle: BouncyCastle) -> None:
    """And not one about another signature."""
    for about, good in ((b"", True), (b"else", False)):
        out: list[bytes] = []
        key = PrivateSigningKey(ANNA.x509, ANNA.key)
        signing = Signing(
            key,
            TODAY,
            unsigned_attributes=lambda value, about=about: [  # type: ignore[misc]
                create_attributes.time_stamp(Stamp(CLOCK, TODAY).encode(value + about))
            ],
        )
        writer = SignedDataWriter(out.append, [signing])
        writer.write(b"The roof is ready.\r\n")
        writer.close()
        file = castle.folder / "ours"
        file.write_bytes(b"".join(out))
        clock, _ = files(castle, "clock", CLOCK)
        if good:
            assert castle.task("stamped", clock, file).decode() == f"{TODAY:%Y-%m-%dT%H:%M:%SZ}"
        else:
            with pytest.raises(PeerRefused, match="another signature"):
                castle.task("stamped", clock, file)
