"""Which addresses are the same one."""

from __future__ import annotations

import pytest

from letterlock.trust.addresses import domain_key, names_address


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("anna@muster.example", "anna@muster.example"),
        ("Anna@muster.example", "anna@muster.example"),
        ("anna@Muster.EXAMPLE", "anna@muster.example"),
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("anna@xn--mller-kva.example", "anna@MÜLLER.example"),
        ("anna@xn--mller-kva.example", "anna@mu\u0308ller.example"),
        ("änne@müller.example", "änne@xn--mller-kva.example"),
        ('"anna@home"@muster.example', '"anna@home"@muster.example'),
    ],
)
def test_the_same(named: str, address: str) -> None:
    """Case of ASCII letters, case of the domain, and A-labels and U-labels make no difference."""
    assert names_address(["other@muster.example", named], address)


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("anna@muster.example", "anna@muster.example.evil.example"),
        ("anna@muster.example", "anna@evilmuster.example"),
        ("anna@muster.example", "anna@mail.muster.example"),
        ("anna@muster.example", "hanna@muster.example"),
        ("anna@muster.example", "ann@muster.example"),
        ("anna+news@muster.example", "anna@muster.example"),
        ("a.nna@muster.example", "anna@muster.example"),
        ("jack@muster.example", "jac\u212a@muster.example"),
        ("anna@muster.example", "anna@muster.example\u200b"),
        ("strasse@muster.example", "straße@muster.example"),
        ("anna@strasse.example", "anna@straße.example"),
        ("anna@abc.example", "anna@xn--abc-.example"),
        ("anna@k.example", "anna@\u212a.example"),
        ("anna@muster.example", "anna@muster\uff0eexample"),
        ("anna", "anna"),
        ("@muster.example", "@muster.example"),
        ("anna@", "anna@"),
        ("", ""),
    ],
)
def test_not_the_same(named: str, address: str) -> None:
    """What only looks alike is another address, and what is no address is none."""
    assert not names_address([named], address)


def test_no_addresses() -> None:
    """A certificate without addresses names nobody."""
    assert not names_address([], "anna@muster.example")


def test_a_label_is_never_decoded() -> None:
    """An A-label that would decode to plain ASCII stays what it is."""
    assert domain_key("xn--abc-.example") == "xn--abc-.example"
    assert domain_key("Bücher.Example") == "xn--bcher-kva.example"
