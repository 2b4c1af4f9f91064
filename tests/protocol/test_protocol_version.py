"""Versions: the same major works, another one is refused with the side to update."""

from __future__ import annotations

import pytest

from letterlock.protocol.failures import ProtocolMismatch
from letterlock.protocol.version import Version, agree


@pytest.mark.parametrize(
    ("client", "agreed"), [((1, 0), (1, 0)), ((1, 3), (1, 3)), ((1, 12), (1, 5)), ((1, 5), (1, 5))]
)
def test_same_major(client: tuple[int, int], agreed: tuple[int, int]) -> None:
    """The lower minor is what both know."""
    assert agree(Version(*client), Version(1, 5)) == Version(*agreed)


@pytest.mark.parametrize(("client", "older"), [((0, 9), "extension"), ((2, 0), "host")])
def test_another_major(client: tuple[int, int], older: str) -> None:
    """The side with the lower major is the one to update."""
    with pytest.raises(ProtocolMismatch) as refused:
        agree(Version(*client), Version(1, 5))
    assert refused.value.facts() == {"host": "1.5", "client": "{}.{}".format(*client), "older": older}


@pytest.mark.parametrize(
    "text", ["1", "1.", ".1", "1.0.0", "v1.0", "1.0\n", "١.٠", "12345.0", "-1.0", " 1.0", "", 1.0, None]
)
def test_no_version(text: object) -> None:
    """Nothing else is a version."""
    assert Version.parse(text) is None


def test_minors_are_numbers() -> None:
    """1.10 is newer than 1.9."""
    assert Version.parse("1.10") > Version.parse("1.9")  # type: ignore[operator]
