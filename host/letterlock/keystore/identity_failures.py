"""What can go wrong with identities: making them, asking for certificates, and what comes back."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Fault, LetterlockError, Reason


class KeyKindUnknown(LetterlockError):
    """A kind of key that is not made here."""

    code = "key_kind_unknown"
    fault = Fault.USER
    kind: str
    kinds: tuple[str, ...]


class AddressNotInRequest(LetterlockError):
    """A text that is no mail address, or one that no certificate can hold."""

    code = "request_address_not_usable"
    fault = Fault.USER
    address: str


class KeyCannotSign(LetterlockError):
    """A request for this key must be vouched for by a key that signs, and none was found."""

    code = "request_needs_signing_key"
    fault = Fault.USER
    key: str


class RequestDamaged(LetterlockError):
    """The octets are no request for a certificate, or only a part of one."""

    code = "request_damaged"
    fault = Fault.USER


class RequestNotVouched(LetterlockError):
    """A request that is not signed by the key that it names, or was changed after signing."""

    code = "request_not_vouched"
    fault = Fault.USER


class RequestsTooMany(LetterlockError):
    """A file with more requests than one person makes (`limits.REQUESTS_IN_FILE`). None of them was read."""

    code = "requests_too_many"
    fault = Fault.USER
    found: int
    limit: int


class CertificatesTooMany(LetterlockError):
    """A file with more certificates than are read from one (`limits.CERTIFICATE_FILE_ENTRIES`). None was taken."""

    code = "certificates_too_many"
    fault = Fault.USER
    limit: int


class CertificateFileUnreadable(LetterlockError):
    """The file holds no certificate: neither PEM nor DER, nor a PKCS#7 collection (.p7b, .p7c)."""

    code = "certificate_file_unreadable"
    fault = Fault.USER


class CertificateForNoKey(LetterlockError):
    """None of the certificates in the file belongs to a key in the vault; `names` are whose they are."""

    code = "certificate_for_no_key"
    fault = Fault.USER
    names: tuple[str, ...]


class NoIdentity(LetterlockError):
    """No key in the vault has a certificate for this address, or it was not found by this identifier."""

    code = "no_identity"
    fault = Fault.USER
    wanted: str


class NotAnIdentity(LetterlockError):
    """The key has no certificate for this address that could be its default."""

    code = "identity_not_for_address"
    fault = Fault.USER
    key: str
    address: str


# --- Reasons: a file's certificates that were not taken ---------------------------------------------------------


class CertificateNotOurs(Reason):
    """A person's certificate in the file that belongs to no key here. It was left out."""

    code = "certificate_not_ours"
    name: str
    issuer: str


class CertificateAlreadyKept(Reason):
    """The key has this certificate already."""

    code = "certificate_already_kept"
    name: str
    not_after: datetime


class CertificateAlreadyOver(Reason):
    """A certificate that was taken is not in force any more: it opens old mail and signs nothing."""

    code = "certificate_already_over"
    name: str
    not_after: datetime


class CertificateIssuersMissing(Reason):
    """The file brought no certificate of the issuer, so that others may not be able to follow the way to a root."""

    code = "certificate_issuers_missing"
    name: str
    issuer: str


# --- Reasons: expiry --------------------------------------------------------------------------------------------


class IdentityExpiresSoon(Reason):
    """A certificate in use ends within `limits.EXPIRY_NOTICE_DAYS`."""

    code = "identity_expires_soon"
    name: str
    key: str
    not_after: datetime
    days: int


class IdentityExpired(Reason):
    """The last certificate of a key in use has ended."""

    code = "identity_expired"
    name: str
    key: str
    not_after: datetime
