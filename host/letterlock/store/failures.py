"""What can go wrong with the database. None of it is the mail's fault, and none of it loses what was kept."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError


class StoreDamaged(LetterlockError):
    """The file is not a database of ours, or its octets are damaged. It is left as it is."""

    code = "store_damaged"
    fault = Fault.HOST
    path: str
    detail: str


class StoreNewer(LetterlockError):
    """A newer Letterlock has written the database; writing with an older one could lose what it added."""

    code = "store_newer"
    fault = Fault.USER
    path: str
    found: int
    known: int


class StoreUnreachable(LetterlockError):
    """The file or its directory cannot be read, created or written: permissions, a full disk, a missing drive."""

    code = "store_unreachable"
    fault = Fault.HOST
    path: str
    detail: str


class StoreBusy(LetterlockError):
    """Another process has held the database for longer than is waited (`limits.STORE_WAIT_MILLISECONDS`)."""

    code = "store_busy"
    fault = Fault.HOST
    path: str


class AnchorNotKept(LetterlockError):
    """No kept anchor has a SHA-256 that begins so."""

    code = "anchor_not_kept"
    fault = Fault.USER
    sha256: str


class AnchorAmbiguous(LetterlockError):
    """Several kept anchors have a SHA-256 that begins so; none was removed."""

    code = "anchor_ambiguous"
    fault = Fault.USER
    sha256: str
    found: int


class SystemRootsUnreadable(LetterlockError):
    """The operating system's list of roots cannot be read: its program is missing or failed; `detail` says how."""

    code = "system_roots_unreadable"
    fault = Fault.HOST
    detail: str


class PolicyUnusable(LetterlockError):
    """The organisation's policy file cannot be read or understood; `detail` says where."""

    code = "policy_unusable"
    fault = Fault.HOST
    path: str
    detail: str


class VaultMissing(LetterlockError):
    """No vault was made yet: there is nothing to unlock, and nowhere to keep a key."""

    code = "vault_missing"
    fault = Fault.USER


class VaultExists(LetterlockError):
    """There is a vault already; it is never replaced."""

    code = "vault_exists"
    fault = Fault.USER
    path: str


class VaultReplaced(LetterlockError):
    """The database holds another vault than the one that was unlocked."""

    code = "vault_replaced"
    fault = Fault.USER


class KeyNotKept(LetterlockError):
    """The vault has no key with this identifier."""

    code = "key_not_kept"
    fault = Fault.USER
    key: str


class KeyAmbiguous(LetterlockError):
    """Several keys have an identifier that begins so; nothing was done."""

    code = "key_ambiguous"
    fault = Fault.USER
    key: str
    found: int


class AccountUnknown(LetterlockError):
    """No account has this identifier."""

    code = "account_unknown"
    fault = Fault.USER
    account: str


class TooManyAccounts(LetterlockError):
    """As many accounts are kept as may be (`limits.ACCOUNTS_KEPT`)."""

    code = "too_many_accounts"
    fault = Fault.USER
    limit: int


class OutboxFull(LetterlockError):
    """As many messages wait as may (`limits.OUTBOX_BATCHES`)."""

    code = "outbox_full"
    fault = Fault.USER
    limit: int


class OutboxItemUnknown(LetterlockError):
    """Nothing with this identifier waits, or it is being sent at this moment."""

    code = "outbox_item_unknown"
    fault = Fault.USER
    item: str


class DraftUnknown(LetterlockError):
    """No draft has this identifier: it was sent, or removed."""

    code = "draft_unknown"
    fault = Fault.USER
    draft: str


class DraftChanged(LetterlockError):
    """Another window or program has changed the draft meanwhile; neither version is lost."""

    code = "draft_changed"
    fault = Fault.USER
    draft: str


class DraftFileUnknown(LetterlockError):
    """A file is not, or not any more, attached to a draft."""

    code = "draft_file_unknown"
    fault = Fault.USER
    file: str


class DraftsFull(LetterlockError):
    """As many drafts are kept as may be, or as large ones (`limits.DRAFTS`, `limits.DRAFTS_OCTETS`)."""

    code = "drafts_full"
    fault = Fault.USER
    limit: int
    octets: int


class DraftTooLarge(LetterlockError):
    """The text of a letter, or a file, is larger than may be kept as a draft (`limits.DRAFT_…_OCTETS`)."""

    code = "draft_too_large"
    fault = Fault.USER
    limit: int
