"""What can be wrong with an evidence bundle: failures where it cannot be read at all, reasons where it proves less."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Fault, LetterlockError, Reason


class BundleUnreadable(LetterlockError):
    """Base: the file is no bundle, or one that must not be unpacked."""

    fault = Fault.MAIL


class NotABundle(BundleUnreadable):
    """The file is no ASiC container at all, or ends too early. `why` names what is missing or wrong."""

    code = "bundle_not_recognised"
    why: str


class BundleNameEscapes(BundleUnreadable):
    """An entry has a name that could lead out of the folder it is unpacked into."""

    code = "bundle_name_escapes"
    name: str


class BundleEntryTwice(BundleUnreadable):
    """Two entries have one name: two programs would read two different things."""

    code = "bundle_entry_twice"
    name: str


class BundleEntryEncrypted(BundleUnreadable):
    """An entry is encrypted, so that nobody can check it."""

    code = "bundle_entry_encrypted"
    name: str


class BundleEntryCompressed(BundleUnreadable):
    """An entry is compressed. Ours are stored, so that nothing can expand when it is read."""

    code = "bundle_entry_compressed"
    name: str


class BundleEntrySpecial(BundleUnreadable):
    """An entry is no ordinary file: a link, a folder, or one with further fields."""

    code = "bundle_entry_special"
    name: str


class BundleHeadersDiffer(BundleUnreadable):
    """The directory says something else about an entry than the entry itself."""

    code = "bundle_headers_differ"
    name: str


class BundleOctetsBetween(BundleUnreadable):
    """There are octets that belong to no entry, or to two of them, at `offset`."""

    code = "bundle_octets_between"
    offset: int


class BundleZip64(BundleUnreadable):
    """The container is written in the form for more than 4 GB, which no bundle needs."""

    code = "bundle_zip64"


class BundleTooManyEntries(BundleUnreadable):
    """More entries than a bundle has (`limits.BUNDLE_ENTRIES`)."""

    code = "bundle_too_many_entries"
    limit: int


class BundleEntryTooLarge(BundleUnreadable):
    """An entry is larger than such an object may be."""

    code = "bundle_entry_too_large"
    name: str
    limit: int


class BundleObjectUnexpected(BundleUnreadable):
    """There is an object that no bundle has, such as a second message."""

    code = "bundle_object_unexpected"
    name: str


class BundleManifestMalformed(BundleUnreadable):
    """A manifest cannot be read (ETSI EN 319 162-1 Annex A). `part` names where."""

    code = "bundle_manifest_malformed"
    name: str
    part: str


# --- Altered ---------------------------------------------------------------------------------------------------


class ObjectDamaged(Reason):
    """An object's octets do not fit the container's own checksum."""

    code = "bundle_object_damaged"
    name: str


class ObjectChanged(Reason):
    """An object is not the one that a manifest has the digest of."""

    code = "bundle_object_changed"
    name: str
    manifest: str


class ObjectMissing(Reason):
    """A manifest names an object that is not there."""

    code = "bundle_object_missing"
    name: str
    manifest: str


class ObjectNotCovered(Reason):
    """An object is there that no manifest names, and its name is not its digest."""

    code = "bundle_object_not_covered"
    name: str


class RenewalIncomplete(Reason):
    """An archive manifest leaves out something that was there before it (EN 319 162-1 Annex A.7)."""

    code = "bundle_renewal_incomplete"
    manifest: str
    name: str


class BundleTimeStampBroken(Reason):
    """A time-stamp is not about its manifest, or its signature does not hold. `why` is a `time_stamp_` code."""

    code = "bundle_time_stamp_broken"
    name: str
    why: str


# --- Not proven ------------------------------------------------------------------------------------------------


class BundleNoTimeStamp(Reason):
    """No time-stamp in the bundle can be relied upon, so nobody says when the message existed."""

    code = "bundle_no_time_stamp"


class BundleTimeStampNotTrusted(Reason):
    """A time-stamp cannot be relied upon, though nothing was changed. `why` is a `time_stamp_` code."""

    code = "bundle_time_stamp_not_trusted"
    name: str
    why: str


class BundleTimeStampAged(Reason):
    """A certificate of the time-stamping authority ran out before anything else vouched for the time-stamp."""

    code = "bundle_time_stamp_aged"
    name: str
    certificate: str
    ended: datetime
    needed: datetime


class BundleAlgorithmEnded(Reason):
    """An algorithm could be forged with, or was withdrawn, before a later time-stamp secured what it protects."""

    code = "bundle_algorithm_ended"
    name: str
    algorithm: str
    ended: datetime
    needed: datetime
    source: str


class BundleRevocationUnknown(Reason):
    """Nothing in the bundle says whether a certificate was withdrawn at the time that counts."""

    code = "bundle_revocation_unknown"
    subject: str


class BundleSignatureNotValid(Reason):
    """Re-opened as of the time-stamp, the message's signature has another status than `valid`."""

    code = "bundle_signature_not_valid"
    status: str


class BundleSignerNotSender(Reason):
    """The signature holds, and its certificate does not name the sender in From."""

    code = "bundle_signer_not_sender"
    signer: str
    sender: str
