"""What can go wrong with the keys of the person at this computer. None of it is a mail's fault."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError


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
