"""What can go wrong with the keys of the person at this computer. None of it is a mail's fault."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Fault, KeyUnavailable, LetterlockError


class WrongPassphrase(LetterlockError):
    """The key file does not open with this passphrase. A file damaged inside its encryption looks the same."""

    code = "wrong_passphrase"
    fault = Fault.USER


class KeyFileDamaged(LetterlockError):
    """The octets are no PKCS#12 file, or only a part of one."""

    code = "key_file_damaged"
    fault = Fault.USER


class KeyFileTooLarge(LetterlockError):
    """More octets than `limits.KEY_FILE_OCTETS`: no key file."""

    code = "key_file_too_large"
    fault = Fault.USER
    limit: int


class KeyFileNotSupported(LetterlockError):
    """A whole key file, protected or filled in a way that is not read here; `what` is its name or number."""

    code = "key_file_not_supported"
    fault = Fault.USER
    what: str


class KeyFileTooCostly(LetterlockError):
    """The file asks for more work than `limits.KEY_FILE_ITERATIONS` before it opens. No honest file does."""

    code = "key_file_too_costly"
    fault = Fault.USER
    limit: int


class KeyFileAltered(LetterlockError):
    """The passphrase opens it, and its checksum does not fit what is in it: damaged, changed, or badly made."""

    code = "key_file_altered"
    fault = Fault.USER


class KeyFileInnerPassphrase(LetterlockError):
    """The passphrase opens the file, and the keys in it are under another one."""

    code = "key_file_inner_passphrase"
    fault = Fault.USER


class KeyMissing(LetterlockError):
    """The file holds no private key: it was exported without it."""

    code = "key_missing"
    fault = Fault.USER


class CertificateMissing(LetterlockError):
    """The file holds a private key and no certificate for it."""

    code = "certificate_missing"
    fault = Fault.USER


class PassphraseNeeded(LetterlockError):
    """A private key is to be written to a file, and no passphrase was given to protect it."""

    code = "passphrase_needed"
    fault = Fault.USER


# --- The vault -------------------------------------------------------------------------------------------------


class VaultLocked(KeyUnavailable):
    """The vault is locked: never unlocked in this process, unused for too long, or somebody locked it."""

    code = "vault_locked"
    fault = Fault.USER


class RecipientKeyLocked(VaultLocked):
    """A mail was encrypted for this key's certificate (its subject, and its last day), and the vault is locked."""

    key: str
    certificate: str
    not_after: datetime


class WrongVaultPassphrase(LetterlockError):
    """The vault does not open with this passphrase or recovery code. Which octet was wrong nobody can tell."""

    code = "vault_passphrase_wrong"
    fault = Fault.USER


class RecoveryNotSet(LetterlockError):
    """No recovery code was made for this vault."""

    code = "vault_recovery_not_set"
    fault = Fault.USER


class KeychainNotSet(LetterlockError):
    """The vault is not opened by the desktop's keychain: that was not asked for."""

    code = "vault_keychain_not_set"
    fault = Fault.USER


class KeychainUnavailable(LetterlockError):
    """The desktop's keychain cannot be asked, or says no; `detail` is its own word."""

    code = "vault_keychain_unavailable"
    fault = Fault.HOST
    detail: str


class PassphraseTooShort(LetterlockError):
    """Fewer characters than `limits.VAULT_PASSPHRASE_CHARACTERS`."""

    code = "passphrase_too_short"
    fault = Fault.USER
    least: int


class PassphraseTooLong(LetterlockError):
    """More characters than `limits.VAULT_PASSPHRASE_MOST`."""

    code = "passphrase_too_long"
    fault = Fault.USER
    most: int


class VaultDamaged(LetterlockError):
    """What leads to the master key is damaged (`what`); the other ways, or a backup, may still open it."""

    code = "vault_damaged"
    fault = Fault.HOST
    what: str


class RecipientKeyPerhaps(KeyUnavailable):
    """The vault is locked, and an entry that names nobody's certificate could be for one of its keys.

    Outlook 2010 writes key identifiers that it invented: only trying tells, and that takes the private key.
    """

    code = "vault_locked_may_match"
    fault = Fault.USER


class KeyDamaged(KeyUnavailable):
    """A kept private key is not the one that was written. The other keys are not touched by it."""

    code = "key_damaged"
    fault = Fault.HOST
    key: str


class DerivationTooCostly(LetterlockError):
    """Stored parameters would have Argon2id take more memory or time than any honest file asks for."""

    code = "derivation_too_costly"
    fault = Fault.HOST
    memory_kib: int
    iterations: int


class SecretDamaged(LetterlockError):
    """A sealed secret does not open: it is damaged, or it was sealed by another vault or for another purpose."""

    code = "secret_damaged"
    fault = Fault.HOST
    purpose: str


# --- Backups ---------------------------------------------------------------------------------------------------


class NotABackup(LetterlockError):
    """The file has no head of a backup of keys."""

    code = "not_a_backup"
    fault = Fault.USER


class BackupNewer(LetterlockError):
    """A newer Letterlock wrote this backup, in a format that this one does not know."""

    code = "backup_newer"
    fault = Fault.USER
    version: str


class BackupTooLarge(LetterlockError):
    """More octets than `limits.BACKUP_OCTETS`, or more lines than a vault may have keys."""

    code = "backup_too_large"
    fault = Fault.USER
    limit: int


class BackupDamaged(LetterlockError):
    """Both heads of the backup are damaged; without one the passphrase leads nowhere."""

    code = "backup_damaged"
    fault = Fault.USER


class WrongBackupPassphrase(LetterlockError):
    """Nothing in the backup opens with this passphrase."""

    code = "backup_passphrase_wrong"
    fault = Fault.USER
