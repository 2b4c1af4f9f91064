"""Where our verdict on a message of another project differs from what that project expects, on purpose.

One list, each entry with its reason. A test fails when an entry no longer diverges, so that nothing stale stays.
"""

from __future__ import annotations

VALID_THOUGH_CALLED_BAD: dict[str, str] = {
    "thunderbird/mailnews/test/data/smime/alice.future.dsig.SHA256.multipart.eml": (
        "Signature, chain and address are good; the Date header lies six hours after signingTime. Thunderbird refuses "
        "a difference of more than an hour. RFC 8551 §2.5.1 makes signingTime a claim of the signer, and drafts that "
        "are sent later differ honestly; we say it as a remark (signing_time_differs)."
    ),
}
"""Messages that the other project's own program calls bad and we call valid."""
