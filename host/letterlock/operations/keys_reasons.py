"""What the “will this work?” check of an identity may find."""

from __future__ import annotations

from letterlock.errors import Reason


class IdentityMissing(Reason):
    """No certificate in force for the address that allows this `use` ("sign" or "encrypt")."""

    code = "identity_missing"
    address: str
    use: str


class IdentitySigns(Reason):
    """A signed test message was opened and found valid."""

    code = "identity_signs"
    name: str
    address: str
    key: str


class IdentitySignsUntrusted(Reason):
    """The signature fits, and nobody here trusts the certificate: `issuer` is not accepted, or the certificate is not
    good (`why`: the code of the first reason)."""

    code = "identity_signs_untrusted"
    name: str
    issuer: str
    why: str


class IdentityDoesNotSign(Reason):
    """A signed test message was not found valid; `status` as in a verdict."""

    code = "identity_does_not_sign"
    name: str
    status: str


class IdentityDecrypts(Reason):
    """A test message encrypted to the certificate opened."""

    code = "identity_decrypts"
    name: str
    key: str


class IdentityDoesNotDecrypt(Reason):
    """A test message encrypted to the certificate did not open."""

    code = "identity_does_not_decrypt"
    name: str
    status: str


class IdentityOnCard(Reason):
    """The key is on a token and was tried there; it does not leave it."""

    code = "identity_on_card"
    name: str
    token: str


class IdentityOnLockedCard(Reason):
    """The key for this `use` ("sign" or "encrypt") is on a token that is locked, so it could not be tried."""

    code = "identity_on_locked_card"
    name: str
    token: str
    use: str


class IdentityTrustedByMozilla(Reason):
    """The certificate leads to a root that Mozilla trusts for mail, so most mail programs believe it."""

    code = "identity_trusted_by_mozilla"
    name: str
    anchor: str


class IdentityNotTrustedByOthers(Reason):
    """The certificate leads to no root that Mozilla trusts for mail: only who has accepted the issuer believes it."""

    code = "identity_not_trusted_by_others"
    name: str
    issuer: str


class SignaturesNotReadBy(Reason):
    """Programs that were run and did not verify signatures of such a key (`reach`)."""

    code = "signatures_not_read_by"
    key: str
    programs: tuple[str, ...]


class EncryptionNotMadeBy(Reason):
    """Programs that were run and could not encrypt to such a key, or decrypt what was."""

    code = "encryption_not_made_by"
    key: str
    programs: tuple[str, ...]
