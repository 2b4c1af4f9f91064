"""A signer to deviate from, and the failure of a message that deviates."""

from __future__ import annotations

import pytest

from letterlock.errors import LetterlockError
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Signer, identity, signed_data
from tests.cms.reading import verify

RSA = identity("RSA")
GOOD = Signer(RSA)


def refused(signer: Signer, failure: type[LetterlockError], **deviations: object) -> LetterlockError:
    """The failure of a message with this signer."""
    with pytest.raises(failure) as caught:
        verify(signed_data([signer], **deviations))  # type: ignore[arg-type]
    assert type(caught.value) is failure
    return caught.value


def without(*oids: str) -> list[bytes]:
    """The usual attributes without some."""
    return [each for each in GOOD.usual(CONTENT) if not any(b.oid(oid) in each for oid in oids)]
