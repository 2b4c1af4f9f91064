"""What can go wrong with a smart card or another token. None of it is a mail's fault."""

from __future__ import annotations

from letterlock.errors import Fault, KeyUnavailable


class TokenSupportMissing(KeyUnavailable):
    """The optional package that speaks to tokens is not installed."""

    code = "token_support_missing"
    fault = Fault.HOST


class TokenLibraryUnusable(KeyUnavailable):
    """A PKCS#11 library that is not there, is not one, does not start, or that others could have changed."""

    code = "token_library_unusable"
    fault = Fault.USER
    library: str
    detail: str


class TokenAbsent(KeyUnavailable):
    """No token of this name is there, or it was pulled while it was needed."""

    code = "token_absent"
    fault = Fault.USER
    token: str


class TokenAmbiguous(KeyUnavailable):
    """Several tokens have this label."""

    code = "token_ambiguous"
    fault = Fault.USER
    token: str
    serials: tuple[str, ...]


class TokenPinWrong(KeyUnavailable):
    """The token refuses the PIN. `last_try`: one more wrong one locks it."""

    code = "token_pin_wrong"
    fault = Fault.USER
    token: str
    last_try: bool


class TokenPinLocked(KeyUnavailable):
    """Too many wrong PINs: the token accepts none any more."""

    code = "token_pin_locked"
    fault = Fault.USER
    token: str


class TokenPinNotSet(KeyUnavailable):
    """The token has no PIN yet, or wants it changed before it works."""

    code = "token_pin_not_set"
    fault = Fault.USER
    token: str


class TokenPinNeeded(KeyUnavailable):
    """The token wants its PIN: nobody has given it, or this key wants it again for each use.

    `serial` tells tokens with the same label apart; empty where it is not known.
    """

    code = "token_pin_needed"
    fault = Fault.USER
    token: str
    serial: str


class TokenCannot(KeyUnavailable):
    """The token, or its library, does not offer what this key would have to do."""

    code = "token_cannot"
    fault = Fault.USER
    token: str
    mechanism: str


class TokenKeyAbsent(KeyUnavailable):
    """The token has no key pair of this label or identifier."""

    code = "token_key_absent"
    fault = Fault.USER
    token: str
    key: str


class TokenKeyAmbiguous(KeyUnavailable):
    """The token has several key pairs of this label."""

    code = "token_key_ambiguous"
    fault = Fault.USER
    token: str
    key: str


class TokenKeyLeaves(KeyUnavailable):
    """The token hands this private key out (CKA_EXTRACTABLE, or not CKA_SENSITIVE): it protects nothing."""

    code = "token_key_leaves"
    fault = Fault.USER
    token: str
    key: str


class TokenFailed(KeyUnavailable):
    """The token gave up for a reason that only its maker knows (`detail` is PKCS#11's name for it)."""

    code = "token_failed"
    fault = Fault.HOST
    token: str
    detail: str
