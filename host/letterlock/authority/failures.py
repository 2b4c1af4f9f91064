"""What can go wrong in an authority, and what an audit may find.

Failures are raised; findings are reasons, because an audit tells all of them.
"""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError, Reason

# --- Keys and certificates -------------------------------------------------------------------------------------


class CaKeyNotSupported(LetterlockError):
    """A kind of key that no authority signs with here."""

    code = "ca_key_not_supported"
    fault = Fault.USER
    key: str


class SignatureNotOwn(LetterlockError):
    """A signature that should be the authority's is not."""

    code = "ca_signature_wrong"
    fault = Fault.HOST


class PersonKeyNotSupported(LetterlockError):
    """A person's key that cannot do what it should be certified for, or is too weak."""

    code = "person_key_not_supported"
    fault = Fault.USER
    key: str
    use: str


class AddressNotUsable(LetterlockError):
    """A text that is no address that can stand in a certificate."""

    code = "address_not_usable"
    fault = Fault.USER
    address: str


class DomainNotUsable(LetterlockError):
    """A text that is no domain to constrain an authority to."""

    code = "domain_not_usable"
    fault = Fault.USER
    domain: str


class CertificateNotGood(LetterlockError):
    """What was about to leave the authority does not pass the check of a receiver; nothing was issued.

    `reason` is the code of the first reason, as `letterlock trust path` tells it.
    """

    code = "issued_certificate_not_good"
    fault = Fault.USER
    name: str
    reason: str


class RequestNotUsable(LetterlockError):
    """A request for a certificate that is damaged, or not signed by the key it is for."""

    code = "certificate_request_not_usable"
    fault = Fault.USER
    detail: str


class RequestNamesNobody(LetterlockError):
    """A request without an address, and none was given beside it."""

    code = "certificate_request_without_address"
    fault = Fault.USER


class RequestNotConfirmed(LetterlockError):
    """Nobody has said that the addresses and the name in a request are the asker's; his own word is not enough."""

    code = "certificate_request_not_confirmed"
    fault = Fault.USER
    addresses: tuple[str, ...]
    name: str


class RequestsDiffer(LetterlockError):
    """The requests in one file ask for different addresses: it may be that somebody added one of his own."""

    code = "certificate_requests_differ"
    fault = Fault.USER


class KeyCompromised(LetterlockError):
    """A certificate for this key (`serial`) was revoked because somebody else has the key."""

    code = "certified_key_compromised"
    fault = Fault.USER
    serial: str


# --- The authority as a whole ----------------------------------------------------------------------------------


class NoAuthority(LetterlockError):
    """There is no authority in this database yet."""

    code = "no_authority"
    fault = Fault.USER


class AuthorityExists(LetterlockError):
    """There is an authority already; a database holds one."""

    code = "authority_exists"
    fault = Fault.USER
    name: str


class RootKeyElsewhere(LetterlockError):
    """The root's key is not kept here, and what was asked for needs it."""

    code = "root_key_elsewhere"
    fault = Fault.USER
    name: str


class RootKeyWrong(LetterlockError):
    """The given file holds another key than the root's."""

    code = "root_key_wrong"
    fault = Fault.USER
    path: str


class SerialUnknown(LetterlockError):
    """The authority issued no certificate of this serial number or address."""

    code = "issued_certificate_unknown"
    fault = Fault.USER
    wanted: str


class AlreadyRevoked(LetterlockError):
    """The certificate was revoked before; a revocation is never taken back."""

    code = "already_revoked"
    fault = Fault.USER
    serial: str


class LogBroken(LetterlockError):
    """The log's end does not fit its signed head, so nothing more is written to it."""

    code = "authority_log_broken"
    fault = Fault.HOST
    number: int


class HttpServerMissing(LetterlockError):
    """The library that serves HTTP is not installed."""

    code = "http_server_missing"
    fault = Fault.HOST


# --- A list of staff -------------------------------------------------------------------------------------------


class StaffUnreadable(LetterlockError):
    """A line of the list of staff that cannot be understood; nothing of the list was issued."""

    code = "staff_list_unreadable"
    fault = Fault.USER
    line: int
    detail: str


class BundleInTheWay(LetterlockError):
    """A file of the name that is to be written exists and is none of this authority's; it is left alone."""

    code = "bundle_in_the_way"
    fault = Fault.USER
    path: str


class SlipsBesideBundles(LetterlockError):
    """Passphrases would be written into the folder of the files that they open."""

    code = "passphrases_beside_bundles"
    fault = Fault.USER
    path: str


# --- What an audit finds ---------------------------------------------------------------------------------------


class LogEntryMissing(Reason):
    """The log has no entry of this number, though it has later ones or its head says so."""

    code = "log_entry_missing"
    number: int


class LogEntryAltered(Reason):
    """An entry's hash does not follow from its content and the entry before."""

    code = "log_entry_altered"
    number: int


class LogHeadWrong(Reason):
    """The head is missing, is of another entry than the last, or is not signed by the authority."""

    code = "log_head_wrong"
    number: int


class LogRolledBack(Reason):
    """An exported head is of an entry that the log does not have, or not so: the log was replaced by an older one."""

    code = "log_rolled_back"
    number: int


class ExportedHeadWrong(Reason):
    """The exported head given for comparison is not signed by this authority."""

    code = "exported_head_wrong"
    number: int


class CertificateNotLogged(Reason):
    """The database holds a certificate that the log does not know, or knows with other octets."""

    code = "certificate_not_logged"
    serial: str


class CertificateLost(Reason):
    """The log has a certificate that the database no longer holds."""

    code = "certificate_lost"
    serial: str


class RevocationNotLogged(Reason):
    """What the database says about a certificate's revocation is not what the log says."""

    code = "revocation_not_logged"
    serial: str
