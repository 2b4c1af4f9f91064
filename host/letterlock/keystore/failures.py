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
    """A key file that is whole, and protected or filled in a way that the cryptographic library does not read."""

    code = "key_file_not_supported"
    fault = Fault.USER


class KeyMissing(LetterlockError):
    """The file holds no private key: it was exported without it."""

    code = "key_missing"
    fault = Fault.USER


class CertificateMissing(LetterlockError):
    """The file holds a private key and no certificate for it."""

    code = "certificate_missing"
    fault = Fault.USER
