"""Own keys in the protocol (1.5): the requests about them, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from letterlock.protocol.shapes import Id, NoParams, Secret, Shape, ShortText, WithSecrets
from letterlock.verdict import Reason

File = Annotated[str, StringConstraints(max_length=700_000)]
"""A file in base64 (RFC 4648 §4), as a frame can hold it; real key files have some thousand octets."""
Address = Annotated[str, StringConstraints(min_length=1, max_length=254)]
KeyId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""The first digits of a key's `id`, or all of them."""
Whose = Annotated[str, StringConstraints(min_length=1, max_length=254)]
"""An address, for the keys that it uses, or a `KeyId`."""
Addresses = Annotated[list[Address], Field(max_length=100)]


class OwnCertificate(Shape):
    """A certificate for an own key. Times are ISO 8601, UTC."""

    sha256: str
    name: str
    issuer: str
    addresses: list[str]
    not_before: str
    not_after: str


class OwnKey(Shape):
    """An own key. `id` is the SHA-256 of its SubjectPublicKeyInfo; `superseded` since when a newer one is used."""

    id: str
    algorithm: str
    purpose: Literal["sign", "decrypt", "both", "authority"]
    label: str
    note: str
    created: str
    superseded: str | None
    certificates: list[OwnCertificate]


# --- Requests


class KeyCreateParams(Shape):
    """`key_create` makes keys of this kind; `name` may be empty."""

    kind: ShortText
    addresses: Annotated[list[Address], Field(min_length=1, max_length=100)]
    name: ShortText


class KeyCreateRequest(Shape):
    """Makes keys, keeps them, and answers with the request for their certificates."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_create"]
    params: KeyCreateParams


class KeyRequestParams(Shape):
    """`key_request`: no addresses and an empty name mean those of the key's newest certificate."""

    key: KeyId
    addresses: Addresses
    name: ShortText


class KeyRequestRequest(Shape):
    """Asks for the request for a certificate of a key that is here."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_request"]
    params: KeyRequestParams


class KeyCertifyParams(Shape):
    """`key_certify`: a file of certificates, PEM, DER or PKCS #7."""

    file: File


class KeyCertifyRequest(Shape):
    """Installs what an authority has issued; each certificate goes to its key."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_certify"]
    params: KeyCertifyParams


class KeyRenewParams(Shape):
    """`key_renew`: `kind` null for keys as before."""

    whose: Whose
    kind: ShortText | None
    same_key: bool


class KeyRenewRequest(Shape):
    """Asks for the request for the next certificate, with new keys unless `same_key`."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_renew"]
    params: KeyRenewParams


class KeyImportParams(WithSecrets):
    """`key_import`: a PKCS #12 file and its passphrase."""

    file: File
    passphrase: Secret


class KeyImportRequest(Shape):
    """Keeps every key of a PKCS #12 file."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_import"]
    params: KeyImportParams


class KeyExportParams(WithSecrets):
    """`key_export`: whose keys (none: all), protected how, under which passphrase."""

    whose: Annotated[list[Whose], Field(max_length=100)]
    form: Literal["modern", "compatible", "pbmac1"]
    passphrase: Secret


class KeyExportRequest(Shape):
    """Answers with a PKCS #12 file."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_export"]
    params: KeyExportParams


class KeyDefaultParams(Shape):
    """`key_default`: which key an address uses."""

    address: Address
    key: KeyId


class KeyDefaultRequest(Shape):
    """Makes a key the default of an address."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_default"]
    params: KeyDefaultParams


class KeyCheckParams(Shape):
    """`key_check`: for which address."""

    address: Address


class KeyCheckRequest(Shape):
    """Signs and opens a test message, and says how others will see it."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_check"]
    params: KeyCheckParams


class KeyNoticesRequest(Shape):
    """Asks what is to be said about own keys unasked: certificates that end soon or have ended. Needs no unlock."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_notices"]
    params: NoParams


# --- Replies


class KeyRequested(Shape):
    """Keys, and the request file for an authority (PEM)."""

    keys: list[OwnKey]
    request: str


class CertificateTaken(Shape):
    """A certificate (SHA-256) that was installed for a key, and what is to be said of it."""

    key: OwnKey
    certificate: str
    reasons: list[Reason]


class KeyCertified(Shape):
    """What became of the certificates, and which keys (by id) only decrypt from now on."""

    taken: list[CertificateTaken]
    left_out: list[Reason]
    superseded: list[str]


class KeyImported(Shape):
    """The keys; `unread` are algorithms of keys that were left out; `has_checksum`: the file was known to be whole."""

    keys: list[OwnKey]
    unread: list[str]
    has_checksum: bool


class KeyExported(Shape):
    """The file in base64."""

    file: str


class KeyDefaultSet(Shape):
    """What the key is the default for from now on."""

    uses: list[Literal["sign", "encrypt"]]


class KeyChecked(Shape):
    """Whether it works, with which keys (by id), and the findings, the worst first."""

    address: str
    works: bool
    sign: str | None
    encrypt: str | None
    findings: list[Reason]


class KeyNotices(Shape):
    """The next to end first."""

    notices: list[Reason]
