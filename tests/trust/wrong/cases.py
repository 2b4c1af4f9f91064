"""A chain that is wrong in exactly one way, and the collection of all of them.

Each case is a function that makes the chain; its docstring is the claim. What is wrong stands in one call of `flaw`,
with what would be right beside it: made again without its flaw, the chain is valid, so the flaw is all that is wrong.
The files beside this one hold them by kind of mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from letterlock.errors import Reason
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from letterlock.trust.policies import NOTHING_ASKED, InitialPolicies
from letterlock.trust.revocation import Mode
from tests.trust.chains import (
    Issued,
    anchored,
    certificates,
    issue,
)


@dataclass(frozen=True)
class Wrong:
    """A chain, and the one reason for its refusal."""

    leaf: Certificate
    candidates: Sequence[Certificate]
    anchors: Sequence[Anchor]
    reason: Reason
    policies: InitialPolicies = NOTHING_ASKED
    evidence: Sequence[bytes] = ()
    """Revocation lists and OCSP answers at hand."""
    mode: Mode = Mode.AT_HAND
    sender: str = ""
    """The mail comes from here; the certificate must name it. Empty: nobody asks."""
    made_today: bool = False
    """OpenSSL has made it, so it begins now and not in the year of `NOW`."""
    among_others: bool = False
    """The reason is one of several that are all true."""


Case = Callable[[Path], Wrong]
CASES: list[Case] = []


_Value = TypeVar("_Value")
_mended = ContextVar("mended", default=False)


def case(make: Case) -> Case:
    CASES.append(make)
    return make


def flaw(wrong: _Value, right: _Value) -> _Value:
    """What is wrong, and what stands there when the case is made without its flaw."""
    return right if _mended.get() else wrong


def mended(make: Case, folder: Path) -> Wrong:
    """The chain of a case without its flaw."""
    token = _mended.set(True)
    try:
        return make(folder)
    finally:
        _mended.reset(token)


def below(
    ca: Issued,
    leaf: Issued | Certificate,
    reason: Reason,
    root: Issued | None = None,
    policies: InitialPolicies = NOTHING_ASKED,
) -> Wrong:
    """The usual chain of three: root, one authority, a person."""
    leaf = leaf.certificate if isinstance(leaf, Issued) else leaf
    return Wrong(leaf, certificates(ca), anchored(root or issue("Root")), reason, policies)


def mail_ca(root: Issued | None = None, **deviation: Any) -> Issued:
    return issue("Mail CA", root or issue("Root"), **deviation)
