"""What stands beside a signature, about that signature: countersignatures and time-stamp tokens.

A countersignature (RFC 5652 §11.4) is a SignerInfo of its own over the octets of another signature value. A time-stamp
token (RFC 3161 §A) is a whole SignedData over their digest, handed out as it is. Both are unsigned attributes, so
anybody can take them away or add others; each says something only once it is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.cms.attributes import TIME_STAMP
from letterlock.cms.content_types import COUNTERSIGNATURE
from letterlock.cms.failures import TooManySigners
from letterlock.cms.signed import CheckedSignature, SignerInfo, check, read_signer

if TYPE_CHECKING:
    from letterlock.cms.certificates import AnyCertificate
from letterlock.cms.verifiers import hash_of

_TIME_STAMP_TOKENS = frozenset(
    {
        TIME_STAMP,
        "1.3.6.1.4.1.311.3.3.1",  # the same, as Authenticode numbers it
    }
)


def countersignatures(signer: SignerInfo) -> tuple[SignerInfo, ...]:
    """The countersignatures of a signature, in the order received; nothing of them is confirmed.

    Countersignature ::= SignerInfo   (RFC 5652 §11.4)

    A countersignature can have countersignatures of its own: ask again with it.

    Raises:
        TooManySigners: more than `limits.CMS_SIGNERS`.
        CmsMalformed: one is no SignerInfo.
    """
    found = [
        value
        for attribute in signer.unsigned_attributes
        if attribute.oid == COUNTERSIGNATURE
        for value in attribute.values
    ]
    if len(found) > limits.CMS_SIGNERS:
        raise TooManySigners(limits.CMS_SIGNERS)
    return tuple(read_signer(value, COUNTERSIGNATURE) for value in found)


def check_countersignature(
    countersignature: SignerInfo, signer: SignerInfo, certificate: AnyCertificate
) -> CheckedSignature:
    """Confirms that a countersignature fits the signature it stands beside and the certificate's key.

    Not checked: the certificate, and the countersigned signature itself.

    Args:
        countersignature: one of `countersignatures(signer)`.

    Raises:
        SignatureFailure: as `signed.check`; `AttributeForbidden` where it was made over content, not a signature.
    """
    value = signer.value
    return check(
        countersignature, certificate, lambda algorithm: hash_of(algorithm, value), lambda octets: value[:octets]
    )


def time_stamp_tokens(signer: SignerInfo) -> tuple[bytes, ...]:
    """The time-stamp tokens beside a signature: each the DER of a ContentInfo, not looked into.

    Whoever checks one compares its messageImprint with the digest of `signer.value` (RFC 3161 §A).
    """
    return tuple(
        value
        for attribute in signer.unsigned_attributes
        if attribute.oid in _TIME_STAMP_TOKENS
        for value in attribute.values
    )
