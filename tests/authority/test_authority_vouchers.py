"""Who may vouch for a key that cannot sign: one certified for every address that its certificate would name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519

from letterlock.authority.failures import RequestNotUsable
from letterlock.authority.people import CertificateRequest
from letterlock.keystore import requests
from letterlock.operations.authority import Acting
from letterlock.operations.authority_files import Delivery
from letterlock.operations.authority_issue import requested
from tests.authority.founded import Founded, founded

AT = datetime.now(UTC).replace(microsecond=0)
MALLORY, CHIEF = "mallory@muster.example", "chief@muster.example"


@pytest.fixture
def ca(tmp_path: Path) -> Iterator[Founded]:
    with founded(tmp_path / "ca", at=AT) as ca:
        yield ca


def asked(ca: Founded, folder: Path, certified: tuple[str, ...], wanted: tuple[str, ...]) -> Any:
    """Asks for an encryption key, vouched for by a signing key that was certified before."""
    signing = ec.generate_private_key(ec.SECP256R1())
    own = ca.issue(*certified, key=signing)
    sibling = requests.create_sibling(x25519.X25519PrivateKey.generate(), wanted, "M", signing, own.der, AT)
    found = CertificateRequest.parse_all(requests.to_pem([], [sibling]))
    acting = Acting(folder, ca.authority, ca.key, None)  # type: ignore[arg-type]
    (folder / "out").mkdir()
    (folder / "slips").mkdir()
    return requested(acting, found, Delivery(folder / "out", folder / "slips"), AT, as_requested=True)


def test_a_certified_key_vouches_for_its_own_addresses(ca: Founded, tmp_path: Path) -> None:
    """The pair's second key comes later, on the word of the first."""
    done = asked(ca, tmp_path, (MALLORY,), (MALLORY,))
    assert done.certificates[0].addresses == (MALLORY,)


@pytest.mark.parametrize("wanted", [(MALLORY, CHIEF), (CHIEF, MALLORY), (CHIEF,)])
def test_nobody_vouches_for_an_address_that_he_has_no_certificate_for(
    ca: Founded, tmp_path: Path, wanted: tuple[str, ...]
) -> None:
    """Else whoever has one address would read the mail of all."""
    ca.issue(CHIEF)
    with pytest.raises(RequestNotUsable):
        asked(ca, tmp_path, (MALLORY,), wanted)
