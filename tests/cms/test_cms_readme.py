"""What the documents of the CMS engine say is what happens."""

from __future__ import annotations

import re

import pytest

import letterlock.cms
from tests.cms import algorithm_page
from tests.cms.builder import CONTENT, identity
from tests.needs import PROJECT


def test_the_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    """All examples of the README, one after the other, as a reader would type them."""
    text = (PROJECT / "host" / "letterlock" / "cms" / "README.md").read_text()
    who = identity("RSA")
    names: dict[str, object] = {"certificate": who.certificate, "key": who.key, "text": CONTENT}
    for example in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(example, names)
    assert bytes(names["content"]) == bytes(names["opened"]) == bytes(names["unpacked"]) == CONTENT  # type: ignore[arg-type]
    assert capsys.readouterr().out.splitlines() == [
        "RSA with SHA-256 2026-03-04 00:00:00+00:00 ()",
        "AES-256-GCM RSA PKCS#1 v1.5 True",
    ]


def test_every_public_name_is_there() -> None:
    """Whatever the package lists can be imported from it."""
    for name in letterlock.cms.__all__:
        assert getattr(letterlock.cms, name) is not None


def test_the_page_of_algorithms_is_the_tables() -> None:
    """`docs/algorithms.md` says what the tables say."""
    assert algorithm_page.page() == algorithm_page.PAGE.read_text(), "python -m tests.cms.algorithm_page writes it anew"


def test_nothing_weak_is_created() -> None:
    """No name that is read with a warning, refused or not supported is among those that are created."""
    for line in algorithm_page.page().splitlines():
        if "create and read" in line:
            assert not any(weak in line for weak in ("MD5", "SHA-224", "DSA with SHA-1 ", "3DES", "RC2")), line
